"""One member's score against those of the others: per factor, since on totals nothing stands out.

A cell is (member, bidder, factor). What the committee found abnormal and not explained is replaced
by the mean of the others' scores of the same cell, where the rules say so.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from evaluation.domain.pricing import written
from evaluation.domain.scoring import PLACES, ScoreError

Cell = tuple[str, str, str]
Sheets = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A member's score beside the exact mean of all for the same bidder and factor."""

    member: str
    bidder: str
    factor: str
    score: str
    mean: Fraction

    @property
    def cell(self) -> Cell:
        """Return whose score of what it is."""
        return self.member, self.bidder, self.factor

    def stands_out(self, points: int, share: Fraction) -> bool:
        """Return whether it is more than max(`points`, `share` of the mean) away (W01)."""
        return abs(Fraction(self.score) - self.mean) > max(Fraction(points), share * self.mean)


def compared(sheets: Sheets) -> list[Compared]:
    """Return every score beside the mean of its bidder and factor."""
    given = _by_place(sheets)
    means = {place: _mean(map(Fraction, each.values())) for place, each in given.items()}
    return [
        Compared(member, *place, score, means[place])
        for place, each in given.items()
        for member, score in each.items()
    ]


def replaced(sheets: Sheets, cells: Collection[Cell]) -> tuple[Sheets, list[dict[str, str]]]:
    """Return the sheets with the cells replaced, and what stands in each now, in their order.

    The mean is that of the members whose score of the same bidder and factor stands, rounded half
    up to four decimals. Raise ScoreError where nobody's does.
    """
    if not cells:
        return sheets, []
    given = _by_place(sheets)
    rows: list[dict[str, str]] = []
    for member, bidder, factor in cells:
        each = given[bidder, factor]
        standing = [Fraction(s) for m, s in each.items() if (m, bidder, factor) not in cells]
        if not standing:
            raise ScoreError("nothing_to_aggregate", "没有其他成员的评分可以取平均")
        score = written(_mean(standing), PLACES, "half_up")
        rows.append({"member": member, "bidder": bidder, "factor": factor, "score": score})
    now = {(row["member"], row["bidder"], row["factor"]): row["score"] for row in rows}
    changed = {
        member: {"scores": [_row(member, row, now) for row in sheet["scores"]]}
        for member, sheet in sheets.items()
    }
    return changed, rows


def _row(member: str, row: dict[str, str], now: Mapping[Cell, str]) -> dict[str, str]:
    score = now.get((member, row["bidder"], row["factor"]), row["score"])
    return row | {"score": score}


def _by_place(sheets: Sheets) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for member in sorted(sheets):
        for row in sheets[member]["scores"]:
            found.setdefault((row["bidder"], row["factor"]), {})[member] = row["score"]
    return found


def _mean(values: Iterable[Fraction]) -> Fraction:
    each = list(values)
    return sum(each, Fraction(0)) / len(each)
