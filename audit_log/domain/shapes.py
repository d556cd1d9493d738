"""Reading many entries fast: those of a shape met before are matched, all at once, not parsed.

From entries that were parsed in full, one pattern is made: the keys and brackets of their `data` as
they stand, any string without escapes for a string, any integer for an integer. An entry that
matches it wholly is canonical and has an entry's form for the same reason as those before: the same
keys in the same order. All others are parsed, so nothing is accepted that `entry.parse` refuses.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from audit_log.domain import canonical, entry
from audit_log.domain.entry import EntryError

Place = tuple[bytes, bytes, bytes, bytes]
"""`at`, `n`, `prev` and `stream` of an entry, as its bytes spell them."""

AT_ONCE = 512
"""How many entries are best read in one go: they stay in the processor's cache."""
OFTEN = 8
"""A shape is learnt when so many entries of one go have it."""
LEARNT = 64
"""How many shapes are kept; more would be searched longer than parsing takes."""
BRACKETS = 64
"""An entry with more of them is parsed each time: its pattern would be too large to pay."""

_ESCAPED = bytes([*range(32), ord("\\")])
"""What makes a string longer than it looks; a newline also stands between two entries."""
_STRING = b'"[^"]*+"'
_INTEGER = rb"(?:0|-?[1-9][0-9]{0,14})"
_WORD = rb"(?:true|false|null)"
_HEAD = (
    rb'\{"actor":\{"id":"[^"]*+","org":"[^"]*+","role":"[^"]*+"\}'
    rb',"at":"([^"]{10}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z)","data":'
)
_TAIL = (
    rb',"n":(0|[1-9][0-9]{0,14}),"prev":"([^"]{64})","stream":"([^"]*+)","type":"'
    + entry.TYPE.pattern.encode()
    + rb'","v":1\}'
)
_HEX = b"0123456789abcdef"
_STREAM = re.compile(entry.STREAM.pattern.encode())
_UNMATCHED: Place = (b"", b"", b"", b"")


class Lines(NamedTuple):
    """Entries, and the same bytes with a newline between each two of them."""

    bodies: Sequence[bytes]
    text: bytes

    @classmethod
    def stretches(cls, bodies: Sequence[bytes]) -> "Iterator[Lines]":
        """Divide entries into stretches that are read in one go."""
        for start in range(0, len(bodies), AT_ONCE):
            some = bodies[start : start + AT_ONCE]
            yield cls(some, b"\n".join(some))


class Shapes:
    """The shapes and the days that one run has met."""

    def __init__(self) -> None:
        self._shapes: list[bytes] = []
        self._days: set[bytes] = set()
        self._pattern = _compiled([])

    def read(self, bodies: Sequence[bytes]) -> list[Place | EntryError]:
        """Return the place of each entry, or what `entry.parse` says against it."""
        stretches = Lines.stretches(bodies)  # what a few taught serves for the others
        return [place for lines in stretches for place in self.read_lines(lines)]

    def read_lines(self, lines: Lines) -> Sequence[Place | EntryError]:
        """The same for a stretch."""
        bodies, found = lines.bodies, self._matched(lines)
        if _UNMATCHED not in found:
            return found
        fresh: Counter[bytes] = Counter()
        read = [
            place if place[0] else self._parsed(body, fresh)
            for body, place in zip(bodies, found, strict=True)
        ]
        self._learn(fresh)
        return read

    def _matched(self, lines: Lines) -> list[Place]:
        """What the pattern finds, one by one where a line is not plain."""
        bodies, text = lines
        if not _is_plain(text, len(bodies)) or _has_long_line(text):
            text = b"\n".join(body if _is_short(body) else b"" for body in bodies)
        found: list[Place] = self._pattern.findall(text)
        if len(found) != len(bodies):  # a string that runs over the end of its entry
            return [_UNMATCHED] * len(bodies)
        # What the pattern leaves open, since asking it of all at once costs a tenth.
        ats, _, prevs, streams = zip(*found, strict=True)
        strange = {at[:10] for at in ats} - self._days
        strange |= {stream for stream in set(streams) if not _STREAM.fullmatch(stream)}
        if not strange and not b"".join(prevs).translate(None, _HEX):
            return found
        return [
            _UNMATCHED
            if place[0][:10] in strange or place[3] in strange or place[2].translate(None, _HEX)
            else place
            for place in found
        ]

    def _parsed(self, body: bytes, fresh: Counter[bytes]) -> Place | EntryError:
        try:
            value = entry.parse(body)
        except EntryError as error:
            return error
        at = value["at"].encode()
        self._days.add(at[:10])
        if body.count(b"[") + body.count(b"{") <= BRACKETS:
            fresh[_pattern(value["data"])] += 1
        return at, b"%d" % value["n"], value["prev"].encode(), value["stream"].encode()

    def _learn(self, fresh: Counter[bytes]) -> None:
        room = LEARNT - len(self._shapes)
        often = [shape for shape, times in fresh.most_common(room) if times >= OFTEN]
        if new := [shape for shape in often if shape not in self._shapes]:
            self._shapes += new
            self._pattern = _compiled(self._shapes)


def _compiled(shapes: list[bytes]) -> re.Pattern[bytes]:
    """Each line is an entry of a known shape, or whatever it is, which sets no group."""
    data = b"(?:" + (b"|".join(shapes) or b"(?!)") + b")"
    return re.compile(b"^(?:" + _HEAD + data + _TAIL + b"|.*)$", re.MULTILINE)


def _is_plain(text: bytes, lines: int = 1) -> bool:
    """So many lines of UTF-8 without escapes."""
    if len(text.translate(None, _ESCAPED)) + lines - 1 != len(text):
        return False
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:
        return False


def _has_long_line(text: bytes) -> bool:
    """Whether some line is longer than an entry may be, in a step for each of that length."""
    start = 0
    while len(text) - start > entry.MAX_BYTES:
        start = text.rfind(b"\n", start, start + entry.MAX_BYTES + 1) + 1
        if not start:
            return True
    return False


def _is_short(body: bytes) -> bool:
    return len(body) <= entry.MAX_BYTES and _is_plain(body)


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
