"""Recusal tried out before anyone is drawn or invited; every trial is an entry and is counted.

Whoever runs the draw learns how many are left out for which reason, the commission who they are.
A committed draw has its sealed list of omissions instead (formats.md section 4).
"""

from collections import Counter

from django.db import transaction

from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import clock, trail
from experts.domain.eligibility import noted, shown, sort_out
from experts.models import Draw
from experts.selectors import blockers, draws, pool
from experts.services import lock
from rulebook.domain.blockers import refuse

Omissions = list[tuple[str, str]]


@transaction.atomic
def preview_recusal(*, actor: Actor, draw: str) -> Ref:
    """Count who would be left out if the roster were frozen now, by reason, and by kind who is not.

    A reason that would tell who is bidding counts as `recused` while bids may be secret.
    """
    row = lock.draw(draw)
    permit(actor, "draw.preview_recusal", row)
    refuse(blockers.preview(row))
    members, asked = pool.members_of(row)
    eligible, omitted = sort_out(members, asked)
    secret = not row.bidders and clock.now() < row.held_at
    counts = Counter(shown(reason, bids_may_be_secret=secret) for _, reason in omitted)
    data = {
        "trial": draws.trials(row.pk) + 1,
        "eligible": len(eligible),
        "counts": _rows(counts),
        "remarks": _rows(Counter(noted(members, asked))),
    }
    return trail.record(row, "draw.previewed", actor, data)


@transaction.atomic
def read_recusals(*, actor: Actor, draw: str) -> tuple[Ref, Omissions]:
    """Who would be left out now and why, by code, for the commission; the reading is an entry."""
    row = lock.draw(draw)
    permit(actor, "draw.read_recusals", row)
    refuse(blockers.preview(row))
    omitted = _omitted(row)
    data = {"trial": draws.trials(row.pk) + 1, "omitted": len(omitted)}
    return trail.record(row, "draw.recusals_read", actor, data), omitted


def _omitted(row: Draw) -> Omissions:
    _, omitted = pool.eligible(row)
    return sorted(omitted)


def _rows(counts: Counter[str]) -> list[dict[str, str | int]]:
    return [{"reason": reason, "count": counts[reason]} for reason in sorted(counts)]
