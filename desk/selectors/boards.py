"""The time board of the evaluation rooms, and what each site of a remote evaluation is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.domain import roles as r
from accounts.models import User
from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor
from desk.selectors import things
from evaluation.domain.rooms import STEP, board_hours
from evaluation.models import Booking, Project, Room, Site
from evaluation.selectors import paper, rooms, sites
from evaluation.services.sites import code_of
from experts.models import Draw, Seat

Choices = list[tuple[str, str]]
AWAITED = ("accepted", "signed_in", "served", "absent", "replaced")
WORKING = ("committed", "running", "filled")
"""States of a draw in which its sign-in codes are shown."""


@dataclass(frozen=True)
class Block:
    """Some half hours of one room: free (no booking) or held; `title` "" where it is not ours."""

    hours: int
    starts: datetime
    booking: Booking | None = None
    title: str = ""
    linked: bool = False


@dataclass(frozen=True)
class Line:
    """One room's day."""

    room: Room
    blocks: Sequence[Block]


def board(actor: Actor, day: datetime) -> tuple[list[datetime], list[Line]]:
    """The half hours of a day and a line for each room the actor sees."""
    hours = board_hours(day)
    found = Room.objects.filter(things.visible(actor, "room")).order_by("pk")
    held = Booking.objects.filter(
        state="booked", starts__gte=hours[0], starts__lte=hours[-1], room__in=found
    ).select_related("project", "room")
    known = set(things.projects(actor).filter(bookings__in=held).values_list("pk", flat=True))
    by_room: dict[str, list[Booking]] = {}
    for booking in held.order_by("starts"):
        by_room.setdefault(booking.room_id, []).append(booking)
    lines = [Line(room, _blocks(hours, by_room.get(room.pk, []), known)) for room in found]
    return hours, lines


def _blocks(hours: list[datetime], held: list[Booking], known: set[str]) -> list[Block]:
    """The bookings of one room with the free half hours between them."""
    found, at = [], hours[0]
    for booking in held:
        starts, ends = timezone.localtime(booking.starts), timezone.localtime(booking.ends)
        found += _free(at, starts)
        title = str(booking.project) if booking.project_id in known else ""
        found.append(Block((ends - starts) // STEP, starts, booking, title, bool(title)))
        at = ends
    return found + _free(at, hours[-1] + STEP)


def _free(start: datetime, end: datetime) -> list[Block]:
    return [Block(1, start + place * STEP) for place in range((end - start) // STEP)]


def next_days(room: Room, since: datetime) -> QuerySet[Booking]:
    """The bookings of a room from a moment on, a month of them."""
    rows = room.bookings.filter(state="booked", ends__gt=since, starts__lt=since + timedelta(31))
    return rows.select_related("project").order_by("starts")


def hosted(actor: Actor) -> list[Site]:
    """The sites that the actor's centre witnesses and whose evaluation is not over."""
    if actor.role != r.TRADING_CENTER:
        return []
    ahead = Project.objects.filter(state__in=rooms.PLANNING)
    rows = Site.objects.filter(org=actor.org, project__in=ahead)
    return list(rows.select_related("project", "org").order_by("project_id", "number"))


def site(actor: Actor, code: str, number: int) -> tuple[Site, Draw]:
    """One site, for the centre that witnesses it; raise NotFound for everyone else."""
    row = Site.objects.filter(project=code, number=number).select_related("project", "org").first()
    if row is None or actor.role != r.TRADING_CENTER or actor.org != row.org_id:
        raise NotFound
    draw = Draw.objects.filter(pk=row.project.draw).first()
    if draw is None:
        raise NotFound
    return row, draw


def sign_in_code(row: Site, draw: Draw) -> str:
    """The site's own code, "" while nobody can sign in."""
    shown = draw.state in WORKING and row.slots
    return code_of(row.project.group, draw.pk, row.slots[0]) if shown else ""


def awaited(row: Site, draw: Draw) -> list[Seat]:
    """Who is to sit at a site, by handle."""
    rows = Seat.objects.filter(draw=draw, slot__in=row.slots, state__in=AWAITED)
    return list(rows.order_by("slot", "candidate"))


def places(row: Project) -> dict[str, list[tuple[Site, list[Seat]]] | list[Booking]]:
    """Where a project is evaluated: its rooms and its sites, with the seats of each."""
    draw = Draw.objects.filter(pk=row.draw).first()
    found = sites.of_group(row.group) if draw else []
    return {
        "bookings": rooms.standing(row),
        "sites": [(one, awaited(one, draw)) for one in found if draw],
    }


def free_rooms(_actor: Actor, row: Project) -> dict[str, Choices]:
    """The rooms that a project may be given."""
    return {"room": [(room.pk, str(room)) for room in rooms.free_rooms(row)]}


def bookings(_actor: Actor, row: Project) -> dict[str, Choices]:
    """The bookings that may be given back."""
    return {"booking": [(one.pk, _words(one)) for one in rooms.ahead(row)]}


def centres(_actor: Actor, _row: Project) -> dict[str, Choices]:
    """The trading centres that have an account here."""
    rows = User.objects.filter(role=r.TRADING_CENTER, is_active=True).select_related("org")
    return {"org": sorted({(row.org_id, row.org.name) for row in rows if row.org})}


def without_sheet(_actor: Actor, row: Project) -> dict[str, Choices]:
    """The members whose paper sheet may be entered."""
    return {"member": [(one, one) for one in paper.members(row)]}


def papers(*, confirmed: bool | None = None) -> Callable[[Actor, Project], dict[str, Choices]]:
    """The members whose paper sheet was entered, where asked only those confirmed or not."""

    def found(_actor: Actor, row: Project) -> dict[str, Choices]:
        rows = [
            one.member
            for one in paper.of(row).values()
            if confirmed is None or bool(one.confirmed_by) == confirmed
        ]
        return {"member": [(one, one) for one in rows]}

    return found


def _words(one: Booking) -> str:
    begin, end = timezone.localtime(one.starts), timezone.localtime(one.ends)
    return f"{one.room.name} {begin:%m月%d日 %H:%M} 至 {end:%H:%M}"
