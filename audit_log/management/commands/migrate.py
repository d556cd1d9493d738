"""`manage.py migrate`, with the triggers laid before Django's own checks ask for them."""

from typing import Any

from django.core.management.commands import migrate

from audit_log import guards


class Command(migrate.Command):
    """A missing trigger stops every other command (audit_log.E001); this one is its cure."""

    help = "更新数据库结构,并补齐缺失的触发器"

    def handle(self, *args: Any, **options: Any) -> None:
        guards.install(options["database"])
        super().handle(*args, **options)
