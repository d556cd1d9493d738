"""Roles and the declared migration on PostgreSQL: what audit_log/postgresql/roles.sql laid there.

A database without the script has one role for everything and no gate; nothing here then does
anything. With it, DDL needs an opening, and every opening must be told by the trail.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from audit_log import guards_rights
from audit_log.domain import canonical
from audit_log.domain.entry import format_time

SCRIPT = Path(__file__).parent / "postgresql" / "roles.sql"
STREAM, OPENED, LOST = "schema", "system.schema_opened", "system.schema_record_lost"
_FUNCTION = re.compile(
    r"CREATE OR REPLACE FUNCTION trail_gate\.(\w+)\(.*?\$body\$(.*?)\$body\$", re.S
)
_TABLES = "SELECT to_regclass('trail_gate.role'), to_regclass('trail_gate.opening')"
_FROZEN = """
    SELECT count(*) FROM pg_event_trigger JOIN pg_roles ON pg_roles.oid = evtowner
    WHERE evtname = 'trail_frozen' AND evtenabled = 'A' AND evtevent = 'ddl_command_start'
        AND evttags IS NULL AND rolsuper AND evtfoid = to_regproc('trail_gate.refuse')"""
_BODIES = """
    SELECT proname, prosrc FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner
    WHERE pronamespace = 'trail_gate'::regnamespace AND rolsuper AND prosecdef
        AND proconfig = ARRAY['search_path=pg_catalog, pg_temp']"""
_OPENABLE = """
    SELECT has_function_privilege(
            %(application)s, to_regprocedure('trail_gate.open(text)'), 'EXECUTE')
        OR bool_or(has_table_privilege(role, relation, 'INSERT, UPDATE, DELETE, TRUNCATE'))
    FROM unnest(ARRAY[%(owner)s, %(application)s]) AS role,
        unnest(ARRAY['trail_gate.opening', 'trail_gate.role']) AS relation"""
_POWERS = """
    SELECT rolname FROM pg_roles WHERE rolname IN (%(owner)s, %(application)s)
        AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    UNION SELECT b.rolname FROM pg_auth_members JOIN pg_roles AS b ON b.oid = member
        WHERE b.rolname IN (%(owner)s, %(application)s)
    UNION SELECT role FROM unnest(ARRAY[%(owner)s, %(application)s]) AS role
        WHERE has_database_privilege(role, current_database(), 'CREATE, TEMP')
    UNION SELECT %(application)s WHERE
        has_schema_privilege(%(application)s, current_schema(), 'CREATE')"""
_OWNED = """
    SELECT relname, pg_get_userbyid(relowner) = %(owner)s FROM pg_class
    WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid)
        AND relnamespace = current_schema()::regnamespace"""
_RIGHTS = """
    SELECT relname, verb FROM pg_class, unnest(%(verbs)s::text[]) AS verb
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
        AND CASE WHEN verb IN ('DELETE', 'TRUNCATE', 'TRIGGER')
            THEN has_table_privilege(%(application)s, oid, verb)
            ELSE has_any_column_privilege(%(application)s, oid, verb) END"""
_OTHERS = """
    SELECT relname FROM pg_class, aclexplode(relacl) WHERE privilege_type <> 'SELECT'
        AND relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
        AND pg_get_userbyid(grantee) NOT IN (%(owner)s, %(application)s)"""
_TOLD = (
    f"SELECT body FROM audit_log_entry WHERE stream = 'system/{STREAM}' AND type = %s ORDER BY n"
)


class Roles(NamedTuple):
    """The two roles of an installation, by their names in the database."""

    owner: str
    application: str


def roles(connection: BaseDatabaseWrapper) -> Roles | None:
    """Return the roles that the script was run with, None where it was not."""
    if connection.vendor != "postgresql":
        return None
    if None in _rows(connection, _TABLES)[0]:
        return None
    named = dict(_rows(connection, "SELECT part, name FROM trail_gate.role"))
    return Roles(named["owner"], named["application"])


@contextmanager
def opened(using: str, reason: str) -> Iterator[None]:
    """Declare a migration for the length of the block, in this session alone.

    Raises ProgrammingError (permission denied) where the session's role may not migrate.
    """
    connection = connections[using]
    if not roles(connection):
        yield
        return
    _rows(connection, "SELECT trail_gate.open(%s)", [reason])
    try:
        yield
    finally:
        _rows(connection, "SELECT trail_gate.close()")


def session_role(connection: BaseDatabaseWrapper) -> str:
    """The role this session works as."""
    return str(_rows(connection, "SELECT current_user")[0][0])


def openings(connection: BaseDatabaseWrapper) -> list[dict[str, Any]]:
    """Every opening in order, in the words in which the trail tells it."""
    if not roles(connection):
        return []
    rows = _rows(connection, "SELECT n, role, reason, opened_at FROM trail_gate.opening ORDER BY n")
    return [
        {"opening": n, "role": role, "reason": reason, "opened_at": format_time(at)}
        for n, role, reason, at in rows
    ]


def untold(connection: BaseDatabaseWrapper) -> list[dict[str, Any]]:
    """Openings that no entry tells yet."""
    told = _told(connection, OPENED)
    return [one for one in openings(connection) if one not in told]


def lost(connection: BaseDatabaseWrapper) -> list[dict[str, Any]]:
    """Openings that an entry tells and the database's record does not hold, nor an entry miss."""
    known = [*openings(connection), *_told(connection, LOST)]
    return [one for one in _told(connection, OPENED) if one not in known]


def _told(connection: BaseDatabaseWrapper, type: str) -> list[dict[str, Any]]:
    """What the entries of a type tell; one that cannot be read tells of opening 0."""
    return [_data(bytes(body)) for (body,) in _rows(connection, _TOLD, [type])]


def _data(body: bytes) -> dict[str, Any]:
    try:
        told: dict[str, Any] = canonical.loads(body)["data"]
    except canonical.CanonicalError:
        return {"opening": 0}
    return {"opening": 0} | told


def loose(connection: BaseDatabaseWrapper) -> list[str]:
    """What of the gate is not as the script lays it, by name; nothing where it was never run."""
    if not roles(connection):
        return []
    bodies = dict(_rows(connection, _BODIES))
    wrong = [
        f"trail_gate.{name}"
        for name, body in _FUNCTION.findall(SCRIPT.read_text(encoding="utf-8"))
        if bodies.get(name) != body
    ]
    return wrong if _rows(connection, _FROZEN)[0][0] else ["trail_frozen", *wrong]


def beyond(connection: BaseDatabaseWrapper) -> list[str]:
    """Who may do more or less than laid: names of roles, and of tables (a third role may read)."""
    parts = roles(connection)
    if not parts:
        return []
    given = parts._asdict() | {"verbs": list(guards_rights.VERBS)}
    powerful = [role for (role,) in _rows(connection, _POWERS, given)]
    powerful += ["trail_gate"] if _rows(connection, _OPENABLE, given)[0][0] else []
    found: dict[str, set[str]] = {}
    for table, verb in _rows(connection, _RIGHTS, given):
        found.setdefault(table, set()).add(verb)
    tables = {
        table
        for table, owned in _rows(connection, _OWNED, given)
        if not owned or found.get(table, set()) != set(guards_rights.rights(table))
    }
    tables |= {table for (table,) in _rows(connection, _OTHERS, given)}
    return sorted(powerful) + sorted(tables)


def _rows(connection: BaseDatabaseWrapper, sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
