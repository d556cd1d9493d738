"""The expert pool and the draw as a Django app."""

from collections.abc import Callable
from typing import Any

from django.apps import AppConfig, apps

SEAT_SAID = (
    "CASE {type} WHEN 'draw.round_run' THEN 'selected' WHEN 'draw.appointed' THEN 'selected'"
    " WHEN 'draw.list_confirmed' THEN 'accepted'"
    " WHEN 'draw.candidate_opened' THEN 'signed_in' WHEN 'draw.closed' THEN 'served'"
    " WHEN 'draw.answered' THEN CASE {data.reason} WHEN 'absent' THEN 'absent'"
    " WHEN 'replaced' THEN 'replaced' ELSE {data.answer} END END"
)
"""Which seat state an entry of the draw announces (keys are fixed by formats.md section 4)."""
LIST_SAID = (
    "CASE {type} WHEN 'draw.list_entered' THEN 'entered' WHEN 'draw.list_confirmed' THEN"
    " 'confirmed' WHEN 'draw.list_returned' THEN 'returned' WHEN 'draw.appointment_asked' THEN"
    " 'entered' WHEN 'draw.appointed' THEN 'confirmed' WHEN 'draw.appointment_refused' THEN"
    " 'returned' END"
)


UNTOLD_DRAW = {
    "bidders": "they stand in the projects' streams; a draw's stream never tells who bids",
    "roster": "the names, locked under the draw's secret; the manifest commits to each",
}
UNTOLD_PERSON = {
    "blob": "personal data, encrypted; no entry may tell it",
    "identity_tag": "a keyed hash of personal data",
}
PARTS = {
    "ExpertChange": "change",
    "ExpertAppeal": "appeal",
    "ExpertRating": "rating",
    "ExpertMeasure": "measure",
}
"""Part of an expert's stream with a machine of its own → its key in the entries' data."""
UNTOLD_LIST = {"blob": "the persons, encrypted until they sign in; the manifest commits to each"}
UNTOLD_INTAKE = {
    "IntakePart": "pieces of a file, encrypted; the import's entry commits to its hash",
    "IntakeLine": "the report of an import, without content; entries tell its length",
}
UNTOLD_ENGAGEMENT = "follows from a seat's answer and the time asked for; who it is stays secret"
REMOVABLE = ("ExpertSpecialty", "ExpertLeave", "IntakePart", "IntakeLine", "Engagement")
CONFLICTS = {"ExpertConflict": "expert", "AccountConflict": "account"}
"""Model → the kind of stream that tells it."""
UNTOLD_SEAT = {"answer_by": "follows from when he was asked and the profile's minutes"}


class ExpertsConfig(AppConfig):
    name = "experts"
    verbose_name = "专家库与抽取"

    def ready(self) -> None:
        from accounts import acts
        from accounts.services import gate, outbox
        from audit_log import catalogue, guards_rights
        from experts.acts import ACTS
        from experts.acts.appointments import ACTS as APPOINTMENT_ACTS
        from experts.acts.career import ACTS as CAREER_ACTS
        from experts.acts.conflicts import ACTS as CONFLICT_ACTS
        from experts.acts.intakes import ACTS as INTAKE_ACTS
        from experts.acts.ratings import ACTS as RATING_ACTS
        from experts.events import EVENTS
        from experts.selectors.recusal import bars
        from experts.services import invitations, own_page

        catalogue.register(EVENTS)
        self._guard()
        self._guard_parts()
        self._fold_pool()
        self._fold_draws()
        self._fold_career()
        acts.register(*ACTS, *CAREER_ACTS, *INTAKE_ACTS, *CONFLICT_ACTS, *RATING_ACTS)
        acts.register(*APPOINTMENT_ACTS)
        guards_rights.removable(*map(self.get_model, REMOVABLE))
        outbox.register(invitations.TEMPLATES | own_page.TEMPLATES)
        if bars not in gate.BARS:
            gate.BARS.append(bars)

    def _guard(self) -> None:
        from audit_log import guards

        seat = guards.Guard(
            self.get_model("Seat"),
            kind="draw",
            owner="draw_id",
            said=SEAT_SAID,
            named="candidate",
            born=("selected", "accepted"),  # whoever was drawn elsewhere has accepted already
        )
        drawn_list = guards.Guard(
            self.get_model("DrawnList"),
            kind="draw",
            owner="draw_id",
            said=LIST_SAID,
            named="sheet",
        )
        # One taken over from a higher pool is in the pool at once (experts.services.pool).
        expert = guards.Guard(self.get_model("Expert"), born=("applied", "active"))
        guards.register(expert, guards.Guard(self.get_model("Draw")), seat, drawn_list)
        guards.register(guards.Guard(self.get_model("Intake")))
        guards.keep_apart(
            guards.Apart(self.get_model("Engagement"), "tag", start="starts_at", end="ends_at")
        )

    def _guard_parts(self) -> None:
        from audit_log import guards

        for name, kind in CONFLICTS.items():
            guards.register(
                guards.Guard(
                    self.get_model(name),
                    kind=kind,
                    owner="person_id",
                    said="{data.conflict.to}",
                    named="code",
                )
            )
        for name, key in PARTS.items():
            guards.register(
                guards.Guard(
                    self.get_model(name),
                    kind="expert",
                    owner="expert_id",
                    said=f"{{data.{key}.to}}",
                    named="code",
                )
            )

    def _fold_pool(self) -> None:
        from audit_log import folds
        from experts.selectors import standing as told
        from experts.selectors.conflicts import told_tag

        folds.register(
            *(
                folds.Fold(
                    self.get_model(name),
                    kind,
                    told.conflicts_told,
                    keyed=("person_id",),
                    views={"tag": told_tag},
                )
                for name, kind in CONFLICTS.items()
            )
        )
        folds.register(
            folds.Fold(self.get_model("Expert"), "expert", told.experts_told),
            folds.Fold(
                self.get_model("ExpertSpecialty"),
                "expert",
                told.specialties_told,
                stream=lambda row: f"expert/{row.expert_id}",
                key=lambda row: row.code,
                keyed=("expert_id", "code"),
            ),
            folds.Fold(
                apps.get_model("accounts", "Person"),
                "expert",
                told.persons_told,
                stream=lambda row: f"expert/{row.pk}",
                untold=UNTOLD_PERSON,
            ),
            folds.Fold(self.get_model("Intake"), "system", told.intakes_told),
        )
        for name, reason in UNTOLD_INTAKE.items():
            folds.exempt(self.get_model(name), reason)

    def _fold_draws(self) -> None:
        from audit_log import folds
        from experts.selectors import standing as told

        folds.register(
            folds.Fold(self.get_model("Draw"), "draw", told.draws_told, untold=UNTOLD_DRAW),
            folds.Fold(
                self.get_model("Seat"),
                "draw",
                told.seats_told,
                key=lambda row: row.candidate,
                keyed=("draw_id", "candidate"),
                untold=UNTOLD_SEAT,
            ),
            folds.Fold(
                self.get_model("DrawnList"),
                "draw",
                told.lists_told,
                key=lambda row: str(row.number),
                keyed=("draw_id", "number"),
                untold=UNTOLD_LIST,
            ),
        )
        folds.exempt(self.get_model("Engagement"), UNTOLD_ENGAGEMENT)

    def _fold_career(self) -> None:
        from audit_log import folds
        from experts.selectors import standing_career as told
        from experts.selectors import standing_ratings as rated

        for name, tells, key in (
            ("ExpertDocument", told.documents_told, ("kind", "specialty")),
            ("ExpertTraining", told.trainings_told, ("number",)),
            ("ExpertAssessment", told.assessments_told, ("year",)),
            ("ExpertLeave", told.leaves_told, ("code",)),
            ("ExpertChange", told.changes_told, ("code",)),
            ("ExpertAppeal", told.appeals_told, ("code",)),
            ("ExpertRating", rated.ratings_told, ("code",)),
            ("ExpertMeasure", rated.measures_told, ("code",)),
        ):
            folds.register(
                folds.Fold(
                    self.get_model(name),
                    "expert",
                    tells,
                    stream=_expert_stream,
                    key=_keyed(key),
                    keyed=("expert_id", *key),
                )
            )


def _expert_stream(row: Any) -> str:
    return f"expert/{row.expert_id}"


def _keyed(columns: tuple[str, ...]) -> Callable[[Any], str]:
    return lambda row: "/".join(str(getattr(row, name)) for name in columns)
