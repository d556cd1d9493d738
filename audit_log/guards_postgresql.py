"""The triggers in PostgreSQL's dialect: row triggers, TRUNCATE triggers, all ENABLE ALWAYS.

ENABLE ALWAYS keeps them working under `session_replication_role = replica`. Each function fixes its
search path, since a temporary table would otherwise come first and pose as the trail. What a
superuser can still do is said in docs/trust.md; the witness is there for that.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from audit_log import guards_gate, guards_rights
from audit_log.guards_rights import TABLES

if TYPE_CHECKING:
    from audit_log.guards import Apart, Guard

PARSE = "said := convert_from(told, 'UTF8')::jsonb;"
CHAIN = """
    IF NEW.n <> 0 THEN
        SELECT convert_to(',"n":' || NEW.n || ',"prev":"' || encode(hash, 'hex') || '","stream":"'
            || NEW.stream || '","type":"' || NEW.type || '","v":1}', 'UTF8')
            INTO tail FROM audit_log_entry
            WHERE stream = NEW.stream AND n = NEW.n - 1 AND at <= NEW.at;
        IF NOT FOUND OR convert_from(NEW.body, 'UTF8')::json IS NULL
            OR tail <> substring(NEW.body FROM length(NEW.body) - length(tail) + 1) THEN
            RAISE EXCEPTION 'trail: chain broken';
        END IF;
    END IF;
    RETURN NEW;"""
"""Canonical JSON ends with these keys, and no quote of the tail can be an escaped one: comparing
the last bytes is as exact as reading `prev` from the parsed text, and binds the columns too."""


STANDING = """
    SELECT tgname, tgenabled = 'A', pg_get_triggerdef(t.oid, true) || E'\\n' || format(
        'CREATE OR REPLACE FUNCTION %s() RETURNS %s LANGUAGE %s%s SET %s AS $body$%s$body$',
        proname, prorettype::regtype, lanname, CASE WHEN prosecdef THEN ' SECURITY DEFINER' END,
        array_to_string(array_append(proconfig, CASE WHEN provolatile <> 'v' OR proisstrict
            THEN 'otherwise' END), ' SET '), prosrc)
    FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid JOIN pg_language l ON l.oid = prolang
    JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND pg_table_is_visible(tgrelid)
        AND relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT rulename, true, definition FROM pg_rules WHERE schemaname = current_schema()
    UNION ALL
    SELECT 'row_security_of_' || relname, true, '' FROM pg_class
    WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace"""
"""Every trigger, rule and row security of the schema: name, whether at work, how it was laid."""


class Dialect:
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        with connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_schema())")
            self._path = f"search_path={cursor.fetchone()[0]}, pg_temp"

    def standing(self, cursor: CursorWrapper) -> list[tuple[str, bool, str]]:
        """Return (name, at work, text) of every trigger, and of whatever may stand before one."""
        cursor.execute(STANDING)
        return list(cursor.fetchall())

    def expected(self, guards: "list[Guard]", _apart: "list[Apart]") -> dict[str, str]:
        """Trigger → the text that `standing` must give: its statement, then its function's."""
        triggers, functions = {}, {}
        for statement in self.triggers(guards):
            if found := re.match(r"CREATE OR REPLACE FUNCTION (\w+)", statement):
                functions[found[1]] = statement
            elif found := re.match(r"CREATE TRIGGER (\w+) .* (\w+)\(\)$", statement):
                triggers[found[1]] = (statement, found[2])
        return {name: f"{text}\n{functions[of]}" for name, (text, of) in triggers.items()}

    def install(self, guards: "list[Guard]", _apart: "list[Apart]") -> Iterator[str]:
        """Yield the statements that lay every trigger and the rights of the application's role."""
        yield from self.triggers(guards)
        if roles := guards_gate.roles(self._connection):
            tables = sorted(self._connection.introspection.table_names())
            quoted = self._connection.ops.quote_name(roles.application)
            yield from guards_rights.grants(tables, quoted)

    def triggers(self, guards: "list[Guard]") -> Iterator[str]:
        """Yield the statements that lay every function and trigger."""
        yield self._function("trail_refuse", "RAISE EXCEPTION 'trail: append only';")
        for name in TABLES:
            table = f"audit_log_{name}"
            yield from self._trigger(f"trail_{name}_update", "BEFORE UPDATE", table, "trail_refuse")
            yield from self._trigger(f"trail_{name}_delete", "BEFORE DELETE", table, "trail_refuse")
            yield from self._truncate(f"trail_{name}_truncate", table)
        yield from self._entry()
        yield from self._pending()
        for guard in guards:
            yield from self._guard(guard)

    def remove(self, tables: list[str], _apart: list[str]) -> Iterator[str]:
        """Yield the statements that take every trigger away."""
        for name in TABLES:
            for act in ("update", "delete", "truncate"):
                yield f"DROP TRIGGER IF EXISTS trail_{name}_{act} ON audit_log_{name}"
        for name in ("entry_chain", "entry_queue"):
            yield f"DROP TRIGGER IF EXISTS trail_{name} ON audit_log_entry"
        for act in ("update", "delete", "truncate"):
            yield f"DROP TRIGGER IF EXISTS trail_pending_{act} ON audit_log_pending"
        for table in tables:
            for act in ("insert", "update", "delete", "truncate"):
                yield f"DROP TRIGGER IF EXISTS guard_{table}_{act} ON {table}"

    def _function(self, name: str, body: str, declare: str = "", rights: str = "") -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql{rights}"
            f" SET {self._path} AS $body$ {declare} BEGIN {body} RETURN NULL; END $body$"
        )

    def _trigger(
        self, name: str, event: str, table: str, function: str, each: str = "ROW"
    ) -> Iterator[str]:
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield (
            f"CREATE TRIGGER {name} {event} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION {function}()"
        )
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"

    def _truncate(self, name: str, table: str) -> Iterator[str]:
        yield from self._trigger(name, "BEFORE TRUNCATE", table, "trail_refuse", "STATEMENT")

    def _entry(self) -> Iterator[str]:
        yield self._function("trail_chain", CHAIN, "DECLARE tail bytea;")
        # With its owner's rights: whoever writes an entry may not write to the queue himself.
        queue = "INSERT INTO audit_log_pending (entry_id) VALUES (NEW.id);"
        yield self._function("trail_queue", queue, rights=" SECURITY DEFINER")
        entry = "audit_log_entry"
        yield from self._trigger("trail_entry_chain", "BEFORE INSERT", entry, "trail_chain")
        yield from self._trigger("trail_entry_queue", "AFTER INSERT", entry, "trail_queue")

    def _pending(self) -> Iterator[str]:
        table = "audit_log_pending"
        yield self._function(
            "trail_pending",
            "IF EXISTS (SELECT 1 FROM audit_log_leaf WHERE entry_id = OLD.entry_id) THEN"
            " RETURN OLD; END IF;"
            " RAISE EXCEPTION 'trail: only sealed entries leave the queue';",
        )
        yield from self._trigger("trail_pending_update", "BEFORE UPDATE", table, "trail_refuse")
        yield from self._trigger("trail_pending_delete", "BEFORE DELETE", table, "trail_pending")
        yield from self._truncate("trail_pending_truncate", table)

    def _guard(self, guard: "Guard") -> Iterator[str]:
        table = guard.table
        for act, body in (("insert", self._insert(guard)), ("update", self._update(guard))):
            yield self._function(f"guard_{table}_{act}", body, "DECLARE told bytea; said jsonb;")
        yield self._function(
            f"guard_{table}_delete", f"RAISE EXCEPTION 'guard: rows of {table} stay';"
        )
        for act in ("insert", "update", "delete"):
            yield from self._trigger(
                f"guard_{table}_{act}", f"BEFORE {act.upper()}", table, f"guard_{table}_{act}"
            )
        yield from self._truncate(f"guard_{table}_truncate", table)

    def _insert(self, guard: "Guard") -> str:
        """A new row of a machine stands where its life may begin, and its entry says so."""
        refuse = _raise(guard.table)
        if not guard.has_state:
            return f"{self._look_up(guard)} RETURN NEW;"
        born = ", ".join(f"'{state}'" for state in guard.births())
        return (
            f"IF NEW.state NOT IN ({born}) THEN {refuse} END IF; {self._look_up(guard)} {PARSE}"
            f" IF ({_json(guard.said)}) IS DISTINCT FROM NEW.state THEN {refuse} END IF;"
            " RETURN NEW;"
        )

    def _update(self, guard: "Guard") -> str:
        """Keys stay; a new head is a later entry; a new state is an edge that this entry tells."""
        pk, owner, refuse = guard.pk_column, guard.owner_column, _raise(guard.table)
        moved = "OLD.audit_n <> NEW.audit_n OR OLD.audit_hash <> NEW.audit_hash"
        moved += " OR OLD.state <> NEW.state" if guard.has_state else ""
        state = self._edge(guard) if guard.has_state else ""
        return (
            f"IF OLD.{pk} <> NEW.{pk} OR OLD.{owner} <> NEW.{owner} THEN {refuse} END IF;"
            f" IF {moved} THEN IF NEW.audit_n <= OLD.audit_n THEN {refuse} END IF;"
            f" {self._look_up(guard)} {state} END IF; RETURN NEW;"
        )

    def _edge(self, guard: "Guard") -> str:
        """A change of state is one of the machine's edges and the one that the entry tells."""
        wrong = [f"({_json(guard.said)}) IS DISTINCT FROM NEW.state"]
        if not guard.is_part:
            wrong.append(f"{_json('{data.from}')} IS DISTINCT FROM OLD.state")
        if edges := guard.edges():
            listed = ", ".join(f"'{source}>{target}'" for source, target in edges)
            wrong.append(f"OLD.state || '>' || NEW.state NOT IN ({listed})")
        refused = f"IF {' OR '.join(wrong)} THEN {_raise(guard.table)} END IF;"
        return f"IF OLD.state <> NEW.state THEN {PARSE} {refused} END IF;"

    def _look_up(self, guard: "Guard") -> str:
        """Read the entry that the new row names into `told`; refuse where there is none."""
        refuse = _raise(guard.table)
        named = f"""convert_to('"' || NEW.{guard.named} || '"', 'UTF8')"""
        unnamed = f" IF (position({named} IN told) > 0) IS NOT TRUE THEN {refuse} END IF;"
        return (
            "SELECT body INTO told FROM audit_log_entry"
            f" WHERE stream = '{guard.stream_kind}/' || NEW.{guard.owner_column}"
            f" AND n = NEW.audit_n AND hash = NEW.audit_hash; IF NOT FOUND THEN {refuse} END IF;"
            f"{unnamed if guard.named else ''}"
        )


def _raise(table: str) -> str:
    return f"RAISE EXCEPTION 'guard: no entry for {table}';"


def _json(template: str) -> str:
    def place(found: re.Match[str]) -> str:
        return f"(said #>> '{{{found[1].replace('.', ',')}}}')"

    return re.sub(r"\{([a-z_.]+)\}", place, template)
