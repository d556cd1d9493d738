"""Objections (异议): received with a receipt, reviewed, answered; accepted, they stop the project.

The text is free text about people and stands sealed; the trail holds its commitment. Suspension is
a state with its own entry: the first accepted objection suspends, and nothing resumes before the
last one is answered (条例第五十四条第二款).
"""

from django.db import transaction

from accounts.services.gate import NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import envelopes, trail
from award.domain.lifecycle import OBJECTION
from award.models import Objection
from award.selectors import blockers, grounds
from award.selectors.rules import binding, local_day, today
from award.services import parts
from evaluation.models import Project
from evaluation.services import lock
from rulebook.domain import deadlines
from rulebook.domain.blockers import Blocker, Refused, refuse
from rulebook.selectors import profiles


@transaction.atomic
def object(*, actor: Actor, project: str, text: str) -> Ref:
    """Hand in an objection to the result while it is public (R17); the entry is the receipt.

    The text is sealed under `objection/<code>`; the day of receipt starts the answering term.
    """
    row = lock.project(project)
    permit(actor, "project.object", row)
    refuse(blockers.object(row))
    one = _new(row, actor)
    sealed = parts.seal_text(row, actor, f"objection/{one.code}", text)
    one.text = sealed["commitment"]
    data = {
        "objection": {"code": one.code, "from": "", "to": one.state},
        **sealed,
        "stage": one.stage,
        "answer_due": one.answer_due.isoformat(),
    }
    ref = trail.record(row, "project.objection_submitted", actor, data, at=one.received_at)
    return parts.tell(one, ref)


@transaction.atomic
def review_objection(
    *, actor: Actor, project: str, objection: str, accept: bool, reason: str = ""
) -> Ref:
    """Accept an objection or refuse it with a reason; accepting suspends a project that runs."""
    row = lock.project(project)
    permit(actor, "project.review_objection", row)
    one = _objection(row, objection)
    _in_state(one, "submitted")
    if not accept:
        one.answer = parts.keep_answer(row, "reason", reason)
        data = {"answer": one.answer}
        return parts.step(row, one, one.refuse, "project.objection_refused", actor, data)
    ref = parts.step(row, one, one.accept, "project.objection_accepted", actor, {})
    if row.state != "suspended":
        lock.fire(row, "suspend")
        trail.record(row, "project.suspended", actor, {"because": one.code})
    return ref


@transaction.atomic
def answer_objection(
    *, actor: Actor, project: str, objection: str, upheld: bool, answer: str
) -> Ref:
    """Answer an accepted objection; a late answer is noted (R17), the project stays suspended."""
    row = lock.project(project)
    permit(actor, "project.answer_objection", row)
    one = _objection(row, objection)
    _in_state(one, "accepted")
    late = grounds.late(row, deadlines.ANSWER_OBJECTION, local_day(one.received_at))
    one.answer, one.answered_at = parts.keep_answer(row, "answer", answer), trail.moment(row)
    edge = one.uphold if upheld else one.dismiss
    data = {"answer": one.answer, **lock.noted(refuse(late))}
    return parts.step(row, one, edge, "project.objection_answered", actor, data, at=one.answered_at)


@transaction.atomic
def withdraw_objection(*, actor: Actor, project: str, objection: str) -> Ref:
    """Withdraw one's own objection before it is answered."""
    row = lock.project(project)
    permit(actor, "project.withdraw_objection", row)
    one = _own(row, objection, actor)
    _in_state(one, "accepted")
    return parts.step(row, one, one.withdraw, "project.objection_withdrawn", actor, {})


@transaction.atomic
def read_objection(*, actor: Actor, project: str, objection: str) -> tuple[Ref, str]:
    """Read the text of an objection: tenderer, regulator or commission; each reading is an entry.

    Return the entry and the text. Raises NotFound.
    """
    row = lock.project(project)
    permit(actor, "project.read_objection", row)
    one = _objection(row, objection)
    ref, opening = envelopes.read_one(
        row,
        "project.objection_read",
        actor,
        commitment=one.text,
        extra={"objection_code": one.code},
    )
    return ref, str(opening.content["text"])


def _new(row: Project, actor: Actor) -> Objection:
    profile, _ = binding(row)
    number = Objection.objects.filter(project=row).count() + 1
    due = deadlines.due_date(
        profile, profiles.calendar(), deadlines.ANSWER_OBJECTION, since=today()
    )
    return Objection(
        code=f"{row.pk}-O{number}",
        project=row,
        bidder=actor.org,
        stage=grounds.objection_stage(row),
        received_at=trail.moment(row),
        answer_due=due,
    )


def _objection(row: Project, code: str) -> Objection:
    one = Objection.objects.filter(project=row, pk=code).first()
    if one is None:
        raise NotFound
    return one


def _own(row: Project, code: str, actor: Actor) -> Objection:
    one = _objection(row, code)
    if one.bidder != actor.org:
        raise NotFound  # who else objects is none of a bidder's business
    return one


def _in_state(one: Objection, state: str) -> None:
    if one.state != state:
        message = f"该异议现为“{OBJECTION[one.state]}”,不能办理这一事项"
        raise Refused([Blocker("wrong_state", message)])
