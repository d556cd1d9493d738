"""The link to an expert's own page: reports, leave, appeals, and who has read his data.

It goes to his own phone and nowhere else. With it he is himself, and not in any evaluation room:
that takes the sign-in at the place.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.services import links, outbox, vault
from accounts.services.gate import permit
from accounts.services.outbox import Letter, Template
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from experts.models import Expert
from experts.selectors import pool
from experts.services import invitations, lock
from rulebook.domain.blockers import refuse

PURPOSE = "own_page"
LIFETIME = timedelta(days=7)
TEXT = "评标专家本人页面:报告变更、申报休假、提出申诉、查看本人信息的查阅记录。"


@transaction.atomic
def send_link(*, actor: Actor, expert: str) -> Ref:
    """Send an expert the link to his own page."""
    row = lock.expert(expert)
    permit(actor, "expert.send_link", row)
    refuse(pool.person_gone(row))
    outbox.put(PURPOSE, [row.pk])
    return trail.record(row, "expert.link_sent", actor, {})


def come_in(token: str) -> Actor | None:
    """Who comes in by this token, which works once, or None.

    He bears no employer, so no committee takes him in (accounts.domain.policy.outside).
    """
    code = links.spend(token, purpose=PURPOSE)
    known = Expert.objects.filter(pk=code).exists() if code else False
    return Actor(code, "expert", "") if code and known else None


def _due(_expert: str, at: datetime) -> datetime:
    """At once: somebody has asked for it."""
    return at


def _write(expert: str) -> Letter:
    token = links.issue(purpose=PURPOSE, subject=expert, lifetime=LIFETIME)
    return Letter(f"{TEXT}{invitations.TOKEN}{token}", "")


def _person(expert: str) -> dict[str, Any]:
    return vault.reveal(expert)


TEMPLATES = {PURPOSE: Template(_due, _write, _person)}
