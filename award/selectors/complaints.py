"""Why an act on a complaint cannot be done now, and what a complaint rests on."""

from datetime import date

from award.domain.lifecycle import OPEN_COMPLAINT
from award.models import Complaint, Objection
from award.selectors.rules import local_day, today
from evaluation.domain.lifecycle import ORDERABLE
from evaluation.models import Project
from evaluation.selectors.states import wrong_state
from rulebook.domain.blockers import Blocker
from rulebook.domain.complaints import CHANGING

BEFORE_OPENING = ("registered", "tendering", "drawing")


def complain(row: Project) -> list[Blocker]:
    """Who bids is known from the opening on; then a complaint is always taken (条例第六十条)."""
    early = (row.suspended_from or row.state) in BEFORE_OPENING
    return [wrong_state(row)] if early else []


def review_complaint(row: Project) -> list[Blocker]:
    """A complaint waits for its review."""
    return _waiting(row, "没有待审查的投诉", "filed")


def decide_complaint(row: Project) -> list[Blocker]:
    """An accepted complaint waits for its decision."""
    return _waiting(row, "没有待处理的投诉", "accepted")


stop_complaint_clock = decide_complaint


def resume_complaint_clock(row: Project) -> list[Blocker]:
    """An inspection, appraisal or expert review is running."""
    return _waiting(row, "没有期限中止的投诉", "examining")


def withdraw_complaint(row: Project) -> list[Blocker]:
    """A complaint may be withdrawn until it is decided."""
    return _waiting(row, "没有可以撤回的投诉", *OPEN_COMPLAINT)


def effect_possible(row: Project, effect: str) -> list[Blocker]:
    """What has begun to be performed, or has ended, is not evaluated anew."""
    if effect not in CHANGING:
        return []
    if row.state not in (*ORDERABLE, "suspended"):
        return [wrong_state(row)]
    return not_evaluated(row) if effect == "reevaluate" else []


def not_evaluated(row: Project) -> list[Blocker]:
    """Only what was evaluated is evaluated again."""
    return [] if row.evaluation_round else [Blocker("not_evaluated", "尚未评标,不能重新评标")]


def objected(row: Project, org: str, code: str) -> Objection | None:
    """The objection that opens the way to one complaint: answered, refused, or unanswered."""
    one = Objection.objects.filter(project=row, bidder=org, pk=code).first()
    if one is None or Complaint.objects.filter(project=row, objection=code).exists():
        return None
    if one.state in ("refused", "not_upheld"):
        return one
    late = one.state in ("submitted", "accepted") and today() > one.answer_due
    return one if late else None


def answering_days(one: Objection | None) -> int:
    """The days from receipt to answer, which the term of the complaint leaves out."""
    if one is None:
        return 0
    until: date = local_day(one.answered_at) if one.answered_at else min(today(), one.answer_due)
    return (until - local_day(one.received_at)).days


def accepted_on(one: Complaint) -> date:
    """The day from which the term of the decision runs."""
    return local_day(one.accepted_at or one.filed_at)


def _waiting(row: Project, message: str, *states: str) -> list[Blocker]:
    found = Complaint.objects.filter(project=row, state__in=states).exists()
    return [] if found else [Blocker("no_complaint", message)]
