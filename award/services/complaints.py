"""Complaints (投诉): filed by a bidder, reviewed and decided by the regulator of the project.

The text stands sealed, as an objection's does. The terms are R18's (条例第六十条、第六十一条); the
time of an inspection, appraisal or expert review does not count. A complaint that changes the
course of a project suspends it with its decision; `halting.uphold` carries the decision out.
"""

from datetime import date

from django.db import transaction

from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import envelopes, trail
from award.domain.lifecycle import COMPLAINT
from award.models import Complaint, Objection
from award.selectors import complaints, grounds
from award.selectors.rules import binding, local_day, today
from award.services import notices, parts
from evaluation.models import Project
from evaluation.services import lock
from rulebook.domain import complaints as rules
from rulebook.domain import deadlines
from rulebook.domain.blockers import Blocker, Refused, refuse
from rulebook.selectors import profiles

STOPS = {
    "inspection": "检验、检测",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
    "hearing": "听证",
}
"""What stops the regulator's clock (条例第六十一条第二款)."""


@transaction.atomic
def complain(
    *, actor: Actor, project: str, matter: str, known_on: date, text: str, objection: str = ""
) -> Ref:
    """File a complaint; the entry is the receipt. `known_on` is the day one knew of the matter.

    About the result an objection comes first (`objection`); the days of its answer do not count. A
    late complaint is taken and noted (R18): whether it is heard the regulator decides.
    """
    row = lock.project(project)
    permit(actor, "project.complain", row)
    refuse(complaints.complain(row))
    _check_filing(matter, known_on)
    before = _objected(row, actor, matter, objection)
    days = complaints.answering_days(before)
    late = refuse(grounds.late(row, deadlines.FILE_COMPLAINT, known_on, days))
    one = _new(row, actor, matter, known_on, objection)
    sealed = parts.seal_text(row, actor, f"complaint/{one.code}", text)
    one.text = sealed["commitment"]
    data = {"complaint": {"code": one.code, "from": "", "to": one.state}, **sealed}
    data |= {"matter": matter, "known_on": known_on.isoformat(), "objection_code": objection}
    data |= {"accept_due": one.accept_due.isoformat()} | _counted() | lock.noted(late)
    told: list[parts.Part] = [one]
    if before is not None and before.state == "not_upheld":
        data["objection"] = _followed(before)
        told.append(before)
    ref = trail.record(row, "project.complaint_filed", actor, data, at=one.filed_at)
    for part in told:
        parts.tell(part, ref)
    return ref


@transaction.atomic
def review_complaint(
    *,
    actor: Actor,
    project: str,
    complaint: str,
    accept: bool,
    ground: str = "",
    reason: str = "",
) -> Ref:
    """Accept a complaint or refuse it on a ground of the closed list, within three working days."""
    row = lock.project(project)
    permit(actor, "project.review_complaint", row)
    one = _complaint(row, complaint, "filed")
    profile, facts = binding(row)
    late = grounds.late(row, deadlines.ACCEPT_COMPLAINT, local_day(one.filed_at))
    if accept:
        one.accepted_at = trail.moment(row)
        one.decide_due = due = _due(row, complaints.accepted_on(one))
        data = {"decide_due": due.isoformat()} | _counted() | lock.noted(refuse(late))
        return parts.step(
            row, one, one.accept, "project.complaint_accepted", actor, data, at=one.accepted_at
        )
    refuse(rules.refusal_lawful(profile, facts, ground=ground))
    one.answer = parts.keep_answer(row, "reason", reason)
    data = {"ground": ground, "answer": one.answer, "basis": "complaint_refusals"}
    data |= lock.noted(refuse(late))
    return parts.step(row, one, one.refuse, "project.complaint_refused", actor, data)


@transaction.atomic
def stop_complaint_clock(*, actor: Actor, project: str, complaint: str, reason: str) -> Ref:
    """Stop the term while an inspection, appraisal, expert review or hearing is held."""
    row = lock.project(project)
    permit(actor, "project.stop_complaint_clock", row)
    one = _complaint(row, complaint, "accepted")
    if reason not in STOPS:
        raise _bad("reason", "reason_unknown", "请选择列出的内容")
    one.paused_on = today()
    data = {"reason": reason, "paused_on": one.paused_on.isoformat()}
    return parts.step(row, one, one.stop_clock, "project.complaint_clock_stopped", actor, data)


@transaction.atomic
def resume_complaint_clock(*, actor: Actor, project: str, complaint: str) -> Ref:
    """Let the term go on; the working days since it was stopped are added to it."""
    row = lock.project(project)
    permit(actor, "project.resume_complaint_clock", row)
    one = _complaint(row, complaint, "examining")
    one.paused_days += profiles.calendar().working_days(one.paused_on or today(), today())
    one.paused_on = None
    one.decide_due = due = _due(row, complaints.accepted_on(one), one.paused_days)
    data = {"paused_days": one.paused_days, "decide_due": due.isoformat()} | _counted()
    return parts.step(row, one, one.run_clock, "project.complaint_clock_resumed", actor, data)


@transaction.atomic
def decide_complaint(
    *,
    actor: Actor,
    project: str,
    complaint: str,
    upheld: bool,
    document: str,
    answer: str,
    outcome: str = "",
) -> Ref:
    """Decide a complaint by a document: dismissed, or upheld with its effect (条例第八十一条).

    Where the effect changes the project's course the project stops at once, with an entry of its
    own, until `halting.uphold`. A late decision is noted (R18).
    """
    row = lock.project(project)
    permit(actor, "project.decide_complaint", row)
    one = _complaint(row, complaint, "accepted")
    profile, facts = binding(row)
    effect = outcome if upheld else ""
    if upheld:
        refuse(rules.effect_lawful(profile, facts, effect=effect))
        refuse(complaints.effect_possible(row, effect))
    term, since = deadlines.DECIDE_COMPLAINT, complaints.accepted_on(one)
    late = grounds.late(row, term, since, one.paused_days)
    one.answer, one.outcome = parts.keep_answer(row, "answer", answer), effect
    data = {
        "document": notices.clean(row, "document", document),
        "answer": one.answer,
        "outcome": effect,
        "basis": "complaint_effects" if upheld else "R18",
        **lock.noted(refuse(late)),
    }
    edge = one.uphold if upheld else one.dismiss
    ref = parts.step(row, one, edge, "project.complaint_decided", actor, data)
    if effect in rules.CHANGING and row.state != "suspended":
        lock.fire(row, "suspend")
        trail.record(row, "project.suspended", actor, {"because": one.code})
    return ref


@transaction.atomic
def withdraw_complaint(*, actor: Actor, project: str, complaint: str) -> Ref:
    """Withdraw one's own complaint before it is decided."""
    row = lock.project(project)
    permit(actor, "project.withdraw_complaint", row)
    one = _complaint(row, complaint, "filed", "accepted", "examining", org=actor.org)
    return parts.step(row, one, one.withdraw, "project.complaint_withdrawn", actor, {})


@transaction.atomic
def read_complaint(*, actor: Actor, project: str, complaint: str) -> tuple[Ref, str]:
    """Read the text: regulator and commission alone; each reading is an entry. Raises NotFound."""
    row = lock.project(project)
    permit(actor, "project.read_complaint", row)
    one = _complaint(row, complaint)
    ref, opening = envelopes.read_one(
        row,
        "project.complaint_read",
        actor,
        commitment=one.text,
        extra={"complaint_code": one.code},
    )
    return ref, str(opening.content["text"])


def _objected(row: Project, actor: Actor, matter: str, code: str) -> Objection | None:
    """The objection that the complaint follows; raise BadInput, or Refused where it needs one."""
    found = complaints.objected(row, actor.org, code) if code else None
    if code and found is None:
        raise _bad("objection", "objection_unknown", "应当是本单位已获答复或者逾期未答复的异议")
    profile, facts = binding(row)
    refuse(rules.objection_first(profile, facts, matter=matter, objected=found is not None))
    return found


def _followed(one: Objection) -> dict[str, str]:
    """不成立 → 已转投诉."""
    return parts.change(one, one.complain)


def _check_filing(matter: str, known_on: date) -> None:
    if matter not in rules.MATTERS:
        raise _bad("matter", "matter_unknown", "请选择列出的内容")
    if known_on > today():
        raise _bad("known_on", "date_ahead", "知道之日不能晚于今天")


def _new(row: Project, actor: Actor, matter: str, known_on: date, objection: str) -> Complaint:
    profile, _ = binding(row)
    number = Complaint.objects.filter(project=row).count() + 1
    term = deadlines.ACCEPT_COMPLAINT
    return Complaint(
        code=f"{row.pk}-C{number}",
        project=row,
        bidder=actor.org,
        matter=matter,
        objection=objection,
        known_on=known_on,
        filed_at=trail.moment(row),
        accept_due=deadlines.due_date(profile, profiles.calendar(), term, since=today()),
    )


def _complaint(row: Project, code: str, *states: str, org: str = "") -> Complaint:
    """A complaint of the project in one of the states; of another body's there is none."""
    one = Complaint.objects.filter(project=row, pk=code).first()
    if one is None or (org and one.bidder != org):
        raise NotFound
    if states and one.state not in states:
        message = f"该投诉现为“{COMPLAINT[one.state]}”,不能办理这一事项"
        raise Refused([Blocker("wrong_state", message)])
    return one


def _due(row: Project, accepted_on: date, paused: int = 0) -> date:
    profile, _ = binding(row)
    return deadlines.due_date(
        profile, profiles.calendar(), deadlines.DECIDE_COMPLAINT, since=accepted_on, paused=paused
    )


def _counted() -> dict[str, str]:
    """The calendar that a term was counted by."""
    return {"calendar": profiles.calendar().version}


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
