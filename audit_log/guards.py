"""Database triggers: the trail is append-only, and no state changes without its entry.

Completeness must not depend on Python: `.update()`, raw SQL, a constructor or a forgotten call are
refused by the database itself, on SQLite and on PostgreSQL alike. The statements are laid after
every migration (`install`), so a rebuilt table gets its triggers back.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django_fsm import FSMField

from audit_log import guards_postgresql, guards_sqlite


@dataclass(frozen=True)
class Guard:
    """How one business table stands in the trail.

    `owner` is the column that holds the stream's id (default: the primary key). `said` tells, with
    `{data.path}` and `{type}` for places in the entry, which state the entry announces; `named` is
    a column whose value, in double quotes, must occur in the entry (for parts of a stream). `born`
    are the states in which a row may first be written (default: the one a new object has).
    """

    model: type[models.Model]
    kind: str = ""
    owner: str = ""
    said: str = "{data.to}"
    named: str = ""
    born: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def stream_kind(self) -> str:
        return self.kind or str(self.model.STREAM_KIND)  # type: ignore[attr-defined]

    @property
    def owner_column(self) -> str:
        return self.owner or self.pk_column

    @property
    def pk_column(self) -> str:
        return str(self.model._meta.pk.column)

    @property
    def has_state(self) -> bool:
        return any(field.name == "state" for field in self.model._meta.fields)

    @property
    def is_part(self) -> bool:
        return bool(self.named)

    def births(self) -> tuple[str, ...]:
        """States in which a row may be inserted; empty where the model has no machine."""
        states = [field for field in self.model._meta.fields if field.name == "state"]
        return self.born or tuple(str(state.get_default()) for state in states)

    def edges(self) -> list[tuple[str, str]]:
        """Every (from, to) the model's machine declares; empty where it has no machine."""
        return sorted(
            {
                (transition.source, target)
                for field in self.model._meta.fields
                if isinstance(field, FSMField)
                for transition in field.get_all_transitions(self.model)
                for target in _targets(transition.target)
                if target is not None
            }
        )


def _targets(target: Any) -> list[str]:
    return list(getattr(target, "allowed_states", None) or [target])


GUARDS: dict[str, Guard] = {}


def register(*guards: Guard) -> None:
    """Add business tables; called from each app's `ready`."""
    for guard in guards:
        GUARDS[guard.table] = guard


def _dialect(
    connection: BaseDatabaseWrapper,
) -> guards_sqlite.Dialect | guards_postgresql.Dialect:
    postgresql = connection.vendor == "postgresql"
    return guards_postgresql.Dialect() if postgresql else guards_sqlite.Dialect(connection)


def expected(using: str = "default") -> set[str]:
    """Names of all triggers that must stand: those that `install` lays."""
    statements = _statements(using)
    found = (re.match(r"CREATE TRIGGER (\w+)", statement) for statement in statements)
    return {match[1] for match in found if match}


def standing(using: str = "default") -> set[str]:
    """Names of the product's triggers that stand in the database now."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_dialect(connection).LIST)
        return {row[0] for row in cursor.fetchall()}


def install(using: str = "default") -> None:
    """Lay every trigger anew; harmless when repeated. Tables that do not exist yet are left out."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for statement in _statements(using):
            cursor.execute(statement)


def _statements(using: str) -> list[str]:
    """The statements that lay the triggers of the tables there are; none before the first."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if "audit_log_entry" not in present:
        return []
    guards = [guard for table, guard in sorted(GUARDS.items()) if table in present]
    return list(_dialect(connection).install(guards))


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """Take the triggers away for the length of a block: for tests that truncate or tamper."""
    lift(using)
    try:
        yield
    finally:
        install(using)


def lift(using: str = "default") -> None:
    """Take every trigger away; `install` or a rollback brings them back."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in _dialect(connection).remove(sorted(GUARDS)):
            cursor.execute(statement)
