"""Reading many entries fast: one of a shape seen before is matched, not parsed.

From an entry that was parsed in full, a pattern is made: its keys and brackets as they stand, any
string without escapes for a string, any integer for an integer. Bytes that match it wholly are
canonical and of the entry's form for the same reason as the first: the same keys in the same order.
All others are parsed, so nothing is accepted here that `entry.parse` refuses.
"""

import re
from typing import Any

from audit_log.domain import canonical, entry

Place = tuple[str, int, str, str]
"""Stream, position, `prev` and `at` of an entry."""

LEARNT = 256
"""How many shapes are kept; more would be searched longer than parsing takes."""
BRACKETS = 64
"""An entry with more of them is parsed each time: its pattern would be too large to pay."""

_ESCAPED = bytes([*range(32), ord("\\")])
"""What makes a string longer than it looks; an entry with one of them is parsed."""
_STRING = b'"[^"]*+"'
_INTEGER = rb"(?:0|-?[1-9][0-9]{0,14})"
_WORD = rb"(?:true|false|null)"
_HEAD = {
    "at": rb'"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}\.[0-9]{6}Z)"',
    "n": rb"(0|[1-9][0-9]{0,14})",
    "prev": b'"(' + entry.HASH.pattern.encode() + b')"',
    "stream": b'"(' + entry.STREAM.pattern.replace("(", "(?:").encode() + b')"',
    "v": str(entry.VERSION).encode(),
}


class Shapes:
    """The shapes that one run has met."""

    def __init__(self) -> None:
        self._known: dict[bytes, list[re.Pattern[bytes]]] = {}
        self._days: set[bytes] = set()
        self._learnt = 0

    def read(self, body: bytes) -> Place:
        """Return the place of an entry; raise EntryError wherever `entry.parse` does."""
        kind = body[body.rfind(b'"type":"') + 8 : -8]
        for pattern in self._known.get(kind, ()):
            if found := pattern.fullmatch(body):
                at, n, prev, stream = found.groups()
                if at[:10] in self._days and _is_plain(body):
                    return stream.decode(), int(n), prev.decode(), at.decode()
        value = entry.parse(body)
        self._learn(kind, body, value)
        return value["stream"], value["n"], value["prev"], value["at"]

    def _learn(self, kind: bytes, body: bytes, value: dict[str, Any]) -> None:
        self._days.add(value["at"][:10].encode())
        if self._learnt == LEARNT or body.count(b"[") + body.count(b"{") > BRACKETS:
            return
        self._learnt += 1
        fixed = _HEAD | {"type": b'"' + re.escape(kind) + b'"'}
        parts = (_member(key, fixed.get(key) or _pattern(value[key])) for key in sorted(value))
        self._known.setdefault(kind, []).append(re.compile(rb"\{" + b",".join(parts) + rb"\}"))


def _is_plain(body: bytes) -> bool:
    """UTF-8 without escapes, of an entry's length."""
    if not len(body.translate(None, _ESCAPED)) == len(body) <= entry.MAX_BYTES:
        return False
    try:
        return body.isascii() or bool(body.decode())
    except UnicodeDecodeError:
        return False


def _member(key: str, pattern: bytes) -> bytes:
    return re.escape(canonical.dumps(key)) + b":" + pattern


def _pattern(value: Any) -> bytes:
    match value:
        case str():
            return _STRING
        case bool() | None:
            return _WORD
        case int():
            return _INTEGER
        case dict():
            parts = (_member(key, _pattern(value[key])) for key in sorted(value))
            return rb"\{" + b",".join(parts) + rb"\}"
    items = [_pattern(item) for item in value]
    if len(set(items)) == 1:  # a list of equal things may have any length
        return rb"\[" + items[0] + b"(?:," + items[0] + rb")*+\]"
    return rb"\[" + b",".join(items) + rb"\]"
