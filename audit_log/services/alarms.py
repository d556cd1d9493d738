"""What the commission's tool answered instead of a signature, kept where its answers arrive.

One canonical JSON line each, in `WITNESS_DIR/alarms.jsonl`: `at` (this machine's real time), `size`
of the checkpoint shown, `status` and `answer` of docs/witness.md. The tool keeps its own alarms.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from audit_log.domain import canonical
from audit_log.domain.entry import EntryError, format_time, parse_time
from audit_log.services import clock

FILE = "alarms.jsonl"


@dataclass(frozen=True)
class Alarm:
    """A refusal: when, of which tree, with which status and words."""

    at: datetime
    size: int
    status: int
    answer: str


def keep(size: int, status: int, answer: str) -> None:
    """Keep a refusal; the same one twice in a row is kept once."""
    last = next(iter(kept(1)), None)
    if last is not None and (last.size, last.status, last.answer) == (size, status, answer):
        return
    told = {"at": format_time(clock.real_now()), "size": size, "status": status, "answer": answer}
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab") as file:
        file.write(canonical.dumps(told) + b"\n")


def kept(limit: int) -> list[Alarm]:
    """The newest refusals, newest first; a line that is none is passed over."""
    path = _path()
    lines = path.read_bytes().splitlines() if path.exists() else []
    found = (_read(line) for line in reversed(lines))
    alarms = [alarm for alarm in found if alarm is not None]
    return alarms[:limit]


def _read(line: bytes) -> Alarm | None:
    try:
        told = canonical.loads(line)
        return Alarm(parse_time(told["at"]), told["size"], told["status"], told["answer"])
    except (canonical.CanonicalError, EntryError, KeyError, TypeError):
        return None


def _path() -> Path:
    folder: Path = settings.WITNESS_DIR
    return folder / FILE
