"""The trail as a Django app: installs its triggers after every migration."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class AuditLogConfig(AppConfig):
    name = "audit_log"
    verbose_name = "审计流水"

    def ready(self) -> None:
        from audit_log import catalogue, checks, folds, guards
        from audit_log.events import EVENTS

        catalogue.register(EVENTS)
        guards.register(guards.Guard(self.get_model("SystemStream")))
        folds.register(folds.Fold(self.get_model("SystemStream"), "system"))
        register(checks.triggers_stand, Tags.database)
        # SQLite rebuilds a table (and loses its triggers) on every ALTER, so they are laid anew
        # after each migration instead of in one. The receiver writes no entry.
        post_migrate.connect(_install, sender=self)


def _install(using: str, **_: Any) -> None:
    from audit_log import guards

    guards.install(using)
