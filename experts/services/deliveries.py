"""What became of messages, told in the stream of the draw; and the list of those to be called.

Numbers are shown to supervision alone, and each showing is an entry. It stands in the draw's stream
by handle: one in an expert's own would tell who was drawn (formats.md section 4).
"""

from typing import NamedTuple

from django.db import transaction

from accounts.models import Outgoing, Person, PersonKey, Sending
from accounts.services.gate import permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import clock, trail
from experts.domain import draw_events as events
from experts.domain import grounds
from experts.models import Draw
from experts.selectors import blockers, messages
from experts.services import inputs, invitations, lock
from rulebook.domain.blockers import refuse


class Call(NamedTuple):
    """Whom to call, and what he is told; a phone of "" where nothing is known of him any more."""

    candidate: str
    phone: str
    said: str


def tell(limit: int = 100) -> int:
    """Due work: write the receipts of delivery into the streams of their draws; return how many.

    While a round hangs open only its result may follow, so its receipts wait.
    """
    return sum(_tell(one.pk, one.message.recipient) for one in messages.untold(limit))


@transaction.atomic
def open_calls(*, actor: Actor, draw: str, reason: str) -> tuple[Ref, list[Call]]:
    """Show the numbers of those whom no message reached, for one of `CALLING`.

    Their messages are sent no more. An invitation is said without its link: who accepts by phone is
    recorded with evidence. The link to sign in with is passed on.
    """
    row = lock.draw(draw)
    permit(actor, "draw.open_calls", row)
    inputs.listed(reason, grounds.CALLING, "reason")
    refuse(blockers.calls(row))
    stuck = messages.to_call(row)
    calls = [_call(one) for one in stuck]
    data = {"candidates": [one.candidate for one in calls], "reason": reason}
    ref = trail.record(row, events.CALLS_OPENED, actor, data)
    Outgoing.objects.filter(pk__in=[one.pk for one in stuck]).update(status="called")
    return ref, calls


@transaction.atomic
def _tell(sending: int, recipient: str) -> bool:
    draw, _, candidate = recipient.rpartition("/")
    row = lock.draw(draw)
    one = Sending.objects.select_for_update().select_related("message").get(pk=sending)
    if one.told_at is not None or _must_wait(row):
        return False
    Sending.objects.filter(pk=one.pk).update(told_at=clock.now())
    if row.state not in ("running", "filled"):
        return False
    data = {
        "candidate": candidate,
        "template": one.message.template,
        "channel": one.channel,
        "status": one.delivery,
        "receipt": one.receipt,
    }
    trail.record(row, events.DELIVERED, SYSTEM, data)
    return True


def _must_wait(row: Draw) -> bool:
    return row.state == "running" and bool(blockers.answers(row))


def _call(row: Outgoing) -> Call:
    said = invitations.said(row.template, row.recipient)
    try:
        phone = invitations.person(row.recipient)["phone"]
    except (Person.DoesNotExist, PersonKey.DoesNotExist):
        phone = ""
    return Call(row.recipient.rpartition("/")[2], phone, said)
