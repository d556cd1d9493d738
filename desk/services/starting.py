"""What must hold before the site serves anybody."""

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured


def refuse_without_triggers() -> None:
    """Raise ImproperlyConfigured where a migrated database lacks a trigger of the trail."""
    missing = run_checks(tags=[Tags.database], databases=["default"])
    if missing:
        named = ";".join(str(one.msg) for one in missing)
        raise ImproperlyConfigured(f"拒绝启动:{named}。请由数据库管理人员运行 manage.py migrate")
