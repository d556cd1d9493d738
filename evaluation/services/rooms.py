"""Evaluation rooms: registered, shut, reopened; booked for an evaluation and released."""

import re
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref, format_time
from audit_log.services import clock, trail
from evaluation.domain.rooms import FIRST_HOUR, LAST_HOUR, half_hours
from evaluation.models import Booking, Room, RoomSlot
from evaluation.selectors import rooms
from evaluation.services import forms, lock
from rulebook.domain.blockers import refuse

NAME_CHARS = 40
MOST_SEATS = 99
_CODE = re.compile(r"[a-z0-9-]{1,20}")


@transaction.atomic
def register(*, actor: Actor, code: str, name: str, seats: int) -> Ref:
    """Register a room of the actor's centre under `room-<code>`; `seats` counts its 工位."""
    permit(actor, "room.register")
    if not _CODE.fullmatch(code):
        message = "应为不超过 20 位的小写字母、数字或者连字符"
        raise BadInput("code_malformed", message, {"code": message})
    if not 1 <= seats <= MOST_SEATS:
        message = f"工位应为 1 至 {MOST_SEATS} 个"
        raise BadInput("seats_malformed", message, {"seats": message})
    if Room.objects.filter(pk=f"room-{code}").exists():
        message = "这一编号的评标室已经登记"
        raise BadInput("code_taken", message, {"code": message})
    row = Room(
        code=f"room-{code}",
        name=forms.filled("name", name)[:NAME_CHARS],
        org=actor.org,
        region=Organisation.objects.get(pk=actor.org).region,
        seats=seats,
    )
    data = {name: getattr(row, name) for name in ("name", "org", "region", "seats")}
    return trail.record(row, "system.room_registered", actor, data)


@transaction.atomic
def shut(*, actor: Actor, room: str) -> Ref:
    """Take a room out of use; nothing may be booked in it any more."""
    row = _locked(room)
    permit(actor, "room.shut", row)
    refuse(rooms.shutting(row))
    row.shut()
    return trail.record(row, "system.room_shut", actor, {})


@transaction.atomic
def reopen(*, actor: Actor, room: str) -> Ref:
    """Put a room into use again."""
    row = _locked(room)
    permit(actor, "room.reopen", row)
    refuse(rooms.reopening(row))
    row.reopen()
    return trail.record(row, "system.room_reopened", actor, {})


@transaction.atomic
def book_room(*, actor: Actor, project: str, room: str, starts: datetime, ends: datetime) -> Ref:
    """Hold a room for a project's evaluation, in whole half hours of one day.

    Raise Refused("room_taken") where any of them is held.
    """
    row = lock.project(project)
    permit(actor, "project.book_room", row)
    refuse(rooms.book_room(row))
    if room not in [one.pk for one in rooms.free_rooms(row)]:
        message = "请选择本辖区启用的评标室"
        raise BadInput("room_unknown", message, {"room": message})
    held, hours = _locked(room), _hours(starts, ends)
    refuse(rooms.taken(held, hours))
    one = Booking(
        project=row,
        code=f"{row.pk}-B{row.bookings.count() + 1}",
        room=held,
        starts=starts,
        ends=ends,
        booked_by=actor.id,
    )
    told = {"code": one.pk, "to": one.state, "room": room}
    told |= {"starts": format_time(starts), "ends": format_time(ends)}
    ref = trail.record(row, "project.room_booked", actor, {"booking": told})
    trail.told_by(one, ref)
    one.save(force_insert=True)
    RoomSlot.objects.bulk_create(RoomSlot(booking=one, room=held, starts=hour) for hour in hours)
    return ref


@transaction.atomic
def release_room(*, actor: Actor, project: str, booking: str) -> Ref:
    """Give a booking that is not over back; its half hours are free again."""
    row = lock.project(project)
    permit(actor, "project.release_room", row)
    refuse(rooms.release_room(row))
    one = next((one for one in rooms.ahead(row) if one.pk == booking), None)
    if one is None:
        raise NotFound
    told = {"code": one.pk, "from": one.state}
    one.release()
    ref = trail.record(row, "project.room_released", actor, {"booking": told | {"to": one.state}})
    trail.told_by(one, ref)
    one.save()
    one.slots.all().delete()
    return ref


def _locked(code: str) -> Room:
    row = Room.locked(code)
    if row is None:
        raise NotFound
    return row


def _hours(starts: datetime, ends: datetime) -> list[datetime]:
    try:
        hours = half_hours(timezone.localtime(starts), timezone.localtime(ends))
    except ValueError:
        message = f"应为同一日 {FIRST_HOUR} 时至 {LAST_HOUR} 时之间的整点或者半点"
        raise BadInput("hours_malformed", message, {"starts": message}) from None
    if ends <= clock.now():
        message = "预订的时间已经过去"
        raise BadInput("hours_past", message, {"ends": message})
    return hours
