"""Reading the pool: one expert, and everybody whom a draw could concern."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django_fsm import can_proceed

from accounts.domain import policy
from accounts.models import Organisation
from accounts.services.gate import NotFound
from audit_log.selectors import trail
from experts.domain.eligibility import Asked, Member, sort_out
from experts.domain.freeze import Eligible, SlotRequest
from experts.domain.lifecycle import EXPERT
from experts.models import Draw, Expert, ExpertSpecialty, Seat
from rulebook.domain.blockers import Blocker

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
    """Return the blockers of an act that takes one of these edges: only the state can stop it."""

    def blockers(row: Expert) -> list[Blocker]:
        if any(can_proceed(getattr(row, edge)) for edge in edges):
            return []
        message = f"该专家现为“{EXPERT[row.state]}”,不能办理这一事项"
        return [Blocker("wrong_state", message)]

    return blockers


def reapplying(row: Expert) -> list[Blocker]:
    """What stops a new application of one who left: also that nobody knows who he was."""
    return [*leaving("reapply")(row), *_erased(row)]


def erasing(row: Expert) -> list[Blocker]:
    """What stops erasing a person: he is in the pool or may come back, or it was done.

    One whose qualification was cancelled stays known, since he may never be entered again.
    """
    if row.state not in ERASABLE:
        message = f"该专家现为“{EXPERT[row.state]}”,不能注销个人信息"
        return [Blocker("wrong_state", message)]
    return _erased(row)


def _erased(row: Expert) -> list[Blocker]:
    if trail.last_event(row.stream, "expert.erased") is None:
        return []
    return [Blocker("person_erased", "该专家的个人信息已经注销")]


def group_heads() -> dict[str, str]:
    """Body → its 集团母公司, for bodies that have one."""
    rows = Organisation.objects.exclude(group_head="")
    return dict(rows.values_list("code", "group_head"))


def eligible(draw: Draw) -> tuple[list[Eligible], list[tuple[str, str]]]:
    """Return candidates and omissions (expert, reason) of a draw, in four queries."""
    asked = asked_of(draw)
    return sort_out(_members(draw, asked.slots), asked)


def asked_of(draw: Draw) -> Asked:
    """What a draw asks for. Bidders known by now are recused with the bodies named at request."""
    named = {row["org"] for row in draw.request["recusal"]} | set(draw.bidders)
    return Asked(
        slots=slots_of(draw),
        day=timezone.localtime(draw.held_at).date(),
        tenderer=draw.tenderer,
        recused=frozenset(named),
        heads=group_heads(),
    )


def slots_of(draw: Draw) -> tuple[SlotRequest, ...]:
    """The slots asked for, in the order asked."""
    return tuple(SlotRequest(**slot) for slot in draw.request["slots"])


def _members(draw: Draw, slots: Iterable[SlotRequest]) -> list[Member]:
    """Everyone with a drawn specialty, whatever his state, by code."""
    wanted = Q()
    for slot in slots:
        wanted |= Q(code__startswith=slot.specialty)
    supervisors, busy = _supervisors(draw), set(_busy(draw))
    codes: dict[str, set[str]] = {}
    for expert, code in ExpertSpecialty.objects.filter(wanted).values_list("expert_id", "code"):
        codes.setdefault(expert, set()).add(code)
    return [
        Member(
            expert=row.code,
            state=row.state,
            term_from=row.term_from,
            term_to=row.term_to,
            specialties=frozenset(codes[row.code]),
            region=row.region,
            employer=row.employer,
            supervises=row.employer in supervisors,
            busy=row.code in busy,
        )
        for row in _holders(wanted)
        if row.code in codes
    ]


def _holders(wanted: Q) -> QuerySet[Expert]:
    holders = ExpertSpecialty.objects.filter(wanted).values("expert_id")
    return Expert.objects.filter(pk__in=holders).order_by("pk")


def _supervisors(draw: Draw) -> set[str]:
    """Departments that supervise this trade in this region (条例第四十六条第四款)."""
    bodies = Organisation.objects.exclude(trades=[]).values_list("code", "region", "trades")
    return {
        code
        for code, region, trades in bodies
        if draw.trade in trades and policy.covers(region, draw.region)
    }


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
