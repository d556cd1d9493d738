"""A database with its roles apart, as a DBA makes one, and dropped again with them at the end.

It takes a superuser: DATABASE_ADMIN_URL names one, else DATABASE_URL where its role is one.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql

from audit_log.guards_gate import SCRIPT

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("application", "owner", "superuser")


@dataclass(frozen=True)
class Installation:
    """`name` is the database; its roles are `name_owner` and `name_application`."""

    admin: str
    name: str
    password: str
    home: Path

    def role(self, role: str) -> str:
        """The name in the database of one of ROLES."""
        return _user(self.admin) if role == "superuser" else f"{self.name}_{role}"

    def url(self, role: str) -> str:
        """Where one of ROLES finds the database."""
        if role == "superuser":
            return urlsplit(self.admin)._replace(path=f"/{self.name}").geturl()
        place = urlsplit(self.admin).netloc.rpartition("@")[2]
        return f"postgresql://{self.role(role)}:{self.password}@{place}/{self.name}"

    def run(self, role: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a Python program of the product as one of ROLES: `run("owner", "manage.py", …)`."""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.url(role),
            "DATA_DIR": str(self.home),
            "KEY_DIR": str(self.home / "keys"),
            "LOG_LEVEL": "CRITICAL",
        }
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True
        )

    def script(self, **other: str) -> subprocess.CompletedProcess[str]:
        """What the DBA does: run roles.sql with the names of both roles."""
        names = {role: self.role(role) for role in ROLES[:2]} | other
        named = [word for role, name in names.items() for word in ("-v", f"{role}={name}")]
        return subprocess.run(
            ["psql", "-X", "-q", *named, "-f", str(SCRIPT), self.url("superuser")],
            capture_output=True,
            text=True,
        )

    def execute(self, *statements: str) -> None:
        """Let the superuser run statements, each for itself."""
        with psycopg.connect(self.url("superuser"), autocommit=True) as there:
            for statement in statements:
                there.execute(statement)


def _user(url: str) -> str:
    return urlsplit(url).username or ""


def admin_url() -> str:
    """Where a superuser finds the server; skips the test where there is none and none is named."""
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's: make test-postgres")
    if named := os.environ.get("DATABASE_ADMIN_URL"):
        assert _is_superuser(named), "DATABASE_ADMIN_URL: not a superuser"
        return named
    at = connection.settings_dict
    user = f"{quote(at['USER'])}:{quote(at['PASSWORD'])}"
    own = f"postgresql://{user}@{at['HOST']}:{at['PORT'] or 5432}/postgres"
    if not _is_superuser(own):
        pytest.skip("no superuser: set DATABASE_ADMIN_URL=postgresql://user:password@host/postgres")
    if shutil.which("psql") is None:
        pytest.skip("psql is not installed")
    return own


def _is_superuser(url: str) -> bool:
    with psycopg.connect(url) as there:
        asked = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        return there.execute(asked).fetchone() == (True,)


@contextmanager
def installed(home: Path, template: str = "template0") -> Iterator[Installation]:
    """A database (a copy of `template`) with its roles, migrated; dropped with them afterwards."""
    admin = admin_url()
    name = f"{_user(admin)}_roles_{os.getpid()}_{secrets.token_hex(3)}"
    one = Installation(admin, name, secrets.token_hex(16), home)
    (home / "static").mkdir()
    with psycopg.connect(admin, autocommit=True) as server:
        try:
            server.execute(_sql("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, template))
            done = one.script()
            assert done.returncode == 0, done.stderr
            for role in ROLES[:2]:
                told = sql.SQL("ALTER ROLE {} PASSWORD {}")
                server.execute(told.format(sql.Identifier(one.role(role)), one.password))
            done = one.run("owner", "manage.py", "migrate", "--verbosity", "0")
            assert (done.returncode, done.stderr) == (0, ""), done.stderr
            yield one
        finally:
            server.execute(_sql("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
            for role in ROLES[:2]:
                server.execute(_sql("DROP ROLE IF EXISTS {}", one.role(role)))


def _sql(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))


@contextmanager
def doors(one: Installation) -> Iterator[None]:
    """Let Django reach the database as each of ROLES, by that word as the alias."""
    for role in ROLES:
        parts = urlsplit(one.url(role))
        connections.databases[role] = connections["default"].settings_dict | {
            "NAME": one.name,
            "USER": parts.username,
            "PASSWORD": parts.password or "",
            "HOST": parts.hostname,
            "PORT": parts.port or "",
        }
    try:
        yield
    finally:
        for role in ROLES:
            connections[role].close()
            del connections[role], connections.databases[role]


def enter(role: str) -> None:
    """Connect as one of ROLES. Django's own test case, which knows one database, stands aside."""
    if connections[role].connection is None:
        connections[role].connect()
