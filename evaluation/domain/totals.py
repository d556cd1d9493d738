"""Adding up score sheets: every member's total of every bid, the mean that counts, the ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from evaluation.domain.scoring import (
    MESSAGES,
    PLACES,
    ROW_KEYS,
    TRIM_FROM,
    ScoreError,
    counted,
    is_row,
    parse_factors,
    parse_score,
    plain,
    rounded,
    validate_sheet,
)


@dataclass(frozen=True, slots=True)
class BidTotal:
    """A bidder's result: points per member, the counting sum and its count, and the standing.

    `rank` counts from 1 and is shared by equal exact values (1, 2, 2, 4); `tied` says that it is.
    """

    bidder: str
    by_member: tuple[tuple[str, Fraction], ...]
    sum: Fraction
    count: int
    rank: int
    tied: bool

    @property
    def value(self) -> Fraction:
        """Return the exact result, in points."""
        return self.sum / self.count

    @property
    def display(self) -> str:
        """Return the result rounded half up to two decimals; never compare by it."""
        return rounded(self.value)

    def as_data(self) -> dict[str, Any]:
        """Return the result for the trail: decimals are strings, the exact value sum and count."""
        return {
            "bidder": self.bidder,
            "members": [{"member": m, "total": plain(total)} for m, total in self.by_member],
            "value": {"sum": plain(self.sum), "count": self.count},
            "display": self.display,
            "rank": self.rank,
            "tied": self.tied,
        }


def totals(
    plan: Sequence[Mapping[str, Any]],
    method: str,
    sheets: Mapping[str, Mapping[str, Any]],
    trim_from: int = TRIM_FROM,
) -> list[BidTotal]:
    """Return all bidders' results from the members' sheets, best first, equals by bidder.

    The formula works on each member's total over all factors. Raise ScoreError where a sheet is not
    complete and correct for the bidders that occur in any of them.
    """
    given = {member: _read(plan, sheets[member]) for member in sorted(sheets)}
    points = _points(given)
    if points is None:
        raise _fault_of(plan, sheets)
    kept = {b: counted(method, list(each.values()), trim_from) for b, each in points.items()}
    values = {b: sum(scores, Fraction(0)) / len(scores) for b, scores in kept.items()}
    best_first = sorted(values.values(), reverse=True)
    results = [
        BidTotal(
            bidder=bidder,
            by_member=tuple(points[bidder].items()),
            sum=sum(kept[bidder], Fraction(0)),
            count=len(kept[bidder]),
            rank=1 + best_first.index(value),
            tied=best_first.count(value) > 1,
        )
        for bidder, value in values.items()
    ]
    return sorted(results, key=lambda result: (result.rank, result.bidder))


@lru_cache(maxsize=4096)
def _units(text: str) -> int:
    """Points in units of the last decimal that a score may have."""
    return int(parse_score(text) * 10**PLACES)


def _read(plan: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> dict[str, int] | None:
    """Bidder → sum of a sheet in units; None unless each of its bidders has every factor once.

    The quick way for sheets that are in order, as all are that were checked when they were sealed:
    what is wrong with another one `validate_sheet` says.
    """
    tops = {factor.factor: int(factor.max * 10**PLACES) for factor in parse_factors(plan)}
    rows = content.get("scores")
    if set(content) != {"scores"} or not isinstance(rows, list):
        return None
    found: dict[str, dict[str, int]] = {}
    try:
        for row in rows:
            bidder, factor, points = row["bidder"], row["factor"], _units(row["score"])
            if points > tops[factor] or len(row) != len(ROW_KEYS) or type(bidder) is not str:
                return None
            found.setdefault(bidder, {})[factor] = points
    except (KeyError, TypeError, IndexError, ScoreError):
        return None
    once = len(rows) == len(found) * len(tops)
    whole = all(len(points) == len(tops) for points in found.values())
    return (
        {bidder: sum(each.values()) for bidder, each in found.items()} if once and whole else None
    )


def _points(given: Mapping[str, dict[str, int] | None]) -> dict[str, dict[str, Fraction]] | None:
    """Bidder → member → total, by bidder; None unless all sheets are sound and of the same bids."""
    sums = [each for each in given.values() if each]
    if not sums or len(sums) < len(given) or any(each.keys() != sums[0].keys() for each in sums):
        return None
    return {
        bidder: {
            member: Fraction(each[bidder], 10**PLACES) for member, each in given.items() if each
        }
        for bidder in sorted(sums[0])
    }


def _fault_of(
    plan: Sequence[Mapping[str, Any]], sheets: Mapping[str, Mapping[str, Any]]
) -> ScoreError:
    """The first thing that is wrong with the sheets, for the bidders that occur in any of them."""
    lists = [sheet["scores"] for sheet in sheets.values() if isinstance(sheet.get("scores"), list)]
    bidders = sorted({row["bidder"] for rows in lists for row in rows if is_row(row)})
    if not bidders:
        return ScoreError("nothing_to_aggregate", "没有可汇总的评分")
    for member in sorted(sheets):
        if problems := validate_sheet(plan, bidders, sheets[member]):
            return ScoreError("invalid_sheet", f"{member}：{problems[0].message}")
    return ScoreError("invalid_sheet", MESSAGES["malformed_sheet"])
