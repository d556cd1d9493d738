"""A draw from its request to its end; the rounds are in `rounds`, the answers in `answers`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain import canonical
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import tree
from audit_log.services import attachments, envelopes, keys, locks, sealer, trail
from experts.domain import draw_events as events
from experts.domain import public_lists
from experts.domain.draw import chain_length, closing
from experts.domain.feasibility import Shortage
from experts.domain.freeze import AUTHOR, Eligible, manifest_body, omissions_content
from experts.domain.modes import APPOINTED
from experts.models import Draw
from experts.selectors import blockers, draws, modes, pool, shortages
from experts.selectors.course import course, ref_of
from experts.services import engagements, lock, requests, rosters
from experts.services.answers import recheck, sign_in, strike
from experts.services.requests import Recusal, SlotWanted
from rulebook.domain.blockers import Blocker, Refused, refuse

__all__ = [
    "abandon",
    "cancel",
    "close",
    "commit",
    "recheck",
    "request",
    "review",
    "sign_in",
    "strike",
]
"""With what an evaluation needs of a draw's answers, under one name."""

PARTIES = ("supervision", "tenderer")
OMISSIONS = "draw_omissions"
REASON_LENGTH = 200


@transaction.atomic
def request(
    *,
    actor: Actor,
    draw: str,
    case: str,
    tenderer: str,
    trade: str,
    region: str,
    held_at: datetime,
    place: str,
    slots: Sequence[SlotWanted],
    recusal: Sequence[Recusal],
    rules: str,
    one_per_group: bool = True,
    hours: int | None = None,
    appointed: bool = False,
) -> Ref:
    """Ask for a draw of experts for a case. `rules` is the SHA-256 of the pinned profile.

    `hours` is how long the evaluation is planned to take, None: as the rules say. `appointed`:
    nobody is drawn, the tenderer chooses (experts.services.appointments).
    Raises Refused("draw_running") while another draw of the case stands.
    """
    row = Draw(
        code=draw,
        case=case,
        tenderer=tenderer,
        trade=trade,
        region=region,
        held_at=held_at,
        place=place,
        origin=APPOINTED if appointed else modes.current(),
    )
    permit(actor, "draw.request", row)
    locks.names(row.stream, f"draws of {case}")
    requests.check_code(draw)
    row.request = requests.content(slots, recusal, rules, one_per_group=one_per_group, hours=hours)
    row.attempt = requests.attempt(row)
    refuse(blockers.colleagues(row))
    return trail.record(row, "draw.requested", actor, requests.told(row))


@transaction.atomic
def review(*, actor: Actor, draw: str, approve: bool, reason: str = "") -> Ref:
    """Approve a request or send it back with a reason."""
    row = lock.draw(draw)
    permit(actor, "draw.review", row)
    refuse(blockers.review(row))
    if approve:
        row.approve()
        return trail.record(row, "draw.approved", actor, {})
    data = {"reason": _stated(reason)}
    row.reject()
    return trail.record(row, "draw.rejected", actor, data)


def commit(*, actor: Actor, draw: str) -> Ref:
    """Freeze the roster and commit to it: one act, after which nothing about it can change.

    Everyone eligible is a candidate, everyone else of a drawn specialty is in the sealed list of
    omissions. Raises Refused where the pool is not sealed as it stands, or a slot cannot be filled;
    that, with what would let it be filled, is an entry all the same, so no trial goes untold.
    """
    try:
        return _commit(actor=actor, draw=draw)
    except Short as attempt:
        data = _tell_short(actor, draw, attempt.found)
    one_per_group = draws.get(draw).request["one_per_group"]
    raise Refused(shortages.reasons(data, one_per_group))


class Short(Exception):
    """A freeze that found too few experts; nothing of it stands."""

    def __init__(self, found: list[Shortage]) -> None:
        super().__init__(found)
        self.found = found


@sealer.ceremony
def _commit(*, actor: Actor, draw: str) -> Ref:
    row = lock.draw(draw)
    permit(actor, "draw.commit", row)
    refuse(blockers.commit(row))
    size, eligible, omitted = _frozen(row)
    secret = rosters.fresh_secret()
    lock.fire(row, "commit")
    row.manifest = attachments.keep(_manifest(row, eligible, secret))
    row.chain = chain_length(len(row.request["items"] if row.is_public else eligible))
    omissions, _ = envelopes.keep(
        row, kind=OMISSIONS, author=AUTHOR, content=omissions_content(omitted)
    )
    data = {
        "project": row.case,
        "attempt": row.attempt,
        "replaces": _replaced(row),
        "manifest": row.manifest,
        "code": rosters.keep(row, secret, eligible, row.chain),
        "chain": row.chain,
        "parties": list(PARTIES),
        "mark_key": keys.witness_keys()["draw_key"],
        "pool": {"size": size, "rules": row.request["rules"]},
        "omissions": omissions,
    }
    return trail.record(row, events.COMMITTED, actor, data)


@transaction.atomic
def _tell_short(actor: Actor, draw: str, found: list[Shortage]) -> dict[str, Any]:
    """Tell of a freeze that came to nothing, and work out what would let it succeed."""
    row = lock.draw(draw)
    refuse(blockers.commit(row))
    data = {"trial": draws.trials(row.pk) + 1} | shortages.told(found, shortages.ways(row, found))
    trail.record(row, "draw.found_short", actor, data)
    return data


@transaction.atomic
def close(*, actor: Actor, draw: str) -> Ref:
    """Close a draw with the evaluation report: everyone seated has served.

    Called by the evaluation alone; the right is that of whoever runs the draw.
    """
    row = lock.draw(draw)
    permit(actor, "draw.run_round", row)
    refuse(blockers.close(row))
    now = course(row)
    lock.fire(row, "close")
    ref = trail.record(row, events.CLOSED, actor, closing(now.manifest, now.standing))
    for seat in row.seats.filter(state="signed_in"):
        seat.serve()
        trail.told_by(seat, ref)
        seat.save()
    engagements.end_all(row)
    rosters.forget_lists(row)
    return ref


@transaction.atomic
def cancel(*, actor: Actor, draw: str, reason: str) -> Ref:
    """Withdraw a draw before its first round."""
    row = lock.draw(draw)
    permit(actor, "draw.cancel", row)
    refuse(blockers.cancel(row))
    data = {"reason": _stated(reason)}
    lock.fire(row, "cancel")
    rosters.forget_lists(row)
    return trail.record(row, "draw.cancelled", actor, data)


@transaction.atomic
def abandon(*, actor: Actor, draw: str, reason: str) -> Ref:
    """Give a draw up after its first round: supervision alone. The case may be drawn for again."""
    row = lock.draw(draw)
    permit(actor, "draw.abandon", row)
    refuse(blockers.abandon(row))
    data = {"reason": _stated(reason)}
    lock.fire(row, "abandon")
    engagements.end_all(row)
    rosters.forget_lists(row)
    return trail.record(row, events.ABANDONED, actor, data)


def _frozen(row: Draw) -> tuple[int, list[Eligible], list[tuple[str, str]]]:
    """The tree size the list rests on, who is eligible, who of the pool is not and why.

    A public list rests on its own request and leaves nobody of the pool out.
    """
    if row.is_public:
        return tree.covering(row.stream) or 0, [], []
    size = tree.covering("expert/")
    eligible, omitted = pool.eligible(row)
    if size is None or size != tree.covering("expert/"):
        raise Refused([Blocker("pool_moved", "专家库正在变动,请稍后再冻结名册")])
    if found := shortages.of(row, eligible):
        raise Short(found)
    return size, eligible, omitted


def _manifest(row: Draw, eligible: list[Eligible], secret: bytes) -> bytes:
    if row.is_public:
        listed = public_lists.public_manifest(
            draw=row.pk,
            project=row.case,
            attempt=row.attempt,
            items=row.request["items"],
            count=row.request["slots"][0]["count"],
        )
        return canonical.dumps(listed)
    return manifest_body(
        draw=row.pk,
        project=row.case,
        attempt=row.attempt,
        one_per_group=row.request["one_per_group"],
        slots=pool.slots_of(row),
        eligible=eligible,
        secret=secret,
    )


def _replaced(row: Draw) -> str | None:
    """The leaf hash of the commitment this draw replaces, None for a first attempt."""
    before = requests.like(row).filter(state="abandoned").order_by("attempt").last()
    return None if before is None else ref_of(course(before).committed).hash


def _stated(reason: str) -> str:
    if not 1 <= len(reason.strip()) <= REASON_LENGTH:
        message = f"请填写不超过 {REASON_LENGTH} 字的事由"
        raise BadInput("reason_missing", message, {"reason": message})
    return reason.strip()
