"""Reading the pool: one expert, and everybody whom a draw could concern."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django_fsm import can_proceed

from accounts.services.gate import NotFound
from audit_log.selectors import trail
from experts.domain.eligibility import Asked, Member, omission, sort_out
from experts.domain.freeze import Eligible, SlotRequest
from experts.domain.history import proofs_gone, with_changes
from experts.domain.lifecycle import EXPERT
from experts.models import Draw, Expert, ExpertSpecialty, Seat
from experts.selectors import career, modes, recusal
from rulebook.domain.blockers import Blocker
from rulebook.selectors import profiles

AT_WORK = ("running", "filled")
ERASABLE = ("rejected", "exited")


def get(code: str) -> Expert:
    """One expert by code; raise NotFound."""
    row = Expert.objects.filter(pk=code).first()
    if row is None:
        raise NotFound
    return row


def specialties(expert: Expert) -> list[str]:
    """The specialty codes of an expert, the main one first."""
    rows = expert.specialties.order_by("-main", "code")
    return list(rows.values_list("code", flat=True))


def counts() -> dict[str, int]:
    """How many experts are in each state; states without any are left out."""
    rows = Expert.objects.order_by().values("state").annotate(number=Count("pk"))
    return {row["state"]: row["number"] for row in rows}


def leaving(*edges: str) -> Callable[[Expert], list[Blocker]]:
    """Return the blockers of an act that takes one of these edges: the state, or whose pool it is.

    The acts are the owner's; a draw terminal takes its changes from the owner's list.
    """

    def blockers(row: Expert) -> list[Blocker]:
        if elsewhere := modes.owner_only():
            return elsewhere
        if any(can_proceed(getattr(row, edge)) for edge in edges):
            return []
        message = f"该专家现为“{EXPERT[row.state]}”,不能办理这一事项"
        return [Blocker("wrong_state", message)]

    return blockers


def reapplying(row: Expert) -> list[Blocker]:
    """What stops a new application of one who left: also that nobody knows who he was."""
    return [*leaving("reapply")(row), *person_gone(row)]


def erasing(row: Expert) -> list[Blocker]:
    """What stops erasing a person: he is in the pool or may come back, or it was done.

    One whose qualification was cancelled stays known, since he may never be entered again.
    """
    if row.state not in ERASABLE:
        message = f"该专家现为“{EXPERT[row.state]}”,不能注销个人信息"
        return [Blocker("wrong_state", message)]
    return person_gone(row)


def person_gone(row: Expert) -> list[Blocker]:
    """Nobody knows any more who he was."""
    if trail.last_event(row.stream, "expert.erased") is None:
        return []
    return [Blocker("person_erased", "该专家的个人信息已经注销")]


def eligible(draw: Draw) -> tuple[list[Eligible], list[tuple[str, str]]]:
    """Return candidates and omissions (expert, reason) of a draw, in a fixed number of queries."""
    return sort_out(*members_of(draw))


def members_of(draw: Draw) -> tuple[list[Member], Asked]:
    """Everyone with a drawn specialty, and what is asked of them."""
    asked = asked_of(draw)
    return _members(draw, asked), asked


def asked_of(draw: Draw) -> Asked:
    """What a draw asks for. Bidders known by now are recused with the bodies named at request."""
    check = recusal.check_of(draw)
    return Asked(
        slots=slots_of(draw),
        day=check.day,
        recusal=check,
        briefed_since=career.briefed_since(profiles.pinned(draw.request["rules"]), check.day),
    )


def would_omit(draw: Draw, known: Expert | None, specialty: str, region: str, employer: str) -> str:
    """Why someone drawn elsewhere would have been left out here, "" where he would not.

    His term is the other pool's affair; whether he is in good standing here is not, if he is known.
    """
    asked = asked_of(draw)
    member = Member(
        expert=known.pk if known else "",
        state=known.state if known else "active",
        term_from=asked.day,
        term_to=asked.day,
        specialties=frozenset({specialty}),
        region=region,
        employer=employer,
        ties=recusal.ties_of(known.pk, asked.recusal) if known else (),
        busy=known is not None and known.pk in set(_busy(draw)),
    )
    return omission(member, asked)


def slots_of(draw: Draw) -> tuple[SlotRequest, ...]:
    """The slots asked for, in the order asked."""
    return tuple(SlotRequest(**slot) for slot in draw.request["slots"])


def _members(draw: Draw, asked: Asked) -> list[Member]:
    """Everyone with a drawn specialty on that day, whatever his state, by code."""
    wanted = Q()
    for slot in asked.slots:
        wanted |= Q(code__startswith=slot.specialty)
    busy, moved = set(_busy(draw)), recusal.moves(asked.recusal)
    recorded = recusal.ties(asked.recusal.bodies)
    resting, stale = career.on_leave(asked.day), career.expired(asked.day)
    coming = career.coming(asked.day)
    codes: dict[str, set[str]] = {}
    for expert, code in ExpertSpecialty.objects.filter(wanted).values_list("expert_id", "code"):
        codes.setdefault(expert, set()).add(code)
    found = [
        Member(
            expert=row.code,
            state=row.state,
            term_from=row.term_from,
            term_to=row.term_to,
            specialties=frozenset(codes.get(row.code, ())),
            region=row.region,
            employer=row.employer,
            ties=(*moved.get(row.code, ()), *recorded.get(row.code, ())),
            busy=row.code in busy,
            expired=proofs_gone(stale.get(row.code, ())),
            briefed_on=row.briefed_on,
            on_leave=row.code in resting,
        )
        for row in _holders(wanted, coming)
        if row.code in codes or row.code in coming
    ]
    return [
        with_changes(one, coming[one.expert], stale.get(one.expert, ()), asked.day)
        if one.expert in coming
        else one
        for one in found
    ]


def _holders(wanted: Q, coming: Iterable[str]) -> QuerySet[Expert]:
    holders = ExpertSpecialty.objects.filter(wanted).values("expert_id")
    rows = Expert.objects.filter(pk__in=holders).order_by("pk")
    if codes := list(coming):  # their specialties may be others by that day
        rows = Expert.objects.filter(Q(pk__in=holders) | Q(pk__in=codes)).order_by("pk")
    return rows


def _busy(draw: Draw) -> QuerySet[Seat, str]:
    """Experts who have signed in at another evaluation of the same day that is not over.

    Drawn experts who have not signed in are not asked for: nothing outside their own draw may
    depend on who was drawn (formats.md section 4).
    """
    start, end = _day(draw.held_at)
    seats = Seat.objects.filter(state="signed_in", draw__state__in=AT_WORK)
    seats = seats.filter(draw__held_at__gte=start, draw__held_at__lt=end).exclude(draw=draw)
    return seats.values_list("expert", flat=True)


def _day(moment: datetime) -> tuple[datetime, datetime]:
    start = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)
