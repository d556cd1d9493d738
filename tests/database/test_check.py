"""The check at start: a trigger that stands must be at work, and say what the product laid."""

import pytest
from django.core.checks import ERROR, run_checks
from django.core.management import call_command
from django.db import connection

from tests.database.forging import entry, execute, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ladder")]
POSTGRESQL = connection.vendor == "postgresql"
MISSING, OTHER = "trail_entry_update", "guard_evaluation_project_delete"
DROP = f"DROP TRIGGER {MISSING}" + (" ON audit_log_entry" if POSTGRESQL else "")
if POSTGRESQL:
    HOLLOW = [
        f"CREATE OR REPLACE FUNCTION {OTHER}() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN OLD; END $$"
    ]
    STRANGE = (
        "CREATE TRIGGER strange BEFORE UPDATE ON evaluation_project FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    )
else:
    HOLLOW = [
        f"DROP TRIGGER {OTHER}",
        f"CREATE TRIGGER {OTHER} BEFORE DELETE ON evaluation_project BEGIN SELECT 1; END",
    ]
    STRANGE = "CREATE TRIGGER strange BEFORE UPDATE ON evaluation_project BEGIN SELECT 1; END"


def faults() -> list[tuple[str, str]]:
    """(id, name) of every fault."""
    found = [one for one in run_checks(databases=["default"]) if one.level >= ERROR]
    return [(str(one.id).removeprefix("audit_log."), one.msg.rpartition(":")[2]) for one in found]


def test_nothing_is_found_where_nothing_is_wrong():
    assert faults() == []


def test_a_trigger_that_is_missing():
    execute(DROP)
    assert faults() == [("E001", MISSING)]


def test_a_trigger_that_says_something_else():
    for statement in HOLLOW:
        execute(statement)
    assert faults() == [("E003", OTHER)]


def test_a_trigger_of_somebody_else():
    execute(STRANGE)
    assert faults() == [("E004", "strange")]


def test_migrate_at_the_command_line_is_the_cure():
    for statement in (DROP, *HOLLOW):
        execute(statement)
    assert faults() == [("E001", MISSING), ("E003", OTHER)]
    call_command("migrate", verbosity=0, skip_checks=False)
    assert faults() == []


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRESQL, reason="SQLite cannot switch a trigger off")
@pytest.mark.parametrize("way", ["DISABLE", "ENABLE", "ENABLE REPLICA"])
def test_a_trigger_that_is_not_always_at_work(way):
    execute(f"ALTER TABLE audit_log_entry {way} TRIGGER {MISSING}")
    assert faults() == [("E002", MISSING)]


def test_a_temporary_table_does_not_pose_as_the_trail(ladder):
    row = ladder.project("registered")
    execute("CREATE TEMPORARY TABLE audit_log_entry AS SELECT * FROM audit_log_entry WHERE n < 0")
    told = {"from": "registered", "to": "tendering"}
    n, head = entry(row.stream, "project.tender_published", told, n=row.audit_n + 1)
    with refused("guard: no entry for evaluation_project"):
        execute(
            "UPDATE evaluation_project SET state = 'tendering', audit_n = %s, audit_hash = %s"
            " WHERE code = %s",
            *(n, head, row.pk),
        )
