"""Every attempt, really made as each role: refused by a layer that is named, or noticed."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from django.core.checks import Tags, run_checks
from django.db import DatabaseError, connections, transaction
from psycopg import errors

from tests.postgresql.attempts import (
    CLOSE,
    DDL,
    DONE,
    FROZEN,
    ON_DATA,
    ON_THE_GATE,
    OPEN,
    RIGHTS,
    TRIGGER,
    Attempt,
)
from tests.postgresql.installation import ROLES, Installation, enter

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
SEAL = """
import django
django.setup()
from audit_log.services import sealer
try:
    sealer.seal()
    print("sealed")
except sealer.SealRefused as refused:
    print(refused)
"""
CASCADE = (
    "CREATE TABLE parent AS SELECT index FROM audit_log_leaf",
    "ALTER TABLE parent ADD PRIMARY KEY (index)",
    "ALTER TABLE audit_log_leaf ADD CONSTRAINT falls"
    " FOREIGN KEY (index) REFERENCES parent ON DELETE CASCADE",
    "GRANT SELECT, DELETE ON parent TO {application}, {owner}",
)


def outcome(one: Installation, role: str, attempt: Attempt) -> tuple[str, str]:
    """Make the attempt and take it back: what came of it, and what the check at start said then."""
    names = {name: one.role(name) for name in ROLES}
    enter(role)
    try:
        with transaction.atomic(using=role), connections[role].cursor() as cursor:
            for statement in attempt.statements:
                cursor.execute(re.sub(r"\{(owner|application)\}", lambda m: names[m[1]], statement))
            found = noticed(role)
            transaction.set_rollback(True, using=role)
    except DatabaseError as error:
        return refused_by(error.__cause__), ""
    return DONE, found


def refused_by(error: BaseException | None) -> str:
    """Which layer the server's error comes from."""
    if isinstance(error, errors.InsufficientPrivilege):
        return RIGHTS
    assert isinstance(error, errors.RaiseException), error
    return FROZEN if str(error).startswith("gate: ") else TRIGGER


def noticed(role: str) -> str:
    """The ids that the check at start gives, without their prefix."""
    enter(role)
    found = run_checks(tags=[Tags.database], databases=[role])
    return ", ".join(sorted({str(one.id).removeprefix("audit_log.") for one in found}))


@pytest.fixture
def thawed(divided) -> Iterator[Installation]:
    """The database after a superuser has disabled the event trigger, for good."""
    divided.execute("ALTER EVENT TRIGGER trail_frozen DISABLE")
    yield divided
    divided.execute("ALTER EVENT TRIGGER trail_frozen ENABLE ALWAYS")


def stated(one: Attempt, role: str) -> tuple[str, str]:
    """What the table says: the outcome, and the check's ids where there is something to notice."""
    done = getattr(one, role)
    ids = [name for name in one.noticed.split(", ") if re.fullmatch(r"[EW]\d+", name)]
    return done, ", ".join(ids) if done == DONE else ""


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("one", ON_DATA + ON_THE_GATE, ids=lambda one: one.title)
def test_an_attempt_ends_as_the_table_says(divided, one, role):
    assert outcome(divided, role, one) == stated(one, role)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("one", DDL, ids=lambda one: one.title)
def test_ddl_is_refused_to_everybody(divided, one, role):
    assert outcome(divided, role, one) == (FROZEN, "")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("one", DDL, ids=lambda one: one.title)
def test_without_the_event_trigger_rights_stay_and_the_check_sees_it(thawed, one, role):
    assert outcome(thawed, role, one) == stated(one, role)


def test_nothing_of_it_stayed(divided):
    for role in ROLES:
        assert noticed(role) == ""


@pytest.mark.parametrize("role", ROLES)
def test_a_cascade_does_not_reach_the_trail(divided, role):
    names = {name: divided.role(name) for name in ROLES}
    divided.execute("BEGIN", OPEN, *(text.format(**names) for text in CASCADE), CLOSE, "COMMIT")
    try:
        attempt = Attempt("", ("DELETE FROM parent",), TRIGGER, TRIGGER, TRIGGER)
        assert outcome(divided, role, attempt) == (TRIGGER, "")
    finally:
        divided.execute(
            *("BEGIN", OPEN, "ALTER TABLE audit_log_leaf DROP CONSTRAINT falls"),
            *("DROP TABLE parent", CLOSE, "COMMIT"),
            "DELETE FROM trail_gate.opening WHERE reason = 'quietly'",
        )


@pytest.mark.parametrize("role", ROLES[:2])
def test_only_the_dba_drops_or_alters_the_database(divided, role):
    with psycopg.connect(divided.url(role), dbname="postgres", autocommit=True) as there:
        for act in ("DROP DATABASE {}", "ALTER DATABASE {} RENAME TO x", "DROP ROLE {}_owner"):
            with pytest.raises(errors.InsufficientPrivilege):
                there.execute(act.format(divided.name))


def test_an_opening_lets_its_own_session_pass_and_no_other(divided):
    role, statement = "owner", "CREATE TABLE passing ()"
    with psycopg.connect(divided.url(role)) as first, psycopg.connect(divided.url(role)) as other:
        first.execute(OPEN)
        first.execute(statement)
        with pytest.raises(errors.RaiseException, match="gate: CREATE TABLE outside"):
            other.execute(statement)
        first.execute(CLOSE)
        with pytest.raises(errors.RaiseException, match="gate: DROP TABLE outside"):
            first.execute("DROP TABLE passing")
        first.rollback()
        other.rollback()


def test_an_opening_ends_with_its_session(divided):
    with psycopg.connect(divided.url("owner"), autocommit=True) as first:
        first.execute("SELECT trail_gate.open('quietly')")
    with (
        psycopg.connect(divided.url("owner")) as later,
        pytest.raises(errors.RaiseException, match="gate: CREATE TABLE outside"),
    ):
        later.execute("CREATE TABLE passing ()")
    assert noticed("application") == "E006"
    divided.execute("DELETE FROM trail_gate.opening WHERE reason = 'quietly'")


def test_what_is_possible_is_noticed_by_the_layer_that_is_named(spoiled):
    seal = ("application", "-c", SEAL)
    verify = ("application", "manage.py", "verify")
    assert (spoiled.run(*seal).stdout, spoiled.run(*verify).returncode) == ("sealed\n", 0)
    spoiled.execute("UPDATE evaluation_candidate SET total = 0", "TRUNCATE award_notice")
    told = spoiled.run(*verify)
    assert told.returncode == 1
    assert {line.split()[0] for line in told.stdout.splitlines() if ":" in line} == {
        "evaluation_candidate",
        "award_notice",
    }
    spoiled.execute("INSERT INTO audit_log_pending (entry_id) VALUES (1000000000)")
    assert spoiled.run(*seal).stdout == "a queued entry has vanished\n"
    spoiled.execute(
        "ALTER EVENT TRIGGER trail_frozen DISABLE",
        "ALTER TABLE audit_log_entry ALTER body TYPE bytea USING '\\x00'",
    )
    assert spoiled.run(*verify).returncode == 1
