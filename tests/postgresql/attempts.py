"""What somebody may try as each role, and what comes of it: the table of docs/trust.md as data."""

from dataclasses import dataclass

RIGHTS, TRIGGER, FROZEN, DONE = "rights", "trigger", "event trigger", "possible"
ENTRY = "stream = 'project/L-opened-1' AND n = 0"
HOLLOW = (
    "CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN NEW; END $$"
)
OPEN, CLOSE = "SELECT trail_gate.open('quietly')", "SELECT trail_gate.close()"
REPLICA = "SET LOCAL session_replication_role = replica"
FORGED = """
    INSERT INTO audit_log_entry (stream, n, type, at, hash, body)
    SELECT stream, n + 1, 'project.forged', at, sha256('\\x00' || told), told FROM (SELECT *,
        convert_to('{"data":{},"n":' || n + 1 || ',"prev":"' || encode(hash, 'hex')
        || '","stream":"' || stream || '","type":"project.forged","v":1}', 'UTF8') AS told
        FROM audit_log_entry
        WHERE stream = 'project/L-opened-1' ORDER BY n DESC LIMIT 1) AS last"""


@dataclass(frozen=True)
class Attempt:
    """`application`, `owner`, `superuser`: what comes of it as that role.

    `noticed` is who notices where it is possible: ids of the check at start, or another layer.
    `{owner}` and `{application}` in a statement stand for the names of the roles.
    """

    title: str
    statements: tuple[str, ...]
    application: str
    owner: str
    superuser: str
    noticed: str = ""

    @property
    def cells(self) -> list[str]:
        return [self.title, self.application, self.owner, self.superuser, self.noticed or "–"]


def _data(title: str, sql: str, *outcomes: str, noticed: str = "") -> Attempt:
    return Attempt(title, (sql,), *outcomes, noticed=noticed)


ON_DATA = (
    _data(
        "UPDATE of an entry",
        f"UPDATE audit_log_entry SET type = 'project.forged' WHERE {ENTRY}",
        *(RIGHTS, TRIGGER, TRIGGER),
    ),
    _data(
        "DELETE of an entry",
        f"DELETE FROM audit_log_entry WHERE {ENTRY}",
        *(RIGHTS, TRIGGER, TRIGGER),
    ),
    _data("TRUNCATE of the trail", "TRUNCATE audit_log_entry", RIGHTS, TRIGGER, TRIGGER),
    _data(
        "INSERT … ON CONFLICT DO UPDATE over an entry",
        "INSERT INTO audit_log_entry (id, stream, n, type, at, hash, body)"
        f" SELECT id, stream, n, type, at, hash, body FROM audit_log_entry WHERE {ENTRY}"
        " ON CONFLICT (id) DO UPDATE SET type = 'project.forged'",
        *(RIGHTS, TRIGGER, TRIGGER),
    ),
    _data(
        "DELETE of an unsealed entry from the queue",
        "DELETE FROM audit_log_pending",
        *(TRIGGER, TRIGGER, TRIGGER),
    ),
    _data(
        "INSERT into the queue",
        "INSERT INTO audit_log_pending (entry_id) VALUES (1000000000)",
        *(RIGHTS, DONE, DONE),
        noticed="sealer",
    ),
    _data(
        "a state without its entry",
        "UPDATE evaluation_project SET state = 'archived' WHERE code = 'L-opened-1'",
        *(TRIGGER, TRIGGER, TRIGGER),
    ),
    _data(
        "DELETE of a project",
        "DELETE FROM evaluation_project WHERE code = 'L-opened-1'",
        *(RIGHTS, TRIGGER, TRIGGER),
    ),
    _data(
        "TRUNCATE of the projects with CASCADE",
        "TRUNCATE evaluation_project CASCADE",
        *(RIGHTS, TRIGGER, TRIGGER),
    ),
    _data(
        "TRUNCATE of a table without a guard",
        "TRUNCATE award_notice",
        *(RIGHTS, DONE, DONE),
        noticed="reconcile",
    ),
    _data(
        "UPDATE of a column that no guard covers",
        "UPDATE evaluation_candidate SET total = 0",
        *(DONE, DONE, DONE),
        noticed="reconcile",
    ),
    _data("INSERT of a forged next entry", FORGED, DONE, DONE, DONE, noticed="nobody"),
    Attempt(
        "`session_replication_role = replica`, then UPDATE of an entry",
        (REPLICA, f"UPDATE audit_log_entry SET type = 'project.forged' WHERE {ENTRY}"),
        *(RIGHTS, RIGHTS, TRIGGER),
    ),
    Attempt(
        "`session_replication_role = replica`, then DISABLE TRIGGER",
        (REPLICA, "ALTER TABLE audit_log_entry DISABLE TRIGGER ALL"),
        *(RIGHTS, RIGHTS, FROZEN),
    ),
)
ON_THE_GATE = (
    _data(
        "ALTER EVENT TRIGGER … DISABLE",
        "ALTER EVENT TRIGGER trail_frozen DISABLE",
        *(RIGHTS, RIGHTS, DONE),
        noticed="E005",
    ),
    _data(
        "DROP EVENT TRIGGER",
        "DROP EVENT TRIGGER trail_frozen",
        *(RIGHTS, RIGHTS, DONE),
        noticed="E005",
    ),
    Attempt(
        "a declared migration that leaves another function body",
        (OPEN, HOLLOW, CLOSE),
        *(RIGHTS, DONE, DONE),
        noticed="E003, E006",
    ),
    Attempt(
        "a declared migration that leaves nothing behind",
        (OPEN, CLOSE),
        *(RIGHTS, DONE, DONE),
        noticed="E006",
    ),
    _data(
        "DELETE of an opening from the record",
        "DELETE FROM trail_gate.opening WHERE n = 1",
        *(RIGHTS, RIGHTS, DONE),
        noticed="E006",
    ),
    _data(
        "UPDATE of `pg_trigger`",
        "UPDATE pg_trigger SET tgenabled = 'D' WHERE tgname = 'trail_entry_update'",
        *(RIGHTS, RIGHTS, DONE),
        noticed="E002",
    ),
    _data(
        "UPDATE of `pg_proc`",
        "UPDATE pg_proc SET prosrc = 'BEGIN RETURN NEW; END' WHERE proname = 'trail_refuse'",
        *(RIGHTS, RIGHTS, DONE),
        noticed="E003",
    ),
    _data(
        "REASSIGN OWNED to the application",
        "REASSIGN OWNED BY {owner} TO {application}",
        *(RIGHTS, RIGHTS, DONE),
        noticed="E007",
    ),
    _data(
        "GRANT of the owner's role to the application",
        "GRANT {owner} TO {application}",
        *(RIGHTS, RIGHTS, DONE),
        noticed="E007",
    ),
)


def _ddl(title: str, *statements: str, owner: str = DONE, noticed: str) -> Attempt:
    """DDL: what comes of it once a superuser has disabled the event trigger."""
    return Attempt(title, statements, RIGHTS, owner, DONE, noticed)


DDL = (
    _ddl(
        "DISABLE TRIGGER",
        "ALTER TABLE audit_log_entry DISABLE TRIGGER trail_entry_update",
        noticed="E002, E005",
    ),
    _ddl(
        "ENABLE TRIGGER in place of ENABLE ALWAYS",
        "ALTER TABLE audit_log_entry ENABLE TRIGGER trail_entry_update",
        noticed="E002, E005",
    ),
    _ddl(
        "DROP TRIGGER",
        "DROP TRIGGER trail_entry_update ON audit_log_entry",
        noticed="E001, E005",
    ),
    _ddl(
        "ALTER TRIGGER … RENAME",
        "ALTER TRIGGER trail_entry_update ON audit_log_entry RENAME TO other",
        noticed="E001, E004, E005",
    ),
    _ddl(
        "CREATE TRIGGER of one's own",
        "CREATE TRIGGER z BEFORE UPDATE ON evaluation_project"
        " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        noticed="E004, E005",
    ),
    _ddl(
        "CREATE RULE",
        "CREATE RULE deaf AS ON UPDATE TO evaluation_project DO INSTEAD NOTHING",
        noticed="E004, E005",
    ),
    _ddl(
        "ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE audit_log_entry ENABLE ROW LEVEL SECURITY",
        noticed="E004, E005",
    ),
    _ddl("DROP TABLE", "DROP TABLE audit_log_node", noticed="E001, E005"),
    _ddl(
        "RENAME and a look-alike",
        "ALTER TABLE audit_log_node RENAME TO aside",
        "CREATE TABLE audit_log_node (LIKE aside INCLUDING ALL)",
        noticed="E003, E005, E007",
    ),
    _ddl(
        "rewriting a column by ALTER TYPE … USING",
        "ALTER TABLE audit_log_entry ALTER body TYPE bytea USING '\\x00'",
        noticed="E005, E006, chain",
    ),
    _ddl("CREATE OR REPLACE of a trigger's function", HOLLOW, noticed="E003, E005"),
    _ddl(
        "ALTER FUNCTION … RENAME of a trigger's function",
        "ALTER FUNCTION trail_refuse() RENAME TO other",
        noticed="E003, E005",
    ),
    _ddl(
        "ALTER FUNCTION … RESET of its search path",
        "ALTER FUNCTION trail_chain() RESET search_path",
        noticed="E003, E005",
    ),
    _ddl(
        "DROP FUNCTION … CASCADE of a trigger's function",
        "DROP FUNCTION trail_chain() CASCADE",
        noticed="E001, E005",
    ),
    _ddl(
        "GRANT DELETE on the trail to the application",
        "GRANT DELETE ON audit_log_entry TO {application}",
        "DELETE FROM audit_log_entry WHERE false",  # a GRANT without the right to it only warns
        noticed="E005, E007",
    ),
    _ddl(
        "GRANT UPDATE on the trail to a third role",
        "GRANT UPDATE ON audit_log_entry TO pg_monitor",
        "DELETE FROM audit_log_entry WHERE false",
        noticed="E005, E007",
    ),
    _ddl(
        "ALTER TABLE … OWNER to the application",
        "ALTER TABLE audit_log_entry OWNER TO {application}",
        owner=RIGHTS,
        noticed="E005, E007",
    ),
    _ddl(
        "another body for the event trigger's function",
        "CREATE OR REPLACE FUNCTION trail_gate.refuse() RETURNS event_trigger LANGUAGE plpgsql"
        " AS $$ BEGIN END $$",
        owner=RIGHTS,
        noticed="E005",
    ),
    _ddl(
        "DROP SCHEMA of the gate",
        "DROP SCHEMA trail_gate CASCADE",
        owner=RIGHTS,
        noticed="E006, W001",
    ),
    _ddl(
        "a temporary table in the place of the trail, in one's own session",
        "CREATE TEMP TABLE audit_log_entry (LIKE public.audit_log_entry)",
        owner=RIGHTS,
        noticed="E001, E005, E006",
    ),
)
