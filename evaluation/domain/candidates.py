"""From results to candidates (条例53): the best few, and never a tie decided in silence.

The tie rule is a chain published in the tender document, e.g. `["lower_price"]`. A tie it does not
break is returned as unresolved; a public draw or the committee then orders the tied bidders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, Protocol

from evaluation.domain.scoring import ScoreError

TIE_RULES = ("lower_price",)
DECIDED = "decided_order"


class Valued(Protocol):
    """A bidder with his exact value, the higher the better: a total of points, or a `Standing`."""

    @property
    def bidder(self) -> str: ...

    @property
    def value(self) -> Fraction: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """A bidder's exact value where no points were given."""

    bidder: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class CandidateTie:
    """A use of one tie rule: who was tied, and what decided: a price in fen or a drawn position."""

    rule: str
    inputs: tuple[tuple[str, int], ...]

    def as_data(self) -> dict[str, Any]:
        """Return the step for the trail."""
        rows = [{"bidder": bidder, "value": value} for bidder, value in self.inputs]
        return {"rule": self.rule, "inputs": rows}


@dataclass(frozen=True, slots=True)
class Selection:
    """The candidates chosen, and the first tie that the rules left open.

    Ranked candidates stand best first, unranked ones by bidder, so that their order tells nothing.
    `unresolved` are tied for `seats` places (ranked: for the order of these); () and 0 where done.
    """

    candidates: tuple[str, ...]
    ranked: bool
    unresolved: tuple[str, ...]
    seats: int
    ties: tuple[CandidateTie, ...]

    def as_data(self) -> dict[str, Any]:
        """Return the selection for the trail; `rank` is null for unranked candidates."""
        return {
            "candidates": [
                {"bidder": bidder, "rank": place if self.ranked else None}
                for place, bidder in enumerate(self.candidates, 1)
            ],
            "unresolved": list(self.unresolved),
            "seats": self.seats,
            "ties": [tie.as_data() for tie in self.ties],
        }


def choose_candidates(
    totals: Sequence[Valued],
    count: int,
    ranked: bool,
    prices: Mapping[str, int],
    tie_rule: Sequence[str],
    decided_order: Sequence[str] = (),
) -> Selection:
    """Return the best `count` bidders by exact value; prices in fen.

    Unranked, only a tie at the cut needs the rules; ranked, every tie among the chosen does.
    `decided_order` is the order a public draw or the committee gave to bidders left open before.
    Raise ScoreError for an unknown rule, a missing price or a count below one.
    """
    if count < 1 or not set(tie_rule) <= set(TIE_RULES):
        raise ScoreError("unknown_tie_rule", "候选人数量或者同分处理规则不正确")
    best_first = sorted(totals, key=lambda total: (-total.value, total.bidder))
    groups = [
        tuple(total.bidder for total in equal)
        for _, equal in groupby(best_first, key=lambda total: total.value)
    ]
    placing = _Placing(count, ranked, prices, decided_order)
    placing.fill(groups, (*tie_rule, DECIDED))
    chosen = placing.chosen if ranked else sorted(placing.chosen)
    open_seats = placing.places if placing.unresolved else 0
    return Selection(
        tuple(chosen),
        ranked,
        placing.unresolved,
        min(open_seats, len(placing.unresolved)),
        tuple(placing.ties),
    )


class _Placing:
    """Fills places from groups of equals, going down the tie rules only where a group needs it."""

    def __init__(
        self, places: int, ranked: bool, prices: Mapping[str, int], decided: Sequence[str]
    ) -> None:
        self.places = places
        self.ranked = ranked
        self.values = {
            "lower_price": prices,
            DECIDED: {bidder: place for place, bidder in enumerate(decided, 1)},
        }
        self.chosen: list[str] = []
        self.unresolved: tuple[str, ...] = ()
        self.ties: list[CandidateTie] = []

    def fill(self, groups: Sequence[tuple[str, ...]], rules: Sequence[str]) -> None:
        for group in groups:
            if self.places == 0 or self.unresolved:
                return
            if len(group) == 1 or (not self.ranked and len(group) <= self.places):
                self.chosen.extend(group)
                self.places -= len(group)
            elif rules:
                self.fill(self._split(group, rules[0]), rules[1:])
            else:
                self.unresolved = group

    def _split(self, group: tuple[str, ...], rule: str) -> list[tuple[str, ...]]:
        values = self.values[rule]
        if not set(group) <= set(values):
            if rule == DECIDED:
                return [group]
            raise ScoreError("price_missing", "缺少投标报价，无法按报价处理同分")
        self.ties.append(CandidateTie(rule, tuple((bidder, values[bidder]) for bidder in group)))
        ordered = sorted(group, key=lambda bidder: (values[bidder], bidder))
        return [tuple(equal) for _, equal in groupby(ordered, key=lambda bidder: values[bidder])]
