"""The award meeting (定标会议): members open their sealed list, sign in, vote by sealed ballots.

Until the close nobody, the leader and the observers included, learns a count or a ballot: a ballot
is an envelope, and the one figure anywhere is how many of how many have voted (R28).
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, NotAllowed, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail as trail_of
from audit_log.services import attachments, envelopes, sealer, trail
from award.domain.ballots import validate_ballot
from award.domain.outcome import Step
from award.domain.papers import alike
from award.domain.plan import AwardPlan
from award.domain.terms import MethodSpec
from award.models import BallotRound
from award.selectors import award, blockers, lots, papers, recusal
from award.selectors.rules import binding
from award.services import leaving, notices
from evaluation.models import Part, Project
from evaluation.services import lock, lotteries
from evaluation.services.committee import stamp
from evaluation.services.projects import ANNEX_KIND
from rulebook.domain import award as award_rules
from rulebook.domain.blockers import Blocker, Refused, refuse

RANKED_BALLOTS = ("rank_points", "pairwise")


def begin_award(*, actor: Actor, project: str) -> Ref:
    """Call the award meeting: 候选人公示中 → 定标中.

    Closes and opens the sealed member list, then lets candidates leave who have won an earlier lot.
    The entry refers to the decisions of the lots before. Locks the whole group. Close and opening
    are two ceremonies (evaluation.services.bidding.open_bids); interrupted between them, the act is
    done again.
    """
    _close_list(actor=actor, project=project)
    return _begin(actor=actor, project=project)


@sealer.ceremony
def _close_list(*, actor: Actor, project: str) -> None:
    row = lock.project(project)
    permit(actor, "project.begin_award", row)
    refuse(blockers.begin_award(row))
    if not envelopes.is_closed(row.stream, ANNEX_KIND):
        envelopes.close(row, "project.award_members_closed", actor, kind=ANNEX_KIND)


@sealer.ceremony
def _begin(*, actor: Actor, project: str) -> Ref:
    row, _ = lock.lots_of(project)
    permit(actor, "project.begin_award", row)
    warnings = refuse(blockers.begin_award(row))
    plan = award.plan(row)
    elsewhere = lots.winners_elsewhere(row) if plan.no_double_award else {}
    lock.fire(row, "begin_award", *(lots.awarded_entry(lot) for lot in elsewhere))
    row.award_session += 1
    data = {"session": row.award_session, "order": row.order, **lock.noted(warnings)}
    ref = trail.record(row, "project.award_begun", actor, data)
    seat_committee(row, actor)
    leaving.leave_for_other_lots(row, actor, leaving.winners_of_other_lots(row, plan))
    return ref


@transaction.atomic
def attend_award(*, actor: Actor, project: str) -> Ref:
    """Sign in to the meeting, as a member or as an observer."""
    row = lock.project(project)
    permit(actor, "project.attend_award", row)
    refuse(blockers.attend_award(row))
    part = row.parts.filter(relation__in=("ballot", "watch"), person=actor.id).first()
    if part is None:
        raise NotAllowed
    if part.signed_in_at is not None:
        raise Refused([Blocker("signed_in", "您已签到")])
    data: dict[str, Any] = {"member": actor.id, "relation": part.relation}
    if part.relation == "ballot":
        data |= _remarked(row, actor.id)
    ref = trail.record(row, "project.member_attended", actor, data)
    stamp(part, "signed_in_at", row)
    return ref


@transaction.atomic
def open_ballot(*, actor: Actor, project: str) -> Ref:
    """Open the round that the plan asks for, once every member is there (R27)."""
    row = lock.project(project)
    permit(actor, "project.open_ballot", row)
    warnings = refuse(blockers.open_ballot(row))
    one = _new_round(row, step := award.next_step(row))
    before = papers.inputs(row)
    data = {
        "round": {"code": one.code, "from": "", "to": one.state},
        "session": one.session,
        "number": one.number,
        "method": step.method,
        "eligible": one.eligible,
        "seats": one.seats,
        "kind": one.kind,
        **({"papers": before} if before else {}),
        **lock.noted(warnings),
    }
    ref = trail.record(row, "project.round_opened", actor, data)
    return _tell(one, ref)


@transaction.atomic
def call_lottery(*, actor: Actor, project: str, held_at: datetime, place: str) -> Ref:
    """Ask for the public draw that the plan demands, among those whom the record leaves (J, G)."""
    row = lock.project(project)
    permit(actor, "project.call_lottery", row)
    refuse(blockers.call_lottery(row))
    step = award.next_step(row)
    return lotteries.call(
        row,
        actor,
        among=step.among,
        seats=step.seats,
        held_at=held_at,
        place=place,
        subject=f"定标抽签:{len(step.among)} 家中抽 {step.seats} 家",
    )


@transaction.atomic
def cast_ballot(
    *,
    actor: Actor,
    project: str,
    reason: str,
    choices: list[str] | None = None,
    points: list[dict[str, Any]] | None = None,
    scores: list[dict[str, Any]] | None = None,
) -> Ref:
    """Cast the member's one ballot of the round, sealed and with its reason.

    `choices` are names as the method asks for them (ticked, or ranked best first), `points` are
    {"bidder", "points"}, `scores` {"bidder", "factor", "score"}; the method needs one of the three.
    Raises BadInput for an invalid ballot; a second ballot is refused.
    """
    row = lock.project(project)
    permit(actor, "project.cast_ballot", row)
    refuse(blockers.cast_ballot(row))
    one = award.running_round(row)
    if actor.id in envelopes.current(one.stream, one.kind):
        raise Refused([Blocker("already_voted", "您已在本轮投票,选票提交后不能更改")])
    plan = award.plan(row)
    spec = award.method_in_use(plan, award.next_step(row).method)
    content = _content(spec, reason, choices or [], points or [], scores or [])
    _check_ballot(row, plan, spec, one, content)
    return envelopes.seal(row, "project.ballot_sealed", actor, kind=one.kind, content=content).ref


def close_ballot(*, actor: Actor, project: str) -> Ref:
    """Close the round when every ballot is in, open all of them together, and count.

    Writes the close, one opening per ballot and the count; returns the count's entry. Close and
    opening are two ceremonies (evaluation.services.bidding.open_bids); interrupted between them,
    the round stands closed and the act is done again.
    """
    _close(actor=actor, project=project)
    return _open(actor=actor, project=project)


@sealer.ceremony
def _close(*, actor: Actor, project: str) -> None:
    row = lock.project(project)
    permit(actor, "project.close_ballot", row)
    refuse(blockers.close_ballot(row))
    one = award.running_round(row)
    if one.state != "open":
        return
    one.close()
    step = {"round": {"code": one.code, "from": "open", "to": one.state}}
    closed = envelopes.close(row, "project.ballots_closed", actor, kind=one.kind, extra=step)
    _tell(one, closed)


@sealer.ceremony
def _open(*, actor: Actor, project: str) -> Ref:
    row = lock.project(project)
    permit(actor, "project.close_ballot", row)
    refuse(blockers.close_ballot(row))
    one = award.running_round(row)
    envelopes.open_all(row, "project.ballot_opened", actor, kind=one.kind)
    return _count(row, one, actor)


def _remarked(row: Project, member: str) -> dict[str, Any]:
    """Ties of a member that stop nobody, for the entry of his attendance; refuse those that do."""
    found = recusal.hits(row, member)
    if any(hit.blocks for hit in found):
        message = "您与投标人或者评标委员会成员有应当回避的情形,不能参加定标,由招标人更换"
        raise Refused([Blocker("award_member_recused", message, "R06")])
    rows = [{"rule": hit.rule, "code": hit.kind} for hit in found]
    return {"noted": rows} if rows else {}


def seat_committee(row: Project, actor: Actor) -> None:
    """Open the closed member list once, seat who stands in it, let everyone sign in anew."""
    if not award.committee(row).exists():
        opened = envelopes.open_all(row, "project.award_members_opened", actor, kind=ANNEX_KIND)
        (content,) = opened.values()  # one account alone seals the list (evaluation.projects)
        Part.objects.bulk_create(
            Part(project=row, relation=relation, person=code, kind="appointed", leader=leads)
            for relation, codes in (("ballot", content["members"]), ("watch", content["observers"]))
            for code in codes
            for leads in [relation == "ballot" and code == content["leader"]]
        )
    row.parts.filter(relation__in=("ballot", "watch")).update(signed_in_at=None)


def _new_round(row: Project, step: Step) -> BallotRound:
    held = BallotRound.objects.filter(project=row, session=row.award_session).count()
    return BallotRound(
        code=f"{row.pk}-B{row.award_session}-{held + 1}",
        project=row,
        session=row.award_session,
        number=held + 1,
        eligible=list(step.among),
        seats=step.seats,
    )


def _tell(one: BallotRound, ref: Ref) -> Ref:
    trail.told_by(one, ref)
    one.save()
    return ref


def _content(
    spec: MethodSpec,
    reason: str,
    choices: list[str],
    points: list[dict[str, Any]],
    scores: list[dict[str, Any]],
) -> dict[str, Any]:
    ranked = spec.name in RANKED_BALLOTS or spec.vote == "pairwise"
    match spec.name:
        case "cumulative":  # a name without points is not on the ballot
            return {"points": [row for row in points if row["points"]], "reason": reason}
        case "factor_scoring":
            return {"scores": scores, "reason": reason}
    return {"ranking" if ranked else "chosen": choices, "reason": reason}


def _check_ballot(
    row: Project, plan: AwardPlan, spec: MethodSpec, one: BallotRound, content: dict[str, Any]
) -> None:
    problems = validate_ballot(spec, one.eligible, one.seats, content, plan.min_reason_chars)
    if problems:
        short = problems[0].code == "reason_too_short"
        field, message = "reason" if short else award.ballot_field(spec), problems[0].message
        raise BadInput(problems[0].code, message, {field: message})
    profile, facts = binding(row)
    refuse(award_rules.ballot_reason(profile, facts, reason=content["reason"]))
    notices.clean(row, "reason", content["reason"])


def _count(row: Project, one: BallotRound, actor: Actor) -> Ref:
    place = award.rounds(row).count() - 1
    one.result = award.round_result(row, place)
    count, step = one.result["count"], one.result["next"]
    again = step["kind"] == "round" and step["revote"] > 0
    (one.tie if again or step["kind"] in ("lottery", "input_required") else one.settle)()
    same = alike(trail_of.openings(one.stream, "project.ballot_opened", one.kind))
    data = {
        "round": {"code": one.code, "from": "closed", "to": one.state},
        "tally": [{"bidder": line["bidder"], "votes": line["value"]} for line in count["tally"]],
        "kept": count["kept"],
        "tie": count["tie"],
        "winner": step["winner"] or "",
        "result": attachments.keep_document(one.result),
        **({"alike": same} if same else {}),
    }
    return _tell(one, trail.record(row, "project.round_counted", actor, data))
