"""What has happened in an award so far, as plain data: the one input of the recount.

`{"candidates": [bidder…], "prices": [{"bidder", "value": fen}…], "rounds": [{"eligible", "seats",
"ballots": [{"member", "content"}…]}…]}`, and where they occur `"draws": [{"among", "seats",
"drawn"}…]`, `"losses": [{"bidder", "after"}…]`, `"evaluation"` and `"credit"` like prices but with
decimal strings (evaluation may also be `{"sum", "count"}`), `"chair"`. A round whose ballots could
not all be opened is void: it stands in the trail, not here, and is held again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from award.domain.terms import Ballot, StateError, Value
from evaluation.domain.scoring import ScoreError, parse_score

_REQUIRED = {"candidates", "prices", "rounds"}
_OPTIONAL = {"draws", "losses", "evaluation", "credit", "chair"}


@dataclass(frozen=True, slots=True)
class ClosedRound:
    """A closed round with its opened ballots."""

    eligible: tuple[str, ...]
    seats: int
    ballots: tuple[Ballot, ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """The outcome of a public draw of `seats` names among some."""

    among: tuple[str, ...]
    seats: int
    drawn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """A candidate who can no longer win, and how many rounds and draws were closed before that.

    Who leaves before there is a winner is no loss: the award begins anew without him.
    """

    bidder: str
    after: int


@dataclass(frozen=True, slots=True)
class AwardState:
    """All that has happened; candidates stand in their published order.

    `facts` holds what tie rules compare: lower_price (fen), evaluation_result, credit.
    """

    candidates: tuple[str, ...]
    prices: Mapping[str, int]
    rounds: tuple[ClosedRound, ...] = ()
    draws: tuple[Draw, ...] = ()
    losses: tuple[Loss, ...] = ()
    facts: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    chair: str = ""


def parse_state(data: Mapping[str, Any]) -> AwardState:
    """Return the state of plain data; raise StateError for any other shape."""
    if not set(data) >= _REQUIRED or not set(data) <= _REQUIRED | _OPTIONAL:
        raise _malformed()
    try:
        return _state(data)
    except (KeyError, TypeError, AttributeError, ScoreError, ZeroDivisionError) as error:
        raise _malformed() from error


def _state(data: Mapping[str, Any]) -> AwardState:
    prices = {_text(row["bidder"]): _fen(row["value"]) for row in data["prices"]}
    facts: dict[str, Mapping[str, Value]] = {
        "lower_price": prices,
        "evaluation_result": _decimals(data.get("evaluation", [])),
        "credit": _decimals(data.get("credit", [])),
    }
    return AwardState(
        candidates=_candidates(data["candidates"]),
        prices=prices,
        rounds=tuple(_round(row) for row in data["rounds"]),
        draws=tuple(
            Draw(_texts(row["among"]), _whole(row["seats"]), _texts(row["drawn"]))
            for row in data.get("draws", [])
        ),
        losses=tuple(
            Loss(_text(row["bidder"]), _whole(row["after"])) for row in data.get("losses", [])
        ),
        facts=facts,
        chair=_text(data.get("chair", "")),
    )


def _malformed() -> StateError:
    return StateError("malformed_state", "定标记录格式不正确")


def _candidates(value: Any) -> tuple[str, ...]:
    found = _texts(value)
    if not found or len(set(found)) != len(found):
        raise StateError("malformed_state", "候选人名单为空或者重复")
    return found


def _round(row: Mapping[str, Any]) -> ClosedRound:
    ballots = tuple(Ballot(_text(b["member"]), _object(b["content"])) for b in row["ballots"])
    return ClosedRound(_texts(row["eligible"]), _whole(row["seats"]), ballots)


def _decimals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    return {_text(row["bidder"]): _decimal(row["value"]) for row in rows}


def _decimal(value: Any) -> Fraction:
    if isinstance(value, dict):
        return Fraction(parse_score(value["sum"])) / _whole(value["count"])
    return Fraction(parse_score(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _malformed()
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _malformed()
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _malformed()
    return tuple(_text(item) for item in value)


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise _malformed()
    return value


def _fen(value: Any) -> int:
    if not _whole(value):
        raise _malformed()
    return int(value)
