"""The text of a checkpoint: origin, size, root (C2SP `tlog-checkpoint`)."""

import re
from typing import NamedTuple

from audit_log.domain.note import NoteError, decode64, encode64

MAX_SIZE = 2**63 - 1
_DECIMAL = re.compile("0|[1-9][0-9]{0,18}")


class CheckpointError(NoteError):
    """A note whose text is no checkpoint; `str()` says why."""


class Checkpoint(NamedTuple):
    """A tree head: the log's origin line, its number of leaves, its root (32 bytes).

    `extensions` are further lines, which this log never writes but another may.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text to sign; it ends in a newline."""
        lines = [self.origin, str(self.size), encode64(self.root), *self.extensions]
        return "\n".join(lines) + "\n"


def parse(text: str) -> Checkpoint:
    """Return the tree head of a note's text; raise CheckpointError for any other text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise CheckpointError("a checkpoint has at least three non-empty lines")
    try:
        root = decode64(lines[2])
    except NoteError as error:
        raise CheckpointError("the root is not base64") from error
    if len(root) != 32:
        raise CheckpointError("the root is not a SHA-256 hash")
    return Checkpoint(lines[0], parse_decimal(lines[1]), root, tuple(lines[3:]))


def parse_decimal(text: str) -> int:
    """Return a size or index (0 to 2^63 − 1, no leading zeros); raise CheckpointError."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise CheckpointError(f"{text[:20]!r} is no size")
    return int(text)
