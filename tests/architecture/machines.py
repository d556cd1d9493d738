"""The machines, their tables in docs/lifecycle.md, and what stands in the code."""

import re
from dataclasses import dataclass

from django.db import models

from audit_log.guards import GUARDS, Guard
from award.domain.lifecycle import BALLOT_ROUND, COMPLAINT, OBJECTION
from award.models import BallotRound, Complaint, Objection
from evaluation.domain.lifecycle import PROJECT
from evaluation.domain.rooms import BOOKING, ROOM
from evaluation.models import Booking, Project, Room
from experts.domain.lifecycle import (
    APPEAL,
    CHANGE,
    CONFLICT,
    DRAW,
    DRAWN_LIST,
    EXPERT,
    INTAKE,
    MEASURE,
    RATING,
    SEAT,
)
from experts.models import (
    AccountConflict,
    Draw,
    DrawnList,
    Expert,
    ExpertAppeal,
    ExpertChange,
    ExpertConflict,
    ExpertMeasure,
    ExpertRating,
    Intake,
    Seat,
)
from rulebook.domain.lifecycle import PROFILE
from rulebook.models import RuleProfile
from tests.architecture.source import ROOT

STATES: dict[type[models.Model], dict[str, str]] = {
    Project: PROJECT,
    Expert: EXPERT,
    ExpertChange: CHANGE,
    ExpertAppeal: APPEAL,
    ExpertRating: RATING,
    ExpertMeasure: MEASURE,
    Draw: DRAW,
    Seat: SEAT,
    RuleProfile: PROFILE,
    DrawnList: DRAWN_LIST,
    Intake: INTAKE,
    ExpertConflict: CONFLICT,
    AccountConflict: CONFLICT,
    Room: ROOM,
    Booking: BOOKING,
    Objection: OBJECTION,
    Complaint: COMPLAINT,
    BallotRound: BALLOT_ROUND,
}
MODELS = list(STATES)
EDGE = re.compile(r"`(?P<name>\w+)` → (?P<to>[\w, ]+) \((?P<owners>[\w, ]+)\)")


@dataclass(frozen=True)
class Edge:
    """One edge: the method that takes it, from where, to where."""

    name: str
    source: str
    target: str


def transitions(model: type[models.Model]) -> list:
    return list(model._meta.get_field("state").get_all_transitions(model))


def edges(model: type[models.Model]) -> set[Edge]:
    """Every edge that the model's methods declare."""
    return {
        Edge(one.name, one.source, target)
        for one in transitions(model)
        for target in getattr(one.target, "allowed_states", None) or [one.target]
    }


def guard(model: type[models.Model]) -> Guard:
    return GUARDS[model._meta.db_table]


def forbidden(model: type[models.Model]) -> dict[str, list[str]]:
    """State → the states that no edge leads to from there."""
    listed = {(edge.source, edge.target) for edge in edges(model)}
    states = STATES[model]
    return {a: [b for b in states if a != b and (a, b) not in listed] for a in states}


@dataclass(frozen=True)
class Table:
    """One section of docs/lifecycle.md."""

    states: dict[str, str]
    edges: set[Edge]
    owners: dict[str, set[str]]


def document() -> dict[str, Table]:
    """Machine → its table as docs/lifecycle.md shows it."""
    text = (ROOT / "docs" / "lifecycle.md").read_text()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {section.split("\n", 1)[0]: _table(section) for section in sections}


def _table(section: str) -> Table:
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "][1:]
    table = Table({state: name for state, name, _ in rows}, set(), {})
    for state, _, cell in rows:
        for one in [] if cell == "–" else cell.split(" · "):
            found = EDGE.fullmatch(one)
            assert found, f"not an edge: {one}"
            owners = table.owners.setdefault(found["name"], set())
            owners |= set(found["owners"].split(", "))
            table.edges.update(Edge(found["name"], state, to) for to in found["to"].split(", "))
    return table
