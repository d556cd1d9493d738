"""The decision and what may become of it: award, loss of the winner, return, contract."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import sealer, trail
from award.domain.outcome import Step
from award.models import Award
from award.selectors import award, blockers, grounds, lots
from award.selectors.rules import binding, today
from award.services import leaving, meeting, notices, reopening
from evaluation.models import Bid, Candidate, Project
from evaluation.services import lock, projects
from evaluation.services.committee import recompose
from evaluation.services.scoring import begin_round
from rulebook.domain import award as award_rules
from rulebook.domain.blockers import Blocker, Refused, refuse

LOST_TO = {"winner": "awarded", "round": "awarding", "lottery": "awarding", "retender": "failed"}
"""What the recount asks for after a loss → the project's next state (条例第五十五条)."""

LOSS_REASONS = {
    "gave_up": "放弃中标",
    "force_majeure": "因不可抗力不能履行合同",
    "no_performance_bond": "未按招标文件要求提交履约保证金",
    "proven_illegal": "被查实存在影响中标结果的违法行为",
}
"""Reason codes of 条例第五十五条第一款; the profile's R21 says which of them hold."""


@sealer.ceremony
def decide(*, actor: Actor, project: str, reasons: str, departure_reasons: str = "") -> Ref:
    """Record the decision that the rounds have led to: 定标中 → 已定标 (R20, R22).

    Where a better evaluated candidate still stands, the departure has reasons of its own. Draws up
    the result for publication by another person.
    """
    row, _ = lock.lots_of(project)
    permit(actor, "project.decide", row)
    warnings = refuse(blockers.decide(row))
    step = award.next_step(row)
    winner = step.winner or ""
    departs = award.departs_from_order(row, winner)
    if departs and not departure_reasons.strip():
        message = "中标人不是评标结果最优的候选人,应当另行说明理由"
        raise _bad("departure_reasons", "departure_unexplained", message)
    text = notices.clean(row, "reasons", reasons, least=10)
    if departs:
        text += "\n" + notices.clean(row, "departure_reasons", departure_reasons, least=10)
    profile, facts = binding(row)
    warnings += refuse(award_rules.decision_recorded(profile, facts, recorded=bool(text)))
    lock.fire(row, "decide")
    return _award(row, actor, winner, text, step.basis, warnings)


@sealer.ceremony
def confirm_first(
    *,
    actor: Actor,
    project: str,
    reasons: str,
    skipped: Sequence[dict[str, str]] = (),
) -> Ref:
    """Award to the first ranked candidate who stands: 候选人公示中 → 已定标 (R21, 条例第五十五条).

    `skipped` are {"bidder", "reason"} of better ranked candidates with a lawful reason code.
    """
    row, _ = lock.lots_of(project)
    permit(actor, "project.confirm_first", row)
    warnings = refuse(blockers.confirm_first(row))
    text = notices.clean(row, "reasons", reasons, least=4)
    for one in skipped:
        _skip(row, actor, one["bidder"], one["reason"])
    first = _first_standing(row)
    if first is None:
        raise Refused([Blocker("no_candidate", "没有可以确定为中标人的候选人,应当重新招标")])
    warnings += refuse(_ranked_rules(row, first))
    lock.fire(row, "confirm_first")
    return _award(row, actor, first.bid.bidder_id, text, "rank", warnings)


@sealer.ceremony
def lose_winner(*, actor: Actor, project: str, reason: str, retender: bool = False) -> Ref:
    """Record that the winner gave up or was struck out, and go on as planned (条例第五十五条).

    By NEXT_BY_RESULT the next in order is awarded, or a lottery among equals is awaited; by
    REVOTE_REMAINING a new session begins, by RETENDER the tender has failed. Without a plan the
    tenderer takes the next in rank, or tenders anew (`retender`).
    """
    row, _ = lock.lots_of(project)
    permit(actor, "project.lose_winner", row)
    warnings = refuse(blockers.lose_winner(row))
    _check_reason(row, reason)
    lost, step = row.winner, _after_loss(row, retender)
    away = leaving.winners_of_other_lots(row, award.plan_of(row))
    lock.fire(row, "lose_winner", target=LOST_TO[step.kind])
    reopening.undo_award(row, reason)
    leaving.mark(row, lost, reason)
    row.award_session += step.kind == "round"
    data = {
        "bidder": lost,
        "reason": reason,
        "rule": _rule(row),
        "session": row.award_session,
        **lock.noted(warnings),
    }
    ref = trail.record(row, "project.winner_lost", actor, data)
    if step.kind != "retender":
        leaving.leave_for_other_lots(row, actor, [pair for pair in away if pair[0] != lost])
    if step.kind == "winner":
        text = f"原中标人{LOSS_REASONS[reason]},依次确定其他中标候选人为中标人"
        _award(row, actor, step.winner or "", text, step.basis, [])
    elif step.kind == "round":
        meeting.seat_committee(row, actor)
    return ref


@transaction.atomic
def reconfirm(*, actor: Actor, project: str, reason: str) -> Ref:
    """Send a changed candidate back to the original committee (R23, 条例第五十六条): → 评标中."""
    row = lock.project(project)
    permit(actor, "project.reconfirm", row)
    refuse(blockers.reconfirm(row))
    text = notices.clean(row, "reason", reason, least=4)
    recompose(row, actor)
    lock.fire(row, "reconfirm")
    reopening.undo_award(row, "reconfirmed")
    begin_round(row)
    return trail.record(row, "project.reconfirmed", actor, {"reason": text, "basis": "R23"})


@transaction.atomic
def fail(*, actor: Actor, project: str, reason: str, skipped: Sequence[dict[str, str]] = ()) -> Ref:
    """Declare the tender failed: up to the evaluation as evaluation does, later for want of a
    candidate who may win.

    While the candidates are public, `skipped` says of every one why he cannot win (条例第五十五条).
    """
    row, _ = lock.lots_of(project)
    if row.state not in ("candidates_public", "awarding"):
        return projects.fail(actor=actor, project=project, reason=reason)
    permit(actor, "project.fail", row)
    text = notices.clean(row, "reason", reason, least=4)
    if row.state == "candidates_public":
        for one in skipped:
            _skip(row, actor, one["bidder"], one["reason"])
        refuse([blockers.CANDIDATES_LEFT] if award.standing(row) else [])
    else:
        refuse(blockers.fail(row))
    lock.fire(row, "fail")
    return trail.record(row, "project.failed", actor, {"reason": text, "basis": "R20"})


@transaction.atomic
def contract(*, actor: Actor, project: str, signed_on: date, price_fen: int) -> Ref:
    """Record the contract at the price of the bid (招标投标法第四十六条); R25 is noted."""
    row = lock.project(project)
    permit(actor, "project.contract", row)
    warnings = refuse(blockers.contract(row))
    if award.active_award(row).bid.price_fen != price_fen:
        basis = "《中华人民共和国招标投标法》第四十六条"
        raise Refused([Blocker("price_differs", "合同价款应当与中标价一致", basis=basis)])
    if signed_on > today():
        raise _bad("signed_on", "date_ahead", "签订日期不能晚于今天")
    lock.fire(row, "contract")
    data = {"date": signed_on.isoformat(), "price_fen": price_fen}
    return trail.record(row, "project.contracted", actor, data | lock.noted(warnings))


def _award(
    row: Project, actor: Actor, winner: str, reasons: str, basis: str, warnings: list[Blocker]
) -> Ref:
    """Write the decision: the award, the winner, the entry, and the result to be published."""
    profile, facts = binding(row)
    standing = award.standing(row)
    names = [candidate.bid.bidder_id for candidate in standing]
    refuse(award_rules.winner_in_candidates(profile, facts, winner=winner, candidates=names))
    bid = Bid.objects.get(project=row, bidder_id=winner)
    now = trail.moment(row)
    decision = Award.objects.create(project=row, bid=bid, reasons=reasons, decided_at=now)
    row.winner = winner
    draft = notices.prepare(row, "result", notices.result(row, decision), actor)
    data = {
        "bidder": winner,
        "price_fen": bid.price_fen,
        "session": row.award_session,
        "reasons": reasons,
        "departs_from_order": award.departs_from_order(row, winner),
        "plan": row.award_plan,
        "basis": basis,
        **notices.drafted(draft),
        **lock.noted(warnings),
    }
    return trail.record(row, "project.awarded", actor, data, at=now)


def _after_loss(row: Project, retender: bool) -> Step:
    """What comes next when the winner is lost; by the plan, or by rank where there is none."""
    plan = award.plan_of(row)
    if plan is None:
        if retender:
            return Step("retender", basis="tenderer")
        first = _first_standing(row, without=row.winner)
        if first is None:
            return Step("retender", basis="no_candidate_left")
        return Step("winner", winner=first.bid.bidder_id, basis="rank")
    if retender and plan.withdrawal != "RETENDER":
        raise Refused([Blocker("plan_decides", "中标人放弃后的处理已由定标方案载明,不得另行选择")])
    away = [bidder for bidder, _ in leaving.winners_of_other_lots(row, plan)]
    losing = (row.winner, *(bidder for bidder in away if bidder != row.winner))
    step = award.outcome(row, losing).next
    if step.kind not in LOST_TO:
        raise Refused([grounds.NEXT[step.kind]])
    return step


def _rule(row: Project) -> str:
    plan = award.plan_of(row)
    return plan.withdrawal if plan else "条例第五十五条"


def _first_standing(row: Project, without: str = "") -> Candidate | None:
    found = (one for one in award.standing(row) if one.bid.bidder_id != without)
    return next(found, None)


def _skip(row: Project, actor: Actor, bidder: str, reason: str) -> None:
    """Pass over a better ranked candidate; who won another lot needs that lot's decision."""
    if bidder not in [one.bid.bidder_id for one in award.standing(row)]:
        raise _bad("skipped", "not_candidate", "不是本标段的中标候选人")
    if reason != leaving.WON_OTHER_LOT:
        _check_reason(row, reason)
        leaving.leave(row, actor, bidder, reason)
        return
    won = [lot for lot, winner in lots.winners_elsewhere(row).items() if winner == bidder]
    if not won:
        raise _bad("skipped", "no_other_lot", "该候选人没有在本项目其他标段中标")
    leaving.leave_for_other_lots(row, actor, [(bidder, won[0])])


def _ranked_rules(row: Project, first: Candidate) -> list[Blocker]:
    """R21: everyone ranked before has left for a lawful reason."""
    profile, facts = binding(row)
    rank = first.rank or 1
    before = row.candidates.filter(rank__lt=rank).exclude(left_for="")
    skipped = list(before.values_list("left_for", flat=True))
    return award_rules.first_ranked(profile, facts, rank=rank, skipped=skipped)


def _check_reason(row: Project, reason: str) -> None:
    profile, _ = binding(row)
    if reason not in LOSS_REASONS or reason not in profile.names("R21"):
        raise _bad("reason", "reason_unknown", "事由不在条例第五十五条规定的范围内")


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
