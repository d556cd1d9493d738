"""Invitations on their way out: the only place where a drawn expert's phone number is read.

A message tells time and place, never the project; it carries a one-time link, made at sending. It
leaves through a channel; the one here lays a file per message into a folder, from which a gateway
takes it (in the demonstration: a person).
"""

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Outgoing, Person, PersonKey
from accounts.services import links, vault
from audit_log.domain.entry import format_time
from audit_log.services import attachments, clock, keys
from experts.domain import roster
from experts.models import Draw, Seat
from experts.selectors import draws
from experts.services import rosters

LOG = logging.getLogger(__name__)
PURPOSE = "invitation"
STAY = timedelta(days=1)
"""How long after the time of the evaluation its link still lets him in."""


class Channel(Protocol):
    """A way to reach a phone."""

    def send(self, *, name: str, phone: str, text: str) -> None:
        """Hand the message over for good, or raise OSError; `name` is unique to it."""


class Folder:
    """Messages as text files (0600), the number in the first line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, *, name: str, phone: str, text: str) -> None:
        """Write `<name>.txt`; one of that name is written again."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.path / f"{name}.txt"
        with open(target, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(f"{phone}\n\n{text}\n")


class Template(NamedTuple):
    """What a message says, in which state of the seat it is due, until when its link works."""

    text: str
    state: str
    until: Callable[[Seat], datetime]


TEMPLATES = {
    "invitation": Template(
        "您被{chosen}为评标专家。评标时间:{held_at},地点:{place}。请在 {answer_by} 前答复是否参加。"
        "\n一次性登录口令:{token}",
        "selected",
        lambda seat: seat.answer_by,
    ),
    "confirmation": Template(
        "您已答复参加 {held_at} 在 {place} 的评标。请准时到场签到,并对评标信息保密。"
        "\n一次性登录口令:{token}",
        "accepted",
        lambda seat: seat.draw.held_at + STAY,
    ),
}


def deliver(limit: int = 100, channel: Channel | None = None) -> int:
    """Due work: send up to `limit` waiting messages of draws; return how many went out.

    A message that is no longer due is dropped; one that cannot be sent waits for the next time.
    """
    out = channel or Folder(settings.DATA_DIR / "outbox")
    waiting = Outgoing.objects.filter(template__in=TEMPLATES, sent_at=None).order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(_deliver(number, out) for number in numbers)


def room_code(draw: str, site: int = 0) -> str:
    """The six digits shown in the evaluation room of a committed draw, or at one of its sites."""
    return roster.room_code(rosters.secret_of(draws.get(draw)), site)


@transaction.atomic
def _deliver(number: int, out: Channel) -> bool:
    """Claim, send and mark one message; several senders never take the same."""
    skip = connection.features.has_select_for_update_skip_locked
    claimed = Outgoing.objects.select_for_update(skip_locked=skip)
    row = claimed.filter(pk=number, sent_at=None).first()
    seat = _seat_of(row.recipient) if row else None
    if row is None or seat is None:
        return False
    template, at = TEMPLATES[row.template], clock.now()
    lifetime = template.until(seat) - at
    due = lifetime > timedelta() and seat.state == template.state
    sent = due and _send(row, seat, template, lifetime, out)
    if sent:
        row.values = {"receipt": _receipt(row, at)}
    if sent or not due:
        row.sent_at = at
        row.save()
    return sent


def _send(row: Outgoing, seat: Seat, template: Template, lifetime: timedelta, out: Channel) -> bool:
    try:
        phone = _phone(seat)
        token = links.issue(purpose=PURPOSE, subject=row.recipient, lifetime=lifetime)
        out.send(name=f"{row.pk:08d}", phone=phone, text=_text(template, seat, token))
    except (Person.DoesNotExist, PersonKey.DoesNotExist, keys.KeyMissing, OSError) as error:
        LOG.error("message %s not sent: %s", row.pk, type(error).__name__)
        return False
    return True


def _phone(seat: Seat) -> str:
    """From the vault; of someone drawn elsewhere, from the list until he has signed in."""
    if seat.draw.is_external:
        listed = rosters.listed_before(seat.draw)
        return next(one.person["phone"] for one in listed if one.candidate == seat.candidate)
    phone: str = vault.reveal(_expert(seat.draw, seat.candidate))["phone"]
    return phone


def _expert(draw: Draw, candidate: str) -> str:
    return rosters.identity_of(draw, candidate).expert


def _seat_of(recipient: str) -> Seat | None:
    draw, _, candidate = recipient.rpartition("/")
    return Seat.objects.select_related("draw").filter(draw=draw, candidate=candidate).first()


def _text(template: Template, seat: Seat, token: str) -> str:
    return template.text.format(
        held_at=_minute(seat.draw.held_at),
        place=seat.draw.place,
        answer_by=_minute(seat.answer_by),
        chosen="确定" if seat.draw.is_appointed else "随机抽取",
        token=token,
    )


def _minute(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _receipt(row: Outgoing, at: datetime) -> str:
    """Keep the receipt of a delivery; its SHA-256 is the evidence where nobody answers."""
    document = {"v": 1, "recipient": row.recipient, "template": row.template}
    return attachments.keep_document(document | {"sent_at": format_time(at)})
