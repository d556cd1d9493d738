"""Facts recorded of an expert in the pool: trainings, yearly assessments, leave."""

from datetime import date

from django.db import transaction

from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from experts.domain.records import BRIEFING, TRAININGS
from experts.models import ExpertAssessment, ExpertLeave, ExpertTraining
from experts.selectors import career, rules
from experts.services import inputs, lock
from rulebook.domain.blockers import refuse

LONGEST_LEAVE = 366
"""Days; who stays away longer leaves the pool."""


@transaction.atomic
def train(
    *, actor: Actor, expert: str, kind: str, material: str, held_on: date, score: int | None = None
) -> Ref:
    """Record a training of `records.TRAININGS`; `material` is the SHA-256 of what was taught.

    A briefing counts as current from `held_on` for as long as the rules say.
    """
    row = lock.expert(expert)
    permit(actor, "expert.train", row)
    refuse(career.training(row))
    inputs.listed(kind, TRAININGS, "kind")
    inputs.document(material, "material")
    if held_on > career.today():
        raise BadInput("day_ahead", "日期有误", {"held_on": "不能晚于今天"})
    number = row.trainings.count() + 1
    points = None if score is None else inputs.points(score)
    data = {"number": number, "kind": kind, "material": material, "score": points}
    data["held_on"] = held_on.isoformat()
    if kind == BRIEFING and (row.briefed_on is None or row.briefed_on < held_on):
        row.briefed_on = held_on
        data["briefed_on"] = held_on.isoformat()
    ref = trail.record(row, "expert.trained", actor, data)
    ExpertTraining.objects.create(
        expert=row, number=number, kind=kind, material=material, score=points, held_on=held_on
    )
    return ref


@transaction.atomic
def assess(*, actor: Actor, expert: str, year: int, score: int, evidence: str) -> Ref:
    """Record the assessment of a year, once; grade and proposal follow from the rules' scale."""
    row = lock.expert(expert)
    permit(actor, "expert.assess", row)
    refuse(career.assessing(row))
    inputs.document(evidence, "evidence")
    points = inputs.points(score)
    if not 2000 <= year <= career.today().year:
        raise BadInput("year_malformed", "年度有误", {"year": "不能晚于今年"})
    if row.assessments.filter(year=year).exists():
        raise BadInput("year_assessed", "该年度已经考核", {"year": "该年度已经考核"})
    scale = career.scale_of(rules.of_pool(row.region))
    grade = scale.grade(points)
    told = {"year": year, "score": points, "grade": grade, "proposal": scale.proposal(grade)}
    ref = trail.record(row, "expert.assessed", actor, told | {"evidence": evidence})
    ExpertAssessment.objects.create(expert=row, evidence=evidence, **told)
    return ref


@transaction.atomic
def declare_leave(*, actor: Actor, expert: str, first: date, last: date) -> Ref:
    """The expert says on which days, both inclusive, he cannot take part.

    He alone: whoever else could, could keep him out of a draw. It counts for draws that freeze
    afterwards, and those wait until it is sealed.
    """
    row = lock.expert(expert)
    permit(actor, "expert.declare_leave", row)
    refuse(career.in_pool(row))
    if first < career.today():
        raise BadInput("leave_past", "休假日期有误", {"first": "不能早于今天"})
    if not 0 <= (last - first).days < LONGEST_LEAVE:
        message = f"不能早于起始日,最长 {LONGEST_LEAVE} 日"
        raise BadInput("leave_malformed", "休假日期有误", {"last": message})
    code = f"{row.pk}-l{row.audit_n + 1}"
    data = {"leave": code, "first": first.isoformat(), "last": last.isoformat()}
    ref = trail.record(row, "expert.leave_declared", actor, data)
    ExpertLeave.objects.create(expert=row, code=code, first=first, last=last)
    return ref


@transaction.atomic
def end_leave(*, actor: Actor, expert: str, leave: str) -> Ref:
    """Take back a leave that has not begun, or let one that has begun end yesterday."""
    row = lock.expert(expert)
    permit(actor, "expert.end_leave", row)
    today = career.today()
    found = row.leaves.filter(code=leave, last__gte=today).first()
    if found is None:
        raise NotFound
    yesterday = date.fromordinal(today.toordinal() - 1)
    last = yesterday if found.first <= yesterday else None
    data = {"leave": leave, "last": last.isoformat() if last else None}
    ref = trail.record(row, "expert.leave_ended", actor, data)
    if last is None:
        found.delete()
    else:
        found.last = last
        found.save(update_fields=["last"])
    return ref
