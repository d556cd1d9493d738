"""The link to an expert's own page: reports, leave, appeals, and who has read his data.

It goes to his own phone and nowhere else. With it he is himself, and not in any evaluation room:
that takes the sign-in at the place.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Outgoing, Person, PersonKey
from accounts.services import links, vault
from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import clock, keys, trail
from experts.models import Expert
from experts.selectors import pool
from experts.services import invitations, lock
from rulebook.domain.blockers import refuse

LOG = logging.getLogger(__name__)
PURPOSE = "own_page"
LIFETIME = timedelta(days=7)
TEXT = (
    "评标专家本人页面:报告变更、申报休假、提出申诉、查看本人信息的查阅记录。"
    "\n一次性登录口令:{token}"
)


@transaction.atomic
def send_link(*, actor: Actor, expert: str) -> Ref:
    """Send an expert the link to his own page."""
    row = lock.expert(expert)
    permit(actor, "expert.send_link", row)
    refuse(pool.person_gone(row))
    Outgoing.objects.create(template=PURPOSE, recipient=row.pk, created_at=clock.now())
    return trail.record(row, "expert.link_sent", actor, {})


def come_in(token: str) -> Actor | None:
    """Who comes in by this token, which works once, or None.

    He bears no employer, so no committee takes him in (accounts.domain.policy.outside).
    """
    code = links.spend(token, purpose=PURPOSE)
    known = Expert.objects.filter(pk=code).exists() if code else False
    return Actor(code, "expert", "") if code and known else None


def deliver(limit: int = 100, channel: invitations.Channel | None = None) -> int:
    """Due work: send up to `limit` waiting links; returns how many went out."""
    out = channel or invitations.Folder(settings.DATA_DIR / "outbox")
    waiting = Outgoing.objects.filter(template=PURPOSE, sent_at=None).order_by("pk")
    return sum(
        _deliver(number, out) for number in list(waiting.values_list("pk", flat=True)[:limit])
    )


@transaction.atomic
def _deliver(number: int, out: invitations.Channel) -> bool:
    """Claim, send and mark one message; several senders never take the same."""
    skip = connection.features.has_select_for_update_skip_locked
    claimed = Outgoing.objects.select_for_update(skip_locked=skip)
    row = claimed.filter(pk=number, sent_at=None).first()
    if row is None:
        return False
    try:
        phone = vault.reveal(row.recipient)["phone"]
        token = links.issue(purpose=PURPOSE, subject=row.recipient, lifetime=LIFETIME)
        out.send(name=f"{row.pk:08d}", phone=phone, text=TEXT.format(token=token))
    except (Person.DoesNotExist, PersonKey.DoesNotExist, keys.KeyMissing, OSError) as error:
        LOG.error("message %s not sent: %s", row.pk, type(error).__name__)
        return False
    row.sent_at = clock.now()
    row.save()
    return True
