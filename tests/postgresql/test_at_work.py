"""Installed as the owner, at work as the application: the product needs no right but these."""

import json
from collections.abc import Iterator

import psycopg
import pytest

from audit_log.guards_rights import VERBS, rights
from tests.postgresql.installation import Installation, installed
from tests.scenarios import ENDED, FAR, NEAR

pytestmark = [pytest.mark.postgres, pytest.mark.processes]
HELD = (
    "SELECT relname, array_agg(verb::text ORDER BY place) FROM pg_class,"
    " unnest(%s::text[]) WITH ORDINALITY AS one (verb, place)"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    " AND has_table_privilege(%s, pg_class.oid, verb) GROUP BY relname"
)
OWNED = (
    "SELECT DISTINCT pg_get_userbyid(relowner)::text FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace"
)
TOLD = (
    "SELECT convert_from(body, 'UTF8')::json -> 'data' ->> 'reason' FROM audit_log_entry"
    " WHERE stream = 'system/schema' ORDER BY n"
)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("fresh")) as one:
        yield one


def asked(one: Installation, statement: str, *values: object) -> list[tuple]:
    with psycopg.connect(one.url("application")) as there:
        return there.execute(statement, values).fetchall()


def test_the_product_works_with_the_rights_of_its_role(fresh):
    done = fresh.run("application", "-m", "tests.postgresql.at_work")
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "states": {state: state for state in FAR + ENDED + NEAR} | {"witnessed": "notified"},
        "unwitnessed": 0,
        "session": [200, 1, 0],
        "forgotten": " 的个人信息已注销",
        "faults": [],
        "start": None,
    }


def test_each_table_gives_the_application_what_is_declared(fresh):
    held = dict(asked(fresh, HELD, list(VERBS), fresh.role("application")))
    assert held == {table: list(rights(table)) for table in held}
    assert held["audit_log_entry"] == ["SELECT", "INSERT"]
    assert held["audit_log_pending"] == ["SELECT", "DELETE"]
    assert held["evaluation_project"] == ["SELECT", "INSERT", "UPDATE"]
    assert held["evaluation_part"] == ["SELECT", "INSERT", "UPDATE", "DELETE"]
    assert held["django_migrations"] == held["auth_permission"] == ["SELECT"]


def test_everything_belongs_to_the_owner(fresh):
    assert asked(fresh, OWNED) == [(fresh.role("owner"),)]


def test_every_migration_is_told_with_the_next_one(fresh):
    before = asked(fresh, TOLD)
    assert before[:2] == [("roles.sql",), ("migrate",)]
    assert fresh.run("owner", "manage.py", "migrate").returncode == 0
    assert asked(fresh, TOLD) == [*before, ("migrate",)]
    assert fresh.run("application", "manage.py", "check", "--database", "default").returncode == 0


def test_looking_at_migrations_opens_nothing(fresh):
    before = asked(fresh, TOLD)
    for words in (("--check",), ("--plan",)):
        assert fresh.run("application", "manage.py", "migrate", *words).returncode == 0
    assert asked(fresh, TOLD) == before


@pytest.mark.parametrize("role", ["application", "superuser"])
def test_only_the_owner_migrates(fresh, role):
    refused = fresh.run(role, "manage.py", "migrate")
    told = f"CommandError: 结构变更须以所有者角色 {fresh.role('owner')} 连接数据库"
    assert (refused.returncode, refused.stderr.strip()) == (1, told)


@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_the_site_does_not_start_as_another_role(fresh, role):
    refused = fresh.run(role, "-c", "import config.wsgi")
    assert refused.returncode == 1
    assert f"拒绝启动:须以应用角色 {fresh.role('application')} 连接数据库" in refused.stderr


def test_the_site_does_not_start_while_an_opening_is_untold(fresh):
    load = ("application", "-c", "import config.wsgi")
    assert (fresh.run(*load).returncode, fresh.run(*load).stderr) == (0, "")
    with psycopg.connect(fresh.url("owner"), autocommit=True) as there:
        (number,) = there.execute("SELECT trail_gate.open('quietly')").fetchone()
    refused = fresh.run(*load)
    assert refused.returncode == 1
    assert f"第 {number} 次结构变更窗口与流水记载不符" in refused.stderr
    cured = fresh.run("owner", "manage.py", "migrate")
    assert f"第 {number} 次结构变更窗口已记入流水:{fresh.role('owner')} quietly " in cured.stdout
    assert [reason for (reason,) in asked(fresh, TOLD)][-2:] == ["quietly", "migrate"]
    assert fresh.run(*load).returncode == 0


def test_a_record_that_was_removed_is_told_too(fresh):
    there = fresh.url("superuser")
    with psycopg.connect(there, autocommit=True) as admin:
        admin.execute("DELETE FROM trail_gate.opening WHERE n = 1")
    checked = ("application", "manage.py", "check", "--database", "default")
    assert "E006) 第 1 次结构变更窗口与流水记载不符" in fresh.run(*checked).stderr
    cured = fresh.run("owner", "manage.py", "migrate")
    assert "第 1 次结构变更窗口登记已不在数据库中:" in cured.stdout
    assert fresh.run(*checked).returncode == 0
    lost = "SELECT type FROM audit_log_entry WHERE stream = 'system/schema' ORDER BY n DESC LIMIT 1"
    assert asked(fresh, lost) == [("system.schema_record_lost",)]


def test_the_script_may_be_run_again_and_says_so(fresh):
    assert (fresh.script().returncode, fresh.script().stderr.count("ERROR")) == (0, 0)
    done = fresh.run("application", "manage.py", "check", "--database", "default")
    assert done.returncode == 1
    assert done.stderr.count("audit_log.E006") == 2
    assert done.stderr.count("audit_log.") == 2
    assert fresh.run("owner", "manage.py", "migrate").returncode == 0


def test_the_script_refuses_one_role_for_both(fresh):
    refused = fresh.script(application=fresh.role("owner"))
    assert refused.returncode == 3
    assert "superuser, owner and application are three roles" in refused.stderr
