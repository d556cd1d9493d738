"""The pool, its lists and records, the draws and their seats."""

from experts.models.career import (
    ExpertAppeal,
    ExpertAssessment,
    ExpertChange,
    ExpertDocument,
    ExpertLeave,
    ExpertTraining,
)
from experts.models.conflicts import AccountConflict, Conflict, ExpertConflict
from experts.models.drawn_lists import DrawnList
from experts.models.draws import Draw, Seat
from experts.models.engagements import Engagement
from experts.models.intakes import Intake, IntakeLine, IntakePart
from experts.models.pool import Expert, ExpertSpecialty
from experts.models.ratings import ExpertMeasure, ExpertRating

__all__ = [
    "AccountConflict",
    "Conflict",
    "Draw",
    "DrawnList",
    "Engagement",
    "Expert",
    "ExpertAppeal",
    "ExpertAssessment",
    "ExpertChange",
    "ExpertConflict",
    "ExpertDocument",
    "ExpertLeave",
    "ExpertMeasure",
    "ExpertRating",
    "ExpertSpecialty",
    "ExpertTraining",
    "Intake",
    "IntakeLine",
    "IntakePart",
    "Seat",
]
