"""Races for evaluation rooms: bookings of the same hours, a release, a room shut and reopened."""

from collections.abc import Iterator
from datetime import timedelta

from config.demo import job as steps
from evaluation.models import Booking
from evaluation.services import rooms
from tests.processes.project_races import rung
from tests.processes.racing import Edge, Race, World

ROOM = "room-races"


def registered(world: World, _code: str) -> None:
    rooms.register(actor=world.cast["jyzx1"], code="races", name="评标室", seats=9)


def book(world: World, code: str, _part: str = "") -> object:
    starts = steps.local(steps.today() + timedelta(days=5), 9)
    hours = {"starts": starts, "ends": starts + timedelta(hours=1)}
    return rooms.book_room(actor=world.cast["jyzx1"], project=code, room=ROOM, **hours)


def newest(_world: World, code: str) -> str:
    return str(Booking.objects.filter(project=code).latest("audit_n").pk)


def release(world: World, code: str, part: str) -> object:
    return rooms.release_room(actor=world.cast["jyzx1"], project=code, booking=part)


def shut(world: World, code: str, _part: str) -> object:
    return rooms.shut(actor=world.cast["jyzx1"], room=code)


def reopen(world: World, code: str, _part: str) -> object:
    return rooms.reopen(actor=world.cast["jyzx1"], room=code)


def races() -> Iterator[Race]:
    lot = rung("drawing")
    given_back = (Edge("Booking", "release", "booked", "released"),)
    yield Race("project", lot, (), "project.room_booked", book, before=registered)
    yield Race("project", lot, given_back, "project.room_released", release, part=newest)
    for edge, call, source, target, event in (
        ("shut", shut, "open", "closed", "system.room_shut"),
        ("reopen", reopen, "closed", "open", "system.room_reopened"),
    ):
        yield Race("system", ROOM, (Edge("Room", edge, source, target),), event, call)
