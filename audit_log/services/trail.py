"""Writing: one entry in the transaction of the change it records, one UPDATE of the row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from audit_log import catalogue
from audit_log.audited import Audited, AuditedPart
from audit_log.domain import entry as entries
from audit_log.domain.entry import Actor, Ref
from audit_log.models import SystemStream
from audit_log.services import clock

INSERT = (
    "INSERT INTO audit_log_entry (stream, n, type, at, hash, body) VALUES (%s, %s, %s, %s, %s, %s)"
)


class TrailError(RuntimeError):
    """A programming error: an entry outside a transaction or of an undeclared type."""


def record(
    row: Audited,
    type: str,
    actor: Actor,
    data: dict[str, Any],
    *,
    refs: Iterable[Ref] = (),
    at: datetime | None = None,
) -> Ref:
    """Append one entry to the row's stream and write the row's changed columns with its new head.

    Where the row's state differs from the recorded one, `from` and `to` are added, so an entry of
    a transition cannot forget them. `refs` name the facts of other streams that decided.
    """
    ref = append(row, type, actor, data, refs=refs, at=at)
    if row._state.adding:
        row.save(force_insert=True)
    else:
        _write(row)
    row.settle()
    return ref


def record_system(name: str, type: str, actor: Actor, data: dict[str, Any]) -> Ref:
    """Append an entry to the stream `system/<name>`, which no business row owns."""
    row = SystemStream.objects.select_for_update().filter(pk=name).first()
    return record(row or SystemStream(name=name), type, actor, data)


def append(
    row: Audited,
    type: str,
    actor: Actor,
    data: dict[str, Any],
    *,
    refs: Iterable[Ref] = (),
    at: datetime | None = None,
) -> Ref:
    """Append one entry without saving the row; the caller saves it in the same transaction."""
    if not connection.in_atomic_block:
        raise TrailError("an entry is written in the transaction of its change")
    if type not in catalogue.EVENTS:
        raise TrailError(f"event type {type} is not in the catalogue")
    adding = row._state.adding and row.audit_n is None
    n = 0 if adding else row.audit_n + 1
    prev = entries.GENESIS if adding else bytes(row.audit_hash).hex()
    at = at or clock.now()
    if not adding:
        at = max(at, row.audit_at)  # a machine's clock may step back; a stream's never does
    data = data | _transition(row) | _references((*row._evidence, *refs))
    body = entries.build(
        stream=row.stream, n=n, prev=prev, type=type, at=at, actor=actor, data=data
    )
    leaf = entries.leaf_hash(body)
    with connection.cursor() as cursor:
        stamp = connection.ops.adapt_datetimefield_value(at)
        cursor.execute(INSERT, [row.stream, n, type, stamp, leaf, body])
    row.audit_n, row.audit_hash, row.audit_at = n, leaf, at
    row._told_state, row._evidence = getattr(row, "state", None), ()
    return Ref(row.stream, n, leaf.hex())


def head(row: Audited) -> Ref:
    """Return the last entry of the row's stream."""
    return Ref(row.stream, row.audit_n, bytes(row.audit_hash).hex())


def told_by(part: AuditedPart, ref: Ref) -> None:
    """Let a part of a stream name the entry that tells of it; the caller saves the part."""
    part.audit_n, part.audit_hash = ref.n, bytes.fromhex(ref.hash)


def _write(row: Audited) -> None:
    """One UPDATE of the changed columns: Django's save would cost as much as the entry does."""
    columns = [column for column in row.changed() if not column.primary_key]
    table, key = row._meta.db_table, row._meta.pk.column
    quote = connection.ops.quote_name
    names = [str(column.column) for column in columns]
    assigned = ", ".join(f"{quote(name)} = %s" for name in names)
    values = [
        column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns
    ]
    with connection.cursor() as cursor:
        sql = f"UPDATE {quote(table)} SET {assigned} WHERE {quote(str(key))} = %s"  # noqa: S608
        cursor.execute(sql, [*values, row.pk])
        if cursor.rowcount != 1:
            raise TrailError(f"{table} {row.pk} is gone")


def _transition(row: Audited) -> dict[str, str]:
    before, after = row._told_state, getattr(row, "state", None)
    if after is None or before == after:
        return {}
    return {"to": after} if before is None else {"from": before, "to": after}


def _references(refs: Iterable[Ref]) -> dict[str, Any]:
    found = [ref.as_data() for ref in refs]
    return {"refs": found} if found else {}
