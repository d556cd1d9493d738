"""Database triggers: the trail is append-only, and no state changes without its entry.

Completeness must not depend on Python: `.update()`, raw SQL, a constructor or a forgotten call are
refused by the database itself, on SQLite and on PostgreSQL alike. The statements are laid after
every migration (`install`), so a rebuilt table gets its triggers back.
"""

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


@dataclass(frozen=True)
class Apart:
    """Rows of a table that share the column `by` never overlap from `start` to `end` (excluded)."""

    model: type[models.Model]
    by: str
    start: str
    end: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table


GUARDS: dict[str, Guard] = {}
APART: dict[str, Apart] = {}


def register(*guards: Guard) -> None:
    """Add business tables; called from each app's `ready`."""
    for guard in guards:
        GUARDS[guard.table] = guard


def keep_apart(rows: Apart) -> None:
    """Add a table whose rows never overlap. On PostgreSQL an exclusion constraint, which a
    migration of the app adds, holds them apart; here SQLite gets the triggers that do the same.
    """
    APART[rows.table] = rows


def _dialect(
    connection: BaseDatabaseWrapper,
) -> guards_sqlite.Dialect | guards_postgresql.Dialect:
    postgresql = connection.vendor == "postgresql"
    kind = guards_postgresql.Dialect if postgresql else guards_sqlite.Dialect
    return kind(connection)


def expected(using: str = "default") -> set[str]:
    """Names of all triggers that must stand: those that `install` lays."""
    return set(_expected(using))


def standing(using: str = "default") -> set[str]:
    """Names of the product's triggers that are at work in the database now."""
    return {
        name
        for name, at_work, _ in _standing(using)
        if at_work and name.startswith(("trail_", "guard_"))
    }


@dataclass(frozen=True)
class Differences:
    """How the triggers in a database differ from those that `install` lays, by their names.

    `silent` are switched off, `altered` say something else or call a function that does; `strange`
    is whatever the product did not lay: a trigger, a rule, row security.
    """

    missing: list[str]
    silent: list[str]
    altered: list[str]
    strange: list[str]


def differences(using: str = "default") -> Differences:
    """Compare every trigger, its function included, with what `install` would lay now."""
    wanted, found = _expected(using), _standing(using)
    names = {name for name, _, _ in found}
    return Differences(
        missing=sorted(wanted.keys() - names),
        silent=sorted({name for name, at_work, _ in found if name in wanted and not at_work}),
        altered=sorted({name for name, _, text in found if wanted.get(name, text) != text}),
        strange=sorted(names - wanted.keys()),
    )


def install(using: str = "default") -> None:
    """Lay every trigger anew; harmless when repeated. Tables that do not exist yet are left out.

    On PostgreSQL with roles apart, the rights of the application's role are laid as well.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if guards := _present(using):
            for statement in _dialect(connections[using]).install(guards, _apart(using)):
                cursor.execute(statement)


def _expected(using: str) -> dict[str, str]:
    guards = _present(using)
    return _dialect(connections[using]).expected(guards, _apart(using)) if guards else {}


def _standing(using: str) -> list[tuple[str, bool, str]]:
    connection = connections[using]
    with connection.cursor() as cursor:
        return _dialect(connection).standing(cursor)


def _present(using: str) -> list[Guard]:
    """The guards of the tables there are; none before the first."""
    present = set(connections[using].introspection.table_names())
    if "audit_log_entry" not in present:
        return []
    return [guard for table, guard in sorted(GUARDS.items()) if table in present]


def _apart(using: str) -> list[Apart]:
    present = set(connections[using].introspection.table_names())
    return [rows for table, rows in sorted(APART.items()) if table in present]


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
        for statement in _dialect(connection).remove(sorted(GUARDS), sorted(APART)):
            cursor.execute(statement)
