"""Asking for a draw from a list that is no secret; the draw itself is `draws` and `rounds`."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import locks, trail
from experts.domain import public_lists
from experts.models import Draw
from experts.services import requests


@transaction.atomic
def request(
    *,
    actor: Actor,
    draw: str,
    case: str,
    kind: str,
    tenderer: str,
    trade: str,
    region: str,
    held_at: datetime,
    place: str,
    items: Sequence[str],
    count: int,
    rules: str,
    subject: str,
) -> Ref:
    """Ask for a draw of `count` out of a list that is no secret; `items` are public numbers.

    A case may have several, one after another; `subject` says what is decided. Raises
    Refused("draw_running") while one of the same kind stands.
    """
    row = Draw(
        code=draw,
        case=case,
        kind=kind,
        tenderer=tenderer,
        trade=trade,
        region=region,
        held_at=held_at,
        place=place,
        serial=1 + Draw.objects.filter(case=case, kind=kind, state="closed").count(),
    )
    permit(actor, "draw.request", row)
    locks.names(row.stream, f"draws of {case}")
    requests.check_code(draw)
    if not public_lists.sound(items, count):
        message = "名单应为各不相同的公开编号,抽取个数应在 1 至名单个数之间"
        raise BadInput("list_unsound", message, {"items": message})
    row.request = public_lists.public_request(items, count, rules, subject=subject)
    row.attempt = requests.attempt(row)
    return trail.record(row, "draw.requested", actor, requests.told(row))
