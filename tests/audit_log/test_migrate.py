"""A database that lost a trigger stops every command but the one that lays it again."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection

from audit_log import guards

pytestmark = pytest.mark.django_db
NAME = "trail_entry_update"


def faults() -> list[str]:
    return [found.msg for found in run_checks(databases=["default"]) if "E001" in str(found.id)]


def test_a_missing_trigger_is_an_error_and_migrate_lays_it_again(ladder):
    place = " ON audit_log_entry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {NAME}{place}")
    assert faults() == [f"数据库触发器缺失:{NAME}"]
    call_command("migrate", verbosity=0)
    assert faults() == []
    assert guards.expected() - guards.standing() == set()
