"""The triggers in PostgreSQL's dialect: row triggers, TRUNCATE triggers, all ENABLE ALWAYS.

ENABLE ALWAYS keeps them working under `session_replication_role = replica`. What a superuser can
still do is said in docs/trust.md; the witness is there for that.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit_log.guards import Guard

TABLES = ("entry", "leaf", "node", "checkpoint", "cosignature", "attachment", "envelope")


class Dialect:
    LIST = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
        " AND (tgname LIKE 'trail\\_%' OR tgname LIKE 'guard\\_%')"
    )

    def install(self, guards: "list[Guard]") -> Iterator[str]:
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

    def remove(self, tables: list[str]) -> Iterator[str]:
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

    def _function(self, name: str, body: str) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$"
            f" BEGIN {body} RETURN NULL; END $body$"
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
        yield self._function(
            "trail_chain",
            "IF NEW.n <> 0 AND NOT EXISTS (SELECT 1 FROM audit_log_entry WHERE stream = NEW.stream"
            " AND n = NEW.n - 1 AND at <= NEW.at AND encode(hash, 'hex') ="
            " convert_from(NEW.body, 'UTF8')::jsonb ->> 'prev')"
            " THEN RAISE EXCEPTION 'trail: chain broken'; END IF; RETURN NEW;",
        )
        yield self._function(
            "trail_queue", "INSERT INTO audit_log_pending (entry_id) VALUES (NEW.id);"
        )
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
        unborn = self._not_born(guard) + self._no_entry(guard, state=True)
        for act, refused in (("insert", unborn), ("update", self._bad(guard))):
            body = f"IF {refused} THEN {_raise(table)} END IF; RETURN NEW;"
            yield self._function(f"guard_{table}_{act}", body)
        yield self._function(
            f"guard_{table}_delete", f"RAISE EXCEPTION 'guard: rows of {table} stay';"
        )
        for act in ("insert", "update", "delete"):
            yield from self._trigger(
                f"guard_{table}_{act}", f"BEFORE {act.upper()}", table, f"guard_{table}_{act}"
            )
        yield from self._truncate(f"guard_{table}_truncate", table)

    def _no_entry(self, guard: "Guard", *, state: bool, origin: bool = False) -> str:
        """True where the entry that the new row names does not exist or says something else."""
        where = (
            f"e.stream = '{guard.stream_kind}/' || NEW.{guard.owner_column}"
            " AND e.n = NEW.audit_n AND e.hash = NEW.audit_hash"
        )
        if guard.named:
            quoted = f"""convert_to('"' || NEW.{guard.named} || '"', 'UTF8')"""
            where += f" AND position({quoted} IN e.body) > 0"
        if state and guard.has_state:
            where += f" AND ({_json(guard.said)}) = NEW.state"
        if origin and not guard.is_part:
            where += f" AND ({_json('{data.from}')}) = OLD.state"
        return f"NOT EXISTS (SELECT 1 FROM audit_log_entry e WHERE {where})"

    def _not_born(self, guard: "Guard") -> str:
        """A new row of a machine stands where its life may begin."""
        born = ", ".join(f"'{state}'" for state in guard.births())
        return f"NEW.state NOT IN ({born}) OR " if born else ""

    def _bad(self, guard: "Guard") -> str:
        pk = guard.pk_column
        head = "OLD.audit_n <> NEW.audit_n OR OLD.audit_hash <> NEW.audit_hash"
        bad = [
            f"OLD.{pk} <> NEW.{pk} OR OLD.{guard.owner_column} <> NEW.{guard.owner_column}",
            f"({head}) AND (NEW.audit_n <= OLD.audit_n OR {self._no_entry(guard, state=False)})",
        ]
        if guard.has_state:
            missing = self._no_entry(guard, state=True, origin=True)
            bad.append(f"OLD.state <> NEW.state AND (NEW.audit_n <= OLD.audit_n OR {missing})")
        if edges := guard.edges():
            listed = ", ".join(f"'{source}>{target}'" for source, target in edges)
            bad.append(
                f"OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({listed})"
            )
        return " OR ".join(f"({condition})" for condition in bad)


def _raise(table: str) -> str:
    return f"RAISE EXCEPTION 'guard: no entry for {table}';"


def _json(template: str) -> str:
    body = "convert_from(e.body, 'UTF8')::jsonb"

    def place(found: re.Match[str]) -> str:
        return f"({body} #>> '{{{found[1].replace('.', ',')}}}')"

    return re.sub(r"\{([a-z_.]+)\}", place, template)
