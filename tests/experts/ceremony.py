"""A draw played entry by entry for the tests, honest unless told otherwise.

Whoever falsifies an entry here holds the database, every key and the draw's secret: all that
follows the falsified entry is chained, coded and marked as it should be.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit_log.domain import canonical, entry
from experts.domain.draw import (
    Standing,
    chain_code,
    chain_length,
    closing,
    mark_message,
    needs,
    round_code,
    run_round,
    seed,
)
from experts.domain.freeze import Eligible, Identity, SlotRequest, build_manifest
from experts.domain.manifest import Manifest, candidates_of, manifest_hash

SECRET = bytes(range(32))
DRAW_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(0x40, 0x60)))
CENTRE = entry.Actor("user/2", "trading_center", "NH")
SUPERVISION = entry.Actor("user/9", "regulator", "X")
SLOTS = (SlotRequest("1", "A0801", "3304", 2), SlotRequest("2", "A06", "3304", 1))


def experts() -> list[Eligible]:
    """E01 … E12 of four employers in turn: the first eight fit slot 1, the last eight slot 2."""
    return [
        Eligible(
            f"E{place:02d}",
            f"ORG{place % 4}",
            frozenset(slot for slot, fits in (("1", place <= 8), ("2", place >= 5)) if fits),
        )
        for place in range(1, 13)
    ]


def frozen(*, one_per_group: bool = True) -> tuple[Manifest, list[Identity]]:
    """The manifest of draw D-1: twelve experts of four employers, three seats in two slots."""
    return build_manifest(
        draw="D-1",
        project="NH-2025-001",
        attempt=1,
        one_per_group=one_per_group,
        slots=SLOTS,
        eligible=experts(),
        secret=SECRET,
    )


def one_slot(names: list[str], count: int) -> Manifest:
    """A manifest of one slot with public candidates, each of his own employer."""
    return {
        "v": 1,
        "draw": "D-1",
        "project": "NH-2025-001",
        "attempt": 1,
        "one_per_group": False,
        "slots": [
            {
                "slot": "1",
                "specialty": "A0801",
                "region": "3304",
                "count": count,
                "candidates": [
                    {"candidate": name, "group": f"g{place}", "id": ""}
                    for place, name in enumerate(names, start=1)
                ],
            }
        ],
    }


def rechain(entries: list[dict[str, Any]]) -> list[str]:
    """Number and chain entries anew, as who can rewrite the whole table would."""
    bodies: list[str] = []
    prev = entry.GENESIS
    for n, one in enumerate(entries):
        body = canonical.dumps({**one, "n": n, "prev": prev})
        prev = entry.leaf_hash(body).hex()
        bodies.append(body.decode())
    return bodies


class Ceremony:
    """The stream of one draw; keyword arguments of a step replace parts of its `data`."""

    def __init__(
        self,
        manifest: Manifest | None = None,
        identities: list[Identity] | None = None,
        key: Ed25519PrivateKey | None = DRAW_KEY,
    ) -> None:
        known = frozen()
        self.manifest = manifest or known[0]
        self.identities = {one.candidate: one for one in identities or known[1]}
        self.key = key
        self.chain = chain_length(len(candidates_of(self.manifest)))
        self.entries: list[dict[str, Any]] = []
        self.prev = entry.GENESIS
        self.round = 0

    @property
    def standing(self) -> Standing:
        return Standing.of(self.entries)

    def selected(self) -> list[str]:
        """The candidates selected so far, in order."""
        return list(self.standing.selected)

    def spare(self) -> str:
        """A candidate who was not selected."""
        return min(candidates_of(self.manifest).keys() - set(self.selected()))

    def write(
        self, type: str, data: dict[str, Any], actor: entry.Actor = CENTRE, **false: Any
    ) -> Self:
        at = datetime(2025, 5, 8, 1, tzinfo=UTC) + timedelta(seconds=len(self.entries))
        body = entry.build(
            stream=f"draw/{self.manifest['draw']}",
            n=len(self.entries),
            prev=self.prev,
            type=type,
            at=at,
            actor=actor,
            data={**data, **false},
        )
        self.prev = entry.leaf_hash(body).hex()
        self.entries.append(entry.parse(body))
        return self

    def commit(self, **false: Any) -> Self:
        data = {
            "project": self.manifest["project"],
            "attempt": self.manifest["attempt"],
            "replaces": None,
            "manifest": manifest_hash(self.manifest),
            "code": chain_code(SECRET, self.chain).hex(),
            "chain": self.chain,
            "parties": ["supervision", "tenderer"],
            "mark_key": self.key.public_key().public_bytes_raw().hex() if self.key else "",
            "pool": {"size": 3, "rules": "zhejiang/1"},
            "omissions": "0" * 64,
            "from": "approved",
            "to": "committed",
        }
        return self.write("draw.committed", data, **false)

    def contribute(self, party: str = "supervision", value: str = "8 3 5 1 0 9") -> Self:
        return self.write("draw.contributed", {"party": party, "value": value}, SUPERVISION)

    def open_round(self, *excluded: str, **false: Any) -> Self:
        self.round += 1
        data = {
            "round": self.round,
            "needs": needs(self.manifest, self.standing),
            "excluded": [{"candidate": name, "reason": "recused"} for name in excluded],
        }
        return self.write("draw.round_opened", data, **false)

    def run(self, **false: Any) -> Self:
        """Run the round just opened; `key` signs the mark in place of the committed key."""
        key = false.pop("key", self.key)
        code = round_code(SECRET, self.chain, self.round)
        mark = key.sign(mark_message(self.prev)) if key else b""
        asked = self.entries[-1]["data"].get("needs", {})
        selected, short = run_round(
            self.manifest, self.standing, asked, seed(code, self.prev, mark)
        )
        data = {
            "round": self.round,
            "code": code.hex(),
            "mark": mark.hex(),
            "selected": selected,
            "short": short,
        }
        return self.write("draw.round_run", data, entry.SYSTEM, **false)

    def answer(
        self, candidate: str, answer: str, actor: entry.Actor | None = None, **false: Any
    ) -> Self:
        himself = entry.Actor(f"{self.manifest['draw']}/{candidate}", "expert", "")
        data = {"candidate": candidate, "answer": answer, "reason": "", "evidence": ""}
        return self.write("draw.answered", data, actor or himself, **false)

    def reveal(self, candidate: str, **false: Any) -> Self:
        opening = self.identities[candidate].opening()
        return self.write("draw.candidate_opened", opening, entry.SYSTEM, **false)

    def close(self, **false: Any) -> Self:
        data = closing(self.manifest, self.standing)
        return self.write("draw.closed", data, entry.SYSTEM, **false)

    def abandon(self, actor: entry.Actor = SUPERVISION) -> Self:
        return self.write("draw.abandoned", {"reason": "系统故障"}, actor)

    def receipt(self) -> dict[str, Any]:
        return {"v": 1, "entries": rechain(self.entries), "manifest": self.manifest}
