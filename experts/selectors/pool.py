"""Reading the pool: one expert, and everybody whom a draw could concern."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet
from django.db.models.functions import Cast
from django_fsm import can_proceed

from accounts.services.gate import NotFound
from audit_log.selectors import trail
from experts.domain.eligibility import Asked, Member, omission, sort_out
from experts.domain.freeze import Eligible, SlotRequest
from experts.domain.history import proofs_gone, with_changes
from experts.domain.lifecycle import EXPERT
from experts.domain.relaxing import widest
from experts.models import Draw, Expert, ExpertSpecialty
from experts.selectors import career, engagements, limits, modes, recusal
from experts.selectors.specialties import begins_with
from rulebook.domain.blockers import Blocker
from rulebook.selectors import profiles

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
    return sort_out(*members_of(draw, taken=engagements.of_draw(draw)))


def members_of(draw: Draw, taken: Collection[str] = ()) -> tuple[list[Member], Asked]:
    """Everyone whom a draw concerns, with what it asks for.

    `taken` are those engaged elsewhere at its time. A trial does not ask for them: nobody may learn
    from one who was drawn for another evaluation.
    """
    asked = asked_of(draw)
    return _members(draw, asked, taken), asked


def wide_members_of(draw: Draw) -> tuple[list[Member], Asked]:
    """Everyone whom a widening could bring into a draw, with what it asks for as it stands."""
    asked = asked_of(draw)
    wide = replace(asked, slots=(*asked.slots, *widest(asked.slots)))
    return _members(draw, wide, engagements.of_draw(draw)), asked


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
        busy=known is not None and known.pk in engagements.of_draw(draw),
    )
    return omission(member, asked)


def slots_of(draw: Draw) -> tuple[SlotRequest, ...]:
    """The slots asked for, in the order asked."""
    return tuple(SlotRequest(**slot) for slot in draw.request["slots"])


def _members(draw: Draw, asked: Asked, taken: Collection[str]) -> list[Member]:
    """Everyone with a drawn specialty on that day, whatever his state."""
    moved, recorded = recusal.moves(asked.recusal), recusal.ties(asked.recusal.bodies)
    resting, stale = career.on_leave(asked.day), career.expired(asked.day)
    coming, over = career.coming(asked.day), limits.reached(draw, asked.day)
    special = {*moved, *recorded, *resting, *stale, *coming, *over, *taken}
    found = _plain(asked, coming)
    for place, one in enumerate(found):
        if one.expert not in special:
            continue  # of a million members nearly all
        member = one._replace(
            ties=(*moved.get(one.expert, ()), *recorded.get(one.expert, ())),
            expired=proofs_gone(stale.get(one.expert, ())),
            on_leave=one.expert in resting,
            over=over.get(one.expert, ""),
            busy=one.expert in taken,
        )
        if one.expert in coming:
            gone = stale.get(one.expert, ())
            member = with_changes(member, coming[one.expert], gone, asked.day)
        found[place] = member
    return found


COLUMNS = ("employer", "state", "term_from", "term_to", "region", "briefed_on")


def _plain(asked: Asked, coming: Iterable[str]) -> list[Member]:
    """Members with the facts that stand in their rows alone."""
    rows: dict[str, tuple[Any, ...]] = {}
    more: dict[str, frozenset[str]] = {}
    for row in holders(asked, coming).iterator(AT_ONCE):
        if row[0] not in rows:
            rows[row[0]] = row
        else:
            expert = row[0]
            more[expert] = more.get(expert, _alone(rows[expert][1])) | {row[1]}
    days = _Days()
    return [
        Member(
            expert,
            employer,
            state,
            days[begins],
            days[ends],
            more[expert] if expert in more else _alone(code),
            region,
            days[briefed],
        )
        for expert, code, employer, state, begins, ends, region, briefed in rows.values()
    ]


def holders(asked: Asked, coming: Iterable[str] = ()) -> QuerySet[ExpertSpecialty, Any]:
    """One row for each expert and drawn specialty; days are text, which is far cheaper to read.

    Those to whom a change is `coming` come with all their specialties: they may be others then.
    """
    wanted = Q(pk__in=[])
    for slot in asked.slots:
        wanted |= begins_with("code", slot.specialty)
    if waiting := list(coming):
        wanted |= Q(expert__in=waiting)
    columns = [
        Cast(f"expert__{name}", CharField()) if name in _DAYS else F(f"expert__{name}")
        for name in COLUMNS
    ]
    return ExpertSpecialty.objects.filter(wanted).values_list("expert_id", "code", *columns)


AT_ONCE = 20_000
_DAYS = ("term_from", "term_to", "briefed_on")
_alone = cache(lambda code: frozenset((code,)))


class _Days(dict[str | None, date | None]):
    """Day as text → day; each is read once."""

    def __missing__(self, text: str | None) -> date | None:
        self[text] = found = date.fromisoformat(text) if text else None
        return found
