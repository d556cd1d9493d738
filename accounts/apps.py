"""Accounts as a Django app."""

from django.apps import AppConfig, apps

UNTOLD_USER = {
    "password": "a salted hash of a secret, which no entry may tell",
    "last_login": "when a session began; it decides nothing",
}
UNTOLD = {
    "PersonKey": "the wrapped key of a person in the vault; destroying it is told of the expert",
    "OneTimeLink": "hashes of tokens that expire; what is done through one has its own entry",
    "Outgoing": "the outbox: each message is written with its cause, which has its own entry",
    "Sending": "attempts at a message; its receipt is told in the stream of the cause",
    "Guess": "failed attempts at passwords and codes, counted for minutes",
}
_FRAMEWORK = {
    "auth.Permission": "Django's own rights are not used (accounts.domain.policy)",
    "auth.Group": "Django's own rights are not used (accounts.domain.policy)",
    "auth.Group_permissions": "Django's own rights are not used (accounts.domain.policy)",
    "contenttypes.ContentType": "Django's list of the tables",
    "sessions.Session": "who is logged in now; what he does has its own entries",
}


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账户与权限"

    def ready(self) -> None:
        from accounts import acts
        from accounts.events import EVENTS
        from accounts.selectors import folds as told
        from audit_log import catalogue, folds, guards, guards_rights

        catalogue.register(EVENTS)
        acts.register(acts.LEAVE_REPORT)
        guards.register(
            guards.Guard(self.get_model("User")), guards.Guard(self.get_model("SealedReport"))
        )
        guards_rights.removable(
            self.get_model("PersonKey"), self.get_model("Guess"), apps.get_model("sessions.Session")
        )
        folds.register(
            folds.Fold(self.get_model("User"), "account", told.users_told, untold=UNTOLD_USER),
            folds.Fold(self.get_model("SealedReport"), "sealed", told.reports_told),
            folds.Fold(
                self.get_model("Organisation"),
                "system",
                told.organisations_told,
                stream=lambda _row: f"system/{told.ORGANISATIONS}",
            ),
            folds.Fold(
                self.get_model("BodyRelation"),
                "system",
                told.relations_told,
                stream=lambda _row: f"system/{told.ORGANISATIONS}",
                key=told.relation_key,
                keyed=("child", "parent", "valid_from"),
            ),
        )
        for name, reason in UNTOLD.items():
            folds.exempt(self.get_model(name), reason)
        for name, reason in _FRAMEWORK.items():
            folds.exempt(apps.get_model(name), reason)
