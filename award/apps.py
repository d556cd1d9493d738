"""Publicity, objections and the award as a Django app."""

from typing import Any

from django.apps import AppConfig


def _stream(row: Any) -> str:
    return f"project/{row.project_id}"


class AwardConfig(AppConfig):
    name = "award"
    verbose_name = "公示、异议与定标"

    def ready(self) -> None:
        from accounts import acts as registry
        from audit_log import catalogue, guards
        from award.acts import ACTS, complaints, records, releasing
        from award.events import EVENTS

        catalogue.register(EVENTS)
        registry.register(*ACTS, *complaints.ACTS, *records.ACTS, *releasing.ACTS)
        for name, key in (
            ("Objection", "objection"),
            ("Complaint", "complaint"),
            ("BallotRound", "round"),
        ):
            guard = guards.Guard(
                self.get_model(name),
                kind="project",
                owner="project_id",
                said=f"{{data.{key}.to}}",
                named="code",
            )
            guards.register(guard)
        self._register_folds()

    def _register_folds(self) -> None:
        from audit_log import folds
        from award.selectors import folds as told

        owner = ("project_id",)
        folds.register(
            folds.Fold(
                self.get_model("Notice"),
                "project",
                told.notices_told,
                stream=_stream,
                key=None,
                keyed=owner,
            ),
            folds.Fold(self.get_model("Objection"), "project", told.objections_told, keyed=owner),
            folds.Fold(self.get_model("Complaint"), "project", told.complaints_told, keyed=owner),
            folds.Fold(
                self.get_model("BallotRound"),
                "project",
                told.rounds_told,
                keyed=owner,
                views={"result": lambda row: folds.digest(row.result)},
            ),
            folds.Fold(
                self.get_model("Award"),
                "project",
                told.awards_told,
                stream=_stream,
                key=None,
                keyed=owner,
                views={"bid_id": lambda row: told.bid_key(row.bid.project_id, row.bid.bidder_id)},
            ),
        )
