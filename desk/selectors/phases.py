"""Where many projects stand, looked up at once: what of their entries may be told, and read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from audit_log.selectors import trail
from desk.domain import audience
from evaluation.domain.lifecycle import PROJECT
from evaluation.models import Project
from evaluation.selectors import scores

PUBLISHED = "project.tender_published"
OPENED_NAME = "draw.candidate_opened"
"""The one entry of a draw that names a person."""


@dataclass(frozen=True)
class Phases:
    """Projects by code, the place of the publication of those before their opening, draws' lots."""

    projects: dict[str, Project] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)
    lots: dict[str, list[Project]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[dict[str, Any]]) -> "Phases":
        """What these entries need; three queries, however many there are."""
        told = list(values)
        codes = {_id(one) for one in told if one["stream"].startswith("project/")}
        draws = {_id(one) for one in told if one["type"] == OPENED_NAME}
        projects = Project.objects.in_bulk(codes)
        lots: dict[str, list[Project]] = {}
        for row in Project.objects.filter(draw__in=draws).order_by("pk") if draws else ():
            lots.setdefault(row.draw, []).append(row)
        return cls(projects, _published(projects.values()), lots)

    def is_told(self, value: dict[str, Any]) -> bool:
        """Whether it may be told at all that the entry is there."""
        row = self.projects.get(_id(value)) if value["stream"].startswith("project/") else None
        return row is None or audience.is_told(value["type"], row.state, row.suspended_from)

    def is_numbered(self, value: dict[str, Any]) -> bool:
        """Whether its position may be told: behind sealed bids it would tell their number."""
        last = self.published.get(value["stream"])
        return last is None or value["n"] <= last

    def may_read(self, role: str, value: dict[str, Any]) -> bool:
        """Whether a role reads what the entry says; a stream without its row is closed to all."""
        if value["type"] == OPENED_NAME:
            stands = [(row.state, row.suspended_from) for row in self.lots.get(_id(value), ())]
            return any(
                audience.may_read(audience.COMMITTEE, role, *stand)
                for stand in stands or [("registered", "")]
            )
        if not value["stream"].startswith("project/"):
            return True
        row = self.projects.get(_id(value))
        if row is None or (value["type"] in audience.SHEETS and not reads_sheets(role, row)):
            return False
        circles = {audience.CIRCLES.get(value["type"], audience.OPEN)}
        if audience.names_member(value["type"], value["actor"]["role"]):
            circles.add(audience.COMMITTEE)
        return all(audience.may_read(one, role, row.state, row.suspended_from) for one in circles)


def reads_sheets(role: str, row: Project) -> bool:
    """Whether a role reads opened sheets and totals of a project now.

    A member does not while his committee is still to score: who replaces another must not see what
    the others gave (条例第四十八条第三款).
    """
    at_work = row.evaluation_round and (row.suspended_from or row.state) == "evaluating"
    if role in audience.PANEL and at_work and not scores.opened(row):
        return False
    return audience.may_read(audience.SCORES, role, row.state, row.suspended_from)


def before_opening() -> list[str]:
    """The states in which the number of bids is still secret."""
    return [state for state in PROJECT if state != "suspended" and audience.before_opening(state)]


def _published(rows: Collection[Project]) -> dict[str, int]:
    """Stream → position of its publication, or of its head, of every project before its opening."""
    closed = {
        row.stream: row.audit_n
        for row in rows
        if audience.before_opening(row.state, row.suspended_from)
    }
    found = trail.told_in(closed, PUBLISHED)
    return closed | {one["stream"]: one["n"] for one in found}


def _id(value: dict[str, Any]) -> str:
    return str(value["stream"]).partition("/")[2]
