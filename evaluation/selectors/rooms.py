"""Rooms and their bookings as acts and pages read them."""

from datetime import datetime

from django.utils import timezone

from audit_log.services import clock
from evaluation.domain import rooms
from evaluation.models import Booking, Project, Room, RoomSlot
from evaluation.selectors.states import wrong_state
from rulebook.domain.blockers import Blocker

PLANNING = ("tendering", "drawing", "opened", "evaluating")
"""States in which a room may be held for a project."""


def free_rooms(row: Project) -> list[Room]:
    """The open rooms of the project's district, by code."""
    found = Room.objects.filter(state="open").order_by("pk")
    return [room for room in found if row.region.startswith(room.region.rstrip("0"))]


def standing(row: Project) -> list[Booking]:
    """The bookings of a project's group that stand, in order of time."""
    rows = Booking.objects.filter(project__group=row.group, state="booked")
    return list(rows.select_related("room", "project").order_by("starts", "pk"))


def book_room(row: Project) -> list[Blocker]:
    """The evaluation is still ahead or under way, and the centre has a room."""
    if row.state not in PLANNING:
        return [wrong_state(row)]
    return [] if free_rooms(row) else [Blocker("no_room", "没有启用的评标室")]


def release_room(row: Project) -> list[Blocker]:
    """There is a booking of this project's that is not over."""
    if ahead(row):
        return []
    return [Blocker("no_booking", "没有可以取消的预订")]


def ahead(row: Project) -> list[Booking]:
    """The project's own bookings that are not over."""
    return list(row.bookings.filter(state="booked", ends__gt=clock.now()).order_by("starts"))


def taken(room: Room, hours: list[datetime]) -> list[Blocker]:
    """The room is open and nobody else holds it in these half hours."""
    if room.state != "open":
        return [Blocker("room_closed", f"{room.name}现为“{rooms.ROOM[room.state]}”,不能预订")]
    held = RoomSlot.objects.filter(room=room, starts__in=hours)
    first = held.order_by("starts").select_related("booking").first()
    if first is None:
        return []
    begin, end = map(timezone.localtime, (first.booking.starts, first.booking.ends))
    message = f"{room.name}在 {begin:%H:%M} 至 {end:%H:%M} 已有预订"
    return [Blocker("room_taken", message)]


def shutting(room: Room) -> list[Blocker]:
    """It is open, and nothing is booked in it any more."""
    if room.state != "open":
        return [_not_now(room)]
    if room.bookings.filter(state="booked", ends__gt=clock.now()).exists():
        return [Blocker("room_booked", "该评标室还有未结束的预订")]
    return []


def reopening(room: Room) -> list[Blocker]:
    """It is closed."""
    return [] if room.state == "closed" else [_not_now(room)]


def _not_now(room: Room) -> Blocker:
    message = f"该评标室现为“{rooms.ROOM[room.state]}”,不能办理这一事项"
    return Blocker("wrong_state", message)
