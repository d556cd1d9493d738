"""What becomes of a drawn candidate: he answers, signs in, is struck, stays away, is replaced."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import Outgoing, Sending
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import clock, trail
from experts.domain import draw as rules
from experts.domain import draw_events as events
from experts.domain import grounds
from experts.models import Draw, Seat
from experts.selectors import blockers, draws, messages
from experts.selectors.course import course
from experts.services import (
    drawn_persons,
    engagements,
    inputs,
    invitations,
    lock,
    recusals,
    rosters,
)
from rulebook.domain.blockers import Blocker, Refused, refuse


@transaction.atomic
def answer(*, actor: Actor, draw: str, answer: str, reason: str = "") -> Ref:
    """The drawn expert accepts or declines; `actor` is the actor of his seat.

    A late answer counts while nobody has recorded that there was none. `reason` is one of
    `grounds.DECLINED` where he declines, else "".
    """
    row = lock.draw(draw)
    permit(actor, "draw.answer", row)
    seat = _own_seat(row, actor)
    if answer not in ("accepted", "declined"):
        raise BadInput("answer_unknown", "请选择接受或者谢绝", {"answer": "请选择列出的答复"})
    return _tell(row, seat, actor, answer, reason)


@transaction.atomic
def record_answer(
    *, actor: Actor, draw: str, candidate: str, answer: str, reason: str = "", evidence: str
) -> Ref:
    """Record an answer given by voice, or its absence; `evidence` is the recording's SHA-256.

    Nobody is made absent early: no_answer only after the time to answer, absent after the time of
    the evaluation. Nobody answers whom nothing has reached (D20): Refused("not_contacted").
    """
    row = lock.draw(draw)
    permit(actor, "draw.record_answer", row)
    seat = _seat(row, candidate)
    if answer not in ("accepted", "declined", "no_answer"):
        raise BadInput("answer_unknown", "请选择列出的答复", {"answer": "请选择列出的答复"})
    inputs.document(evidence, "evidence")
    due = row.held_at if reason == grounds.ABSENT else seat.answer_by
    if answer == "no_answer" and clock.now() < due:
        raise Refused([Blocker("too_early", "时限未到,不能记为未答复或者缺席")])
    if reason != grounds.ABSENT:
        refuse(blockers.contacted(seat))
    return _tell(row, seat, actor, answer, reason, evidence)


@transaction.atomic
def sign_in(*, actor: Actor, draw: str) -> tuple[Ref, str]:
    """The drawn expert signs in: his identity is opened; returns the entry and his code."""
    row = lock.draw(draw)
    permit(actor, "draw.sign_in", row)
    seat = _own_seat(row, actor)
    refuse(blockers.answers(row) + blockers.seat(seat, "sign_in"))
    identity = rosters.identity_of(row, seat.candidate)
    ref = trail.record(row, events.CANDIDATE_OPENED, actor, identity.opening())
    seat.sign_in()
    seat.expert = identity.expert
    trail.told_by(seat, ref)
    seat.save()
    if row.is_external:
        drawn_persons.enrol(row, seat.candidate, actor, ref)
    return ref, identity.expert


@transaction.atomic
def strike(*, actor: Actor, draw: str, candidate: str, reason: str) -> Ref:
    """Strike a candidate on one of `grounds.STRUCK`; one who has signed in is replaced.

    Until the time of the evaluation a ground that would tell who is bidding is put down as
    `recused` (formats.md section 4).
    """
    row = lock.draw(draw)
    permit(actor, "draw.strike", row)
    seat = _seat(row, candidate)
    inputs.listed(reason, grounds.STRUCK, "reason")
    shown = grounds.recorded(reason, bids_may_be_secret=clock.now() < row.held_at)
    return _strike(row, seat, actor, shown)


@transaction.atomic
def recheck(*, actor: Actor, draw: str, orgs: Sequence[str], beside: Sequence[str] = ()) -> int:
    """Hold the roster against the parties as they are known now, by every recorded tie (R06).

    Those seated who hit are struck, those not drawn are excluded from the next round on, and before
    the commitment they are left out. `orgs` are opened bidders, added to those of earlier checks
    (other lots), `beside` the accounts of those who sit with them. Returns the number struck; names
    never leave the draw's services.
    """
    row = lock.draw(draw)
    permit(actor, "draw.strike", row)
    row.bidders = sorted({*row.bidders, *orgs})
    row.save()
    return strike_recused(row, actor, beside)


def strike_recused(row: Draw, actor: Actor, beside: Sequence[str] = ()) -> int:
    """Strike those seated who must not sit; nothing while a round hangs open.

    Opening the bids never waits for the draw (招标投标法第三十四条), so a round that hangs open
    does not refuse the check: its result brings it.
    """
    if blockers.answers(row):
        return 0
    seats = row.seats.filter(state__in=recusals.IN_PLAY).order_by("pk")
    hits = recusals.of_seats(row, seats, beside)
    for seat, hit in hits:
        _strike(row, seat, actor, recusals.ground_of(row, hit))
    return len(hits)


@transaction.atomic
def turn_away(*, actor: Actor, draw: str, beside: Sequence[str] = ()) -> bool:
    """Strike the drawn expert who comes to sign in and must not sit; his identity stays sealed.

    Returns whether he was turned away (R06).
    """
    row = lock.draw(draw)
    permit(actor, "draw.sign_in", row)
    seat = _own_seat(row, actor)
    refuse(blockers.answers(row) + blockers.seat(seat, "sign_in"))
    seats = row.seats.filter(state__in=recusals.IN_PLAY).exclude(pk=seat.pk).order_by("pk")
    found = recusals.of_seats(row, [*seats, seat], beside)
    hits = [hit for one, hit in found if one.pk == seat.pk]
    for hit in hits:
        _strike(row, seat, SYSTEM, recusals.ground_of(row, hit))
    return bool(hits)


def lapse(*, limit: int = 100) -> int:
    """Due work: those who did not answer in time have not answered; returns how many.

    The receipt of the delivered invitation is the evidence; without one nothing is recorded.
    """
    late = Seat.objects.filter(state="selected", answer_by__lt=clock.now()).order_by("pk")
    found = late.filter(draw__state__in=("running", "filled")).values_list("draw_id", "candidate")
    return sum(_lapse(draw, candidate) for draw, candidate in found[:limit])


def take_pressed(*, limit: int = 100) -> int:
    """Due work: what drawn experts answered by a key in a call counts; returns how many answers.

    The gateway's receipt is the evidence. A key that stands for nothing is no answer, nor is one
    that may not be taken (he is engaged elsewhere); while a round hangs open it waits.
    """
    return sum(_take_pressed(one.message.recipient, one.pk) for one in messages.pressed(limit))


@transaction.atomic
def _take_pressed(recipient: str, sending: int) -> bool:
    draw, _, candidate = recipient.rpartition("/")
    row = lock.draw(draw)
    seat, one = _seat(row, candidate), Sending.objects.get(pk=sending)
    answer, reason = invitations.KEYS.get(one.pressed, ("", ""))
    if not answer or seat.state != "selected":
        return False
    try:
        with transaction.atomic():
            _tell(row, seat, SYSTEM, answer, reason, one.receipt)
    except Refused:
        return False
    return True


@transaction.atomic
def _lapse(draw: str, candidate: str) -> bool:
    row = lock.draw(draw)
    seat = _seat(row, candidate)
    sent = Outgoing.objects.filter(recipient=seat.actor.id, template="invitation").first()
    receipt = sent.receipt if sent and sent.status in ("handed", "delivered") else ""
    if not receipt or blockers.answers(row) or blockers.seat(seat, "miss"):
        return False
    _tell(row, seat, SYSTEM, "no_answer", "", receipt)
    return True


def _strike(row: Draw, seat: Seat, actor: Actor, reason: str) -> Ref:
    shown = grounds.REPLACED if seat.state == "signed_in" else reason
    return _tell(row, seat, actor, "struck", shown)


def _tell(row: Draw, seat: Seat, actor: Actor, answer: str, reason: str, evidence: str = "") -> Ref:
    """Write one draw.answered; move the seat, and the draw between running and filled."""
    inputs.listed(reason, grounds.REASONS[answer], "reason")
    edge = _edge(answer, reason)
    refuse(blockers.answers(row) + blockers.seat(seat, edge))
    getattr(seat, edge)()
    data = {
        "candidate": seat.candidate,
        "answer": answer,
        "reason": reason,
        "evidence": evidence,
    }
    complete = _is_complete(row, seat, data)
    if complete and row.state == "running":
        lock.fire(row, "fill")
    elif not complete and row.state == "filled":
        lock.fire(row, "run")
    ref = trail.record(row, events.ANSWERED, actor, data)
    trail.told_by(seat, ref)
    seat.save()
    if answer != "accepted":
        engagements.end(seat)
    else:
        engagements.begin(row, [seat])
        invitations.confirm([seat])
    return ref


def _edge(answer: str, reason: str) -> str:
    match answer, reason:
        case "accepted", _:
            return "accept"
        case "declined", _:
            return "decline"
        case "no_answer", grounds.ABSENT:
            return "stay_away"
        case "no_answer", _:
            return "miss"
        case _, grounds.REPLACED:
            return "replace"
    return "strike"


def _is_complete(row: Draw, changed: Seat, data: dict[str, str]) -> bool:
    """Whether, after this answer, every seat is taken by someone who accepted."""
    now = course(row)
    after = now.standing.after(events.ANSWERED, data)
    waiting = row.seats.filter(state="selected").exclude(pk=changed.pk)
    return not rules.needs(now.manifest, after) and not waiting.exists()


def _seat(row: Draw, candidate: str) -> Seat:
    seat = row.seats.filter(candidate=candidate).first()
    if seat is None:
        raise NotFound
    return seat


def _own_seat(row: Draw, actor: Actor) -> Seat:
    seat = draws.seat_of(actor)
    if seat is None or seat.draw_id != row.pk:
        raise NotFound
    return _seat(row, seat.candidate)
