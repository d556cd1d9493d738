"""How far a project's draw is, without a word about who was drawn."""

from django.db.models import Q, QuerySet

from audit_log.domain.entry import Ref
from audit_log.selectors import trail
from evaluation.models import Project
from experts.domain.modes import MARKS
from experts.domain.public_lists import LOTTERY
from experts.models import Draw, Seat
from experts.selectors import draws
from rulebook.domain.blockers import Blocker


def is_void(draw: str) -> bool:
    """Whether the draw came to nought: sent back, withdrawn or abandoned."""
    return Draw.objects.filter(pk=draw, state__in=draws.OVER).exists()


def mark(draw: str) -> tuple[str, str]:
    """Origin and mark of a draw nobody can re-run; ("", "") for one that was run here."""
    origin = Draw.objects.filter(pk=draw).values_list("origin", flat=True).first() or ""
    return (origin, MARKS[origin]) if origin in MARKS else ("", "")


def commitment(draw: str) -> Ref | None:
    """The entry by which a draw was committed, None before."""
    found = trail.lines(f"draw/{draw}", type="draw.committed")
    return Ref(f"draw/{draw}", found[0].value["n"], found[0].hash) if found else None


def lots(draw: str) -> QuerySet[Project]:
    """The lots that a draw of experts serves, or the one whose bidders a lottery is among."""
    mine = Draw.objects.filter(pk=draw, kind=LOTTERY).values("case")
    return Project.objects.filter(Q(draw=draw) | Q(pk__in=mine)).order_by("pk")


def untold(draw: str) -> list[str]:
    """The lots of a draw, by code, whose streams do not say yet that it was committed."""
    codes = lots(draw).values_list("pk", flat=True)
    return [code for code in codes if not _says(code, draw)]


def _says(code: str, draw: str) -> bool:
    told = trail.events(f"project/{code}", "project.draw_committed", "project.lottery_committed")
    return any(event["data"]["draw"] == draw for event in told)


def not_ready(row: Project) -> list[Blocker]:
    """Why the drawn experts do not sit yet: no draw, seats open, or somebody not signed in."""
    if not row.draw or is_void(row.draw):
        return [Blocker("draw_missing", "尚未抽取评标专家")]
    if not draws.filled(row.draw):
        return [Blocker("draw_not_filled", "评标专家尚未抽满")]
    waiting = Seat.objects.filter(draw=row.draw, state__in=("selected", "accepted")).count()
    return [Blocker("experts_absent", f"还有 {waiting} 位专家未签到")] if waiting else []
