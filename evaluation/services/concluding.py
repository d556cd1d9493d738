"""Adding up what the opened sheets say: the result document, the candidates, their entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from audit_log.domain.entry import Actor, Ref
from audit_log.services import attachments, trail
from evaluation.domain.outcome import Facts, Outcome
from evaluation.domain.outcome import conclude as outcome_of
from evaluation.models import Candidate, Project
from evaluation.selectors import bids, deliberation, scores


def conclude(
    row: Project,
    actor: Actor,
    sheets: Mapping[str, Mapping[str, Any]],
    *,
    decided: Sequence[str],
    **extra: str,
) -> Ref:
    """Compute totals and candidates under the published plan and record them with their document.

    Where the published rules leave a tie open no candidate is named yet. Candidates of an earlier
    result of the round are named anew.
    """
    prices = {bid.bidder_id: bid.price_fen for bid in bids.valid(row)}
    cells = deliberation.replaced(row)
    facts = Facts(sheets, scores.established(row), prices, row.ceiling_fen, decided, cells)
    outcome = outcome_of(row.evaluation_plan, facts)
    row.candidates.all().delete()
    named = [] if outcome.selection.unresolved else _name_candidates(row, outcome)
    data = {
        "round": row.evaluation_round,
        "result": attachments.keep_document(outcome.document),
        "candidates": list(outcome.selection.candidates),
        "named": [
            {"bidder": one.bid.bidder_id, "rank": one.rank, "total": one.total} for one in named
        ],
    }
    return trail.record(row, "project.totals_computed", actor, data | extra)


def _name_candidates(row: Project, outcome: Outcome) -> list[Candidate]:
    places = {one["bidder"]: one["rank"] for one in outcome.selection.as_data()["candidates"]}
    return Candidate.objects.bulk_create(
        Candidate(
            project=row,
            bid=bid,
            rank=places[bid.bidder_id],
            total=outcome.shown[bid.bidder_id],
        )
        for bid in bids.valid(row)
        if bid.bidder_id in places
    )
