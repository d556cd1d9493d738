"""一标一评: ratings are recorded, their sum proposes a measure, a person decides on it.

A rating changes nobody's standing and no draw; only an edge of the pool does, taken by the person
who decides, with his right to that edge.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from experts.domain import edges
from experts.domain import ratings as scales
from experts.models import Expert, ExpertMeasure, ExpertRating
from experts.selectors import career, ratings, rules
from experts.services import inputs, lock
from rulebook.domain.blockers import Blocker, Refused, refuse
from rulebook.domain.rules import Profile

Told = dict[str, Any]


def record(
    *, actor: Actor, expert: str, case: str, handle: str, items: Sequence[str], evidence: str
) -> Ref:
    """Record the actor's rating of one expert in one case, with what the sum now proposes.

    Called within the transaction of the service that knows the case and the right. `items` are
    those deducted for (the profile's of the actor's role), `evidence` the SHA-256 of the record,
    needed for any deduction.
    """
    row = lock.expert(expert)
    profile = rules.of_pool(row.region)
    deducted = _deducted(profile, actor.role, items)
    if deducted or evidence:
        inputs.document(evidence, "evidence")
    one = ExpertRating(
        expert=row,
        code=f"{row.pk}-r{row.ratings.count() + 1}",
        case=case,
        handle=handle,
        aspect=actor.role,
        rated_by=actor.id,
        rated_on=career.today(),
        items=deducted,
        points=sum(item["points"] for item in deducted),
        evidence=evidence,
        profile=profile.label,
    )
    measure = _proposed(row, profile, ratings.total(row, profile) + one.points)
    told: Told = {"basis": "rating_items", "profile": profile.label, "rating": _claim(one)}
    ref = trail.record(row, "expert.rated", actor, told | _measure(measure))
    one.entry = ref.n
    _save(ref, one, measure)
    return ref


@transaction.atomic
def decide(
    *,
    actor: Actor,
    expert: str,
    measure: str,
    adopt: bool,
    decision: str,
    until: date | None = None,
) -> Ref:
    """Adopt what the ratings propose, or not; `decision` is the SHA-256 of the document.

    A suspension (to `until`) and an exit are the pool's own edges: whoever adopts one needs the
    right to it. Raise Refused("same_person") for one whose own deductions count.
    """
    row = lock.expert(expert)
    permit(actor, "expert.decide_measure", row)
    part = row.measures.filter(pk=measure).first()
    if part is None:
        raise NotFound
    if part.state != ratings.OPEN:
        message = f"该处理建议现为“{part.get_state_display()}”,不能办理"
        raise Refused([Blocker("wrong_part_state", message)])
    inputs.document(decision, "decision")
    refuse(ratings.deciding(row) + ratings.own_rating(row, part, actor.id))
    part.decided_by = actor.id
    if adopt:
        return _adopt(row, part, actor, decision, until)
    part.dismiss()
    return _decided(row, part, actor, "expert.measure_dismissed", {"decision": decision})


def annul(row: Expert, one: ExpertRating, actor: Actor, appeal: str) -> Ref:
    """Take a rating out of the count: an appeal (its code) was upheld.

    An open proposal that the rest no longer reaches lapses with it, or becomes a milder one.
    """
    profile = rules.of_pool(row.region)
    measure = _restated(row, profile, ratings.total(row, profile) - one.points)
    step = {"code": one.pk, "from": one.state}
    one.annul()
    told = {"rating": step | {"to": one.state}, "because": appeal} | _measure(measure)
    ref = trail.record(row, "expert.rating_annulled", actor, told)
    _save(ref, one, measure)
    return ref


def _deducted(profile: Profile, aspect: str, items: Sequence[str]) -> list[dict[str, Any]]:
    known = ratings.scale_of(profile).of(aspect)
    if len(set(items)) != len(items) or not set(items) <= known.keys():
        message = "请选择列出的扣分项,每项一次"
        raise BadInput("items_unknown", message, {"items": message})
    return [{"item": item, "points": known[item]} for item in known if item in items]


def _proposed(row: Expert, profile: Profile, points: int) -> ExpertMeasure | None:
    """The proposal that a new sum makes: a new one, or the open one with more weight."""
    kind = ratings.scale_of(profile).reached(points)
    known = list(ratings.recent(row, profile))
    part = next((one for one in known if one.state == ratings.OPEN), None)
    if part is not None:
        part.kind = kind if scales.graver(kind, part.kind) else part.kind
        part.points = points
        return part
    if not kind or not all(scales.graver(kind, one.kind) for one in known):
        return None
    code = f"{row.pk}-m{row.measures.count() + 1}"
    day = career.today()
    return ExpertMeasure(expert=row, code=code, kind=kind, points=points, proposed_on=day)


def _restated(row: Expert, profile: Profile, points: int) -> ExpertMeasure | None:
    """The open proposal after points were taken back."""
    kind = ratings.scale_of(profile).reached(points)
    known = list(ratings.recent(row, profile))
    part = next((one for one in known if one.state == ratings.OPEN), None)
    if part is None:
        return None
    part.points = points
    others = [one.kind for one in known if one.pk != part.pk]
    if kind and all(scales.graver(kind, other) for other in others):
        part.kind = kind
    else:
        part.lapse()
    return part


def _adopt(
    row: Expert, part: ExpertMeasure, actor: Actor, decision: str, until: date | None
) -> Ref:
    """Do what was proposed: a talk, or the pool's own edge."""
    part.adopt()
    told: Told = {"decision": decision}
    match part.kind:
        case "suspend":
            permit(actor, "expert.suspend", row)
            inputs.end_of_suspension("rating", until)
            lock.fire(row, "suspend")
            row.suspended_until = until
            told |= edges.told("suspend", "rating")
            told |= {"until": until.isoformat()} if until else {}
            return _decided(row, part, actor, "expert.suspended", told)
        case "exit":
            permit(actor, "expert.exit", row)
            lock.fire(row, "exit")
            row.suspended_until = None
            return _decided(row, part, actor, "expert.exited", told | edges.told("exit", "rating"))
    return _decided(row, part, actor, "expert.talked", told)


def _decided(row: Expert, part: ExpertMeasure, actor: Actor, type: str, told: Told) -> Ref:
    ref = trail.record(row, type, actor, told | _measure(part))
    _save(ref, part)
    return ref


def _claim(one: ExpertRating) -> Told:
    names = ("code", "case", "handle", "aspect", "items", "points", "evidence")
    told: Told = {name: getattr(one, name) for name in names}
    return told | {"rated_on": one.rated_on.isoformat(), "to": one.state}


def _measure(part: ExpertMeasure | None) -> Told:
    """What an entry tells of a proposal; {} for none."""
    if part is None:
        return {}
    told: Told = {name: getattr(part, name) for name in ("code", "kind", "points")}
    return {"measure": told | {"proposed_on": part.proposed_on.isoformat(), "to": part.state}}


def _save(ref: Ref, *parts: ExpertRating | ExpertMeasure | None) -> None:
    for part in parts:
        if part is not None:
            trail.told_by(part, ref)
            part.save()
