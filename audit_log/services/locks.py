"""Locks held to the end of a transaction. SQLite needs none: its transactions write one by one."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

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
        exclusive(_number(name))


@contextmanager
def of_session(name: str) -> Iterator[bool]:
    """Whether this session holds the name for the block, over several transactions.

    Nobody waits; a session that ends lets go. On SQLite, one machine's, the caller keeps a file.
    """
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_number(name)])
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(name)])


def _number(name: str) -> int:
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _take(function: str, lock: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [lock])
