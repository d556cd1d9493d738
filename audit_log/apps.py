"""The trail as a Django app: installs its triggers after every migration."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

_LOG = "the log itself: verified by bytes, chains, tree and signatures, not by folding"
UNTOLD = {
    **dict.fromkeys(("Entry", "Pending", "Leaf", "Node", "Checkpoint", "Cosignature"), _LOG),
    "TimeStamp": "another party's signature over a checkpoint, verified as such",
    "Attachment": "its name is the hash of its bytes, and entries name it",
    "Envelope": "ciphertext behind a commitment that an entry names; another would not open",
}


class AuditLogConfig(AppConfig):
    name = "audit_log"
    verbose_name = "审计流水"

    def ready(self) -> None:
        from audit_log import catalogue, checks, folds, guards
        from audit_log.events import EVENTS

        catalogue.register(EVENTS)
        guards.register(guards.Guard(self.get_model("SystemStream")))
        system = folds.Fold(self.get_model("SystemStream"), "system", folds.owner_told)
        folds.register(system)
        for name, reason in UNTOLD.items():
            folds.exempt(self.get_model(name), reason)
        register(checks.triggers_stand, Tags.database)
        # SQLite rebuilds a table (and loses its triggers) on every ALTER, so they are laid anew
        # after each migration instead of in one. The receiver writes no entry.
        post_migrate.connect(_install, sender=self)


def _install(using: str, **_: Any) -> None:
    from audit_log import guards

    guards.install(using)
