"""Locks held to the end of a transaction. SQLite needs none: its transactions write one by one."""

import hashlib

from django.db import connection

SEALER = 0x7472_6169_6C  # "trail"
VAULT = 0x7661_756C_74  # "vault"


def exclusive(lock: int) -> None:
    """Wait until nobody else holds the lock, then hold it alone."""
    _take("pg_advisory_xact_lock", lock)


def shared(lock: int) -> None:
    """Hold the lock together with others; wait only for one who holds it alone."""
    _take("pg_advisory_xact_lock_shared", lock)


def names(*wanted: str) -> None:
    """Hold names that no row bears yet: whoever wants one next finds the row and is told."""
    for name in sorted(set(wanted)):
        digest = hashlib.sha256(name.encode()).digest()
        exclusive(int.from_bytes(digest[:8], "big", signed=True))


def _take(function: str, lock: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [lock])
