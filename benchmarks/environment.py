"""Loaded before Django's models: a benchmark has a database, keys and a folder of its own."""

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="mingding-bench-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ |= {
    "DATA_DIR": HOME,
    "KEY_DIR": f"{HOME}/keys",
    "SECRET_KEY": "benchmark",
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
}
import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from audit_log.services import keys  # noqa: E402


def prepare() -> None:
    """Make tables, triggers and the log's key; on PostgreSQL in a database of the run's own."""
    if settings.POSTGRESQL:
        home, own = connection.settings_dict["NAME"], f"mingding_bench_{os.getpid()}"
        _switch(f"CREATE DATABASE {own}", own)
        atexit.register(_switch, f"DROP DATABASE {own}", home, first=home)
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the peers have no migrations
    keys.create_log_key()


def _switch(statement: str, to: str, *, first: str = "") -> None:
    """Run a statement about databases from another one, then go to `to`."""
    connection.close()
    connection.settings_dict["NAME"] = first or connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
    connection.settings_dict["NAME"] = to
