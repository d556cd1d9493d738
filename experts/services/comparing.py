"""Whether a draw froze the pool as the trail tells it: for the commission, after the fact.

The frozen roster and the sealed omissions are opened for the comparison and shut again: numbers
come out, never a name or a code. Opening the omissions is an entry.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import envelopes, trail
from experts.domain import grounds
from experts.models import Draw
from experts.selectors import history
from experts.selectors.course import course
from experts.services import lock, rosters
from rulebook.domain.blockers import Blocker, Refused

STREAM = "envelopes"
REASON = "draw_compared"


@dataclass(frozen=True)
class Comparison:
    """What was frozen against what the entries below the committed tree size tell.

    `reasons` counts the omissions by reason, all recusals as one, since their kinds would tell who
    is bidding; `missing` were in the pool and frozen nowhere, `extra`
    the other way round; `astray` are those whom facts of the pool alone should have kept out, or
    whom the draw kept out for a fact of the pool that the trail does not tell.
    """

    size: int
    candidates: int
    reasons: dict[str, int]
    missing: int
    extra: int
    astray: int

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.extra or self.astray)


@transaction.atomic
def compare(*, actor: Actor, draw: str) -> tuple[Ref, Comparison]:
    """Compare; raise Refused("not_frozen") before the commitment."""
    row = lock.draw(draw)
    permit(actor, "draw.compare_pool", row)
    if not row.manifest or row.is_listed:
        raise Refused([Blocker("not_frozen", "该抽取尚未冻结名册")])
    committed = course(row).data
    omitted = _omitted(row, committed["omissions"])
    data = {"commitment": committed["omissions"], "reason": REASON}
    ref = trail.record_system(STREAM, "system.envelope_decrypted", actor, data)
    return ref, _compared(row, omitted, committed["pool"]["size"])


def _omitted(row: Draw, commitment: str) -> dict[str, str]:
    content: dict[str, Any] = envelopes.content_of(row.stream, commitment)
    return {one["expert"]: one["reason"] for one in content["omitted"]}


def _compared(row: Draw, omitted: dict[str, str], size: int) -> Comparison:
    told = history.frozen_for(row)
    frozen = {one.expert: "" for one in rosters.identities_of(row).values()} | omitted
    both = told.keys() & frozen.keys()
    own = set(history.OWN_REASONS)
    return Comparison(
        size=size,
        candidates=len(frozen) - len(omitted),
        reasons=dict(Counter(_masked(reason) for reason in omitted.values())),
        missing=len(told.keys() - frozen.keys()),
        extra=len(frozen.keys() - told.keys()),
        astray=sum(told[code] != (frozen[code] if frozen[code] in own else "") for code in both),
    )


def _masked(reason: str) -> str:
    return reason if reason in (*history.OWN_REASONS, "busy") else grounds.MASKED
