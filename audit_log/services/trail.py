"""Writing: one entry in the transaction of the change it records, one UPDATE of the row."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.db.transaction import get_connection

from audit_log import catalogue
from audit_log.audited import Audited, AuditedPart
from audit_log.domain import entry as entries
from audit_log.domain.entry import Actor, Ref
from audit_log.models import SystemStream
from audit_log.services import clock

INSERT = (
    "INSERT INTO audit_log_entry (stream, n, type, at, hash, body) VALUES (%s, %s, %s, %s, %s, %s)"
)

Statement = tuple[str, list[Any]]
"""SQL with its values."""


Unsaved = tuple[Audited, str, Actor, dict[str, Any], Iterable[Ref]]
"""One entry to be appended: row, type, actor, data, refs."""


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
    entry, ref = _next(row, type, actor, data, refs, at)
    if row._state.adding:
        _run(entry)
        row.save(force_insert=True)
    elif _run(entry, _update(row)) != 1:
        raise TrailError(f"{row._meta.db_table} {row.pk} is gone")
    row.settle()
    return ref


def record_system(name: str, type: str, actor: Actor, data: dict[str, Any]) -> Ref:
    """Append an entry to the stream `system/<name>`, which no business row owns."""
    row = SystemStream.locked(name) or SystemStream(name=name)
    return record(row, type, actor, data)


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
    entry, ref = _next(row, type, actor, data, refs, at)
    _run(entry)
    return ref


def append_many(told: Iterable[Unsaved], *, at: datetime) -> list[Ref]:
    """Append many entries by one round trip, without saving the rows; the caller saves them.

    Each is (row, type, actor, data, refs); several of one row follow each other. A row whose state
    changes between two of its entries is moved while `told` is read, so give a generator.
    """
    statements, found = [], []
    for row, type, actor, data, refs in told:
        (_, values), ref = _next(row, type, actor, data, refs, at)
        statements.append(values)
        found.append(ref)
    with get_connection().cursor() as cursor:
        cursor.executemany(INSERT, statements)
    return found


def moment(row: Audited) -> datetime:
    """The time that the row's next entry bears, for a column that says the same: give it as `at`.

    A machine's clock may step back; a stream's never does.
    """
    now = clock.now()
    return now if row.audit_n is None else max(now, row.audit_at)


def head(row: Audited) -> Ref:
    """Return the last entry of the row's stream."""
    return Ref(row.stream, row.audit_n, bytes(row.audit_hash).hex())


def told_by(part: AuditedPart, ref: Ref) -> None:
    """Let a part of a stream name the entry that tells of it; the caller saves the part."""
    part.audit_n, part.audit_hash = ref.n, bytes.fromhex(ref.hash)


def _next(
    row: Audited,
    type: str,
    actor: Actor,
    data: dict[str, Any],
    refs: Iterable[Ref],
    at: datetime | None,
) -> tuple[Statement, Ref]:
    """The stream's next entry, not yet written; the row takes it for its head."""
    connection = get_connection()
    if not connection.in_atomic_block:
        raise TrailError("an entry is written in the transaction of its change")
    if type not in catalogue.EVENTS:
        raise TrailError(f"event type {type} is not in the catalogue")
    at = at or clock.now()
    if row._state.adding and row.audit_n is None:
        n, prev = 0, entries.GENESIS
    else:
        n, prev = row.audit_n + 1, bytes(row.audit_hash).hex()
        at = max(at, row.audit_at)  # a machine's clock may step back; a stream's never does
    stream = row.stream
    data = data | _transition(row) | _references((*row._evidence, *refs))
    body = entries.build(stream=stream, n=n, prev=prev, type=type, at=at, actor=actor, data=data)
    leaf = entries.leaf_hash(body)
    row.audit_n, row.audit_hash, row.audit_at = n, leaf, at
    row._told_state, row._evidence = getattr(row, "state", None), ()
    stamp = connection.ops.adapt_datetimefield_value(at)
    return (INSERT, [stream, n, type, stamp, leaf, body]), Ref(stream, n, leaf.hex())


def _update(row: Audited) -> Statement:
    """One UPDATE of the changed columns: Django's save would cost as much as the entry does."""
    connection = get_connection()
    columns = [column for column in row.changed() if not column.primary_key]
    told = row.__dict__
    values = [column.get_db_prep_save(told[column.attname], connection) for column in columns]
    sql = _update_sql(type(row), tuple(str(column.column) for column in columns))
    return sql, [*values, row.pk]


@cache
def _update_sql(model: type[Audited], columns: tuple[str, ...]) -> str:
    assigned = ", ".join(f'"{column}" = %s' for column in columns)
    table, key = model._meta.db_table, model._meta.pk.column
    return f'UPDATE "{table}" SET {assigned} WHERE "{key}" = %s'  # noqa: S608


def _run(*statements: Statement) -> int:
    """Execute in order; return how many rows the last one met.

    PostgreSQL is asked once for all of them: its answer costs more to wait for than to find.
    """
    connection = get_connection()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statements = (_joined(statements),)
        for sql, values in statements:
            cursor.execute(sql, values)
        while connection.vendor == "postgresql" and cursor.nextset():
            pass
        return int(cursor.rowcount)


def _joined(statements: Iterable[Statement]) -> Statement:
    texts, values = zip(*statements, strict=True)
    return "; ".join(texts), [value for some in values for value in some]


def _transition(row: Audited) -> dict[str, str]:
    before, after = row._told_state, getattr(row, "state", None)
    if after is None or before == after:
        return {}
    return {"to": after} if before is None else {"from": before, "to": after}


def _references(refs: Iterable[Ref]) -> dict[str, Any]:
    found = [ref.as_data() for ref in refs]
    return {"refs": found} if found else {}
