"""A tiny writer of evidence bundles, made from formats.md alone, for the tests of the verifier.

It shares no code with the product nor with the verifier, so that both are held to the contract.
"""

import base64
import hashlib
import json
import warnings
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DATA = Path(__file__).parents[1] / "data"
VECTORS = json.loads((DATA / "format_vectors.json").read_text(encoding="utf-8"))

ORIGIN = "nanhu.example/trail"
WITNESS = "nanhu.example/discipline"
LOG_SEED, WITNESS_SEED, DRAW_SEED = (bytes(range(at, at + 32)) for at in (0, 32, 64))
COSIGNED_AT = 1746666060  # 2025-05-08 01:01:00 UTC, as in the vectors
OFFICE = {"id": "user/1", "org": "NH", "role": "trading_center"}
SYSTEM = {"id": "system", "org": "", "role": "system"}
SUPERVISION = {"id": "user/9", "org": "X", "role": "supervision"}


def canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_hash(line: bytes) -> bytes:
    return sha256(b"\x00" + line)


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, written as the standard writes it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    cut = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + root_of(leaves[:cut]) + root_of(leaves[cut:]))


def inclusion(leaves: list[bytes], index: int) -> list[bytes]:
    """PATH(index, leaves) of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    cut = 1 << (len(leaves) - 1).bit_length() - 1
    if index < cut:
        return [*inclusion(leaves[:cut], index), root_of(leaves[cut:])]
    return [*inclusion(leaves[cut:], index - cut), root_of(leaves[:cut])]


def consistency(leaves: list[bytes], old: int, whole: bool = True) -> list[bytes]:
    """SUBPROOF(old, leaves, whole) of RFC 6962 section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    cut = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= cut:
        return [*consistency(leaves[:cut], old, whole), root_of(leaves[cut:])]
    return [*consistency(leaves[cut:], old - cut, False), root_of(leaves[:cut])]


def encoded(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(item).decode() for item in hashes]


class Signer:
    """An Ed25519 key with a name and a C2SP signature type (1 log, 4 witness)."""

    def __init__(self, name: str, seed: bytes, kind: int) -> None:
        self.name, self.kind = name, kind
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        material = bytes([kind]) + self.public
        self.id = sha256(name.encode() + b"\n" + material)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{base64.b64encode(material).decode()}"

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def line(self, text: bytes, moment: int = COSIGNED_AT) -> bytes:
        """The signature line of this key under a note text."""
        payload = self.sign(text)
        if self.kind == 4:
            payload = self.sign(b"cosignature/v1\ntime %d\n" % moment + text)
            payload = moment.to_bytes(8, "big") + payload
        return f"— {self.name} {base64.b64encode(self.id + payload).decode()}\n".encode()


LOG = Signer(ORIGIN, LOG_SEED, 1)
DISCIPLINE = Signer(WITNESS, WITNESS_SEED, 4)
STRANGER = Signer(ORIGIN, bytes([7]) * 32, 1)
MARKER = Signer("draw", DRAW_SEED, 1)
POLICY = f"log {LOG.vkey}\nwitness commission {DISCIPLINE.vkey}\nquorum commission\n"


def commitment(salt: bytes, kind: str, stream: str, author: str, content: Any) -> str:
    """Section 3."""
    named = {"v": 1, "kind": kind, "stream": stream, "author": author, "content": content}
    return sha256(salt + canonical(named)).hex()


class Book:
    """A log under construction: entries, attachments, receipts, ceremony checkpoints."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.files: dict[str, bytes] = {}
        self.heads: dict[str, tuple[int, str]] = {}
        self.ceremonies: list[int] = []
        self.salts = 0

    def add(self, stream: str, kind: str, data: Any, actor: Any = None) -> dict[str, Any]:
        """Append an entry; return a ref to it."""
        n, prev = self.heads.get(stream, (-1, "0" * 64))
        second = len(self.lines) + 1
        at = f"2025-05-08T01:{second // 60:02d}:{second % 60:02d}.000000Z"
        entry = {"v": 1, "stream": stream, "n": n + 1, "prev": prev, "type": kind, "at": at}
        return self.add_line(canonical({**entry, "actor": actor or OFFICE, "data": data}))

    def add_line(self, line: bytes) -> dict[str, Any]:
        """Append the bytes of an entry as they are."""
        entry = json.loads(line)
        self.lines.append(line)
        self.heads[entry["stream"]] = (entry["n"], leaf_hash(line).hex())
        n, leaf = self.heads[entry["stream"]]
        return {"stream": entry["stream"], "n": n, "hash": leaf}

    def attach(self, value: Any) -> str:
        """Put canonical JSON among the attachments; return its SHA-256."""
        name = sha256(canonical(value)).hex()
        self.files[f"attachments/{name}"] = canonical(value)
        return name

    def seal(self, stream: str, kind: str, name: str, author: str, content: Any) -> dict[str, Any]:
        """Append a `…_sealed` entry; return what its opening will say."""
        self.salts += 1
        salt = sha256(b"salt %d" % self.salts)
        own = {"kind": name, "author": author}
        own["commitment"] = commitment(salt, name, stream, author, content)
        self.add(stream, kind, {**own, "replaces": None}, {**OFFICE, "id": author})
        return {**own, "salt": salt.hex(), "content": content}

    def ceremony(self) -> None:
        """Seal and have it co-signed here."""
        self.ceremonies.append(len(self.lines))

    def note(self, size: int, *signers: Signer) -> bytes:
        root = root_of([leaf_hash(line) for line in self.lines[:size]])
        text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n".encode()
        return text + b"\n" + b"".join(signer.line(text) for signer in signers)

    def whole(self, *signers: Signer) -> dict[str, bytes]:
        """The files of a bundle of the whole log."""
        signers = signers or (LOG, DISCIPLINE)
        return {
            "checkpoint": self.note(len(self.lines), *signers),
            **{f"checkpoints/{size}": self.note(size, *signers) for size in self.ceremonies},
            "keys": f"{LOG.vkey}\n{DISCIPLINE.vkey}\n".encode(),
            "policy": POLICY.encode(),
            "entries.jsonl": b"".join(line + b"\n" for line in self.lines),
            **self.files,
        }

    def case(self, streams: set[str]) -> dict[str, bytes]:
        """The files of a bundle of some streams only."""
        leaves = [leaf_hash(line) for line in self.lines]
        lines = enumerate(self.lines)
        mine = [(i, line) for i, line in lines if json.loads(line)["stream"] in streams]
        proofs = [{"index": i, "proof": encoded(inclusion(leaves, i))} for i, _ in mine]
        sizes = [*self.ceremonies, len(leaves)]
        steps = [
            {"from": a, "to": b, "proof": encoded(consistency(leaves[:b], a))}
            for a, b in pairwise(sizes)
        ]
        return {
            **self.whole(),
            "entries.jsonl": b"".join(line + b"\n" for _, line in mine),
            "proofs.jsonl": b"".join(canonical(row) + b"\n" for row in proofs),
            "consistency.jsonl": b"".join(canonical(row) + b"\n" for row in steps),
        }


def write_zip(path: Path, files: Mapping[str, bytes], *again: tuple[str, bytes]) -> str:
    """Write the files, and some names a second time; return the path."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # zipfile warns of the double name
            for name, data in again:
                archive.writestr(name, data)
    return str(path)


def with_vector_draws(book: Book) -> Book:
    """Append the three draws of the known answers, with their receipts, as they stand there."""
    for draw in VECTORS["draws"]:
        receipt = draw["receipt"]
        for text in receipt["entries"]:
            ref = book.add_line(text.encode())
            if '"draw.committed"' in text:
                data = {"draw": ref["stream"][5:], "refs": [ref]}
                book.add("project/NH-2025-001", "project.draw_committed", data)
        book.files[f"draws/{receipt['manifest']['draw']}.json"] = canonical(receipt)
    return book


def vector_book() -> Book:
    """The three entries of the known answers."""
    book = Book()
    for text in VECTORS["entries"]:
        book.add_line(text.encode())
    return book
