"""Replay: what a project, an expert or the whole pool was at a moment, from entries alone.

The cost of one stream's replay depends on its own entries, not on the size of the log.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from audit_log.domain.entry import format_time
from audit_log.folds import FOLDS, Entries
from audit_log.selectors import trail
from audit_log.services.reconciling import streams

Rows = dict[str, dict[str, Any]]
"""Name of a row (audit_log.folds.Fold.where) → column → value, as the entries tell them."""
Change = tuple[str, str, Any, Any]
"""Row, column, value then, value later."""


def at(stream: str, moment: datetime) -> Rows:
    """Return every row that the stream tells as it stood at `moment`; empty before its start."""
    return folded(_until(trail.events(stream), moment))


def difference(stream: str, earlier: datetime, later: datetime) -> list[Change]:
    """Return all that changed in a stream between two moments."""
    return changes(at(stream, earlier), at(stream, later))


def changes(before: Rows, after: Rows) -> list[Change]:
    """Return every column in which two states differ; what a state does not tell is None."""
    return [
        (row, column, before.get(row, {}).get(column), after.get(row, {}).get(column))
        for row in sorted(before.keys() | after.keys())
        for column in sorted(before.get(row, {}).keys() | after.get(row, {}).keys())
        if before.get(row, {}).get(column) != after.get(row, {}).get(column)
    ]


def everything(kind: str, moment: datetime) -> Iterator[tuple[str, Rows]]:
    """Yield each stream of a kind with its rows at `moment`: the pool, all projects."""
    for stream, entries, _ in streams(f"{kind}/"):
        if rows := folded(_until(entries, moment)):
            yield stream, rows


def between(kind: str, earlier: datetime, later: datetime) -> Iterator[tuple[str, Rows, Rows]]:
    """Yield each stream of a kind that had begun by `later`, with its rows at both moments."""
    for stream, entries, _ in streams(f"{kind}/"):
        if after := folded(_until(entries, later)):
            yield stream, folded(_until(entries, earlier)), after


def folded(entries: Entries) -> Rows:
    """Return every row that the first entries of one stream tell; {} for none."""
    if not entries:
        return {}
    stream = entries[0]["stream"]
    kind = stream.partition("/")[0]
    return {
        fold.where(stream, key): dict(columns)
        for fold in FOLDS.values()
        if fold.kind == kind
        for key, columns in fold.told(entries).items()
    }


def _until(entries: Entries, moment: datetime) -> Entries:
    limit = format_time(moment)
    return [entry for entry in entries if entry["at"] <= limit]
