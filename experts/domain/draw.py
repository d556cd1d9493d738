"""The draw itself: a pure function of what was published (formats.md section 4).

A round's order is fixed by two values nobody holds alone: the next code of a hash chain committed
beforehand, and the commission's mark over the opening of the round. Nothing here is random and
nothing reads a clock, so anybody with the receipt gets the same result.
"""

import hashlib
import heapq
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from experts.domain.mac import keyed
from experts.domain.manifest import Manifest, Slot, candidates_of

SHORTEST_CHAIN = 32
ANSWERS = ("accepted", "declined", "no_answer", "struck")
LEFT = frozenset(ANSWERS) - {"accepted"}


class Selection(TypedDict):
    """One selected candidate, as it stands in `draw.round_run`."""

    slot: str
    candidate: str
    ticket: str


def chain_code(secret: bytes, times: int) -> bytes:
    """Return H^times(secret), H being SHA-256; 0 times returns `secret` itself."""
    code = secret
    for _ in range(times):
        code = hashlib.sha256(code).digest()
    return code


def chain_length(distinct_candidates: int) -> int:
    """Return N, the length of the code chain: rounds enough for one candidate each, at least 32."""
    return max(SHORTEST_CHAIN, distinct_candidates)


def round_code(secret: bytes, chain: int, round_number: int) -> bytes:
    """Return the code of a round, H^(N−round)(x).

    Raises ValueError outside 1 … N−1: round N would publish x itself, and with it the salts and
    handles that are derived from it.
    """
    if not 1 <= round_number < chain:
        raise ValueError(f"round {round_number} of a chain of {chain}")
    return chain_code(secret, chain - round_number)


def code_is_valid(code: bytes, round_number: int, commitment: bytes) -> bool:
    """Whether H applied `round_number` times to `code` gives the committed code."""
    return chain_code(code, round_number) == commitment


def mark_message(leaf: str) -> bytes:
    """Return what the commission signs: the leaf hash (hex) of the `draw.round_opened` entry."""
    return f"draw-round/v1\n{leaf}\n".encode()


def mark_is_valid(mark_key: bytes, leaf: str, mark: bytes) -> bool:
    """Whether `mark` is the Ed25519 signature (RFC 8032) of the round under the draw key."""
    try:
        Ed25519PublicKey.from_public_bytes(mark_key).verify(mark, mark_message(leaf))
    except InvalidSignature:
        return False
    return True


def seed(code: bytes, round_opened_leaf: str, mark: bytes) -> bytes:
    """Return the 32-byte seed of a round from its code, the leaf (hex) that opened it and its mark.

    An unwitnessed round has the empty mark.
    """
    message = f"draw-seed/v1\n{round_opened_leaf}\n{mark.hex()}\n"
    return hmac.digest(code, message.encode(), "sha256")


def ticket(seed: bytes, slot: str, candidate: str) -> str:
    """Return the hex ticket of a candidate in a slot; it depends on no other candidate."""
    return hmac.digest(seed, f"{slot}\n{candidate}".encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a draw stands, folded from its entries.

    `selected` maps each candidate ever selected to his slot, in the order of selection; `answers`
    holds the latest answer of each.
    """

    selected: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]]) -> Self:
        """Return the standing after parsed entries of one draw, in order."""
        standing = cls()
        for entry in entries:
            standing = standing.after(entry["type"], entry["data"])
        return standing

    def after(self, type: str, data: Mapping[str, Any]) -> Self:
        """Return the standing after one more entry; entries of other types change nothing."""
        match type:
            case "draw.round_opened":
                newly = {row["candidate"] for row in data["excluded"]}
                return replace(self, excluded=self.excluded | newly)
            case "draw.round_run" | "draw.list_confirmed" | "draw.appointed":
                newly_selected = {row["candidate"]: row["slot"] for row in data["selected"]}
                return replace(self, selected={**self.selected, **newly_selected})
            case "draw.answered":
                answers = {**self.answers, data["candidate"]: data["answer"]}
                return replace(self, answers=answers)
        return self

    def is_seated(self, candidate: str) -> bool:
        """Whether he was selected and his latest answer, if any, keeps the seat."""
        return candidate in self.selected and self.answers.get(candidate) not in LEFT

    def seated(self, slot: str) -> list[str]:
        """Return the handles seated in a slot, ascending."""
        return sorted(
            candidate
            for candidate, where in self.selected.items()
            if where == slot and self.is_seated(candidate)
        )


def needs(manifest: Manifest, standing: Standing) -> dict[str, int]:
    """Return the open seats of each slot, count − seated; slots without any are left out."""
    seats = {
        slot["slot"]: slot["count"] - len(standing.seated(slot["slot"]))
        for slot in manifest["slots"]
    }
    return {slot: number for slot, number in seats.items() if number > 0}


def run_round(
    manifest: Manifest, standing: Standing, needs: Mapping[str, int], seed: bytes
) -> tuple[list[Selection], dict[str, int]]:
    """Return the selected and the seats left short by slot.

    Slots are filled in manifest order, each by ascending ticket. `standing` already holds the
    exclusions of this round. Passed over are those selected before, those excluded and, where
    `one_per_group`, colleagues of anyone seated in any slot.
    """
    passed = {*standing.selected, *standing.excluded}
    seated_groups = _seated_groups(manifest, standing)
    selected: list[Selection] = []
    short: dict[str, int] = {}
    for slot in manifest["slots"]:
        if slot["slot"] not in needs:
            continue
        need = needs[slot["slot"]]
        for place, candidate, group in _by_ticket(slot, seed):
            if not need:
                break
            colleague = manifest["one_per_group"] and group in seated_groups
            if candidate not in passed and not colleague:
                row: Selection = {
                    "slot": slot["slot"],
                    "candidate": candidate,
                    "ticket": place.hex(),
                }
                selected.append(row)
                passed.add(candidate)
                seated_groups.add(group)
                need -= 1
        if need:
            short[slot["slot"]] = need
    return selected, short


def seats_are_sound(manifest: Manifest, standing: Standing) -> bool:
    """Whether no slot has more seated than its count nor, where `one_per_group`, two colleagues.

    A round never breaks this; taking back a refusal after the seat was filled again would.
    """
    known = candidates_of(manifest)
    groups = [known[name]["group"] for name in standing.selected if standing.is_seated(name)]
    within = all(len(standing.seated(slot["slot"])) <= slot["count"] for slot in manifest["slots"])
    return within and (not manifest["one_per_group"] or len(set(groups)) == len(groups))


def closing(manifest: Manifest, standing: Standing) -> dict[str, Any]:
    """Return the data of `draw.closed`: who is seated in every slot, and the seats left open."""
    return {
        "seated": {slot["slot"]: standing.seated(slot["slot"]) for slot in manifest["slots"]},
        "short": needs(manifest, standing),
    }


def choice_left(manifest: Manifest, standing: Standing, needs: Mapping[str, int]) -> bool:
    """Whether a round for these seats would select anybody: who it is depends on the seed alone."""
    passed = {*standing.selected, *standing.excluded}
    groups = _seated_groups(manifest, standing) if manifest["one_per_group"] else set()
    return any(
        row["candidate"] not in passed and row["group"] not in groups
        for slot in manifest["slots"]
        if slot["slot"] in needs
        for row in slot["candidates"]
    )


def _seated_groups(manifest: Manifest, standing: Standing) -> set[str]:
    seated = {name for name in standing.selected if standing.is_seated(name)}
    if not seated:
        return set()
    rows = (row for slot in manifest["slots"] for row in slot["candidates"])
    return {row["group"] for row in rows if row["candidate"] in seated}


def _by_ticket(slot: Slot, seed: bytes) -> Iterator[tuple[bytes, str, str]]:
    """Yield ticket, candidate and group, ascending: a round takes few, so no more are sorted."""
    mac, head = keyed(seed), f"{slot['slot']}\n"
    tickets = [
        (mac(head + row["candidate"]), row["candidate"], row["group"]) for row in slot["candidates"]
    ]
    heapq.heapify(tickets)
    while tickets:
        yield heapq.heappop(tickets)
