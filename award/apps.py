"""Publicity, objections and the award as a Django app."""

from django.apps import AppConfig


class AwardConfig(AppConfig):
    name = "award"
    verbose_name = "公示、异议与定标"

    def ready(self) -> None:
        from accounts import acts as registry
        from audit_log import catalogue, folds, guards
        from award.acts import ACTS
        from award.events import EVENTS
        from award.selectors.standing import objection_states, round_states

        catalogue.register(EVENTS)
        registry.register(*ACTS)
        for name, key, states in (
            ("Objection", "objection", objection_states),
            ("BallotRound", "round", round_states),
        ):
            guard = guards.Guard(
                self.get_model(name),
                kind="project",
                owner="project_id",
                said=f"{{data.{key}.to}}",
                named="code",
            )
            guards.register(guard)
            folds.register(folds.Fold(guard.model, "project", states))
