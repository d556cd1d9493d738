"""Evaluation itself: start, rejected bids, sealed sheets, their opening and what follows of it."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import attachments, envelopes, sealer, trail
from evaluation.domain import plan as plans
from evaluation.domain import scoring
from evaluation.domain.verdicts import check_verdicts
from evaluation.models import Project
from evaluation.selectors import (
    bids,
    blockers,
    committee,
    deliberation,
    deliberation_blockers,
    scores,
)
from evaluation.services import forms, lock
from evaluation.services.committee import own_part, speaks_for_committee, stamp
from evaluation.services.concluding import conclude
from rulebook.domain.blockers import Blocker, Refused, refuse

_REJECT = "《中华人民共和国招标投标法实施条例》第五十一条"
REASON_CHARS = 150
"""Room for the review item's name is left in the bid's column of 200."""


@transaction.atomic
def start_evaluation(*, actor: Actor, project: str) -> Ref:
    """Start the evaluation with everyone seated: 已开标 → 评标中, round 1.

    After a member was replaced it goes on within 评标中 with the new committee: while sheets are
    still sealed in the same round, after their opening in a new one, in which the sheets of those
    who stayed count on and the replacement scores anew (R07). Raises Refused (R01, R02, R06, R11,
    R33, and each step that somebody still owes).
    """
    row = lock.project(project)
    permit(actor, "project.start_evaluation", row)
    warnings = refuse(blockers.start_evaluation(row))
    members = [part.person for part in committee.members(row)]
    again: dict[str, Any] = {}
    if row.state == "opened":
        lock.fire(row, "start_evaluation")
        begin_round(row)
    elif scores.closed(row):
        stayed = scores.told(row).counting(row.evaluation_round)
        again = {"carried": [stayed[member] for member in members if member in stayed]}
        begin_round(row, stayed)
    else:
        again = {"resumed": True}
    data = {"round": row.evaluation_round, "draw": row.draw, "members": members, **again}
    return trail.record(row, "project.evaluation_started", actor, data | lock.noted(warnings))


def begin_round(row: Project, stayed: Collection[str] = ()) -> None:
    """Count a new evaluation round: nobody has signed, nobody is a candidate, all sheets are due.

    But for those who `stayed` with a sheet that counts on. For every service that leads back to
    评标中; the caller writes the entry and saves the row.
    """
    row.evaluation_round += 1
    row.candidates.all().delete()
    seated = row.parts.filter(relation=committee.SEATED)
    seated.update(confirmed_at=None, finished_at=None)
    seated.exclude(person__in=stayed).update(sealed_at=None)


@transaction.atomic
def reject_bid(*, actor: Actor, project: str, bidder: str, item: str, reason: str) -> Ref:
    """Announce that the committee rejected a bid under a published review item (条例第五十一条).

    More than half of the members must have said so in their reviews. Sheets that were sealed before
    are void: they scored a bid that no longer counts.
    """
    row = lock.project(project)
    permit(actor, "project.reject_bid", row)
    refuse(blockers.reject_bid(row))
    speaks_for_committee(row, actor)
    names = {entry["item"]: entry["name"] for entry in row.evaluation_plan["review_items"]}
    bid = row.bids.filter(bidder_id=bidder, rejected_for="").first()
    if item not in names:
        raise _bad("item", "item_unknown", "评审项不在招标文件公布的范围内")
    if bid is None:
        raise _bad("bidder", "bidder_unknown", "该单位没有有效的投标")
    members = deliberation.carried(row, bidder).get(item)
    if members is None:
        message = "认为该投标应当按这一评审项否决的成员没有过半数"
        raise Refused([Blocker("rejection_not_carried", message, basis=_REJECT)])
    reason = forms.filled("reason", reason, most=REASON_CHARS)
    bid.rejected_for = f"{names[item]}:{reason}"[:200]
    bid.save(update_fields=["rejected_for"])
    row.parts.filter(relation=committee.SEATED).update(sealed_at=None)
    data = {"bidder": bidder, "item": item, "name": names[item], "reason": reason}
    votes = {"votes": len(members), "count": len(committee.members(row))}
    return trail.record(row, "project.bid_rejected", actor, data | votes)


@transaction.atomic
def establish(*, actor: Actor, project: str, scores: list[dict[str, str]]) -> Ref:
    """Record the objective factors as the committee found them, once for all its members.

    One `{"bidder","factor","score"}` for each valid bid and objective factor; until the sheets are
    closed a later record replaces it. They are facts read off the bids, so nobody scores them.
    """
    row = lock.project(project)
    permit(actor, "project.establish", row)
    refuse(deliberation_blockers.establish(row))
    speaks_for_committee(row, actor)
    content = {"scores": [dict(line) for line in scores]}
    _refuse_problems(_problems(row, plans.established(row.evaluation_plan), content))
    data = {"round": row.evaluation_round, "result": attachments.keep_document(content)}
    return trail.record(row, "project.factors_established", actor, data)


@transaction.atomic
def seal_sheet(
    *,
    actor: Actor,
    project: str,
    scores: Sequence[dict[str, str]] = (),
    verdicts: Sequence[dict[str, str]] = (),
) -> Ref:
    """Seal the member's sheet; until the opening a later one replaces it.

    `scores` is one `{"bidder","factor","score"}` for each valid bid and factor that members score,
    as decimal strings; where the method knows no scores, `verdicts` is one
    `{"bidder","verdict","opinion"}` for each valid bid. Raises BadInput with a message per faulty
    row, and no score in it.
    """
    row = lock.project(project)
    permit(actor, "project.seal_sheet", row)
    refuse(blockers.seal_sheet(row))
    part = own_part(row, actor)
    content = sheet_content(row, scores, verdicts)
    sealed = envelopes.seal(
        row, "project.score_sheet_sealed", actor, kind=_kind(row), content=content
    )
    stamp(part, "sealed_at", row)
    return sealed.ref


def open_sheets(*, actor: Actor, project: str) -> Ref:
    """Close and open all sheets together once everyone's is in, add up, choose the candidates.

    Where the published rules leave a tie open no candidate is named for those places yet
    (`settle_tie`). Returns the entry of the totals. Close and opening are two ceremonies
    (evaluation.services.bidding.open_bids); interrupted between them, the act is done again.
    """
    _close(actor=actor, project=project)
    return _open(actor=actor, project=project)


@sealer.ceremony
def _close(*, actor: Actor, project: str) -> None:
    row = lock.project(project)
    permit(actor, "project.open_sheets", row)
    refuse(blockers.open_sheets(row))
    if not scores.closed(row):
        envelopes.close(row, "project.score_sheets_closed", actor, kind=_kind(row))


@sealer.ceremony
def _open(*, actor: Actor, project: str) -> Ref:
    row = lock.project(project)
    permit(actor, "project.open_sheets", row)
    refuse(blockers.open_sheets(row))
    void = {one["commitment"]: one["basis"] for one in scores.voided(row)}
    envelopes.open_all(
        row,
        "project.score_sheet_opened",
        actor,
        kind=_kind(row),
        void=void,
        void_type="project.score_sheet_not_opened",
    )
    if committee.recomposed(row):
        return trail.head(row)  # R07: nothing is added up before the replacement has scored
    return conclude(row, SYSTEM, scores.counted(row), decided=[])


@transaction.atomic
def settle_tie(*, actor: Actor, project: str, order: list[str], reason: str) -> Ref:
    """Record the order a public draw or the committee gave to bidders whose tie was left open."""
    row = lock.project(project)
    permit(actor, "project.settle_tie", row)
    refuse(blockers.settle_tie(row))
    speaks_for_committee(row, actor)
    before = scores.result(row) or {}
    if sorted(order) != sorted(before["unresolved"]):
        raise _bad("order", "order_incomplete", "应当恰好列出得分相同的各投标人")
    extra = {"reason": forms.filled("reason", reason)}
    decided = [*before["decided_order"], *order]
    return conclude(row, actor, scores.sheets(row), decided=decided, **extra)


def sheet_content(
    row: Project, scores: Sequence[dict[str, str]], verdicts: Sequence[dict[str, str]]
) -> dict[str, Any]:
    """The sheet's content as the published method wants it; raise BadInput for its problems."""
    plan = row.evaluation_plan
    if plans.scored(plan):
        content = {"scores": [dict(line) for line in scores]}
        _refuse_problems(_problems(row, plans.by_members(plan), content))
    else:
        content = {"verdicts": [dict(line) for line in verdicts]}
        valid = [bid.bidder_id for bid in bids.valid(row)]
        _refuse_problems(check_verdicts(valid, content))
    return content


def _problems(
    row: Project, factors: list[dict[str, Any]], content: dict[str, Any]
) -> list[scoring.Problem]:
    valid = [bid.bidder_id for bid in bids.valid(row)]
    return scoring.validate_sheet(factors, valid, content)


def _refuse_problems(problems: list[scoring.Problem]) -> None:
    if problems:
        fields = {f"{found.bidder}/{found.factor}": found.message for found in problems}
        raise BadInput(problems[0].code, problems[0].message, fields)


def _kind(row: Project) -> str:
    return scores.kind(row)


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
