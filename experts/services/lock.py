"""Taking a draw or an expert for a change: lock, re-read, and fire an edge without a surprise."""

from collections.abc import Iterable
from typing import Any

from django_fsm import can_proceed

from accounts.services.gate import NotFound
from audit_log.domain.entry import Ref
from experts.models import Draw, Expert
from experts.selectors import blockers, modes, pool
from rulebook.domain.blockers import Blocker, Refused, refuse


def draw(code: str) -> Draw:
    """Lock one draw and read it afresh; raise NotFound."""
    row = Draw.locked(code)
    if row is None:
        raise NotFound
    return row


def expert(code: str) -> Expert:
    """Lock one expert and read him afresh; raise NotFound."""
    row = Expert.locked(code)
    if row is None:
        raise NotFound
    return row


def fire(row: Draw | Expert, edge: str, *evidence: Ref) -> None:
    """Take an edge of the machine; raise Refused("wrong_state") where it does not leave here.

    An expert's edges are taken where his pool is kept: Refused("pool_elsewhere").
    """
    if isinstance(row, Expert):
        refuse(modes.owner_only())
    method = getattr(row, edge)
    if not can_proceed(method):
        if isinstance(row, Draw):
            raise Refused([blockers.wrong_state(row)])
        raise Refused(pool.leaving(edge)(row))
    method(*evidence)


def noted(warned: Iterable[Blocker]) -> dict[str, Any]:
    """What an act was done in spite of, for its entry; {} where nothing warned."""
    rows = [{"rule": item.rule, "code": item.code} for item in warned]
    return {"noted": rows} if rows else {}
