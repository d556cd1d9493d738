"""Public lotteries among the bidders of a project: which is under way, and what may be done."""

from evaluation.models import Project
from evaluation.selectors.states import wrong_state
from experts.domain.public_lists import LOTTERY
from experts.models import Draw
from experts.selectors import blockers, draws
from rulebook.domain.blockers import Blocker

STATES = ("evaluating", "awarding")
"""States in which a lottery settles something."""
RUNNING = Blocker("lottery_running", "公开抽签正在进行,登记抽签结果以前不能办理")


def under_way(row: Project) -> Draw | None:
    """The lottery of a project that has been asked for and has no result yet."""
    mine = Draw.objects.filter(case=row.pk, kind=LOTTERY)
    return mine.exclude(state__in=(*draws.OVER, "closed")).first()


def of_project(row: Project) -> list[Draw]:
    """Every lottery of a project in the order in which they were asked for."""
    return list(Draw.objects.filter(case=row.pk, kind=LOTTERY).order_by("serial", "attempt", "pk"))


def run_round(draw: Draw) -> list[Blocker]:
    """A round is opened; a lottery's project still waits, and a result not told yet is told."""
    if draw.kind == LOTTERY:
        row = Project.objects.get(pk=draw.case)
        if row.state not in STATES:
            return [wrong_state(row)]
    return [] if draw.is_public and draw.state == "filled" else blockers.run_round(draw)
