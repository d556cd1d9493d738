"""The terms that an actor has to keep, over all his projects, the most pressing first."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.domain import policy
from audit_log.domain.entry import Actor
from award.domain.lifecycle import OPEN_COMPLAINT, OPEN_OBJECTION
from award.models import Complaint, Objection
from award.selectors import clocks
from award.selectors.clocks import Clock
from award.selectors.rules import today
from desk.selectors import things
from evaluation.models import Project

STATES = ("reported", "candidates_public", "awarding", "awarded", "result_public", "notified")
LIMIT = 40
"""How many projects are looked through: those that have waited longest."""


@dataclass(frozen=True)
class Due:
    """One term of one project; `days` left, negative once it has passed, None while stopped."""

    project: Project
    clock: Clock
    days: int | None

    @property
    def late(self) -> int:
        return -self.days if self.days is not None and self.days < 0 else 0


def of(actor: Actor) -> list[Due]:
    """The terms whose acts are the actor's to do, the most pressing first."""
    if actor.role not in policy.SEE["project"]:
        return []
    on = today()
    found = [
        Due(row, clock, (clock.due - on).days if clock.due else None)
        for row in _running(actor)
        for clock in _mine(actor, row)
    ]
    return sorted(found, key=lambda one: one.clock.due or date.max)


def _mine(actor: Actor, row: Project) -> list[Clock]:
    known = policy.known(actor, row)
    return [one for one in clocks.running(row) if policy.may(actor, one.act, known)]


def _running(actor: Actor) -> QuerySet[Project]:
    here = {"project": OuterRef("pk")}
    objected = Objection.objects.filter(**here, state__in=OPEN_OBJECTION)
    complained = Complaint.objects.filter(**here, state__in=OPEN_COMPLAINT)
    asked = Q(state__in=STATES) | Q(Exists(objected)) | Q(Exists(complained))
    return things.projects(actor).filter(asked).order_by("audit_at", "code")[:LIMIT]
