"""One entry of the trail: its bytes, its hash, its time (formats.md section 1).

The hash of an entry's bytes is both the `prev` of the next entry of its stream and its leaf in the
Merkle log (RFC 6962 section 2.1), so one hash serves chain and tree.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit_log.domain import canonical

VERSION = 1
MAX_BYTES = 65_535
GENESIS = "0" * 64
KEYS = frozenset({"v", "stream", "n", "prev", "type", "at", "actor", "data"})
STREAM = re.compile(r"(project|expert|draw|account|rules|system|sealed)/[A-Za-z0-9._-]{1,64}")
TYPE = re.compile(r"[a-z]+\.[a-z0-9_]+")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
HASH = re.compile(r"[0-9a-f]{64}")


class EntryError(ValueError):
    """An entry that breaks formats.md section 1; `str()` says how."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an actor id, one of the role ids of formats.md, a 统一社会信用代码 or ""."""

    id: str
    role: str
    org: str

    def as_data(self) -> dict[str, Any]:
        """Return the entry's `actor`."""
        return {"id": self.id, "role": self.role, "org": self.org}


SYSTEM = Actor("system", "system", "")


@dataclass(frozen=True, slots=True)
class Ref:
    """The place of one entry: stream, position from 0, leaf hash in lower-case hex."""

    stream: str
    n: int
    hash: str

    def as_data(self) -> dict[str, Any]:
        """Return the object that stands in `data.refs` of an entry which relies on this one."""
        return {"stream": self.stream, "n": self.n, "hash": self.hash}


def leaf_hash(body: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ body), 32 bytes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def format_time(moment: datetime) -> str:
    """Return `YYYY-MM-DDTHH:MM:SS.ffffffZ` of an aware moment."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_time(text: str) -> datetime:
    """Return the aware moment of an entry's `at`; raise EntryError for any other spelling."""
    if not TIME.fullmatch(text):
        raise EntryError(f"at: {text!r} is not in the entry's time format")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise EntryError(f"at: {error}") from error


def build(
    *, stream: str, n: int, prev: str, type: str, at: datetime, actor: Actor, data: dict[str, Any]
) -> bytes:
    """Return an entry's canonical bytes; raise EntryError or CanonicalError where it is none."""
    if not STREAM.fullmatch(stream):
        raise EntryError(f"stream {stream!r}")
    if not TYPE.fullmatch(type):
        raise EntryError(f"type {type!r}")
    body = canonical.dumps(
        {
            "v": VERSION,
            "stream": stream,
            "n": n,
            "prev": prev,
            "type": type,
            "at": format_time(at),
            "actor": actor.as_data(),
            "data": data,
        }
    )
    if len(body) > MAX_BYTES:
        raise EntryError(f"{len(body)} bytes; an entry holds at most {MAX_BYTES}")
    return body


def parse(body: bytes) -> dict[str, Any]:
    """Return the entry of stored bytes; raise EntryError where shape or canonical form is wrong."""
    try:
        value = canonical.loads(body)
    except canonical.CanonicalError as error:
        raise EntryError(str(error)) from error
    if not isinstance(value, dict) or value.keys() != KEYS or not _has_shape(value):
        raise EntryError("not an entry of version 1")
    if len(body) > MAX_BYTES:
        raise EntryError(f"{len(body)} bytes; an entry holds at most {MAX_BYTES}")
    parse_time(value["at"])
    return value


def _has_shape(value: dict[str, Any]) -> bool:
    actor = value["actor"]
    return (
        type(value["v"]) is int
        and value["v"] == VERSION
        and type(value["n"]) is int
        and value["n"] >= 0
        and _matches(STREAM, value["stream"])
        and _matches(TYPE, value["type"])
        and _matches(HASH, value["prev"])
        and isinstance(value["at"], str)
        and isinstance(value["data"], dict)
        and isinstance(actor, dict)
        and actor.keys() == {"id", "role", "org"}
        and all(isinstance(part, str) for part in actor.values())
    )


def _matches(pattern: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and pattern.fullmatch(text) is not None
