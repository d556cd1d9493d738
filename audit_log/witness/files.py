"""Requests and answers as files in two folders: a shared directory, or a stick carried by hand.

The log's side can write what it likes into these folders, so nothing in them is followed: no link,
no device, no name outside a plain pattern.
"""

import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from audit_log.witness import wire
from audit_log.witness.core import Witness

_REQUEST = re.compile(rf"([A-Za-z0-9_-][A-Za-z0-9._-]{{0,99}})\.({'|'.join(wire.KINDS)})")
_OPEN_PLAINLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def answer_waiting(
    witness: Witness, inbox: Path, outbox: Path, now: int
) -> Iterator[tuple[str, int]]:
    """Answer what lies in the inbox, in the order of names; yield `(file name, status)` of each.

    A request is removed once its answer stands, so the inbox must be writable.
    """
    for path in sorted(inbox.iterdir()):
        match = _REQUEST.fullmatch(path.name)
        body = _read(path) if match else None
        if match is None or body is None:
            continue
        name, kind = match.groups()
        status, text = _handle(witness, kind, body, now)
        write_whole(outbox / f"{name}.answer", wire.format_answer(status, text))
        path.unlink(missing_ok=True)
        yield path.name, status


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears under its name only when it is complete."""
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    with part.open("xb") as file:
        file.write(data)
    part.replace(path)


def _handle(witness: Witness, kind: str, body: bytes, now: int) -> tuple[int, str]:
    if len(body) > wire.MAX_BYTES:
        return 400, "too-large\n"
    return witness.handle(kind, body, now)


def _read(path: Path) -> bytes | None:
    """Return the bytes of a plain file, None for anything else or a file taken back meanwhile."""
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _OPEN_PLAINLY)) as f:
            if not stat.S_ISREG(os.fstat(f.fileno()).st_mode):
                return None
            return f.read(wire.MAX_BYTES + 1)
    except OSError:
        return None
