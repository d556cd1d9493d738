"""Objections (异议): received with a receipt, reviewed, answered; accepted, they stop the project.

The text is free text about people and stands sealed; the trail holds its commitment. Suspension is
a state with its own entry: the first accepted objection suspends, and nothing resumes before the
last one is answered (条例第五十四条第二款).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.domain import roles
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import attachments, envelopes, trail
from award.domain.lifecycle import OBJECTION
from award.models import Objection
from award.selectors import blockers, grounds
from award.selectors.rules import binding, local_day, today
from award.services import notices, reopening
from evaluation.models import Project
from evaluation.services import forms, lock
from evaluation.services.committee import recompose
from evaluation.services.scoring import begin_round
from rulebook.domain import deadlines
from rulebook.domain.blockers import Blocker, Refused, refuse
from rulebook.domain.deadlines import Term
from rulebook.selectors import profiles

OUTCOMES = {"reevaluate": "uphold_reevaluate", "fail": "uphold_fail"}


@transaction.atomic
def object(*, actor: Actor, project: str, text: str) -> Ref:
    """Hand in an objection to the result while it is public (R17); the entry is the receipt.

    The text is sealed under `objection/<code>`; the day of receipt starts the answering term.
    """
    row = lock.project(project)
    permit(actor, "project.object", row)
    refuse(blockers.object(row))
    content = {"text": forms.filled("text", text, most=8000)}
    one = _new(row, actor)
    kind = f"objection/{one.code}"
    one.text, _ = envelopes.keep(row, kind=kind, author=actor.id, content=content)
    data = {
        "objection": {"code": one.code, "from": "", "to": one.state},
        "commitment": one.text,
        "kind": kind,
        "author": actor.id,
        "replaces": None,
        "stage": one.stage,
        "answer_due": one.answer_due.isoformat(),
    }
    ref = trail.record(row, "project.objection_submitted", actor, data, at=one.received_at)
    return _tell(one, ref)


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
        one.answer = _kept(row, "reason", reason)
        data = {"answer": one.answer}
        return _step(row, one, one.refuse, "project.objection_refused", actor, data)
    ref = _step(row, one, one.accept, "project.objection_accepted", actor, {})
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
    late = _late(row, deadlines.ANSWER_OBJECTION, one.received_at)
    one.answer, one.answered_at = _kept(row, "answer", answer), trail.moment(row)
    edge = one.uphold if upheld else one.dismiss
    data = {"answer": one.answer, **lock.noted(refuse(late))}
    return _step(row, one, edge, "project.objection_answered", actor, data, at=one.answered_at)


@transaction.atomic
def withdraw_objection(*, actor: Actor, project: str, objection: str) -> Ref:
    """Withdraw one's own objection before it is answered."""
    row = lock.project(project)
    permit(actor, "project.withdraw_objection", row)
    one = _own(row, objection, actor)
    _in_state(one, "accepted")
    return _step(row, one, one.withdraw, "project.objection_withdrawn", actor, {})


@transaction.atomic
def complain(*, actor: Actor, project: str, objection: str) -> Ref:
    """Turn one's own answered objection into a complaint (条例第六十条); R18 is noted."""
    row = lock.project(project)
    permit(actor, "project.complain", row)
    one = _own(row, objection, actor)
    _in_state(one, "not_upheld")
    late = _late(row, deadlines.FILE_COMPLAINT, one.answered_at or one.received_at)
    noted = lock.noted(refuse(late))
    return _step(row, one, one.complain, "project.objection_complained", actor, noted)


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


@transaction.atomic
def order_suspension(*, actor: Actor, project: str, document: str) -> Ref:
    """The regulator orders a halt, naming its document (条例第六十二条)."""
    row = lock.project(project)
    permit(actor, "project.order_suspension", row)
    refuse(blockers.order_suspension(row))
    because = notices.clean(row, "document", document)
    lock.fire(row, "suspend")
    return trail.record(row, "project.suspended", actor, {"because": because})


@transaction.atomic
def resume(*, actor: Actor, project: str) -> Ref:
    """Go on where the project was stopped; what the regulator ordered, the regulator lifts."""
    row = lock.project(project)
    permit(actor, "project.resume", row)
    refuse(blockers.resume(row))
    cause = _cause(row)
    if _ordered(cause) and actor.role != roles.REGULATOR:
        raise Refused([Blocker("order_stands", "行政监督部门责令中止的,由其决定恢复")])
    lock.fire(row, "resume")
    return trail.record(row, "project.resumed", actor, {"because": cause["data"]["because"]})


@transaction.atomic
def uphold(*, actor: Actor, project: str, because: str, outcome: str) -> Ref:
    """Carry out what an upheld objection or complaint demands: evaluate anew, or the tender fails.

    `because` is the objection; to the regulator also the document of its own order. `outcome` is
    reevaluate or fail.
    """
    row = lock.project(project)
    permit(actor, "project.uphold", row)
    refuse(blockers.uphold(row))
    if outcome not in OUTCOMES:
        raise BadInput("outcome_unknown", "请选择列出的处理", {"outcome": "请选择列出的处理"})
    _check_ground(row, because, actor)
    if outcome == "reevaluate" and not row.evaluation_round:
        raise Refused([Blocker("not_evaluated", "尚未评标,不能重新评标")])
    if outcome == "reevaluate":
        recompose(row, actor)
    lock.fire(row, OUTCOMES[outcome])
    reopening.undo_award(row, "upheld")
    if outcome == "reevaluate":
        begin_round(row)
    data = {"because": because, "outcome": outcome}
    return trail.record(row, "project.upheld", actor, data)


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


def _step(
    row: Project,
    one: Objection,
    edge: Callable[[], None],
    type: str,
    actor: Actor,
    data: dict[str, Any],
    *,
    at: datetime | None = None,
) -> Ref:
    """Take an edge of the objection, write its entry, then the objection."""
    before = one.state
    edge()
    step = {"objection": {"code": one.code, "from": before, "to": one.state}}
    return _tell(one, trail.record(row, type, actor, step | data, at=at))


def _tell(one: Objection, ref: Ref) -> Ref:
    trail.told_by(one, ref)
    one.save()
    return ref


def _kept(row: Project, field: str, text: str) -> str:
    clean = notices.clean(row, field, forms.filled(field, text, most=8000))
    return attachments.keep_document({"v": 1, "text": clean})


def _late(row: Project, term: Term, since: datetime) -> list[Blocker]:
    profile, facts = binding(row)
    started = local_day(since)
    return deadlines.overdue(profile, facts, profiles.calendar(), term, since=started, done=today())


def _cause(row: Project) -> dict[str, Any]:
    return entries.events(row.stream, "project.suspended")[-1]


def _ordered(cause: dict[str, Any]) -> bool:
    return bool(cause["actor"]["role"] == roles.REGULATOR)


def _check_ground(row: Project, because: str, actor: Actor) -> None:
    """An upheld objection serves both; a complaint or its own order serves the regulator."""
    one = Objection.objects.filter(project=row, pk=because).first()
    states = {"upheld", "complained"} if actor.role == roles.REGULATOR else {"upheld"}
    if one is not None and one.state in states:
        return
    cause = _cause(row)
    own_order = _ordered(cause) and cause["data"]["because"] == because
    if not (own_order and actor.role == roles.REGULATOR):
        message = "应当写明成立的异议或者投诉"
        raise BadInput("ground_unknown", message, {"because": message})
