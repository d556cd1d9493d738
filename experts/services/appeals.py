"""Appeals against a suspension, a disqualification or a rating: two persons decide."""

from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import trail
from experts.domain import edges, grounds
from experts.models import Expert, ExpertAppeal
from experts.selectors import career, modes
from experts.selectors import ratings as reading
from experts.services import inputs, lock, ratings
from rulebook.domain.blockers import Blocker, Refused, refuse

OUTCOMES = {"upheld": "申诉成立,撤销处理", "not_upheld": "申诉不成立,维持处理"}


@transaction.atomic
def appeal(*, actor: Actor, expert: str, ground: str, letter: str, rating: str = "") -> Ref:
    """File an appeal on one of `grounds.APPEALED`; `letter` is the SHA-256 of what he wrote.

    It is against the rating of that code, or against what put him where he is punished.
    """
    row = lock.expert(expert)
    permit(actor, "expert.appeal", row)
    inputs.listed(ground, grounds.APPEALED)
    inputs.document(letter, "letter")
    refuse(reading.appealing(row))
    against = _against(row, rating)
    code = f"{row.pk}-a{row.appeals.count() + 1}"
    part = ExpertAppeal(expert=row, code=code, against=against, ground=ground, letter=letter)
    told = {"code": code, "to": "filed", "against": against, "ground": ground, "letter": letter}
    return _tell(row, part, actor, "expert.appealed", told)


@transaction.atomic
def review_appeal(*, actor: Actor, expert: str, appeal: str, accept: bool, ground: str = "") -> Ref:
    """Accept an appeal, or refuse to hear it on one of `grounds.REFUSED_APPEAL`."""
    row = lock.expert(expert)
    permit(actor, "expert.review_appeal", row)
    part = _part(row, appeal, "filed")
    told: dict[str, Any] = {"code": part.pk, "from": part.state}
    if accept:
        part.accept()
        return _tell(row, part, actor, "expert.appeal_accepted", told)
    inputs.listed(ground, grounds.REFUSED_APPEAL)
    part.refuse()
    return _tell(row, part, actor, "expert.appeal_refused", told | {"ground": ground})


@transaction.atomic
def draft_appeal(*, actor: Actor, expert: str, appeal: str, outcome: str, decision: str) -> Ref:
    """The first person proposes an outcome (`OUTCOMES`); `decision` is the draft's SHA-256."""
    row = lock.expert(expert)
    permit(actor, "expert.draft_appeal", row)
    part = _part(row, appeal, "accepted")
    inputs.listed(outcome, OUTCOMES, "outcome")
    inputs.document(decision, "decision")
    refuse(_uninvolved(row, part, actor))
    told = {"code": part.pk, "from": part.state, "proposal": outcome, "decision": decision}
    part.draft_outcome()
    part.proposal, part.decision, part.drafted_by = outcome, decision, actor.id
    return _tell(row, part, actor, "expert.appeal_drafted", told)


@transaction.atomic
def decide_appeal(*, actor: Actor, expert: str, appeal: str, agree: bool) -> Ref:
    """The second person decides as proposed, or sends the draft back.

    Where the appeal is upheld, a rating no longer counts. A punishment under which he still stands
    is annulled: he is in the pool again, or under an earlier suspension that is not over.
    """
    row = lock.expert(expert)
    permit(actor, "expert.decide_appeal", row)
    part = _part(row, appeal, "drafted")
    refuse(_uninvolved(row, part, actor))
    if part.drafted_by == actor.id:
        raise Refused([Blocker("same_person", "申诉应由拟定意见以外的人员决定")])
    told: dict[str, Any] = {"code": part.pk, "from": part.state}
    if not agree:
        part.send_back()
        part.proposal = part.decision = part.drafted_by = ""
        return _tell(row, part, actor, "expert.appeal_returned", told)
    told |= {"decision": part.decision}
    if part.proposal != "upheld":
        part.dismiss()
        return _tell(row, part, actor, "expert.appeal_dismissed", told)
    part.uphold()
    ref = _tell(row, part, actor, "expert.appeal_upheld", told)
    return _annul(row, part, actor) or ref


def _against(row: Expert, rating: str) -> int:
    """The position of the entry that the appeal is against."""
    if rating:
        found = reading.contestable(row).filter(pk=rating).first()
        if found is None:
            message = "没有这一评价,或者不能再申诉"
            raise BadInput("rating_unknown", message, {"rating": message})
        return found.entry
    punished = career.punishment(row) if career.is_punished(row) else None
    if punished is None:
        message = "请选择所申诉的评价"
        raise BadInput("rating_missing", message, {"rating": message})
    return int(punished["n"])


def _annul(row: Expert, part: ExpertAppeal, actor: Actor) -> Ref | None:
    """Take back what the appeal was against; a punishment where he still stands under it."""
    rating = row.ratings.filter(entry=part.against).first()
    if rating is not None:
        return ratings.annul(row, rating, actor, part.pk)
    punished = career.punishment(row)
    if row.state not in career.PUNISHED or punished is None or punished["n"] != part.against:
        return None
    before = _suspended_before(row, punished)
    lock.fire(row, "annul")
    row.suspended_until = None
    data = edges.told("annul", "appeal") | {"because": part.pk, "decision": part.decision}
    ref = trail.record(row, "expert.annulled", actor, data)
    if before is not None:
        lock.fire(row, "suspend")
        row.suspended_until = inputs.day(before.get("until"))
        kept: dict[str, Any] = {
            key: before[key] for key in ("ground", "basis", "decision", "until") if key in before
        }
        ref = trail.record(row, "expert.suspended", actor, kept)
    return ref


def _suspended_before(row: Expert, punished: dict[str, Any]) -> dict[str, Any] | None:
    """The suspension under which he was disqualified, unless its time is over by now."""
    if punished["data"].get("from") != "suspended":
        return None
    earlier = entries.events(row.stream, "expert.suspended")[-1]["data"]
    until = inputs.day(earlier.get("until"))
    return None if until is not None and until < career.today() else earlier


def _uninvolved(row: Expert, part: ExpertAppeal, actor: Actor) -> list[Blocker]:
    """Nobody decides on an appeal against his own decision."""
    [punished] = [one for one in entries.events(row.stream) if one["n"] == part.against]
    if punished["actor"]["id"] != actor.id:
        return []
    return [Blocker("own_decision", "申诉应由作出处理以外的人员办理")]


def _part(row: Expert, code: str, state: str) -> ExpertAppeal:
    part = row.appeals.filter(pk=code).first()
    if part is None:
        raise NotFound
    refuse(modes.owner_only())
    if part.state != state:
        raise Refused([career.wrong_part(part)])
    return part


def _tell(row: Expert, part: ExpertAppeal, actor: Actor, type: str, told: dict[str, Any]) -> Ref:
    ref = trail.record(row, type, actor, {"appeal": told | {"to": part.state}})
    trail.told_by(part, ref)
    part.save()
    return ref
