"""Where the messages to drawn experts stand: by handle and state, never by number."""

from collections.abc import Iterable

from accounts.domain.messages import STATUS, TRIES
from accounts.models import Outgoing, Sending
from experts.models import Draw, Seat

WANTED = {"invitation": "selected", "confirmation": "accepted"}
"""Template → the state of the seat in which its message is still of use."""


def of_seat(seat: Seat, template: str = "invitation") -> Outgoing | None:
    """The newest message of this kind to this seat."""
    rows = Outgoing.objects.filter(recipient=seat.actor.id, template=template)
    return rows.order_by("-pk").first()


def shown(draw: Draw) -> dict[str, str]:
    """Candidate → how far the newest message to him has come, in Chinese."""
    rows = Outgoing.objects.filter(recipient__startswith=f"{draw.pk}/").order_by("pk")
    return {row.recipient.rpartition("/")[2]: STATUS[row.status] for row in rows}


def to_call(draw: Draw) -> list[Outgoing]:
    """Messages that did not get through and are still of use, in the order of the seats."""
    if draw.state not in ("running", "filled"):
        return []
    found = []
    for seat in draw.seats.filter(state__in=WANTED.values()).order_by("slot", "candidate"):
        template = next(name for name, state in WANTED.items() if state == seat.state)
        row = of_seat(seat, template)
        if row is not None and _is_stuck(row):
            found.append(row)
    return found


def untold(limit: int) -> Iterable[Sending]:
    """Receipts of delivery that no stream has told of, the oldest first."""
    rows = Sending.objects.exclude(receipt="").filter(told_at=None)
    rows = rows.filter(message__template__in=WANTED)
    return rows.select_related("message").order_by("pk")[:limit]


def pressed(limit: int) -> list[Sending]:
    """Calls in which a key was pressed, to those who have not answered yet."""
    waiting = Seat.objects.filter(state="selected", draw__state__in=("running", "filled"))
    recipients = [seat.actor.id for seat in waiting.only("draw_id", "candidate")]
    rows = Sending.objects.exclude(pressed="").filter(
        message__template="invitation", message__recipient__in=recipients
    )
    return list(rows.select_related("message").order_by("pk")[:limit])


def _is_stuck(row: Outgoing) -> bool:
    if row.status in ("undelivered", "called"):
        return True
    return row.status == "waiting" and row.tries >= TRIES
