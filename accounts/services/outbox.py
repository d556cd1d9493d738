"""The outbox: messages are put in with their cause and sent later, by one host or by several.

An attempt is three steps: reserve the message and write the attempt down; hand it over, with
nothing locked; say how it ended. A process killed between the last two leaves an attempt without
an end: when the reservation is over the message goes out again under the same key, which a gateway
takes for the same message. So each leaves at least once, and is delivered twice only by a channel
that does not know its keys.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.domain.messages import TRIES
from accounts.models import Outgoing, Person, PersonKey, Sending
from accounts.services.channels import (
    Channel,
    ChannelRefused,
    Channels,
    Message,
    configured,
)
from audit_log.domain.entry import format_time
from audit_log.services import attachments, clock, keys

LOG = logging.getLogger(__name__)
RESERVED = timedelta(minutes=2)
"""How long a message belongs to the process that is sending it."""
PAUSE, LONGEST_PAUSE = timedelta(seconds=20), timedelta(minutes=10)
"""Before the second attempt, doubled before each further one; at most."""


@dataclass(frozen=True)
class Letter:
    """A message as it leaves, made at sending and kept nowhere."""

    text: str
    spoken: str


@dataclass(frozen=True)
class Template:
    """What the outbox must know of a kind of message; each part is given the recipient's code.

    `due`: the first moment from the given one on at which it may go, None where it is of no use any
    more. `write` may issue a link, `person` decrypts (raises Person.DoesNotExist,
    PersonKey.DoesNotExist, KeyMissing).
    """

    due: Callable[[str, datetime], datetime | None]
    write: Callable[[str], Letter]
    person: Callable[[str], Mapping[str, Any]]


TEMPLATES: dict[str, Template] = {}
"""Name → template; filled by each app's `ready`."""


@dataclass(frozen=True)
class _Begun:
    """An attempt that is written down and not yet made."""

    sending: Sending
    letter: Letter
    channels: Channels

    @property
    def row(self) -> Outgoing:
        return self.sending.message

    @property
    def channel(self) -> Channel:
        return self.channels[self.sending.channel]


def register(templates: Mapping[str, Template]) -> None:
    """Make templates known."""
    TEMPLATES.update(templates)


def put(template: str, recipients: Iterable[str]) -> None:
    """Put one message for each recipient into the outbox, in the transaction of its cause."""
    at = clock.now()
    Outgoing.objects.bulk_create(
        Outgoing(
            template=template,
            recipient=recipient,
            key=secrets.token_hex(16),
            created_at=at,
            due_at=at,
        )
        for recipient in recipients
    )


def send_due(limit: int = 100, channels: Channels | None = None) -> int:
    """Due work: make one attempt at up to `limit` waiting messages; return how many were taken.

    A channel that does not answer is not waited for again this time: its other messages count that
    as theirs.
    """
    known = configured() if channels is None else channels
    waiting = Outgoing.objects.filter(status="waiting", due_at__lte=clock.now()).order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True)[:limit])
    silent: set[str] = set()
    return sum(_send(number, known, silent) for number in numbers)


def sending_key(sending: Sending) -> str:
    """What names the message to the gateway, at every attempt by this channel."""
    return f"{sending.message.key}-{sending.channel}"


def keep_receipt(row: Outgoing, channel: str, status: str, pressed: str = "") -> str:
    """Keep the receipt of a hand-over or a delivery; return its SHA-256."""
    told = {"v": 1, "recipient": row.recipient, "template": row.template, "channel": channel}
    told |= {"status": status, "at": format_time(clock.now())}
    return attachments.keep_document(told | ({"pressed": pressed} if pressed else {}))


def next_channel(row: Outgoing, channels: Channels) -> None:
    """Give the turn to the channel after this one; after the last the message is undelivered."""
    names = list(channels)
    after = names[names.index(row.channel) + 1 :] if row.channel in names else names
    row.tries, row.due_at = 0, clock.now()
    if after:
        row.status, row.channel = "waiting", after[0]
    else:
        row.status = "undelivered"


def _send(number: int, channels: Channels, silent: set[str]) -> bool:
    begun = _begin(number, channels, silent)
    return begun is not None and _end(begun, _hand_over(begun, silent))


@transaction.atomic
def _begin(number: int, channels: Channels, silent: set[str]) -> _Begun | None:
    """Reserve a message and write the attempt down; None where there is none to be made now."""
    at = clock.now()
    skip = connection.features.has_select_for_update_skip_locked
    waiting = Outgoing.objects.select_for_update(skip_locked=skip)
    row = waiting.filter(pk=number, status="waiting", due_at__lte=at).first()
    if row is None or not _may_go(row, at):
        return None
    row.sendings.filter(outcome="").update(outcome="lost", ended_at=at)
    if row.channel not in channels:
        next_channel(row, channels)
    if row.channel in silent:
        _again(row, "unreachable", channels)
        row.save()
        return None
    row.due_at = at + RESERVED
    row.save()
    if row.status == "undelivered":
        return None
    sending = Sending.objects.create(
        message=row, number=row.sendings.count() + 1, channel=row.channel, began_at=at
    )
    return _Begun(sending, TEMPLATES[row.template].write(row.recipient), channels)


def _may_go(row: Outgoing, at: datetime) -> bool:
    """Whether the message may go now; else it is dropped, or put off."""
    due = TEMPLATES[row.template].due(row.recipient, at)
    if due is not None and due <= at:
        return True
    if due is None:
        row.status = "dropped"
    else:
        row.due_at = due
    row.save()
    return False


def _hand_over(begun: _Begun, silent: set[str]) -> str:
    """Decrypt the address and send; return how it ended (`OUTCOMES`). Nothing is locked here."""
    row, letter, key = begun.row, begun.letter, sending_key(begun.sending)
    try:
        person = TEMPLATES[row.template].person(row.recipient)
    except (Person.DoesNotExist, PersonKey.DoesNotExist) as error:
        return _failed(begun, "refused", error)
    except keys.KeyMissing as error:
        return _failed(begun, "unreachable", error)
    try:
        begun.channel.send(Message(row.pk, key, letter.text, letter.spoken, person))
    except ChannelRefused as error:
        return _failed(begun, "refused", error)
    except (keys.KeyMissing, OSError) as error:
        silent.add(begun.sending.channel)
        return _failed(begun, "unreachable", error)
    return "handed"


def _failed(begun: _Begun, outcome: str, error: Exception) -> str:
    """Log that a message did not leave: by its number, since an error's text may tell the phone."""
    LOG.error("message %s by %s: %s", begun.row.pk, begun.sending.channel, type(error).__name__)
    return outcome


@transaction.atomic
def _end(begun: _Begun, outcome: str) -> bool:
    """Say how an attempt ended, and what follows; return whether the channel took the message."""
    at, sending = clock.now(), begun.sending
    row = Outgoing.objects.select_for_update().get(pk=begun.row.pk)
    Sending.objects.filter(pk=sending.pk).update(outcome=outcome, ended_at=at)
    if row.status == "waiting" and row.channel == sending.channel:  # no receipt came before this
        if outcome == "handed":
            row.status, row.sent_at = "handed", at
            row.receipt = keep_receipt(row, sending.channel, outcome)
        else:
            _again(row, outcome, begun.channels)
        row.save()
    return outcome == "handed"


def _again(row: Outgoing, outcome: str, channels: Channels) -> None:
    """Try once more later, or by the next channel; the last one is never given up for silence."""
    row.tries += 1
    is_last = row.channel == list(channels)[-1]
    if outcome == "refused" or (row.tries >= TRIES and not is_last):
        next_channel(row, channels)
    else:
        row.due_at = clock.now() + min(PAUSE * 2 ** min(row.tries - 1, 9), LONGEST_PAUSE)
