"""Start-up check: a database without its triggers is not one this product works on."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error

from audit_log import guards


def triggers_stand(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return audit_log.E001 for each trigger that is missing in a migrated database."""
    from django.db import connections

    errors: list[CheckMessage] = []
    for alias in databases or ():
        if "audit_log_entry" not in connections[alias].introspection.table_names():
            continue
        missing = guards.expected(alias) - guards.standing(alias)
        errors += [
            Error(f"数据库触发器缺失:{name}", hint="运行 manage.py migrate", id="audit_log.E001")
            for name in sorted(missing)
        ]
    return errors
