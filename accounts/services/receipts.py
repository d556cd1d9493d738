"""Receipts of delivery: the gateway calls back, or is asked."""

import logging
from datetime import timedelta

from django.db import transaction

from accounts.domain.messages import Receipt
from accounts.models import Outgoing, Sending
from accounts.services.channels import Channels, configured
from accounts.services.outbox import keep_receipt, next_channel, sending_key
from audit_log.services import clock, keys

LOG = logging.getLogger(__name__)
ASKED_AFTER, ASKED_UNTIL = timedelta(seconds=30), timedelta(hours=6)
"""How long after the hand-over a gateway that has not called back is asked."""


@transaction.atomic
def take(key: str, channel: str, told: Receipt, channels: Channels | None = None) -> bool:
    """Take a receipt for the message that this channel knows by `key`; False: there is none.

    The first word counts. Where the message was not delivered the next channel has its turn.
    """
    known = configured() if channels is None else channels
    name, _, by = key.partition("-")
    rows = Outgoing.objects.select_for_update()
    row = rows.filter(key=name).first() if by == channel else None
    sending = row.sendings.filter(channel=channel).order_by("-number").first() if row else None
    if row is None or sending is None:
        return False
    if sending.delivery:
        return True
    sending.delivery, sending.pressed = told
    sending.receipt = keep_receipt(row, channel, *told)
    sending.save(update_fields=["delivery", "pressed", "receipt"])
    if told.status == "delivered" and row.status in ("waiting", "handed", "undelivered"):
        row.status, row.receipt = "delivered", sending.receipt
        row.sent_at = row.sent_at or clock.now()
    elif row.status in ("waiting", "handed") and row.channel == channel:
        next_channel(row, known)
    row.save()
    return True


def ask(limit: int = 100, channels: Channels | None = None) -> int:
    """Due work: ask for the receipts that have not come; return how many did.

    A channel that does not answer is not asked again this time.
    """
    known = configured() if channels is None else channels
    now, silent, found = clock.now(), set(), 0
    rows = Sending.objects.filter(
        delivery="",
        outcome="handed",
        channel__in=list(known),
        message__status="handed",
        ended_at__range=(now - ASKED_UNTIL, now - ASKED_AFTER),
    )
    for one in rows.select_related("message").order_by("-pk")[:limit]:
        if one.channel in silent:
            continue
        try:
            told = known[one.channel].delivery(sending_key(one))
        except (keys.KeyMissing, OSError) as error:
            LOG.error("receipts by %s: %s", one.channel, type(error).__name__)
            silent.add(one.channel)
            continue
        if told.status:
            found += take(sending_key(one), one.channel, told, known)
    return found
