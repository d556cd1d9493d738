"""Folding the streams again and comparing with the live tables, row by row and column by column.

A row that was changed behind the program's back is found although nothing was logged.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from audit_log.audited import Audited
from audit_log.domain.entry import GENESIS, EntryError, leaf_hash, parse
from audit_log.folds import FOLDS, Entries, Fold, plain
from audit_log.models import Entry
from audit_log.services.verification import Fault, Report

_MALFORMED = (LookupError, TypeError, ValueError, AttributeError)
"""What folding entries raises that no service wrote: a step is missing, or has another shape."""


@dataclass(frozen=True)
class Head:
    """The last entry of a stream, as the columns of the row that owns it."""

    audit_n: int
    audit_hash: str
    audit_at: str


def reconcile() -> Report:
    """Compare every told table with its streams; name table, row, column and both values."""
    report = Report()
    for kind in sorted({fold.kind for fold in FOLDS.values()}):
        folds = [fold for fold in FOLDS.values() if fold.kind == kind]
        live = {fold.table: _live(fold) for fold in folds}
        report.rows += sum(len(rows) for table in live.values() for rows in table.values())
        for stream, entries, head in streams(f"{kind}/"):
            report.entries += len(entries)
            for fold in folds:
                rows = live[fold.table].pop(stream, {})
                report.faults.extend(_compare(fold, stream, rows, entries, head))
        for fold in folds:
            report.faults.extend(_orphans(fold, live[fold.table]))
    return report


def streams(prefix: str) -> Iterator[tuple[str, Entries, Head]]:
    """Yield each stream with its parsed entries and its head.

    What cannot be parsed tells nothing; `audit_log.services.stored` and the chain name it.
    """
    rows = Entry.objects.filter(stream__startswith=prefix).order_by("stream", "n")
    places = rows.values_list("stream", "n", "body").iterator(chunk_size=2000)
    for stream, found in groupby(places, key=lambda row: row[0]):
        head, entries = Head(-1, GENESIS, ""), []
        for _, n, body in found:
            with suppress(EntryError):
                entries.append(parse(bytes(body)))
                head = Head(n, leaf_hash(bytes(body)).hex(), entries[-1]["at"])
        if entries:
            yield stream, entries, head


def _live(fold: Fold) -> dict[str, dict[str, Any]]:
    grouped: dict[str, dict[str, Any]] = {}
    for row in fold.model._default_manager.order_by("pk").iterator():
        rows = grouped.setdefault(fold.stream(row), {})
        rows[fold.key(row) if fold.key else str(len(rows) + 1)] = row
    return grouped


def _compare(
    fold: Fold, stream: str, rows: dict[str, Any], entries: Entries, head: Head
) -> Iterator[Fault]:
    try:
        told = fold.told(entries)
    except _MALFORMED:
        yield Fault(fold.where(stream, stream.partition("/")[2]), "流水缺少条目,无法推演")
        return
    for key in sorted(rows.keys() | told.keys()):
        where = fold.where(stream, key)
        if key not in rows:
            yield Fault(where, "流水有记录,业务表中没有该行")
        elif key not in told:
            yield Fault(where, "业务表有该行,流水没有记录")
        else:
            heads = vars(head) if issubclass(fold.model, Audited) else {}
            yield from _columns(fold, where, rows[key], {**told[key], **heads})


def _columns(fold: Fold, where: str, row: Any, told: dict[str, Any]) -> Iterator[Fault]:
    for column, value in told.items():
        if (found := fold.live(row, column)) != value:
            yield Fault(where, f"{column} 按流水应为 {plain(value)},实为 {found}")


def _orphans(fold: Fold, left: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    for stream, rows in sorted(left.items()):
        for key in sorted(rows):
            yield Fault(fold.where(stream, key), f"流水 {stream} 不存在")
