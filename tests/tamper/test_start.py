"""A database that lacks a trigger is not served, and every door to the start says so."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from audit_log import guards
from desk.services import starting

ONE = "trail_entry_delete"


def drop(name: str) -> None:
    part = name.split("_")[1]
    guarded = (table for table in guards.GUARDS if name.startswith(f"guard_{table}_"))
    table = next(guarded, f"audit_log_{part}")
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else f" ON {table}"
        cursor.execute(f"DROP TRIGGER {name}{on}")


def test_with_all_triggers_it_starts(ladder):
    assert starting.refuse_without_triggers() is None
    call_command("check", databases=["default"])


def test_the_check_names_the_missing_trigger_and_fails(ladder):
    drop(ONE)
    with pytest.raises(SystemCheckError, match=rf"audit_log\.E001\) 数据库触发器缺失:{ONE}"):
        call_command("check", databases=["default"])


def test_the_site_refuses_to_start_and_says_what_is_missing(ladder):
    drop(ONE)
    told = f"拒绝启动:数据库触发器缺失:{ONE}。请由数据库管理人员运行 manage.py migrate"
    with pytest.raises(ImproperlyConfigured) as refused:
        starting.refuse_without_triggers()
    assert str(refused.value) == told
    with pytest.raises(CommandError) as refused:
        call_command("serve")
    assert str(refused.value) == told


def test_no_trigger_is_dispensable(ladder):
    for name in sorted(guards.expected()):
        with transaction.atomic():
            drop(name)
            with pytest.raises(ImproperlyConfigured, match=f":{name}。"):
                starting.refuse_without_triggers()
            transaction.set_rollback(True)


@pytest.mark.processes
def test_wsgi_does_not_load_without_a_trigger(tmp_path):
    url = f"sqlite:///{tmp_path / 'data.sqlite3'}"
    environment = {"DATA_DIR": str(tmp_path), "KEY_DIR": str(tmp_path), "DATABASE_URL": url}
    environment |= {"PATH": os.environ["PATH"]}

    def python(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )

    load = ("-c", "import config.wsgi")
    (tmp_path / "static").mkdir()
    assert python("manage.py", "migrate").returncode == 0
    assert (python(*load).returncode, python(*load).stderr) == (0, "")
    with closing(sqlite3.connect(tmp_path / "data.sqlite3")) as file:
        file.executescript(f"DROP TRIGGER {ONE}")
    refused = python(*load)
    assert refused.returncode == 1
    assert f"拒绝启动:数据库触发器缺失:{ONE}。" in refused.stderr
