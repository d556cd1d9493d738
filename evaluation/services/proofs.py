"""What an author needs to prove his own sealed bid, sheet, ballot, list or objection."""

from typing import Any

from django.db import transaction

from accounts.domain import roles
from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor, Ref
from audit_log.services import envelopes
from evaluation.models import Project
from evaluation.selectors import bids
from evaluation.services import bidding, lock


@transaction.atomic
def own_envelope(*, actor: Actor, project: str, kind: str) -> tuple[Ref, dict[str, Any]]:
    """Give the author salt and content of his current envelope of a kind (formats.md section 3).

    Being its author is the right; to everyone else there is nothing (NotFound). A bidder is told
    by his receipt number, here too, so that the entry does not tell who bids.
    """
    row = lock.project(project)
    author = _author(actor, row) if kind == bids.KIND else actor
    found = envelopes.proof_of_own(row, "project.own_envelope_read", author, kind=kind)
    if found is None:
        raise NotFound
    return found


def _author(actor: Actor, row: Project) -> Actor:
    receipt = bidding.own_receipt(actor, row)
    return Actor(f"bid/{row.pk}/{receipt}", roles.BIDDER, "") if receipt else actor
