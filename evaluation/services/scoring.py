"""Evaluation itself: start, rejected bids, sealed sheets, their opening and what follows of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import attachments, envelopes, sealer, trail
from evaluation.domain import scoring
from evaluation.domain.candidates import Selection, choose_candidates
from evaluation.models import Candidate, Project
from evaluation.selectors import bids, blockers, committee, scores
from evaluation.services import forms, lock
from evaluation.services.committee import own_part, speaks_for_committee, stamp
from rulebook.domain.blockers import refuse

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
    """Record that the committee rejected a bid under a published review item (条例第五十一条).

    Sheets that were sealed before are void: they scored a bid that no longer counts.
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
    reason = forms.filled("reason", reason, most=REASON_CHARS)
    bid.rejected_for = f"{names[item]}:{reason}"[:200]
    bid.save(update_fields=["rejected_for"])
    row.parts.filter(relation=committee.SEATED).update(sealed_at=None)
    data = {"bidder": bidder, "item": item, "name": names[item], "reason": reason}
    return trail.record(row, "project.bid_rejected", actor, data)


@transaction.atomic
def seal_sheet(*, actor: Actor, project: str, scores: list[dict[str, str]]) -> Ref:
    """Seal the member's score sheet; until the opening a later one replaces it.

    `scores` is one `{"bidder","factor","score"}` for each valid bid and factor, scores as decimal
    strings. Raises BadInput with a message per faulty row, and no score in it.
    """
    row = lock.project(project)
    permit(actor, "project.seal_sheet", row)
    refuse(blockers.seal_sheet(row))
    part = own_part(row, actor)
    content = {"scores": [dict(line) for line in scores]}
    _check_sheet(row, content)
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
    return _conclude(row, SYSTEM, scores.counted(row), decided=[])


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
    return _conclude(row, actor, scores.sheets(row), decided=decided, **extra)


def _conclude(
    row: Project,
    actor: Actor,
    sheets: Mapping[str, Mapping[str, Any]],
    *,
    decided: Sequence[str],
    **extra: str,
) -> Ref:
    """Compute totals and candidates from opened sheets and record them with their document."""
    plan = row.evaluation_plan
    totals = scoring.totals(plan["factors"], plan["aggregation"], sheets)
    prices = {bid.bidder_id: bid.price_fen for bid in bids.valid(row)}
    count, ranked = plan["candidates"]["count"], plan["candidates"]["ranked"]
    selection = choose_candidates(totals, count, ranked, prices, plan["tie_rule"], decided)
    document = _result(plan["aggregation"], totals, selection, decided)
    named = [] if selection.unresolved else _name_candidates(row, totals, selection)
    data = {
        "round": row.evaluation_round,
        "result": attachments.keep_document(document),
        "candidates": list(selection.candidates),
        "named": [
            {"bidder": one.bid.bidder_id, "rank": one.rank, "total": one.total} for one in named
        ],
    }
    return trail.record(row, "project.totals_computed", actor, data | extra)


def _result(
    aggregation: str, totals: list[scoring.BidTotal], selection: Selection, decided: Sequence[str]
) -> dict[str, Any]:
    rows = [
        {
            "bidder": total.bidder,
            "members": [
                {"member": member, "total": scoring.plain(points)}
                for member, points in total.by_member
            ],
            "sum": scoring.plain(total.sum),
            "count": total.count,
            "total": total.display,
            "rank": total.rank,
        }
        for total in totals
    ]
    head = {"v": 1, "aggregation": aggregation, "totals": rows, "decided_order": list(decided)}
    return head | selection.as_data()


def _name_candidates(
    row: Project, totals: list[scoring.BidTotal], selection: Selection
) -> list[Candidate]:
    points = {total.bidder: total.display for total in totals}
    places = {entry["bidder"]: entry["rank"] for entry in selection.as_data()["candidates"]}
    return Candidate.objects.bulk_create(
        Candidate(project=row, bid=bid, rank=places[bid.bidder_id], total=points[bid.bidder_id])
        for bid in bids.valid(row)
        if bid.bidder_id in places
    )


def _check_sheet(row: Project, content: dict[str, Any]) -> None:
    valid = [bid.bidder_id for bid in bids.valid(row)]
    problems = scoring.validate_sheet(row.evaluation_plan["factors"], valid, content)
    if problems:
        fields = {f"{found.bidder}/{found.factor}": found.message for found in problems}
        raise BadInput(problems[0].code, problems[0].message, fields)


def _kind(row: Project) -> str:
    return scores.kind(row)


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
