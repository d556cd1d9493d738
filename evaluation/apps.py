"""Projects and their evaluation as a Django app."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "项目与评标"

    def ready(self) -> None:
        from accounts import acts
        from audit_log import catalogue, folds, guards
        from evaluation.acts import ACTS
        from evaluation.events import EVENTS

        catalogue.register(EVENTS)
        guards.register(guards.Guard(self.get_model("Project")))
        folds.register(folds.Fold(self.get_model("Project"), "project"))
        acts.register(*ACTS)
