"""The real case under every aggregation rule, against columns added up as in a spreadsheet.

The spreadsheet side shares nothing with the program: Decimals, a column per member, a sorted list.
"""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from audit_log.verifier import verify
from evaluation.domain.outcome import Facts, conclude
from tests.evaluation.sheets import LOTS, ONE_FACTOR, sheets_of

PLAN = {
    "v": 1, "factors": ONE_FACTOR, "review_items": [], "tie_rule": ["lower_price"],
    "candidates": {"count": 3, "ranked": True},
}  # fmt: skip


def spreadsheet(lot, aggregation):
    """Bidder → (mean in full, shown, rank), best first."""
    columns = {row["bidder"]: sorted(map(Decimal, row["scores"])) for row in lot["bidders"]}
    if aggregation == "trimmed_mean":
        columns = {bidder: column[1:-1] for bidder, column in columns.items()}
    means = {bidder: sum(column) / len(column) for bidder, column in columns.items()}
    order = sorted(means, key=lambda bidder: (-means[bidder], bidder))
    return {
        bidder: (
            means[bidder],
            str(means[bidder].quantize(Decimal("0.01"), ROUND_HALF_UP)),
            1 + sum(other > means[bidder] for other in means.values()),
        )
        for bidder in order
    }


def outcome(lot, aggregation):
    prices = {row["bidder"]: 1_000_000_00 + n for n, row in enumerate(lot["bidders"])}
    return conclude({**PLAN, "aggregation": aggregation}, Facts(sheets_of(lot), (), prices, 0))


@pytest.mark.parametrize("aggregation", ["mean", "trimmed_mean"])
@pytest.mark.parametrize("name", LOTS)
def test_totals_ranks_and_candidates_are_those_of_the_spreadsheet(name, aggregation):
    table, found = spreadsheet(LOTS[name], aggregation), outcome(LOTS[name], aggregation)
    lines = [(line["bidder"], line["total"], line["rank"]) for line in found.document["totals"]]
    assert lines == [(bidder, shown, rank) for bidder, (_, shown, rank) in table.items()]
    assert [one["bidder"] for one in found.document["candidates"]] == list(table)[:3]


@pytest.mark.parametrize("aggregation", ["mean", "trimmed_mean"])
@pytest.mark.parametrize("name", LOTS)
def test_the_verifier_counts_the_same_exact_values(name, aggregation):
    table = spreadsheet(LOTS[name], aggregation)
    for row in LOTS[name]["bidders"]:
        kept = verify.counted(aggregation, map(verify.points, row["scores"]))
        shown = verify.half_up(sum(kept) / len(kept))
        assert shown == table[row["bidder"]][1]


def test_the_rule_moves_places_but_not_the_first_of_either_lot():
    moved = {}
    for name, lot in LOTS.items():
        plain, trimmed = (list(spreadsheet(lot, rule)) for rule in ("mean", "trimmed_mean"))
        assert plain[0] == trimmed[0]
        moved[name] = sum(a != b for a, b in zip(plain, trimmed, strict=True))
    assert moved == {"A": 4, "B": 6}
