"""Reading entries: timelines, openings, and where an entry stands."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from audit_log import catalogue
from audit_log.domain import canonical, entry, note
from audit_log.domain.shapes import AT_ONCE, Lines
from audit_log.models import Attachment, Checkpoint, Cosignature, Entry, Leaf, Pending

_PLACED = (
    " FROM audit_log_leaf AS leaf LEFT JOIN audit_log_entry AS entry ON entry.id = leaf.entry_id"
    ' WHERE leaf."index" >= %s AND leaf."index" < %s'
)
BODIES = f'SELECT leaf."index", entry.body{_PLACED}'
_BEGINS = f'leaf."index" %% {AT_ONCE} = 0'
TOGETHER = {
    "postgresql": (
        "SELECT count(entry.body), string_agg(entry.body,"
        f" CASE WHEN {_BEGINS} THEN '\\x1e' ELSE '\\x0a' END::bytea"
        f' ORDER BY leaf."index"){_PLACED}'
    ),
    "sqlite": (
        "SELECT count(body), CAST(group_concat(body, separator) AS BLOB) FROM (SELECT entry.body,"  # noqa: S608
        f" CASE WHEN {_BEGINS} THEN char(30) ELSE char(10) END AS separator{_PLACED}"
        ' ORDER BY leaf."index")'
    ),
}
"""All bytes as one value, since a row for each would cost as much as checking it.

Between two entries stands a newline, or ASCII's record separator where a stretch begins.
"""


@dataclass(frozen=True)
class Line:
    """An entry as people read it: parsed, with its log index (None while unsealed)."""

    value: dict[str, Any]
    hash: str
    index: int | None

    @property
    def title(self) -> str:
        return catalogue.title(self.value["type"])

    @property
    def at(self) -> Any:
        return entry.parse_time(self.value["at"])


def lines(stream: str, *, type: str = "", since: int = 0) -> list[Line]:
    """The entries of one stream in order, from position `since`, of one type where given."""
    rows = Entry.objects.filter(stream=stream, n__gte=since)
    return [line_of(row) for row in indexed(rows.filter(type=type) if type else rows).order_by("n")]


def line(stream: str, n: int) -> Line | None:
    """One entry by its place, or None."""
    row = indexed(Entry.objects.filter(stream=stream, n=n)).first()
    return line_of(row) if row else None


def events(stream: str, *types: str) -> list[dict[str, Any]]:
    """The parsed entries of one stream, of the given types where any are given, in order."""
    rows = Entry.objects.filter(stream=stream)
    rows = rows.filter(type__in=types) if types else rows
    bodies = rows.order_by("n").values_list("body", flat=True)
    return [canonical.loads(bytes(body)) for body in bodies]


def streams_of(prefix: str, below: int | None = None) -> Iterator[list[dict[str, Any]]]:
    """Yield the parsed entries of each stream with that prefix, the streams by name.

    `below`: only entries at a log index below that tree size.
    """
    rows = Entry.objects.filter(stream__startswith=prefix)
    if below is not None:
        rows = rows.filter(pk__in=Leaf.objects.filter(index__lt=below).values("entry_id"))
    found = rows.order_by("stream", "n").values_list("stream", "body").iterator(chunk_size=2000)
    for _, group in groupby(found, key=lambda row: row[0]):
        yield [canonical.loads(bytes(body)) for _, body in group]


def since(type: str, at: str = "") -> list[dict[str, Any]]:
    """The parsed entries of a type that are later than `at` (as entries write it), in order."""
    rows = Entry.objects.filter(type=type)
    rows = rows.filter(at__gt=entry.parse_time(at)) if at else rows
    bodies = rows.order_by("at", "pk").values_list("body", flat=True)
    return [canonical.loads(bytes(body)) for body in bodies]


def last_event(stream: str, type: str) -> dict[str, Any] | None:
    """The newest entry of a type in a stream, parsed, or None."""
    body = (
        Entry.objects.filter(stream=stream, type=type)
        .order_by("-n")
        .values_list("body", flat=True)
        .first()
    )
    return None if body is None else canonical.loads(bytes(body))


def told_in(streams: Collection[str], *types: str) -> list[dict[str, Any]]:
    """The parsed entries of these types in many streams, in one query; by stream and position."""
    rows = Entry.objects.filter(stream__in=streams, type__in=types).order_by("stream", "n")
    return [canonical.loads(bytes(body)) for body in rows.values_list("body", flat=True)]


def streams_naming(key: str, at: datetime, *types: str) -> list[str]:
    """The streams with an entry of one of these types from that moment on that has such a key."""
    rows = Entry.objects.filter(type__in=types, at__gte=at).values_list("stream", "body")
    quoted = f'"{key}":'.encode()
    return sorted({stream for stream, body in rows.iterator() if quoted in bytes(body)})


def has_beyond(size: int, at: datetime, *types: str) -> bool:
    """Whether an entry of one of these types, from that moment on, lies beyond a tree of this size.

    What is not sealed yet lies beyond every tree.
    """
    within = Leaf.objects.filter(entry_id=OuterRef("pk"), index__lt=size)
    rows = Entry.objects.filter(type__in=types, at__gte=at)
    return rows.filter(~Exists(within)).exists()


def openings(stream: str, type: str, kind: str) -> dict[str, dict[str, Any]]:
    """Return author → content of every opened envelope of a kind, read from the entries."""
    found = {}
    for event in events(stream, type):
        data = event["data"]
        if data["kind"] == kind:
            content = data.get("content")
            found[data["author"]] = document(data["attachment"]) if content is None else content
    return found


def attachment(sha256: str) -> bytes:
    """The bytes of an attachment; raises Attachment.DoesNotExist."""
    return bytes(Attachment.objects.get(pk=sha256).body)


def document(sha256: str) -> Any:
    """The parsed canonical JSON of an attachment."""
    return canonical.loads(attachment(sha256))


@dataclass(frozen=True)
class Standing:
    """How far the trail is sealed and witnessed."""

    entries: int
    sealed: int
    witnessed: int
    root: str = ""


def standing() -> Standing:
    """Counts for the page footer: entries written, sealed, co-signed."""
    last = Checkpoint.objects.order_by("-size").first()
    witnessed = Cosignature.objects.order_by("-size").values_list("size", flat=True).first() or 0
    sealed, root = (last.size, bytes(last.root).hex()) if last else (0, "")
    return Standing(sealed + Pending.objects.count(), sealed, witnessed, root)


@dataclass(frozen=True)
class Sealing:
    """A checkpoint: leaves, root (hex), when it was sealed, the note with its cosignatures.

    `cosigned` holds the times that the cosignatures state; verification judges their signatures.
    """

    size: int
    root: str
    sealed_at: datetime
    cosigned: tuple[datetime, ...]
    note: str


def signed() -> QuerySet[Checkpoint]:
    """Every checkpoint, newest first."""
    return Checkpoint.objects.order_by("-size")


def checkpoints(limit: int = 50) -> list[Sealing]:
    """The newest checkpoints, newest first, in two queries."""
    return sealings(list(signed()[:limit]))


def sealings(rows: Sequence[Checkpoint]) -> list[Sealing]:
    """The same checkpoints with their cosignatures, in one query."""
    under: dict[int, list[str]] = defaultdict(list)
    signed = Cosignature.objects.filter(size__in=[row.size for row in rows])
    for one in sorted(signed, key=lambda one: one.pk):
        under[one.size].append(one.line)
    return [_sealing(row, under[row.size]) for row in rows]


def length() -> int:
    """How many places the log has: one more than its last index."""
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def bodies(lo: int, hi: int) -> list[bytes | None]:
    """Entry bytes of the places lo … hi−1 in log order; None where an entry or its leaf is gone."""
    plain = stretches(lo, hi)
    if plain is not None:
        return [body for lines in plain for body in lines.bodies]
    rows = dict(_fetched(BODIES, lo, hi))
    return [rows.get(index) for index in range(lo, hi)]


def stretches(lo: int, hi: int) -> list[Lines] | None:
    """The same for reading many at once; None where one is gone or holds what separates them."""
    ((found, text),) = _fetched(TOGETHER[connection.vendor], lo, hi)
    if found != hi - lo or not text:
        return None
    begins = (hi - 1) // AT_ONCE - lo // AT_ONCE
    plain = [Lines(one.split(b"\n"), one) for one in _divided(text)]
    whole = len(plain) == begins + 1 and sum(len(lines.bodies) for lines in plain) == found
    return plain if whole else None


def _divided(text: bytes) -> Iterator[bytes]:
    """Yield what stands between the record separators; `find` is faster than `split`."""
    start = 0
    while (end := text.find(b"\x1e", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def leaf_hashes(indexes: Sequence[int]) -> dict[int, bytes]:
    """Index → leaf hash as it was kept; 32 zero bytes where the leaf is gone too."""
    kept = dict.fromkeys(indexes, bytes(32))
    for row in Leaf.objects.filter(index__in=indexes):
        kept[row.index] = bytes(row.hash)
    return kept


def _fetched(sql: str, *values: int) -> list[tuple[Any, ...]]:
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with psycopg.Cursor(connection.connection) as direct:  # binary: no bytes come as hex
            return direct.execute(sql, values, binary=True).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def indexed(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """The same entries, each with its place in the log as `index` (None while unsealed)."""
    place = Leaf.objects.filter(entry_id=OuterRef("pk")).values("index")
    return rows.annotate(index=Subquery(place))


def line_of(row: Entry) -> Line:
    """An entry that `indexed` gave, as people read it."""
    value = canonical.loads(bytes(row.body))
    return Line(value, bytes(row.hash).hex(), row.index)  # type: ignore[attr-defined]


def _sealing(row: Checkpoint, lines: list[str]) -> Sealing:
    stated = (_stated(line) for line in lines)
    cosigned = tuple(time for time in stated if time is not None)
    root, text = bytes(row.root).hex(), row.note + "".join(lines)
    return Sealing(row.size, root, row.sealed_at, cosigned, text)


def _stated(line: str) -> datetime | None:
    """The time in a cosignature line (C2SP tlog-cosignature), None where it holds none."""
    try:
        seconds = int.from_bytes(note.parse_line(line.removesuffix("\n")).signature[:8], "big")
        return datetime.fromtimestamp(seconds, UTC)
    except (note.NoteError, OverflowError, ValueError):
        return None
