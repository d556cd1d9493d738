"""The rulebook as a Django app."""

from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "rulebook"
    verbose_name = "规则"

    def ready(self) -> None:
        from accounts import acts
        from audit_log import catalogue, folds, guards
        from rulebook.acts import ACTS
        from rulebook.events import EVENTS
        from rulebook.selectors.folds import profiles_told

        catalogue.register(EVENTS)
        guards.register(guards.Guard(self.get_model("RuleProfile")))
        folds.register(folds.Fold(self.get_model("RuleProfile"), "rules", profiles_told))
        acts.register(*ACTS)
