"""How far a long piece of work is, and that only one process works on it.

The figures stand in a small file under DATA_DIR and not in the database: the last stage is one
transaction, whose rows nobody else sees until it is over. Losing the file loses nothing.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from audit_log.domain import canonical
from audit_log.services import locks


class Progress(NamedTuple):
    """A stage of the work, lines done in it, and how much of the whole that is (0 to 100)."""

    stage: str
    done: int
    percent: int


def tell(name: str, stage: str, done: int, percent: int) -> None:
    """Say how far the work is."""
    path = _path(name)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(canonical.dumps(Progress(stage, done, min(100, percent))._asdict()))
    fresh.replace(path)


def of(name: str) -> Progress | None:
    """How far the work is; None where nobody has begun it (on this machine)."""
    try:
        return Progress(**canonical.loads(_path(name).read_bytes()))
    except (FileNotFoundError, canonical.CanonicalError):
        return None


def forget(name: str) -> None:
    """The work is over."""
    _path(name).unlink(missing_ok=True)


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether this process may work on it now; a process that dies lets go by dying.

    On this machine a locked file says so, and on PostgreSQL a lock of the session, so that several
    machines do not meet.
    """
    with open(_path(name).with_suffix(".lock"), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        with locks.of_session(name) as held:
            yield held


def _path(name: str) -> Path:
    folder: Path = settings.DATA_DIR / "progress"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.json"
