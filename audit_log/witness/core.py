"""What the witness decides. No files, no network, no clock: those hand in bytes and the time."""

from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit_log.domain import checkpoint, entry
from audit_log.domain.checkpoint import Checkpoint
from audit_log.domain.merkle import EMPTY_ROOT, verify_consistency, verify_inclusion
from audit_log.domain.note import Cosigner, NoteError, OpenedNote, Vkey, open_note, parse_note
from audit_log.witness import wire

ROUND_OPENED = "draw.round_opened"


class Seen(NamedTuple):
    """The last checkpoint co-signed for an origin.

    `note` carries the log's verified lines and the witness's own; `time` is POSIX seconds.
    """

    size: int
    root: bytes
    note: str
    time: int


class Store(Protocol):
    """What the witness must remember. Everything inside `transaction()` is kept or none of it."""

    def transaction(self) -> AbstractContextManager[None]:
        """Exclude every other process; durable once left without an exception."""

    def keys_of(self, origin: str) -> list[Vkey]:
        """Return the trusted keys of a log, none for an unknown one."""

    def latest(self, origin: str) -> Seen | None:
        """Return the last checkpoint co-signed for the log."""

    def record(self, origin: str, seen: Seen) -> None:
        """Replace the last checkpoint co-signed for the log."""

    def last_time(self) -> int:
        """Return the newest time in any cosignature, 0 before the first."""

    def marked(self, stream: str, round: int) -> str | None:
        """Return the leaf hash (hex) that was marked for the round."""

    def record_mark(self, stream: str, round: int, leaf: str) -> None:
        """Remember the one leaf hash (hex) of the round."""

    def alarm(self, origin: str, reason: str, note: str, time: int) -> None:
        """Keep a note signed by the log that contradicts what was seen, as evidence."""


class Refused(Exception):
    """A request that gets no signature: HTTP status and body."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


class Witness:
    """Answers requests with two keys: one for cosignatures, one for marks, for nothing else."""

    def __init__(self, store: Store, cosigner: Cosigner, draw_key: Ed25519PrivateKey) -> None:
        self._store, self._cosigner, self._draw_key = store, cosigner, draw_key

    def handle(self, kind: str, body: bytes, now: int) -> tuple[int, str]:
        """Return `(status, answer)` to a request of one of `wire.KINDS`; `now` is POSIX seconds.

        What must be remembered is durable before this returns. 200 carries the signature; 409 the
        size last co-signed, or the leaf already marked; every other status an English code.
        """
        act = {wire.ADD_CHECKPOINT: self._add_checkpoint, wire.MARK: self._mark}[kind]
        with self._store.transaction():
            try:
                return 200, act(body, now)
            except wire.WireError:
                return 400, "malformed\n"
            except Refused as refusal:
                return refusal.status, refusal.body

    def _add_checkpoint(self, body: bytes, now: int) -> str:
        request = wire.parse_add_checkpoint(body)
        opened, head = self._signed(request.note)
        self._check_growth(request, head, now)
        time = max(now, self._store.last_time())  # a clock set back must not show in signatures
        line = self._cosigner.cosign(opened.text, time)
        signatures = "".join(str(verified.line) for verified in opened.verified) + line
        note = f"{opened.text}\n{signatures}"
        self._store.record(head.origin, Seen(head.size, head.root, note, time))
        return line

    def _signed(self, note: str) -> tuple[OpenedNote, Checkpoint]:
        try:
            head = checkpoint.parse(parse_note(note).text)
        except NoteError:
            raise Refused(400, "malformed\n") from None
        keys = self._store.keys_of(head.origin)
        if not keys:
            raise Refused(404, "unknown-origin\n")
        try:
            return open_note(note, keys), head
        except NoteError:
            raise Refused(403, "not-signed-by-log\n") from None

    def _check_growth(self, request: wire.AddCheckpoint, head: Checkpoint, now: int) -> None:
        """The status rules of C2SP `tlog-witness`; keep what shows a rollback or a fork."""
        seen = self._store.latest(head.origin)
        size, root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
        if head.size < size:
            self._store.alarm(head.origin, "behind", request.note, now)
        if request.old > head.size:
            raise Refused(400, "old-size-above-checkpoint\n")
        if request.old != size:
            raise Refused(409, f"{size}\n")
        if not _grows(size, root, head, request.proof):
            self._store.alarm(head.origin, "inconsistent", request.note, now)
            raise Refused(422, "inconsistent\n")

    def _mark(self, body: bytes, now: int) -> str:
        request = wire.parse_mark(body)
        stream, round = _round(request.entry)
        leaf = entry.leaf_hash(request.entry)
        head = self._own(request, now)
        if not verify_inclusion(leaf, request.index, head.size, request.proof, head.root):
            raise Refused(422, "not-included\n")
        earlier = self._store.marked(stream, round)
        if earlier is None:
            self._store.record_mark(stream, round, leaf.hex())
        elif earlier != leaf.hex():
            self._store.alarm(head.origin, "second-leaf", request.checkpoint, now)
            raise Refused(409, f"{earlier}\n")
        return self._draw_key.sign(mark_message(leaf)).hex() + "\n"

    def _own(self, request: wire.MarkRequest, now: int) -> Checkpoint:
        """Return the tree head, once it is one that this witness co-signed and still remembers."""
        _, head = self._signed(request.checkpoint)
        try:
            open_note(request.checkpoint, [self._cosigner.key])
        except NoteError:
            raise Refused(403, "not-cosigned\n") from None
        seen = self._store.latest(head.origin)
        if not seen or head.size > seen.size or (head.size == seen.size and head.root != seen.root):
            self._store.alarm(head.origin, "not-remembered", request.checkpoint, now)
            raise Refused(422, "not-remembered\n")
        return head


def mark_message(leaf: bytes) -> bytes:
    """Return what a mark signs for the leaf hash of `draw.round_opened` (formats.md section 4)."""
    return b"draw-round/v1\n" + leaf.hex().encode() + b"\n"


def _grows(size: int, root: bytes, head: Checkpoint, proof: tuple[bytes, ...]) -> bool:
    if head.size == 0:
        return not proof and head.root == EMPTY_ROOT
    if size == 0:
        return not proof
    return verify_consistency(size, head.size, proof, root, head.root)


def _round(body: bytes) -> tuple[str, int]:
    try:
        value = entry.parse(body)
    except entry.EntryError:
        raise Refused(400, "malformed\n") from None
    stream, data = value["stream"], value["data"]
    number = data.get("round") if isinstance(data, dict) else None
    opened = value["type"] == ROUND_OPENED and isinstance(stream, str)
    if not opened or not entry.STREAM.fullmatch(stream) or not stream.startswith("draw/"):
        raise Refused(400, "not-a-draw-round\n")
    if type(number) is not int or number < 1:
        raise Refused(400, "not-a-draw-round\n")
    return stream, number
