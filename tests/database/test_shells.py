"""The same refusals at the vendor's own command line: no Django, no Python of ours.

Where `sqlite3` is not installed, Python's module of that name stands in; where `psql` is not, the
tests are skipped.
"""

import shutil
import subprocess
import sys

import pytest
from django.db import connection

from evaluation.models import Project
from tests.processes.copies import Copy

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"
STAND_IN = (
    "import sqlite3, sys\n"
    "for row in sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2]):\n"
    "    print(*row, sep='|')"
)
COLUMNS = ", ".join(f'"{field.column}"' for field in Project._meta.concrete_fields)
SMUGGLED = COLUMNS.replace('"code"', "'SMUGGLED'").replace('"group"', "'SMUGGLED'")
ENTRY = "stream = 'project/L-opened-1' AND n = 0"
STATEMENTS = {
    "update_a_state": "UPDATE evaluation_project SET state = 'archived' WHERE code = 'L-opened-1'",
    "insert_at_notified": f"INSERT INTO evaluation_project ({COLUMNS})"
    f" SELECT {SMUGGLED} FROM evaluation_project WHERE state = 'notified'",
    "replace_a_project": f"REPLACE INTO evaluation_project ({COLUMNS})"
    f" SELECT {COLUMNS} FROM evaluation_project WHERE code = 'L-opened-1'",
    "delete_a_project": "DELETE FROM evaluation_project WHERE code = 'L-opened-1'",
    "delete_an_account": "DELETE FROM accounts_user WHERE code = 'zbr1'",
    "update_an_entry": f"UPDATE audit_log_entry SET type = 'project.forged' WHERE {ENTRY}",
    "delete_an_entry": f"DELETE FROM audit_log_entry WHERE {ENTRY}",
    "delete_the_trail": "DELETE FROM audit_log_entry",
    "replace_an_entry": "REPLACE INTO audit_log_entry (id, stream, n, type, at, hash, body)"
    f" SELECT id, stream, n, 'project.forged', at, hash, body FROM audit_log_entry WHERE {ENTRY}",
    "upsert_an_entry": "INSERT INTO audit_log_entry (id, stream, n, type, at, hash, body)"
    f" SELECT id, stream, n, type, at, hash, body FROM audit_log_entry WHERE {ENTRY}"
    " ON CONFLICT (id) DO UPDATE SET type = 'project.forged'",
    "truncate_the_trail": "TRUNCATE audit_log_entry",
    "truncate_the_projects": "TRUNCATE evaluation_project CASCADE",
    "delete_a_checkpoint": "DELETE FROM audit_log_checkpoint",
}
APPLIES = [
    name
    for name, statement in STATEMENTS.items()
    if not statement.startswith("TRUNCATE" if SQLITE else "REPLACE")
]
SIGHT = (
    "SELECT (SELECT count(*) FROM audit_log_entry), (SELECT count(*) FROM evaluation_project),"
    " (SELECT count(*) FROM accounts_user), (SELECT count(*) FROM audit_log_checkpoint),"
    f" (SELECT type FROM audit_log_entry WHERE {ENTRY}),"
    " (SELECT state FROM evaluation_project WHERE code = 'L-opened-1')"
)


@pytest.fixture
def shell(copy: Copy):
    """Run one statement in the vendor's shell on the copy; return its exit status and output."""
    if not SQLITE and shutil.which("psql") is None:
        pytest.skip("psql is not installed")

    def run(statement: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(_command(copy, statement), capture_output=True, text=True)

    return run


def _command(copy: Copy, statement: str) -> list[str]:
    if not SQLITE:
        return ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, copy.url]
    path = copy.url.removeprefix("sqlite:///")
    if shutil.which("sqlite3"):
        return ["sqlite3", path, statement]
    return [sys.executable, "-c", STAND_IN, path, statement]


def test_the_shell_reads_and_writes_what_is_not_guarded(shell):
    assert shell(SIGHT).stdout.strip().endswith("|project.registered|opened")
    assert shell("DELETE FROM accounts_sending").returncode == 0
    assert shell("SELECT count(*) FROM accounts_sending").stdout.strip() == "0"


@pytest.mark.parametrize("name", APPLIES)
def test_the_shell_is_refused(shell, name):
    before = shell(SIGHT)
    tried = shell(STATEMENTS[name])
    assert tried.returncode != 0
    assert "guard: " in tried.stderr or "trail: append only" in tried.stderr
    assert before.returncode == 0
    assert shell(SIGHT).stdout == before.stdout
