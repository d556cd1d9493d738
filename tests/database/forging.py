"""What someone with the database's own language can do: well-formed entries, bare INSERT, UPDATE.

A forger here knows every format and leaves Django, the machines and the services aside.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import SealedReport, User
from audit_log.domain import entry as entries
from audit_log.domain.entry import SYSTEM
from audit_log.models import Entry
from award.models import BallotRound, Complaint, Objection
from evaluation.models import Booking, Project, Room
from evaluation.services import rooms
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
from rulebook.models import RuleProfile
from tests.architecture import machines

Model = Any
"""A model class; which one is the test's choice."""
FRESH: dict[Model, dict[str, Any]] = {
    Project: {"code": "FORGED", "group": "FORGED"},
    Expert: {"code": "FORGED"},
    Draw: {"code": "FORGED", "case": "FORGED"},
    RuleProfile: {"code": "forged"},
    Seat: {"id": None, "candidate": "forged-seat"},
    DrawnList: {"id": None},
    BallotRound: {"code": "FORGED", "number": 99},
}
"""What a copied row must have of its own."""
PARTS = {
    Objection: "objection",
    Complaint: "complaint",
    BallotRound: "round",
    ExpertChange: "change",
    ExpertAppeal: "appeal",
    Booking: "booking",
    ExpertRating: "rating",
    ExpertMeasure: "measure",
    ExpertConflict: "conflict",
    AccountConflict: "conflict",
}
"""Part of a stream → under which key an entry tells its step."""
ANSWERS = ("accepted", "declined", "no_answer", "struck")


@contextmanager
def refused(message: str = "guard: ") -> Iterator[None]:
    """The database itself refuses what the block does, with the trigger's message."""
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Let the block happen and take it back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def execute(sql: str, *values: Any) -> int:
    """Run one statement; return the number of rows it met."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def entry(stream: str, type: str, data: dict[str, Any], **wrong: Any) -> tuple[int, bytes]:
    """Append an entry by INSERT, well-formed but for what `wrong` sets; return its n and hash."""
    last = Entry.objects.filter(stream=stream).order_by("-n").first()
    told: dict[str, Any] = {
        "stream": stream,
        "n": last.n + 1 if last else 0,
        "prev": bytes(last.hash).hex() if last else entries.GENESIS,
        "type": type,
        "at": last.at if last else datetime(2025, 1, 1, tzinfo=UTC),
        "actor": SYSTEM,
        "data": data,
    } | wrong
    body = entries.build(**told)
    insert(Entry(hash=entries.leaf_hash(body), body=body, **_columns(told)))
    return told["n"], entries.leaf_hash(body)


def insert(row: Model) -> None:
    """Write a row as the database's own language does."""
    fields = [one for one in row._meta.concrete_fields if getattr(row, one.attname) is not None]
    names = ", ".join(connection.ops.quote_name(one.column) for one in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields]
    execute(f"INSERT INTO {row._meta.db_table} ({names}) VALUES ({marks})", *values)


class Row:
    """A forged row of a machine, moved by bare SQL with an entry for each step of its `way`."""

    def __init__(self, model: Model, born: str, *way: str) -> None:
        self.model, self.state = model, born
        self.row = _template(model)
        for name, value in (FRESH.get(model, {}) | {"state": born}).items():
            self.row.__dict__[name] = value
        self.row.audit_n, self.row.audit_hash = self.tell("", born)
        insert(self.row)
        self.key = self.row.pk or model.objects.order_by("-pk").values_list("pk", flat=True)[0]
        for target in way:
            self.move(target)

    def tell(self, source: str, target: str) -> tuple[int, bytes]:
        """Write the entry that a step from `source` to `target` would leave."""
        return entry(self.row.stream, *self._said(source, target))

    def move(self, target: str) -> None:
        """An entry for the step, then the UPDATE."""
        self.set(target, *self.tell(self.state, target))
        self.state = target

    def set(self, target: str, n: int, head: bytes) -> None:
        """UPDATE state and head."""
        assigned, values = "state = %s, audit_n = %s, audit_hash = %s", [target, n, head]
        if self.model is Project:
            assigned += ", suspended_from = %s"
            values.append(self.state if target == "suspended" else "")
        pk, table = self.model._meta.pk.column, self.model._meta.db_table
        assert execute(f"UPDATE {table} SET {assigned} WHERE {pk} = %s", *values, self.key) == 1

    def head(self) -> tuple[int, bytes]:
        n, head = self.model.objects.values_list("audit_n", "audit_hash").get(pk=self.key)
        return n, bytes(head)

    def _said(self, source: str, target: str) -> tuple[str, dict[str, Any]]:
        if self.model is Seat:
            return _seat_entry(self.row.candidate, target)
        if self.model is DrawnList:
            return f"draw.list_{target}", {"sheet": self.row.sheet}
        step = {"from": source, "to": target}
        if name := PARTS.get(self.model):
            return "project.forged", {name: {"code": self.row.pk, **step}}
        return "project.forged", step


def row_at(model: Model, state: str) -> Row:
    """A forged row that went to `state` along the edges."""
    return Row(model, *path(model, state))


def path(model: Model, state: str) -> list[str]:
    """The states of a shortest way from a birth to `state`."""
    edges = machines.edges(model)
    ways = deque([birth] for birth in machines.guard(model).births())
    seen = set()
    while ways:
        way = ways.popleft()
        if way[-1] == state:
            return way
        seen.add(way[-1])
        ways += [
            [*way, one.target] for one in edges if one.source == way[-1] and one.target not in seen
        ]
    raise AssertionError(f"no way to {state}")


def _columns(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("stream", "n", "type", "at")}


def _seat_entry(candidate: str, target: str) -> tuple[str, dict[str, Any]]:
    data = {"candidate": candidate, "answer": "", "reason": ""}
    match target:
        case "selected":
            return "draw.round_run", data
        case "signed_in":
            return "draw.candidate_opened", data
        case "served":
            return "draw.closed", data
        case "absent" | "replaced":
            return "draw.answered", data | {"reason": target}
    return "draw.answered", data | {"answer": target}


def _template(model: Model) -> Any:
    """A row of the ladder to copy, or one made up where the ladder has none."""
    if model not in MADE_UP:
        return model.objects.order_by("pk").first()
    return MADE_UP[model]()


def _drawn_list() -> DrawnList:
    return DrawnList(
        draw=Draw.objects.order_by("pk").first(),
        number=99,
        sheet="5e" * 32,
        drawn_at=datetime(2025, 1, 1, tzinfo=UTC),
        entered_by="forger",
        manifest="0" * 64,
    )


def _intake() -> Intake:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    return Intake(code="FORGED", region="330402", commitment="0" * 64, audit_at=at)


def _room() -> Room:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    return Room(code="FORGED", name="FORGED", region="330402", seats=1, audit_at=at)


def _booking() -> Booking:
    """In a room that is there: a foreign key holds even for a forger."""
    if not Room.objects.filter(pk="room-1").exists():
        centre = User.objects.get(pk="jyzx1").actor
        rooms.register(actor=centre, code="1", name="评标室", seats=9)
    day = datetime(2025, 1, 1, tzinfo=UTC)
    project = Project.objects.order_by("pk").first()
    hours = {"starts": day, "ends": day.replace(hour=1)}
    return Booking(code="FORGED", project=project, room_id="room-1", **hours)


def _objection() -> Objection:
    project = Project.objects.order_by("pk").first()
    return Objection(
        code="FORGED",
        project=project,
        bidder="91330499DM0000000X",
        stage="candidates_public",
        received_at=datetime(2025, 1, 1, tzinfo=UTC),
        answer_due=datetime(2025, 1, 4, tzinfo=UTC).date(),
        text="0" * 64,
    )


def _complaint() -> Complaint:
    day = date(2025, 1, 1)
    return Complaint(
        code="FORGED",
        project=Project.objects.order_by("pk").first(),
        bidder="91330499DM0000000X",
        matter="procedure",
        known_on=day,
        filed_at=datetime(2025, 1, 1, tzinfo=UTC),
        accept_due=day,
        text="0" * 64,
    )


def _change() -> ExpertChange:
    expert = Expert.objects.order_by("pk").first()
    return ExpertChange(code="FORGED", expert=expert, valid_from=date(2025, 1, 1))


def _appeal() -> ExpertAppeal:
    return ExpertAppeal(code="FORGED", expert=Expert.objects.order_by("pk").first(), against=0)


def _rating() -> ExpertRating:
    expert = Expert.objects.order_by("pk").first()
    on = {"rated_on": date(2025, 1, 1), "entry": 0, "points": 0}
    return ExpertRating(code="FORGED", expert=expert, case="FORGED", **on)


def _measure() -> ExpertMeasure:
    expert = Expert.objects.order_by("pk").first()
    return ExpertMeasure(code="FORGED", expert=expert, points=6, proposed_on=date(2025, 1, 1))


def _conflict(model: Model) -> Any:
    person = model._meta.get_field("person").related_model.objects.order_by("pk")[0]
    made_up = {"code": "FORGED", "kind": "kin", "source": "self", "recorded_by": "nobody"}
    return model(person=person, commitment="0" * 64, **made_up)


MADE_UP = {
    AccountConflict: lambda: _conflict(AccountConflict),
    ExpertConflict: lambda: _conflict(ExpertConflict),
    Booking: _booking,
    DrawnList: _drawn_list,
    Room: _room,
    ExpertAppeal: _appeal,
    ExpertRating: _rating,
    ExpertMeasure: _measure,
    ExpertChange: _change,
    Intake: _intake,
    Objection: _objection,
    SealedReport: lambda: SealedReport(code="f" * 32, audit_at=datetime(2025, 1, 1, tzinfo=UTC)),
    Complaint: _complaint,
}
"""Models of which the ladder has no row."""
