"""Projects and their evaluation as a Django app."""

from typing import Any

from django.apps import AppConfig

REMOVABLE = ("Part", "Candidate", "RoomSlot", "Site")


def _stream(row: Any) -> str:
    return f"project/{row.project_id}"


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "项目与评标"

    def ready(self) -> None:
        from accounts import acts
        from audit_log import catalogue, guards, guards_rights
        from evaluation.acts import ACTS
        from evaluation.acts.fees import ACTS as FEE_ACTS
        from evaluation.acts.paper import ACTS as PAPER_ACTS
        from evaluation.acts.rating import ACTS as RATING_ACTS
        from evaluation.acts.rooms import ACTS as ROOM_ACTS
        from evaluation.events import EVENTS

        catalogue.register(EVENTS)
        guards.register(guards.Guard(self.get_model("Project")))
        booking = guards.Guard(
            self.get_model("Booking"),
            kind="project",
            owner="project_id",
            said="{data.booking.to}",
            named="code",
        )
        guards.register(guards.Guard(self.get_model("Room")), booking)
        guards_rights.removable(*map(self.get_model, REMOVABLE))
        acts.register(*ACTS, *RATING_ACTS, *ROOM_ACTS, *FEE_ACTS, *PAPER_ACTS)
        self._register_folds()
        self._register_rooms()

    def _register_folds(self) -> None:
        from audit_log import folds
        from evaluation.selectors import folds as told

        def candidate(row: Any) -> str:
            own = row.bid.project_id == row.project_id
            return str(row.bid.bidder_id if own else f"{row.bid.project_id} {row.bid.bidder_id}")

        folds.register(
            folds.Fold(
                self.get_model("Project"),
                "project",
                told.projects_told,
                views={"evaluation_plan": lambda row: folds.digest(row.evaluation_plan)},
            ),
            folds.Fold(
                self.get_model("Part"),
                "project",
                told.parts_told,
                stream=_stream,
                key=lambda row: told.part_key(row.relation, row.person),
                keyed=("project_id", "relation", "person"),
            ),
            folds.Fold(
                self.get_model("Bid"),
                "project",
                told.bids_told,
                stream=_stream,
                key=lambda row: str(row.bidder_id),
                keyed=("project_id", "bidder_id"),
            ),
            folds.Fold(
                self.get_model("Candidate"),
                "project",
                told.candidates_told,
                stream=_stream,
                key=candidate,
                keyed=("project_id", "bid_id"),
            ),
        )

    def _register_rooms(self) -> None:
        from audit_log import folds
        from audit_log.domain.entry import format_time
        from evaluation.selectors import folds_rooms as told

        folds.register(
            folds.Fold(self.get_model("Room"), "system", told.rooms_told),
            folds.Fold(
                self.get_model("Booking"),
                "project",
                told.bookings_told,
                stream=_stream,
                key=lambda row: str(row.code),
                keyed=("project_id", "code"),
            ),
            folds.Fold(
                self.get_model("RoomSlot"),
                "project",
                told.room_slots_told,
                stream=lambda row: f"project/{row.booking.project_id}",
                key=lambda row: told.slot_key(row.room_id, format_time(row.starts)),
                keyed=("room_id", "starts"),
            ),
            folds.Fold(
                self.get_model("Site"),
                "project",
                told.sites_told,
                stream=_stream,
                key=lambda row: str(row.number),
                keyed=("project_id", "number"),
            ),
        )
