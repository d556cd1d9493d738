"""What a recount returns: the next step, the counts, and the outcome of an award."""

from dataclasses import dataclass
from typing import Any

from award.domain.terms import Order, RoundResult, TieStep


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next.

    `kind` is `round` (a ballot among `among` for `seats`, `already_in` are safe), `lottery` (a
    public draw of `seats` names among `among`), `input_required` (the values of the tie rule `rule`
    are missing), `winner`, or `retender`. `stage` counts the planned rounds of the method from 1,
    `revote` the repetitions inside a stage, `round_no` all rounds of the award. `basis` says what
    settled the last open place: the name of the method or tie rule, rank, only_candidate or
    next_by_result; for `retender` plan or no_candidate_left.
    """

    kind: str
    method: str = ""
    among: tuple[str, ...] = ()
    seats: int = 0
    already_in: tuple[str, ...] = ()
    round_no: int = 0
    stage: int = 0
    revote: int = 0
    rule: str = ""
    winner: str | None = None
    basis: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return the step as canonical data."""
        return {
            "kind": self.kind,
            "method": self.method,
            "among": list(self.among),
            "seats": self.seats,
            "already_in": list(self.already_in),
            "round_no": self.round_no,
            "stage": self.stage,
            "revote": self.revote,
            "rule": self.rule,
            "winner": self.winner,
            "basis": self.basis,
        }


@dataclass(frozen=True, slots=True)
class Count:
    """One count: the step that asked for it (`round_no` 0 where it took no ballots), the result."""

    step: Step
    result: RoundResult

    def as_data(self) -> dict[str, Any]:
        """Return the count for the trail."""
        return {
            "round": self.step.round_no,
            "stage": self.step.stage,
            "revote": self.step.revote,
            "eligible": list(self.step.among),
            "already_in": list(self.step.already_in),
            **self.result.as_data(),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """A replayed award: its counts, the uses of tie rules in order, and the step it has reached.

    `standing` is the final order, the winner first; () while the award is open.
    """

    counts: tuple[Count, ...]
    ties: tuple[TieStep, ...]
    standing: Order
    next: Step

    @property
    def winner(self) -> str | None:
        """Return the winner, None while the award is open or has failed."""
        return self.next.winner

    def as_data(self) -> dict[str, Any]:
        """Return the outcome as canonical data."""
        return {
            "counts": [row.as_data() for row in self.counts],
            "ties": [tie.as_data() for tie in self.ties],
            "standing": [list(group) for group in self.standing],
            "next": self.next.as_data(),
            "winner": self.winner,
        }
