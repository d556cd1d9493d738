"""`manage.py migrate`, which lays the triggers first and asks for them only afterwards.

Where roles are apart (PostgreSQL), all of it is one declared migration, told by the trail.
"""

from typing import Any

from django.core.checks import Tags
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from audit_log import guards, guards_gate
from audit_log.services import openings


class Command(migrate.Command):
    """A missing trigger stops every other command (audit_log.E001); this one is its cure."""

    help = "更新数据库结构,并补齐缺失的触发器"

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """Before migrating, the code alone is checked: the database is at the end."""
        return super().get_check_kwargs(options) | {"databases": None}

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        if options["plan"] or options["check_unapplied"]:  # looks only
            super().handle(*args, **options)
            return
        self._refuse_others(using)
        with guards_gate.opened(using, "migrate"):
            guards.install(using)
            super().handle(*args, **options)
        tables = connections[using].introspection.table_names()
        if using == DEFAULT_DB_ALIAS and "audit_log_entry" in tables:
            told = openings.tell()
            if told and options["verbosity"]:
                self.stdout.write("\n".join(told))
        if not options["skip_checks"]:
            self.check(tags=[Tags.database], databases=[using])

    def _refuse_others(self, using: str) -> None:
        """What another role made would not belong to the owner."""
        connection = connections[using]
        roles = guards_gate.roles(connection)
        if roles and guards_gate.session_role(connection) != roles.owner:
            raise CommandError(f"结构变更须以所有者角色 {roles.owner} 连接数据库")
