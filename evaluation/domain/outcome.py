"""What follows from the opened sheets under each evaluation method: totals, order, candidates.

Pure: the same plan and the same facts give the same document, byte for byte, on any machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from evaluation.domain import plan as plans
from evaluation.domain import pricing, scoring
from evaluation.domain.candidates import Selection, Standing, Valued, choose_candidates
from evaluation.domain.deviation import Cell, replaced
from evaluation.domain.totals import BidTotal
from evaluation.domain.totals import totals as totals_of
from evaluation.domain.verdicts import verdicts

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts: sheets by member, established rows, prices of the valid bids and ceiling in fen.

    `decided` is the order a public draw or the committee gave to bidders left open before,
    `replaced` are scores for which the mean of the others stands.
    """

    sheets: Mapping[str, Mapping[str, Any]]
    established: Sequence[Mapping[str, str]]
    prices: Mapping[str, int]
    ceiling_fen: int
    decided: Sequence[str] = ()
    replaced: Sequence[Cell] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result document, the candidates, and what is shown of each bidder as his result."""

    document: dict[str, Any]
    selection: Selection
    shown: dict[str, str]


def conclude(plan: plans.Plan, facts: Facts) -> Outcome:
    """Return the outcome; raise ScoreError where the sheets are not complete and correct."""
    if plans.scored(plan):
        head, rows, order = _scored(plan, facts)
    else:
        head, rows, order = _reviewed(plan, facts)
    rule = plan["candidates"]
    selection = choose_candidates(
        order, rule["count"], rule["ranked"], facts.prices, plan["tie_rule"], facts.decided
    )
    document = {
        "v": plan["v"],
        "aggregation": plan["aggregation"],
        **head,
        "totals": rows,
        "decided_order": list(facts.decided),
        **selection.as_data(),
    }
    return Outcome(document, selection, {row["bidder"]: row["total"] for row in rows})


def _scored(plan: plans.Plan, facts: Facts) -> tuple[dict[str, Any], Rows, Sequence[Valued]]:
    """Points: what was computed and established is added to every member's sheet alike."""
    prices = [
        pricing.price_scores(factor, facts.prices, facts.ceiling_fen)
        for factor in plans.computed(plan)
    ]
    computed = [row for found in prices for row in found.rows()]
    shared = [*relevant(facts.established, facts.prices), *computed]
    given, instead = replaced(facts.sheets, facts.replaced)
    sheets = {m: {"scores": [*sheet["scores"], *shared]} for m, sheet in given.items()}
    totals = totals_of(plan["factors"], plan["aggregation"], sheets, plans.trim_from(plan))
    head: dict[str, Any] = {}
    if plan["v"] != 1:
        bases = [
            {"factor": one.factor, "price_fen": pricing.written(one.base, 0, "half_up")}
            for one in prices
        ]
        head = {"benchmarks": bases, "shared": shared}
    if instead:
        head["replaced"] = instead
    return head, [_line(total) for total in totals], totals


def relevant(
    rows: Sequence[Mapping[str, str]], bidders: Mapping[str, int]
) -> list[Mapping[str, str]]:
    """Return the rows of bids that are still valid."""
    return [row for row in rows if row["bidder"] in bidders]


def _line(total: BidTotal) -> dict[str, Any]:
    return {
        "bidder": total.bidder,
        "members": [
            {"member": member, "total": scoring.plain(points)} for member, points in total.by_member
        ],
        "sum": scoring.plain(total.sum),
        "count": total.count,
        "total": total.display,
        "rank": total.rank,
    }


def _reviewed(plan: plans.Plan, facts: Facts) -> tuple[dict[str, Any], Rows, Sequence[Valued]]:
    """Verdicts: the bids that passed, by evaluated price, or by the number of members for them."""
    given = verdicts(facts.prices, facts.sheets)
    priced = plans.method(plan) == plans.LOWEST
    added = _added(plan, facts)
    costs = {b: price * (1 + added.get(b, Fraction(0)) / 100) for b, price in facts.prices.items()}
    passed = [one for one in given if one.passed]
    order = [
        Standing(one.bidder, -costs[one.bidder] if priced else Fraction(one.votes))
        for one in passed
    ]
    rows: Rows = []
    for one in given:
        cheaper = sum(costs[other.bidder] < costs[one.bidder] for other in passed)
        evaluated = pricing.written(costs[one.bidder] / 100, 2, "half_up")
        rows.append(
            {
                "bidder": one.bidder,
                "members": [{"member": m, "verdict": v} for m, v in one.by_member],
                "votes": one.votes,
                "count": len(one.by_member),
                "passed": one.passed,
                "total": evaluated if priced else f"{one.votes}/{len(one.by_member)}",
                "rank": 1 + cheaper if priced and one.passed else None,
            }
        )
    rows.sort(key=lambda row: (not row["passed"], row["rank"] or 0, row["bidder"]))
    shared = relevant(facts.established, facts.prices)
    return {"method": plans.method(plan), "shared": shared}, rows, order


def _added(plan: plans.Plan, facts: Facts) -> dict[str, Fraction]:
    """Percent added to each price by the established factors (评标价格调整); all must be there."""
    rows = relevant(facts.established, facts.prices)
    factors = plans.established(plan)
    if factors:
        problems = scoring.validate_sheet(factors, facts.prices, {"scores": list(rows)})
        if problems:
            raise scoring.ScoreError("invalid_sheet", problems[0].message)
    sums: dict[str, Fraction] = {}
    for row in rows:
        sums[row["bidder"]] = sums.get(row["bidder"], Fraction(0)) + Fraction(row["score"])
    return sums
