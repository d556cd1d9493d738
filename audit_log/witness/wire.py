"""The bytes of requests and answers, the same over HTTP and on a stick."""

from dataclasses import dataclass
from typing import Any

from audit_log.domain import canonical, proof
from audit_log.domain.checkpoint import parse_decimal
from audit_log.domain.note import NoteError, encode64

ADD_CHECKPOINT = "add-checkpoint"
MARK = "mark"
KINDS = (ADD_CHECKPOINT, MARK)
MAX_BYTES = 1 << 20
_MARK_KEYS = {"v", "entry", "index", "proof", "checkpoint"}


class WireError(ValueError):
    """A request or an answer that is malformed; `str()` says why."""


@dataclass(frozen=True)
class AddCheckpoint:
    """Ask for a cosignature: the size last co-signed, the proof from it, the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @property
    def body(self) -> bytes:
        """The request's bytes (C2SP `tlog-witness`)."""
        lines = [f"old {self.old}", *map(encode64, self.proof)]
        return ("\n".join(lines) + "\n\n" + self.note).encode()


@dataclass(frozen=True)
class MarkRequest:
    """Ask for the mark of a draw's round.

    `entry` is the stored bytes of `draw.round_opened`, `index` its place in the log, `proof` its
    inclusion proof in `checkpoint`, a note that carries the witness's own cosignature.
    """

    entry: bytes
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str

    @property
    def body(self) -> bytes:
        """The request's bytes: canonical JSON."""
        return canonical.dumps(
            {
                "v": 1,
                "entry": self.entry.decode(),
                "index": self.index,
                "proof": [encode64(value) for value in self.proof],
                "checkpoint": self.checkpoint,
            }
        )


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """Return the request; raise WireError where malformed. The note is not looked into."""
    head, empty, note = _text(body).partition("\n\n")
    first, *hashes = head.split("\n")
    word, _, size = first.partition(" ")
    if word != "old" or not empty:
        raise WireError("an add-checkpoint request begins with the old size")
    try:
        return AddCheckpoint(parse_decimal(size), proof.parse_hashes(hashes), note)
    except (NoteError, proof.ProofError) as error:
        raise WireError(str(error)) from error


def parse_mark(body: bytes) -> MarkRequest:
    """Return the request; raise WireError where malformed. Entry and note are not looked into."""
    try:
        value = canonical.loads(body)
        if not isinstance(value, dict) or value.keys() != _MARK_KEYS or value["v"] != 1:
            raise WireError("not a mark request of version 1")
        texts = [_as(str, value["entry"]), _as(str, value["checkpoint"])]
        hashes = [_as(str, line) for line in _as(list, value["proof"])]
        return MarkRequest(
            texts[0].encode(), _as(int, value["index"]), proof.parse_hashes(hashes), texts[1]
        )
    except (canonical.CanonicalError, proof.ProofError) as error:
        raise WireError(str(error)) from error


def format_answer(status: int, body: str) -> bytes:
    """Return the bytes of an answer file."""
    return f"{status}\n{body}".encode()


def parse_answer(data: bytes) -> tuple[int, str]:
    """Return `(status, body)` of an answer file; raise WireError where malformed."""
    status, newline, body = _text(data).partition("\n")
    if not newline or len(status) != 3 or not (status.isascii() and status.isdigit()):
        raise WireError("an answer begins with a status")
    return int(status), body


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise WireError("not UTF-8") from error


def _as(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise WireError(f"{kind.__name__} expected")
    return value
