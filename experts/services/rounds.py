"""Contributions and rounds (formats.md section 4).

No list of names is ever taken from outside: who is drawn follows from the manifest, the next code
of the committed chain and the commission's mark.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, NotAllowed, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors.trail import Line
from audit_log.services import clock, cosigning, sealer, trail
from experts.domain import draw_events as events
from experts.domain.draw import mark_is_valid, round_code, seed
from experts.domain.draw import run_round as compute
from experts.domain.manifest import candidates_of
from experts.models import Draw, Seat
from experts.selectors import blockers, draws
from experts.selectors.course import Course, course, ref_of
from experts.services import answers, invitations, lock, recusals, rosters
from rulebook.domain.blockers import Blocker, Refused, refuse

PARTY_OF = {"regulator": "supervision", "tenderer": "tenderer"}
SHORTEST, LONGEST = 6, 256


@transaction.atomic
def contribute(*, actor: Actor, draw: str, value: str) -> Ref:
    """Add what a party typed himself (6 to 256 characters), once per round, before it is opened."""
    row = lock.draw(draw)
    permit(actor, "draw.contribute", row)
    if actor.role not in PARTY_OF:
        raise NotAllowed
    refuse(blockers.contribute(row))
    party = PARTY_OF[actor.role]
    if party in course(row).parties:
        raise Refused([Blocker("party_twice", "本轮已输入过,每方每轮一次")])
    if not SHORTEST <= len(value) <= LONGEST:
        message = f"应为 {SHORTEST} 至 {LONGEST} 个字符"
        raise BadInput("value_length", message, {"value": message})
    return trail.record(row, events.CONTRIBUTED, actor, {"party": party, "value": value})


@sealer.ceremony
def open_round(*, actor: Actor, draw: str) -> Ref:
    """Open the next round for the seats that are open; only its result may follow."""
    row = lock.draw(draw)
    permit(actor, "draw.open_round", row)
    refuse(blockers.open_round(row))
    now = course(row)
    if row.state != "running":
        lock.fire(row, "run")
    row.round = len(now.opened) + 1
    data = {"round": row.round, "needs": now.needs, "excluded": _newly_excluded(row, now)}
    return trail.record(row, events.ROUND_OPENED, actor, data)


def run_round(*, actor: Actor, draw: str) -> Ref:
    """Run the round just opened: get the commission's mark, select; seat and invite experts.

    Of a public list the selection is the result at once.

    The witness is asked before the transaction begins, so nothing is locked meanwhile. Where the
    commission's key was committed and it does not answer: Refused("mark_awaited"), ask again.
    """
    row = draws.get(draw)
    permit(actor, "draw.run_round", row)
    refuse(blockers.run_round(row))
    now = course(row)
    mark = cosigning.mark(ref_of(now.opened[-1])) if now.data["mark_key"] else ""
    return _run(actor, draw, mark)


@transaction.atomic
def _run(actor: Actor, draw: str, mark: str) -> Ref:
    row = lock.draw(draw)
    refuse(blockers.run_round(row))
    now = course(row)
    opening = now.opened[-1]
    number = opening.value["data"]["round"]
    if not _is_marked(now.data["mark_key"], opening, mark):
        raise Refused([Blocker("mark_awaited", "纪检监察机关的见证工具尚未签署本轮,请稍后再抽取")])
    code = round_code(rosters.secret_of(row), row.chain, number)
    selected, short = compute(
        now.manifest,
        now.standing,
        opening.value["data"]["needs"],
        seed(code, opening.hash, bytes.fromhex(mark)),
    )
    data = {
        "round": number,
        "code": code.hex(),
        "mark": mark,
        "selected": selected,
        "short": short,
    }
    if row.is_public:
        lock.fire(row, "fill")
        return trail.record(row, events.ROUND_RUN, actor, data)
    ref = trail.record(row, events.ROUND_RUN, actor, data)
    invite(row, selected, number, ref)
    answers.strike_recused(row, actor)
    return ref


def _is_marked(mark_key: str, opening: Line, mark: str) -> bool:
    """Whether the round carries the mark it needs: none where no key was committed."""
    if not mark_key:
        return not mark
    return mark_is_valid(bytes.fromhex(mark_key), opening.hash, bytes.fromhex(mark))


def invite(row: Draw, selected: Iterable[Mapping[str, Any]], number: int, ref: Ref) -> None:
    """Make the seats and put the invitations into the outbox, by handle."""
    until = invitations.answer_by(row, number, clock.now())
    seats = [
        Seat(
            draw=row,
            candidate=one["candidate"],
            slot=one["slot"],
            round=number,
            answer_by=until,
        )
        for one in selected
    ]
    for seat in seats:
        trail.told_by(seat, ref)
    Seat.objects.bulk_create(seats)
    invitations.invite(seats)


def _newly_excluded(row: Draw, now: Course) -> list[dict[str, str]]:
    """Candidates found since the freeze to have a ground of recusal: not drawn from now on."""
    if row.is_public:
        return []
    known = {*now.standing.selected, *now.standing.excluded}
    rest = [name for name in candidates_of(now.manifest) if name not in known]
    return [
        {"candidate": name, "reason": recusals.ground_of(row, hit)}
        for name, hit in recusals.of_roster(row, rest)
    ]
