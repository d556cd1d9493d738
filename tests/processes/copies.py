"""A committed copy of the ladder in a database and key folder of its own, for other processes."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection, connections


@dataclass(frozen=True)
class Copy:
    """Where a copy stands: `environment` makes a process of the product work on it."""

    url: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEMO": "1",
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.home),
            "KEY_DIR": str(self.home / "keys"),
            "SECRET_KEY": "tests-only",
            "LOG_LEVEL": "CRITICAL",
        }


@contextmanager
def copied(home: Path) -> Iterator[Copy]:
    """Copy database and keys as they are committed now; the copy is dropped afterwards."""
    shutil.copytree(settings.KEY_DIR, home / "keys")
    database = _postgresql if connection.vendor == "postgresql" else _sqlite
    with database(home) as url:
        yield Copy(url, home)


@contextmanager
def _sqlite(home: Path) -> Iterator[str]:
    path = home / "copy.sqlite3"
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(path)) as target:
        connection.connection.backup(target)
    yield f"sqlite:///{path}"


@contextmanager
def _postgresql(home: Path) -> Iterator[str]:
    at = connection.settings_dict
    name = f"{at['NAME']}_{home.name}_{os.getpid()}"
    connections.close_all()  # a template must have no sessions
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{at["NAME"]}"')
    user, password = quote(at["USER"]), quote(at["PASSWORD"])
    yield f"postgresql://{user}:{password}@{at['HOST']}:{at['PORT']}/{name}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
