"""评标室预订看板: the rooms of a district by the half hour, one room, and one site."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.domain import policy
from audit_log.domain.entry import Actor
from audit_log.services import clock
from desk.selectors import boards, offers, things, timeline
from desk.web.acting import address
from desk.web.doors import for_actor
from evaluation.models import Room


@for_actor
def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One day (`?day=`, default today) of every room that the actor sees."""
    if actor.role not in policy.SEE["room"]:
        raise PermissionDenied
    today = timezone.localtime(clock.now())
    day = _day(request.GET.get("day", ""), today)
    hours, lines = boards.board(actor, day)
    context = {
        "day": day,
        "is_today": day.date() == today.date(),
        "before": (day - timedelta(days=1)).date(),
        "after": (day + timedelta(days=1)).date(),
        "hours": hours[::2],
        "lines": lines,
        "hosted": boards.hosted(actor),
        "creating": [(a.title, address(a)) for a in offers.creating(actor) if a.kind == "room"],
    }
    return render(request, "desk/rooms.html", context)


@for_actor
def room(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One room: what it has, who holds it in the coming month, and what may be done to it."""
    row: Room = things.seen(actor, "room", code)
    known = set(things.projects(actor).filter(bookings__room=row).values_list("pk", flat=True))
    context = {
        "room": row,
        "bookings": [(one, one.project_id in known) for one in boards.next_days(row, clock.now())],
        **offers.grouped(offers.mine(actor, "room", row)),
        "told": timeline.of(row),
    }
    return render(request, "desk/room.html", context)


@for_actor
def site(request: HttpRequest, actor: Actor, code: str, number: int) -> HttpResponse:
    """A site for the centre that witnesses it: time, place, its own code, and who is to sit."""
    row, draw = boards.site(actor, code, number)
    context = {
        "site": row,
        "draw": draw,
        "code": boards.sign_in_code(row, draw),
        "seats": boards.awaited(row, draw),
    }
    return render(request, "desk/site.html", context)


def _day(text: str, today: datetime) -> datetime:
    """The day asked for at noon, today for what is none."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        asked = today.date()
    return timezone.make_aware(datetime.combine(asked, time(12)))
