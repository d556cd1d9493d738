"""How live rows follow from entries: what `reconcile` and `replay` fold streams with.

Each app registers one fold per table; a table or a column that no entry tells stands on the exempt
list with its reason, so that nothing is left out silently.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models

from audit_log.domain import canonical
from audit_log.domain.entry import format_time, leaf_hash

Entries = list[dict[str, Any]]
Told = Mapping[str, Mapping[str, Any]]
"""Row key → column → value, as JSON has it: dates and times as text, bytes as hex."""


def states_only(entries: Entries) -> Told:
    """The least that an owner's stream tells: its state, under the stream's own id."""
    state = None
    for entry in entries:
        state = entry["data"].get("to", state)
    return {entries[0]["stream"].partition("/")[2]: {"state": state} if state else {}}


def owner_told(entries: Entries) -> Told:
    """The row of a system stream; one with states has a row of its own kind, which another tells.

    Nothing else of such a row is told here than that it is there.
    """
    return {} if "to" in entries[0]["data"] else states_only(entries)


def places_told(entry: dict[str, Any]) -> dict[str, Any]:
    """The head of a part of a stream (audit_log.audited.AuditedPart) after the entry tells of it.

    A parsed entry is canonical, so its bytes, and their hash, are computed again.
    """
    return {"audit_n": entry["n"], "audit_hash": leaf_hash(canonical.dumps(entry)).hex()}


def digest(content: Any) -> str | None:
    """SHA-256 (hex) of a document's canonical JSON, as entries name it; None for none.

    What has no canonical form was never a document: it has no hash either.
    """
    try:
        return None if content is None else hashlib.sha256(canonical.dumps(content)).hexdigest()
    except canonical.CanonicalError:
        return "不是规范的文件"


@dataclass(frozen=True)
class Fold:
    """One table: which stream kind tells its rows, by which key, and which columns are not told.

    `key` None numbers the rows of a stream from 1, in the order in which they were made. `keyed`
    are columns that only say which row it is (besides the primary key): another value there is
    another row. `views` tell a column in the words of the entries, from the live row: a document
    by its hash, a row of another table by its key.
    """

    model: type[models.Model]
    kind: str
    told: Callable[[Entries], Told] = states_only
    stream: Callable[[Any], str] = lambda row: str(row.stream)
    key: Callable[[Any], str] | None = lambda row: str(row.pk)
    keyed: tuple[str, ...] = ()
    views: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    untold: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def live(self, row: Any, column: str) -> Any:
        """What the row says in a column, as entries would tell it."""
        return self.views[column](row) if column in self.views else plain(getattr(row, column))

    def where(self, stream: str, key: str) -> str:
        """The name of one row: its table, its stream's id, and its key where that is another."""
        owner = stream.partition("/")[2]
        return f"{self.table} {owner}" if key == owner else f"{self.table} {owner} {key}"


def plain(value: Any) -> Any:
    """A live value as entries have it: times and dates as text, bytes as hex, keys in order."""
    match value:
        case datetime():
            return format_time(value)
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case dict():
            return {key: plain(value[key]) for key in sorted(value)}
        case list():
            return [plain(item) for item in value]
    return value


FOLDS: dict[str, Fold] = {}
EXEMPT: dict[str, str] = {}
"""Table → why no entry tells its rows."""


def register(*folds: Fold) -> None:
    """Add tables; called from each app's `ready`."""
    for fold in folds:
        FOLDS[fold.table] = fold


def exempt(model: type[models.Model], reason: str) -> None:
    """Say why a table is not told by the trail."""
    EXEMPT[model._meta.db_table] = reason
