"""Reading draws. Nothing here tells who was drawn before he has signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.services.gate import NotFound
from audit_log.domain import canonical
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from experts.domain import draw_events as events
from experts.domain.draw_replay import DrawOutcome
from experts.domain.lifecycle import SEATED
from experts.domain.public_lists import EXPERTS
from experts.domain.receipt import verify_receipt
from experts.models import Draw, Seat
from experts.selectors.course import course

OVER = ("rejected", "cancelled", "abandoned")
TRIALS = ("draw.previewed", "draw.recusals_read", "draw.found_short")
"""Entries of what was tried out before the commitment."""


@dataclass(frozen=True)
class Progress:
    """Where a draw stands: rounds opened, seats by slot, what the next round waits for.

    `parties` have contributed to the next round; `unwitnessed` are rounds without a mark.
    """

    round: int
    pending: bool
    counts: Mapping[str, int]
    seated: Mapping[str, list[str]]
    needs: Mapping[str, int]
    parties: frozenset[str]
    unwitnessed: tuple[int, ...]


@dataclass(frozen=True)
class Invitation:
    """What a drawn expert is told: time and place, never the project (招标投标法第三十七条)."""

    draw: str
    candidate: str
    held_at: datetime
    place: str
    answer_by: datetime
    state: str
    actor: Actor


def get(code: str) -> Draw:
    """One draw by code; raise NotFound."""
    row = Draw.objects.filter(pk=code).first()
    if row is None:
        raise NotFound
    return row


def of_case(case: str) -> list[Draw]:
    """Every draw of experts of a case, the earliest attempt first."""
    rows = Draw.objects.filter(case=case, kind=EXPERTS)
    return sorted(rows, key=lambda row: (row.attempt, row.state not in OVER, row.pk))


def filled(code: str) -> bool:
    """Whether every seat is taken by someone who accepted."""
    return Draw.objects.filter(pk=code, state__in=("filled", "closed")).exists()


def seats(code: str) -> list[Seat]:
    """Every seat ever drawn, by round and slot: handles and answers, no names."""
    return list(Seat.objects.filter(draw=code).order_by("round", "slot", "candidate"))


def seated_experts(code: str) -> list[str]:
    """Codes of the experts who have signed in and are seated, ascending."""
    rows = Seat.objects.filter(draw=code, state__in=("signed_in", "served"))
    return sorted(rows.values_list("expert", flat=True))


def all_signed_in(code: str) -> bool:
    """Whether the draw is filled and everyone seated has signed in."""
    waiting = Seat.objects.filter(draw=code, state__in=SEATED - {"signed_in", "served"})
    return filled(code) and not waiting.exists()


def handle_of(code: str, expert: str) -> str:
    """The handle of a signed-in expert; raise NotFound."""
    row = Seat.objects.filter(draw=code, expert=expert).first() if expert else None
    if row is None:
        raise NotFound
    return row.candidate


def trials(code: str) -> int:
    """How many times a freeze was tried out before the commitment; the record sheet prints it."""
    return len(trail.events(f"draw/{code}", *TRIALS))


def absences(row: Draw) -> dict[int, list[str]]:
    """Round → the parties that could have contributed to it and did not, in the committed order."""
    found: dict[int, list[str]] = {}
    waited: list[str] = []
    away: list[str] = []
    told = trail.events(row.stream, events.COMMITTED, events.CONTRIBUTED, events.ROUND_OPENED)
    for event in told:
        data = event["data"]
        match event["type"]:
            case "draw.committed":
                waited = away = data["parties"]
            case "draw.contributed":
                away = [party for party in away if party != data["party"]]
            case _:
                found[data["round"]], away = away, waited
    return found


def progress(code: str) -> Progress | None:
    """Where a draw stands; None before its commitment."""
    row = get(code)
    if not row.manifest:
        return None
    now = course(row)
    slots = now.manifest["slots"]
    run = [line.value["data"] for line in now.of("draw.round_run")]
    return Progress(
        round=len(now.opened),
        pending=now.pending is not None,
        counts={slot["slot"]: slot["count"] for slot in slots},
        seated={slot["slot"]: now.standing.seated(slot["slot"]) for slot in slots},
        needs=now.needs,
        parties=frozenset(now.parties),
        unwitnessed=tuple(data["round"] for data in run if not data["mark"]),
    )


def receipt(code: str) -> dict[str, Any]:
    """The receipt of a committed draw: all it takes to re-run it (formats.md section 4).

    Raises NotFound where there is no such draw, it has not been committed, or it was made elsewhere
    or none at all, and cannot be re-run.
    """
    row = get(code)
    if not row.manifest or row.is_listed:
        raise NotFound
    entries = [canonical.dumps(value).decode() for value in trail.events(row.stream)]
    return {"v": 1, "entries": entries, "manifest": trail.document(row.manifest)}


def outcome(code: str) -> DrawOutcome:
    """What the receipt establishes, re-run here; raises ReceiptError where it does not hold."""
    return verify_receipt(receipt(code))


def seat_of(actor: Actor) -> Seat | None:
    """The seat of a drawn expert by the actor of his invitation, or None."""
    draw, _, candidate = actor.id.rpartition("/")
    if actor.role != "expert" or not draw:
        return None
    return Seat.objects.select_related("draw").filter(draw=draw, candidate=candidate).first()


def invitation(subject: str) -> Invitation | None:
    """The invitation `<draw>/<candidate>` as the drawn expert may see it, or None."""
    seat = seat_of(Actor(subject, "expert", ""))
    if seat is None:
        return None
    return Invitation(
        draw=seat.draw_id,
        candidate=seat.candidate,
        held_at=seat.draw.held_at,
        place=seat.draw.place,
        answer_by=seat.answer_by,
        state=seat.state,
        actor=seat.actor,
    )
