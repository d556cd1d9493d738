"""The words of the award methods: method, ballot, question, result, and the cut that ties them.

Terms and letters A to J follow the usual catalogue of award methods (定标方法). Nothing here is a
float, a clock or a chance: a lottery is only ever asked for, the draw itself is a draw of
formats.md section 4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from evaluation.domain.scoring import PLACES, plain

Order = tuple[tuple[str, ...], ...]
"""Bidders best first, in groups of equals; inside a group by bidder."""

Value = int | Fraction

METHODS = {
    "direct_vote": "直接票决法",
    "pairwise": "一对一比较法",
    "round_elimination": "逐轮票决法",
    "cumulative": "累积投票法",
    "rank_points": "排序计分法",
    "factor_scoring": "定标评分法",
    "vote_lottery": "票决抽签法",
    "price_competition": "价格竞争法",
    "deliberation": "集体议事法",
    "direct_lottery": "直接抽签法",
}
WITHOUT_BALLOTS = frozenset({"price_competition", "direct_lottery"})


class StateError(ValueError):
    """A record that cannot have happened under the plan: `code` is stable, `message` Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """One method of the plan with its options; each option means something to one method only.

    `keep` is how many names the method leaves: 1, or more where a second method follows.
    `points` (cumulative) None stands for one point per eligible name; `cap` bounds one name's.
    `factors` (factor_scoring) are published factors as evaluation's sheets have them.
    """

    name: str
    keep: int = 1
    majority: bool = False
    points: int | None = None
    cap: int | None = None
    scoring: str = "sum"
    factors: tuple[Mapping[str, Any], ...] = ()
    finalists: int = 0
    vote: str = "names"
    price_rule: str = "lowest"
    nth: int = 1
    decided_by: str = "majority"

    @property
    def takes_ballots(self) -> bool:
        """Return whether the committee votes under this method."""
        return self.name not in WITHOUT_BALLOTS

    def budget(self, eligible: int) -> int:
        """Return the points each member of a cumulative vote must spend among `eligible` names."""
        return eligible if self.points is None else self.points


@dataclass(frozen=True, slots=True)
class Ballot:
    """An opened ballot: the member's actor id and the content he sealed."""

    member: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What a round decides: `seats` places among `eligible` (kept sorted) by `spec`.

    `prices` in fen are needed by price_competition, `chair` (an actor id) by a deliberation that
    the chair decides.
    """

    spec: MethodSpec
    eligible: tuple[str, ...]
    seats: int
    prices: Mapping[str, int]
    chair: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "eligible", tuple(sorted(self.eligible)))


@dataclass(frozen=True, slots=True)
class TieStep:
    """One use of a tie rule: the tied, the places open, the inputs, and what it decided."""

    rule: str
    among: tuple[str, ...]
    seats: int
    inputs: tuple[tuple[str, Value], ...] = ()
    kept: tuple[str, ...] = ()
    tie: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the step for the trail."""
        return {
            "rule": self.rule,
            "among": list(self.among),
            "seats": self.seats,
            "inputs": value_rows(self.inputs),
            "kept": list(self.kept),
            "tie": list(self.tie),
        }


@dataclass(frozen=True, slots=True)
class Cut:
    """The s-th place drawn through an order: who is in, who is tied on the line, who is out."""

    kept: tuple[str, ...]
    tie: tuple[str, ...]
    seats_left: int
    out: Order


@dataclass(frozen=True, slots=True)
class RoundResult:
    """The count of one round.

    `tally` is votes, wins, points or fen, to be divided by `divisor` (1 but for means). `order`
    stands best first. `kept` are in; `tie` competes for `seats_left` further places; `runoff` are
    the names of a run-off where a majority was required and missed; `lottery` the finalists of a
    draw. `pairs` are (a, b, votes for a, votes for b) with a < b; `steps` the tie rules that belong
    to the method itself.
    """

    method: str
    eligible: tuple[str, ...]
    seats: int
    tally: Mapping[str, Value]
    order: Order
    divisor: int = 1
    kept: tuple[str, ...] = ()
    tie: tuple[str, ...] = ()
    seats_left: int = 0
    runoff: tuple[str, ...] = ()
    lottery: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str, int, int], ...] = ()
    steps: tuple[TieStep, ...] = ()

    @property
    def winner(self) -> str | None:
        """Return the name in a round's only place, None while that is open.

        In a re-vote that is a place, not yet the award; the award's winner is the outcome's.
        """
        return self.kept[0] if self.seats == 1 and self.kept else None

    def as_data(self) -> dict[str, Any]:
        """Return the count for the trail; bidders are values, never keys."""
        return {
            "method": self.method,
            "seats": self.seats,
            "tally": value_rows((bidder, self.tally[bidder]) for bidder in sorted(self.tally)),
            "divisor": self.divisor,
            "kept": list(self.kept),
            "tie": list(self.tie),
            "seats_left": self.seats_left,
            "runoff": list(self.runoff),
            "lottery": list(self.lottery),
            "pairs": [{"a": a, "b": b, "votes_a": x, "votes_b": y} for a, b, x, y in self.pairs],
            "steps": [step.as_data() for step in self.steps],
        }


def value_rows(values: Iterable[tuple[str, Value]]) -> list[dict[str, Any]]:
    """Return `[{"bidder", "value"}]`: an integer, a decimal string, or an exact sum and count."""
    return [{"bidder": bidder, "value": _exact(value)} for bidder, value in values]


def _exact(value: Value) -> int | str | dict[str, str | int]:
    if isinstance(value, int):
        return value
    if (value * 10**PLACES).denominator == 1:
        return plain(value)
    return {"sum": str(value.numerator), "count": value.denominator}


def ranked(values: Mapping[str, Value], *, lowest_first: bool = False) -> Order:
    """Return the bidders ordered by value, equals together."""
    by_name = sorted(values)
    ordered = sorted(by_name, key=lambda bidder: values[bidder], reverse=not lowest_first)
    groups = groupby(ordered, key=lambda bidder: values[bidder])
    return tuple(tuple(sorted(group)) for _, group in groups)


def cut(order: Order, seats: int) -> Cut:
    """Draw the line after `seats` places.

    A group is in as a whole or, where it does not fit, tied as a whole for the places left.
    """
    kept: list[str] = []
    for index, group in enumerate(order):
        room = seats - len(kept)
        if room == 0:
            return Cut(tuple(sorted(kept)), (), 0, order[index:])
        if len(group) > room:
            return Cut(tuple(sorted(kept)), group, room, order[index + 1 :])
        kept.extend(group)
    return Cut(tuple(sorted(kept)), (), 0, ())


def names(order: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return all bidders of an order, sorted."""
    return tuple(sorted(bidder for group in order for bidder in group))


def without(order: Order, gone: Iterable[str]) -> Order:
    """Return the order without some bidders, empty groups left out."""
    left = set(gone)
    groups = (tuple(bidder for bidder in group if bidder not in left) for group in order)
    return tuple(group for group in groups if group)
