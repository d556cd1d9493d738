"""What the site's own role may do on each table (PostgreSQL); every migration lays it anew.

The trail is read and appended to, and only what is sealed leaves its queue. Django's own tables
are read; a table of the product is written, and rows leave it only where an app says so.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

TABLES = (
    *("entry", "leaf", "node", "checkpoint", "cosignature", "timestamp"),
    *("attachment", "envelope"),
)
"""Tables of the trail in which nothing is ever changed or removed, without their prefix."""
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
"""Every right on a table (PostgreSQL 17 adds MAINTAIN, which changes no row)."""
_READ: tuple[str, ...] = ("SELECT",)
_WRITTEN: tuple[str, ...] = ("SELECT", "INSERT", "UPDATE")
_TRAIL = dict.fromkeys((f"audit_log_{name}" for name in TABLES), ("SELECT", "INSERT"))
_QUEUE = {"audit_log_pending": ("SELECT", "DELETE")}
_DECLARED: dict[str, tuple[str, ...]] = {}


def removable(*removed: type[models.Model]) -> None:
    """Let the site delete rows of these tables; called from each app's `ready`."""
    for model in removed:
        _DECLARED[model._meta.db_table] = (*_WRITTEN, "DELETE")


def rights(table: str) -> tuple[str, ...]:
    """What the application's role may do on a table; a table that is no model's is read."""
    told = _TRAIL | _QUEUE | _DECLARED
    return told.get(table) or (_WRITTEN if table in _ours() else _READ)


def grants(tables: list[str], role: str) -> Iterator[str]:
    """Yield the statements that give the role (a quoted name) just these rights."""
    for table in tables:
        yield f"REVOKE ALL ON {table} FROM PUBLIC, {role}"
        yield f"GRANT {', '.join(rights(table))} ON {table} TO {role}"


def _ours() -> set[str]:
    every = apps.get_models(include_auto_created=True)
    return {one._meta.db_table for one in every if not one.__module__.startswith("django.")}
