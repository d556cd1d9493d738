"""A small marked draw for the tests, held as section 4 says."""

import hashlib
import hmac
import json
from typing import Any

from tests.verifier.writer import MARKER, SYSTEM, Book, canonical, commitment, sha256

CHAIN = 32
Person = tuple[str, str]  # expert, org


def mac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def with_receipt(book: Book, manifest: dict[str, Any]) -> Book:
    """Put the receipt of the manifest's draw into the book."""
    stream = f"draw/{manifest['draw']}"
    texts = [line.decode() for line in book.lines if json.loads(line)["stream"] == stream]
    receipt = {"v": 1, "entries": texts, "manifest": manifest}
    book.files[f"draws/{manifest['draw']}.json"] = canonical(receipt)
    return book


class SmallDraw:
    """One slot, one round: commit, open, run; then whatever the test wants."""

    def __init__(self, book: Book, name: str, people: dict[str, Person], count: int = 1) -> None:
        self.book, self.name, self.stream = book, name, f"draw/{name}"
        self.people, self.count = people, count
        self.codes = [sha256(name.encode())]
        for _ in range(CHAIN):
            self.codes.append(sha256(self.codes[-1]))

    def salt(self, handle: str) -> bytes:
        return sha256(f"{self.name}/{handle}".encode())

    def content(self, handle: str) -> dict[str, str]:
        expert, org = self.people[handle]
        return {"candidate": handle, "expert": expert, "org": org}

    def identity(self, handle: str) -> str:
        named = ("draw_candidate", self.stream, "system", self.content(handle))
        return commitment(self.salt(handle), *named)

    def hold(self, project: str, attempt: int = 1, replaces: str | None = None) -> "SmallDraw":
        candidates = [
            {"candidate": handle, "group": f"g{n}", "id": self.identity(handle)}
            for n, handle in enumerate(self.people, 1)
        ]
        slot = {"slot": "1", "specialty": "A08", "region": "33", "count": self.count}
        self.manifest = {
            **{"v": 1, "draw": self.name, "project": project, "attempt": attempt},
            **{"one_per_group": False, "slots": [{**slot, "candidates": candidates}]},
        }
        self.book.add(self.stream, "draw.requested", {"case": project, "to": "requested"})
        self.book.add(self.stream, "draw.approved", {"from": "requested", "to": "approved"})
        self.leaf = self.commit(project, attempt, replaces)
        self.run()
        return self

    def commit(self, project: str, attempt: int, replaces: str | None) -> str:
        data = {
            **{"project": project, "attempt": attempt, "replaces": replaces, "chain": CHAIN},
            **{"manifest": sha256(canonical(self.manifest)).hex(), "code": self.codes[CHAIN].hex()},
            **{"parties": [], "mark_key": MARKER.public.hex()},
            **{"pool": {"size": 0, "rules": "zj@1"}, "from": "approved", "to": "committed"},
            "omissions": sha256(f"omissions {self.name}".encode()).hex(),
        }
        leaf = str(self.book.add(self.stream, "draw.committed", data)["hash"])
        self.book.ceremony()
        return leaf

    def run(self) -> None:
        opening = {"round": 1, "needs": {"1": self.count}, "excluded": []}
        opened = self.book.add(self.stream, "draw.round_opened", opening)
        self.book.ceremony()
        mark = MARKER.sign(f"draw-round/v1\n{opened['hash']}\n".encode()).hex()
        code = self.codes[CHAIN - 1]
        seed = mac(code, f"draw-seed/v1\n{opened['hash']}\n{mark}\n")
        order = sorted((mac(seed, f"1\n{handle}").hex(), handle) for handle in self.people)
        selected = [{"slot": "1", "candidate": h, "ticket": t} for t, h in order[: self.count]]
        self.seated = sorted(row["candidate"] for row in selected)
        data = {"round": 1, "code": code.hex(), "mark": mark, "selected": selected, "short": {}}
        self.book.add(self.stream, "draw.round_run", data, SYSTEM)
        with_receipt(self.book, self.manifest)

    def abandon(self, actor: dict[str, str]) -> None:
        data = {"reason": "设备故障", "from": "running", "to": "abandoned"}
        self.book.add(self.stream, "draw.abandoned", data, actor)
        with_receipt(self.book, self.manifest)

    def sign_in(self) -> None:
        """Open the identity of everyone seated."""
        for handle in self.seated:
            named = {"kind": "draw_candidate", "author": "system", "content": self.content(handle)}
            opening = {"commitment": self.identity(handle), "salt": self.salt(handle).hex()}
            self.book.add(self.stream, "draw.candidate_opened", {**named, **opening}, SYSTEM)
        with_receipt(self.book, self.manifest)


def faulty(check, book: Book) -> list[int]:
    """n of each entry of the draw that is named in a fault of the re-run."""
    return [f.where.n for f in check(book.whole()).faults if f.area == "draws" and f.where]
