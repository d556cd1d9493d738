"""一标一评: tenderer, trading centre and regulator rate each drawn member of a committee."""

from collections.abc import Sequence

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from evaluation.selectors import rating
from evaluation.services import lock
from experts.services import ratings
from rulebook.domain.blockers import refuse


@transaction.atomic
def rate_expert(
    *, actor: Actor, project: str, handle: str, items: Sequence[str] = (), evidence: str = ""
) -> Ref:
    """Rate the member who sat under a handle, once for each side; the entry is in his own stream.

    `items` are those deducted for, none for a full mark; `evidence` the SHA-256 of the record.
    """
    row = lock.project(project)
    permit(actor, "project.rate_expert", row)
    refuse(rating.rate_expert(row) + rating.still_secret(row, actor))
    waiting = {seat.candidate: seat.expert for seat in rating.unrated(row, actor)}
    if handle not in waiting:
        message = "没有这一席位,或者贵方已经评价"
        raise BadInput("handle_unknown", message, {"handle": message})
    return ratings.record(
        actor=actor,
        expert=waiting[handle],
        case=row.pk,
        handle=handle,
        items=items,
        evidence=evidence,
    )
