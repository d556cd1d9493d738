"""The expert pool and the draw as a Django app."""

from django.apps import AppConfig

SEAT_SAID = (
    "CASE {type} WHEN 'draw.round_run' THEN 'selected'"
    " WHEN 'draw.candidate_opened' THEN 'signed_in' WHEN 'draw.closed' THEN 'served'"
    " WHEN 'draw.answered' THEN CASE {data.reason} WHEN 'absent' THEN 'absent'"
    " WHEN 'replaced' THEN 'replaced' ELSE {data.answer} END END"
)
"""Which seat state an entry of the draw announces (keys are fixed by formats.md section 4)."""


class ExpertsConfig(AppConfig):
    name = "experts"
    verbose_name = "专家库与抽取"

    def ready(self) -> None:
        from accounts import acts
        from audit_log import catalogue, folds, guards
        from experts.acts import ACTS
        from experts.events import EVENTS
        from experts.selectors.standing import seat_states

        catalogue.register(EVENTS)
        seat = guards.Guard(
            self.get_model("Seat"),
            kind="draw",
            owner="draw_id",
            said=SEAT_SAID,
            named="candidate",
        )
        guards.register(
            guards.Guard(self.get_model("Expert")), guards.Guard(self.get_model("Draw")), seat
        )
        folds.register(
            folds.Fold(seat.model, "draw", seat_states, key=lambda row: row.candidate),
            folds.Fold(self.get_model("Expert"), "expert"),
            folds.Fold(self.get_model("Draw"), "draw"),
        )
        acts.register(*ACTS)
