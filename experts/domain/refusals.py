"""Whether somebody records refusals more often than chance allows (D20: substitution by force).

Who records that experts declined or did not answer decides that others are drawn in their place. A
finding of this kind is a reason to listen to recordings, not a proof.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

from experts.domain.grounds import ABSENT

REFUSED = ("declined", "no_answer")
COUNTED = ("accepted", *REFUSED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answers, and how many of them were refusals."""

    answers: int = 0
    refused: int = 0

    def plus(self, *, refused: bool) -> "Tally":
        return Tally(self.answers + 1, self.refused + refused)

    @property
    def rate(self) -> Fraction:
        """The share of refusals by the rule of succession: never 0 or 1, whatever was seen."""
        return Fraction(self.refused + 1, self.answers + 2)


@dataclass(frozen=True, slots=True)
class Operator:
    """What one operator recorded, beside all other answers; `chance` of so many or more."""

    id: str
    own: Tally
    others: Tally
    chance: Fraction

    def stands_out(self, least: int, alarm: Fraction) -> bool:
        """Whether there are enough answers and chance explains them too rarely."""
        return self.own.answers >= least and self.chance < alarm


def operators(entries: Iterable[Mapping[str, Any]]) -> list[Operator]:
    """Return who recorded answers for others, by id, from `draw.answered` entries.

    Counted are first answers to an invitation: not who stays away later or is struck.
    """
    own: dict[str, Tally] = {}
    total = Tally()
    for entry in entries:
        data, actor = entry["data"], entry["actor"]
        if data["answer"] not in COUNTED or data["reason"] == ABSENT:
            continue
        refused = data["answer"] in REFUSED
        total = total.plus(refused=refused)
        if actor["role"] not in ("expert", "system"):
            own[actor["id"]] = own.get(actor["id"], Tally()).plus(refused=refused)
    return [_operator(id, own[id], total) for id in sorted(own)]


def tail(answers: int, refused: int, rate: Fraction) -> Fraction:
    """Return the probability of `refused` or more among `answers`, each refused at this rate."""
    hit, of = rate.numerator, rate.denominator
    ways = sum(
        comb(answers, k) * hit**k * (of - hit) ** (answers - k) for k in range(refused, answers + 1)
    )
    return Fraction(ways, of**answers)


def _operator(id: str, own: Tally, total: Tally) -> Operator:
    others = Tally(total.answers - own.answers, total.refused - own.refused)
    return Operator(id, own, others, tail(own.answers, own.refused, others.rate))
