"""评标室: booked by the half hour for a project's evaluation; two bookings never overlap."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.services.gate import BadInput, NotFound
from audit_log.domain.entry import Actor
from audit_log.services import clock, reconciling
from config.demo.job import LOCAL
from evaluation.domain.rooms import board_hours, half_hours
from evaluation.models import Booking, Room, RoomSlot
from evaluation.services import rooms
from tests.desk.doors import sign_in, text_of
from tests.experts.world import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast):
    rooms.register(actor=cast["jyzx1"], code="401", name="评标一室", seats=9)
    return "room-401"


@pytest.fixture
def day():
    return timezone.localtime(clock.now()).date() + timedelta(days=2)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL)


def book(actor, project, day, first, last, room="room-401"):
    return rooms.book_room(
        actor=actor, project=project, room=room, starts=at(day, first), ends=at(day, last)
    )


def test_a_booking_holds_its_half_hours_and_a_release_gives_them_back(ladder, cast, room, day):
    code = ladder["drawing"]
    book(cast["jyzx1"], code, day, 9, 12)
    held = RoomSlot.objects.order_by("starts").values_list("starts", flat=True)
    assert list(held) == [at(day, 9) + timedelta(minutes=30 * k) for k in range(6)]
    rooms.release_room(actor=cast["jyzx2"], project=code, booking=f"{code}-B1")
    assert (RoomSlot.objects.count(), Booking.objects.get().state) == (0, "released")
    assert reconciling.reconcile().faults == []


def test_bookings_of_one_room_never_overlap_and_may_touch(ladder, cast, room, day):
    book(cast["jyzx1"], ladder["drawing"], day, 9, 12)
    given = {"actor": cast["jyzx1"], "project": ladder["opened"], "day": day}
    for first, last in ((8, 10), (10, 11), (11, 13), (9, 12)):
        assert refused(book, **given, first=first, last=last) == ["room_taken"]
    book(**given, first=12, last=14)
    assert Booking.objects.filter(state="booked").count() == 2


def test_the_database_itself_refuses_a_half_hour_twice(ladder, cast, room, day):
    book(cast["jyzx1"], ladder["drawing"], day, 9, 10)
    one = RoomSlot.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomSlot.objects.create(booking=one.booking, room=one.room, starts=one.starts)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ((9, 0), (9, 0), "hours_malformed"),
        ((9, 10), (10, 0), "hours_malformed"),
        ((7, 30), (9, 0), "hours_malformed"),
        ((21, 0), (22, 30), "hours_malformed"),
    ],
)
def test_hours_are_whole_half_hours_of_one_day(ladder, cast, room, day, first, last, code):
    with pytest.raises(BadInput) as bad:
        rooms.book_room(
            actor=cast["jyzx1"],
            project=ladder["drawing"],
            room=room,
            starts=at(day, *first),
            ends=at(day, *last),
        )
    assert bad.value.code == code


def test_the_past_is_not_booked(ladder, cast, room, day):
    with pytest.raises(BadInput) as bad:
        book(cast["jyzx1"], ladder["drawing"], day - timedelta(days=4), 9, 10)
    assert bad.value.code == "hours_past"


def test_a_booking_belongs_to_an_evaluation_that_is_ahead(ladder, cast, room, day):
    given = {"actor": cast["jyzx1"], "day": day, "first": 9, "last": 10}
    assert refused(book, project=ladder["reported"], **given) == ["wrong_state"]
    with pytest.raises(NotFound):
        book(Actor("far", "trading_center", "none"), ladder["drawing"], day, 9, 10)


def test_a_room_with_bookings_is_not_shut_and_one_that_is_shut_is_not_booked(
    ladder, cast, room, day
):
    code, centre = ladder["drawing"], cast["jyzx1"]
    book(centre, code, day, 9, 10)
    assert refused(rooms.shut, actor=centre, room=room) == ["room_booked"]
    rooms.release_room(actor=centre, project=code, booking=f"{code}-B1")
    rooms.shut(actor=centre, room=room)
    assert refused(book, actor=centre, project=code, day=day, first=9, last=10) == ["no_room"]
    rooms.reopen(actor=centre, room=room)
    assert Room.objects.get(pk=room).state == "open"


def test_a_room_is_registered_once(cast, room):
    with pytest.raises(BadInput) as bad:
        rooms.register(actor=cast["jyzx1"], code="401", name="评标二室", seats=7)
    assert bad.value.code == "code_taken"


def test_the_board_shows_each_room_with_its_bookings_to_staff_alone(ladder, cast, room, day):
    code = ladder["drawing"]
    book(cast["jyzx1"], code, day, 9, 12)
    page = text_of(sign_in(cast["jyzx1"]).get(f"/rooms/?day={day}"))
    assert '<td colspan="6" class="held">09:00–12:00' in page
    assert page.count('class="free"') == len(board_hours(at(day, 9))) - 6
    assert f'<a href="/project/{code}/"' in page
    assert sign_in(cast["zbr1"]).get("/rooms/").status_code == 403
    assert sign_in(cast["jyzx1"]).get("/rooms/?day=never").status_code == 200


def test_whom_the_committee_is_secret_to_does_not_read_where_it_sits(ladder, cast, room, day):
    code = ladder["drawing"]
    book(cast["jyzx1"], code, day, 9, 12)
    shown = {
        account: "评标一室" in text_of(sign_in(cast[account]).get(f"/project/{code}/"))
        for account in ("jyzx1", "zjj", "zbr1")
    }
    assert shown == {"jyzx1": True, "zjj": True, "zbr1": False}


def test_half_hours_of_a_day_are_these():
    morning = datetime(2025, 7, 1, 8, tzinfo=LOCAL)
    assert board_hours(morning) == half_hours(morning, morning.replace(hour=22))
    assert len(board_hours(morning)) == 28
