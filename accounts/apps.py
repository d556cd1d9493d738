"""Accounts as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账户与权限"

    def ready(self) -> None:
        from accounts.events import EVENTS
        from audit_log import catalogue, folds, guards

        catalogue.register(EVENTS)
        guards.register(guards.Guard(self.get_model("User")))
        folds.register(folds.Fold(self.get_model("User"), "account"))
