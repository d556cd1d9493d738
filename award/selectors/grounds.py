"""Single reasons that several acts of publicity, objection and award share."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from audit_log.domain.entry import parse_time
from audit_log.selectors import trail
from audit_log.services import clock
from award.domain.lifecycle import OPEN_OBJECTION
from award.domain.plan import AwardPlan
from award.models import Complaint, Notice, Objection
from award.selectors import award, lots
from award.selectors.rules import binding, local_day, today
from evaluation.models import Project
from evaluation.selectors import lotteries
from rulebook.domain import deadlines, objections, publicity
from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.complaints import CHANGING
from rulebook.domain.deadlines import Term
from rulebook.selectors import profiles

ROUND_OPEN = Blocker("round_open", "本轮投票尚未截止")
ROUND_CLOSED = Blocker("ballots_closed", "本轮投票已截止,尚未开启计票")
NO_ROUND = Blocker("no_open_round", "现在没有正在进行的投票")
NEXT = {
    "round": Blocker("round_needed", "按定标方案还应当进行下一轮投票"),
    "lottery": Blocker("lottery_needed", "按定标方案应当公开抽签,请先申请公开抽签"),
    "input_required": Blocker("input_missing", "缺少平票处理规则所需的数据"),
    "retender": Blocker("no_candidate", "没有可以确定为中标人的候选人,应当重新招标"),
    "winner": Blocker("winner_found", "已经产生定标结果,请办理定标"),
}
"""Why the step that the plan demands is not the one wanted."""


def running(row: Project) -> list[Blocker]:
    """A round is taking ballots, or is closed and waits for its opening, or a lottery runs."""
    one = award.uncounted_round(row)
    if one is None:
        return [lotteries.RUNNING] if lotteries.under_way(row) else []
    return [ROUND_OPEN if one.state == "open" else ROUND_CLOSED]


def objection_stage(row: Project) -> str:
    """The state whose publicity is open to objections: the project's, or that it was stopped in."""
    return row.suspended_from if row.state == "suspended" else row.state


def drafts(row: Project, kind: str) -> QuerySet[Notice]:
    """Notices of a kind drawn up and not yet released; the newest is the one to go out."""
    rows = Notice.objects.filter(project=row, kind=kind, released_at=None, returned_for="")
    return rows.order_by("pk")


def publicity_days(row: Project, stage: str) -> tuple[date, date]:
    """First and last day of the publicity of a stage, as the entry of its release says."""
    kind = "candidates" if stage == "candidates_public" else "result"
    released = trail.events(row.stream, f"project.{kind}_published")[-1]
    return _day(released), date.fromisoformat(released["data"]["public_until"])


def notified_on(row: Project) -> date:
    """The day on which the notices went out."""
    return _day(trail.events(row.stream, "project.notified")[-1])


def reported_on(row: Project) -> date:
    """The day on which the report was received; today while there is none, so nothing is late."""
    return local_day(row.reported_at or clock.now())


def upheld_without_effect(row: Project) -> list[str]:
    """Codes of upheld objections, and of complaints that change the course, not yet carried out."""
    done = {event["data"]["because"] for event in trail.events(row.stream, "project.upheld")}
    upheld = {"project": row, "state": "upheld"}
    answered = Objection.objects.filter(**upheld)
    decided = Complaint.objects.filter(**upheld, outcome__in=CHANGING)
    codes = (rows.order_by("pk").values_list("pk", flat=True) for rows in (answered, decided))
    return [code for some in codes for code in some if code not in done]


def earlier_lots(row: Project, plan: AwardPlan) -> list[Blocker]:
    """Lots that the document decides first and that are still open."""
    before = lots.undecided_before(row) if plan.no_double_award else []
    return [Blocker("earlier_lot_open", f"{one.lot}标段应当先行定标(兼投不兼中)") for one in before]


def winner_elsewhere(row: Project, plan: AwardPlan, winner: str) -> list[Blocker]:
    """Another lot went to the same bidder after this lot's ballots had begun."""
    if not plan.no_double_award or winner not in lots.winners_elsewhere(row).values():
        return []
    message = "该候选人已在其他标段中标(兼投不兼中),应当由原评标委员会重新确认候选人"
    return [Blocker("won_other_lot", message)]


def absent(row: Project) -> list[Blocker]:
    """R27: who is not there cannot vote."""
    missing = award.committee(row).filter(signed_in_at=None).count()
    if not missing:
        return []
    profile, facts = binding(row)
    message = f"还差 {missing} 位定标委员到会"
    return collect(blocker(profile, "R27", "members_absent", message, facts))


def objections_in(row: Project, state: str, message: str) -> list[Blocker]:
    """No objection of the project stands in a state."""
    found = Objection.objects.filter(project=row, state=state).exists()
    return [] if found else [Blocker("no_objection", message)]


def open_objections(row: Project) -> list[Blocker]:
    """R17: nothing goes on before every objection is answered."""
    profile, facts = binding(row)
    count = Objection.objects.filter(project=row, state__in=OPEN_OBJECTION).count()
    return objections.no_open_objection(profile, facts, open_objections=count)


def publicity_over(row: Project, notice: Term) -> list[Blocker]:
    """R16 and the publicity of the result: its last day has passed; without one it never has."""
    profile, facts = binding(row)
    last = row.public_until or date.max
    return publicity.publicity_over(profile, facts, last=last, today=today(), notice=notice)


def late(row: Project, term: Term, since: date, paused: int = 0) -> list[Blocker]:
    """What an act notes that comes after its term; `paused` days of its kind do not count."""
    profile, facts = binding(row)
    return deadlines.overdue(
        profile, facts, profiles.calendar(), term, since=since, done=today(), paused=paused
    )


def _day(event: dict[str, Any]) -> date:
    return local_day(parse_time(event["at"]))
