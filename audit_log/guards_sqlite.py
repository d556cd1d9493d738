"""The triggers in SQLite's dialect.

SQLite's delete triggers stay silent where OR REPLACE makes room for a row, so a trigger refuses an
INSERT or UPDATE whose place is taken: by its hidden row number or under any unique index (measured;
see docs/trust.md).
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from audit_log.guards_rights import TABLES

if TYPE_CHECKING:
    from audit_log.guards import Apart, Guard

_REFUSE = "SELECT RAISE(ABORT, '{}')"

TAIL = (
    """CAST(',"n":' || NEW.n || ',"prev":"' || lower(hex(hash)) || '","stream":"' || NEW.stream"""
    """ || '","type":"' || NEW.type || '","v":1}' AS BLOB)"""
)
"""The last bytes of the entry that follows a row of the trail: guards_postgresql.CHAIN says why."""


class Dialect:
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def standing(self, cursor: CursorWrapper) -> list[tuple[str, bool, str]]:
        """Return (name, at work, statement) of every trigger there is; none can be switched off."""
        cursor.execute("SELECT name, TRUE, sql FROM sqlite_master WHERE type = 'trigger'")
        return list(cursor.fetchall())

    def expected(self, guards: "list[Guard]", apart: "list[Apart]") -> dict[str, str]:
        """Trigger → the statement that lays it, which SQLite keeps letter by letter."""
        laid = self.install(guards, apart)
        found = ((re.match(r"CREATE TRIGGER (\w+)", text), text) for text in laid)
        return {match[1]: text for match, text in found if match}

    def install(self, guards: "list[Guard]", apart: "list[Apart]") -> Iterator[str]:
        """Yield the statements that lay every trigger."""
        yield from self._append_only()
        yield from self._entry()
        yield from self._pending()
        for guard in guards:
            yield from self._guard(guard)
        for rows in apart:
            yield from self._keep_apart(rows)

    def remove(self, tables: list[str], apart: list[str]) -> Iterator[str]:
        """Yield the statements that take every trigger away."""
        for name in (*TABLES, "pending"):
            for act in ("update", "delete", "replace"):
                yield f"DROP TRIGGER IF EXISTS trail_{name}_{act}"
        for name in ("entry_chain", "entry_queue"):
            yield f"DROP TRIGGER IF EXISTS trail_{name}"
        for table in tables:
            for act in ("insert", "update", "delete"):
                yield f"DROP TRIGGER IF EXISTS guard_{table}_{act}"
        for table in apart:
            for act in ("insert", "update"):
                yield f"DROP TRIGGER IF EXISTS guard_{table}_apart_{act}"

    def _trigger(self, name: str, event: str, body: str, when: str = "") -> Iterator[str]:
        condition = f" WHEN {when}" if when else ""
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} {event} FOR EACH ROW{condition} BEGIN {body}; END"

    def _append_only(self) -> Iterator[str]:
        refuse = _REFUSE.format("trail: append only")
        for name in TABLES:
            table = f"audit_log_{name}"
            yield from self._trigger(f"trail_{name}_update", f"BEFORE UPDATE ON {table}", refuse)
            yield from self._trigger(f"trail_{name}_delete", f"BEFORE DELETE ON {table}", refuse)
        for name in (*TABLES, "pending"):
            table = f"audit_log_{name}"
            insert = f"BEFORE INSERT ON {table}"
            yield from self._trigger(f"trail_{name}_replace", insert, refuse, self._taken(table))

    def _entry(self) -> Iterator[str]:
        yield from self._trigger(
            "trail_entry_chain",
            "BEFORE INSERT ON audit_log_entry",
            _REFUSE.format("trail: chain broken"),
            "NEW.n <> 0 AND NOT (json_valid(CAST(NEW.body AS TEXT)) AND EXISTS (SELECT 1"
            " FROM audit_log_entry WHERE stream = NEW.stream AND n = NEW.n - 1 AND at <= NEW.at"
            f" AND substr(NEW.body, -length({TAIL})) = {TAIL}))",
        )
        yield from self._trigger(
            "trail_entry_queue",
            "AFTER INSERT ON audit_log_entry",
            "INSERT INTO audit_log_pending (entry_id) VALUES (NEW.id)",
        )

    def _pending(self) -> Iterator[str]:
        table = "audit_log_pending"
        refuse = _REFUSE.format("trail: only sealed entries leave the queue")
        yield from self._trigger("trail_pending_update", f"BEFORE UPDATE ON {table}", refuse)
        yield from self._trigger(
            "trail_pending_delete",
            f"BEFORE DELETE ON {table}",
            refuse,
            "NOT EXISTS (SELECT 1 FROM audit_log_leaf WHERE entry_id = OLD.entry_id)",
        )

    def _guard(self, guard: "Guard") -> Iterator[str]:
        table, owner = guard.table, guard.owner_column
        entry = (
            "EXISTS (SELECT 1 FROM audit_log_entry e WHERE"
            f" e.stream = '{guard.stream_kind}/' || NEW.{owner} AND e.n = NEW.audit_n"
            " AND e.hash = NEW.audit_hash{})"
        )
        names = f""" AND instr(e.body, CAST('"' || NEW.{guard.named} || '"' AS BLOB)) > 0"""
        names = names if guard.named else ""
        state = f" AND ({_json(guard.said)}) = NEW.state" if guard.has_state else ""
        refuse = _REFUSE.format(f"guard: no entry for {table}")
        yield from self._trigger(
            f"guard_{table}_insert",
            f"BEFORE INSERT ON {table}",
            refuse,
            f"{self._taken(table)}{_not_born(guard)} OR NOT {entry.format(names + state)}",
        )
        yield from self._trigger(
            f"guard_{table}_update", f"BEFORE UPDATE ON {table}", refuse, self._bad(guard, entry)
        )
        yield from self._trigger(
            f"guard_{table}_delete",
            f"BEFORE DELETE ON {table}",
            _REFUSE.format(f"guard: rows of {table} stay"),
        )

    def _keep_apart(self, rows: "Apart") -> Iterator[str]:
        table = rows.table
        refuse = _REFUSE.format(f"guard: rows of {table} overlap")
        other = (
            f"EXISTS (SELECT 1 FROM {table} WHERE {rows.by} = NEW.{rows.by}"
            f" AND {rows.start} < NEW.{rows.end} AND {rows.end} > NEW.{rows.start}{{}})"
        )
        for act, but in (("insert", ""), ("update", " AND rowid <> OLD.rowid")):
            event = f"BEFORE {act.upper()} ON {table}"
            name = f"guard_{table}_apart_{act}"
            yield from self._trigger(name, event, refuse, other.format(but))

    def _bad(self, guard: "Guard", entry: str) -> str:
        """The condition under which an UPDATE is refused."""
        names = f""" AND instr(e.body, CAST('"' || NEW.{guard.named} || '"' AS BLOB)) > 0"""
        names = names if guard.named else ""
        pk = guard.pk_column
        moved, told = "OLD.audit_n <> NEW.audit_n OR OLD.audit_hash <> NEW.audit_hash", ""
        if guard.has_state:
            moved += " OR OLD.state <> NEW.state"
            told = f"({_json(guard.said)}) = NEW.state"
            told += "" if guard.is_part else f" AND {_json('{data.from}')} = OLD.state"
            told = f" AND (OLD.state = NEW.state OR {told})"
        bad = [
            f"OLD.rowid <> NEW.rowid OR {self._taken(guard.table, but='rowid <> OLD.rowid')}",
            f"OLD.{pk} <> NEW.{pk} OR OLD.{guard.owner_column} <> NEW.{guard.owner_column}",
            f"({moved}) AND (NEW.audit_n <= OLD.audit_n OR NOT {entry.format(names + told)})",
        ]
        if edges := guard.edges():
            listed = ", ".join(f"'{source}>{target}'" for source, target in edges)
            bad.append(
                f"OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({listed})"
            )
        return " OR ".join(f"({condition})" for condition in bad)

    def _taken(self, table: str, but: str = "TRUE") -> str:
        """The condition that another row stands where OR REPLACE would put the new one."""
        places = " OR ".join(["rowid = NEW.rowid", *self._unique(table)])
        return f"EXISTS (SELECT 1 FROM {table} WHERE {but} AND ({places}))"

    def _unique(self, table: str) -> Iterator[str]:
        """Yield one condition per unique index: a row has the new row's values in it."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT list.name, sql FROM pragma_index_list(%s) AS list"
                " JOIN sqlite_master USING (name) WHERE list.[unique] ORDER BY list.name",
                [table],
            )
            for index, sql in cursor.fetchall():
                cursor.execute("SELECT name FROM pragma_index_info(%s)", [index])
                equal = [f'"{column}" = NEW."{column}"' for (column,) in cursor.fetchall()]
                _, _, part = (sql or "").partition(" WHERE ")
                new = re.sub(r'("\w+")', r"NEW.\1", part)
                yield " AND ".join([*equal, *([f"({part})", f"({new})"] if part else [])])


def _not_born(guard: "Guard") -> str:
    """A new row of a machine stands where its life may begin."""
    born = ", ".join(f"'{state}'" for state in guard.births())
    return f" OR NEW.state NOT IN ({born})" if born else ""


def _json(template: str) -> str:
    text = "CAST(e.body AS TEXT)"
    return re.sub(
        r"\{([a-z_.]+)\}", lambda found: f"json_extract({text}, '$.{found[1]}')", template
    )
