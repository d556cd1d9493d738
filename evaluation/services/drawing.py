"""A project's side of the draw of experts: asking for it, linking its facts, ending it.

The draw itself knows no project (experts.services.draws); one draw serves every lot of a group.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import sealer, trail
from evaluation.models import Bid, Project
from evaluation.selectors import blockers, committee, ruling, seats
from evaluation.services import lock, voiding
from experts.domain.public_lists import EXPERTS
from experts.models import Draw
from experts.selectors import blockers as draw_blockers
from experts.selectors import draws as draw_lookup
from experts.selectors import intakes
from experts.services import answers, drawn_lists, draws
from experts.services.requests import Recusal, SlotWanted
from rulebook.domain import composition
from rulebook.domain.blockers import Blocker, refuse

OVER = ("failed", "terminated", "archived")
PENDING = ("registered", "tendering", "drawing", "opened", "evaluating")
"""States in which a lot may still need the committee."""


@transaction.atomic
def start_draw(
    *,
    actor: Actor,
    group: str,
    held_at: datetime,
    place: str,
    slots: Sequence[Mapping[str, Any]],
    recusal: Sequence[Mapping[str, str]] = (),
    agency: str = "",
    one_per_group: bool = True,
    hours: int | None = None,
    appointed: bool = False,
) -> Ref:
    """Ask for the experts of a whole group: → 抽取专家中; returns the entry of its first lot.

    `slots` are `{"slot","specialty","region","count"}`, `recusal` `{"org","reason"}` besides the
    tenderer, the `agency` and, once bids are open, the bidders. `hours`: how long the evaluation is
    planned to take, None as the rules say; `appointed`: they are chosen, not drawn (appointing).
    Raises Refused (R01, R02, window).
    """
    lots = [row for row in lock.group(group) if row.state not in OVER]
    for row in lots:
        permit(actor, "project.start_draw", row)
        refuse(blockers.start_draw(row))
    if not lots:
        refuse([lock.wrong_state(row) for row in lock.group(group)])
    warnings = composed(lots[0], slots) + refuse(_window(lots))
    _check_time(lots, held_at)
    code = f"{group}-D{Draw.objects.filter(case=group, kind=EXPERTS).count() + 1}"
    draws.request(
        actor=actor,
        draw=code,
        case=group,
        tenderer=lots[0].tenderer_id,
        trade=lots[0].supervised,
        region=lots[0].region,
        held_at=held_at,
        place=place,
        slots=[cast(SlotWanted, slot) for slot in slots],
        recusal=_recusal(lots, agency, recusal),
        rules=lots[0].rules,
        one_per_group=one_per_group,
        hours=hours,
        appointed=appointed,
    )
    refs = [_started(row, actor, code, warnings) for row in lots]
    return refs[0]


def commit_draw(*, actor: Actor, draw: str) -> Ref:
    """Commit the draw, then say so in every lot; two transactions, since a commitment is sealed.

    Sealing inside a larger transaction would let a witness sign what may yet be rolled back.
    Interrupted between them, the act is done again and only tells the lots.
    """
    row = draw_lookup.get(draw)
    permit(actor, "draw.commit", row)
    told = seats.commitment(draw) if seats.untold(draw) else None
    ref = told or draws.commit(actor=actor, draw=draw)
    _tell_lots(actor, draw, ref)
    return ref


@sealer.ceremony
def confirm_list(*, actor: Actor, draw: str, sheet: str, drawn: Sequence[Mapping[str, Any]]) -> Ref:
    """Confirm who was drawn elsewhere (experts.services.drawn_lists) and say so in every lot.

    Raises Refused where the committee would not be composed rightly (R01, R02).
    """
    row = draw_lookup.get(draw)
    lots = list(Project.objects.select_for_update().filter(draw=draw).order_by("pk"))
    permit(actor, "draw.confirm_list", row)
    if lots:
        composed(lots[0], row.request["slots"])
    ref = drawn_lists.confirm(actor=actor, draw=draw, sheet=sheet, drawn=drawn)
    data = {"draw": draw, "sheet": sheet, "origin": row.origin}
    for lot in lots:
        trail.record(lot, "project.draw_entered", actor, data, refs=[ref])
    return ref


@sealer.ceremony
def _tell_lots(actor: Actor, draw: str, ref: Ref) -> None:
    rows = list(seats.lots(draw).select_for_update())
    waiting = seats.untold(draw)
    for row in rows:
        if row.pk in waiting and row.draw == draw:
            data = {"draw": draw} | _list_told(row)
            trail.record(row, "project.draw_committed", actor, data, refs=[ref])
        elif row.pk in waiting:
            trail.record(row, "project.lottery_committed", actor, {"draw": draw}, refs=[ref])


def _list_told(row: Project) -> dict[str, Any]:
    """Which list of the owner's a draw terminal drew from, and that it was too old; else nothing.

    It stands here because the keys of `draw.committed` are fixed (formats.md section 4).
    """
    age = intakes.list_age()
    if age is None:
        return {}
    found = intakes.freshness(ruling.profile(row), ruling.facts(row))
    return {"pool_list": age.told()} | lock.noted(found)


def recheck(row: Project, actor: Actor) -> Ref:
    """Hold the draw against the bidders of every open lot (R06), by credit code; names stay in it.

    Those seated who hit are struck, the others are left out of every later round; a representative
    who hits leaves.
    """
    opened = Bid.objects.filter(project__draw=row.draw).order_by("bidder_id")
    bidders = list(opened.values_list("bidder_id", flat=True).distinct())
    beside = committee.representatives(row)
    answers.recheck(actor=actor, draw=row.draw, orgs=bidders, beside=beside)
    _vacate(row.draw, actor, row)
    for part in committee.members(row):
        if part.person in beside and committee.representative_recused(row, part.person):
            voiding.end(row, actor, part)
    # How many were struck follows from who was drawn, which no other stream tells before sign-in.
    data = {"draw": row.draw, "basis": "R06"}
    return trail.record(row, "project.recusal_rechecked", actor, data)


@transaction.atomic
def recheck_recusal(*, actor: Actor, project: str) -> Ref:
    """Check the committee of a lot again, at any time until its report (R06).

    Before the opening by what is known then: bodies named at the request, recorded conflicts.
    """
    row, _ = lock.lots_of(project)
    permit(actor, "project.recheck_recusal", row)
    refuse(blockers.recheck_recusal(row))
    return recheck(row, actor)


@transaction.atomic
def strike(*, actor: Actor, draw: str, candidate: str, reason: str) -> Ref:
    """Strike a drawn expert; where he has taken his seat already, it ends in every lot at once."""
    list(Project.objects.select_for_update().filter(draw=draw).order_by("pk"))
    ref = answers.strike(actor=actor, draw=draw, candidate=candidate, reason=reason)
    _vacate(draw, actor, evidence=[ref])
    return ref


def _vacate(
    draw: str, actor: Actor, held: Project | None = None, evidence: Iterable[Ref] = ()
) -> None:
    """End the seats of those who had signed in and whom the draw has replaced, lot by lot.

    A lot whose report is out keeps it unless a ground on record concerns that lot itself. `held` is
    a lot that the caller is about to write; it must not be read a second time.
    """
    for part in committee.left(draw).order_by("project", "person"):
        own = held is not None and held.pk == part.project_id
        row = held if held is not None and own else lock.project(part.project_id)
        if committee.at_work(row) or part.person in committee.recused(row):
            voiding.end(row, actor, part, evidence)


def close_with(
    actor: Actor, row: Project, lots: list[Project], *, reports: bool = False
) -> tuple[Ref, ...]:
    """Close the group's draw where `row` is the last lot that kept it open; return the evidence.

    A draw whose committee never reported is not closed: supervision abandons it.
    """
    others = [lot for lot in lots if lot.pk != row.pk]
    waits = any((lot.suspended_from or lot.state) in PENDING for lot in others)
    used = reports or any(lot.report for lot in others)
    draw = Draw.objects.filter(pk=row.draw).first()
    if draw is None or waits or not used or draw.state == "closed":
        return ()
    if not reports and draw_blockers.close(draw):
        return ()
    # Whoever ends the last lot may not run draws; closing follows from what he did.
    return (draws.close(actor=actor if reports else SYSTEM, draw=row.draw),)


def _started(row: Project, actor: Actor, draw: str, warnings: list[Blocker]) -> Ref:
    """Link the draw; only from 招标中 is there an edge, later the state stays what it is.

    Experts of a draw that supervision abandoned lose their seats.
    """
    row.parts.filter(relation=committee.SEATED, kind=committee.EXPERT).delete()
    if row.state == "tendering":
        lock.fire(row, "start_draw")
    row.draw = draw
    ref = trail.record(row, "project.draw_started", actor, {"draw": draw} | lock.noted(warnings))
    if row.state != "drawing":
        recheck(row, SYSTEM)  # the bids are open already
    return ref


def composed(row: Project, slots: Iterable[Mapping[str, Any]]) -> list[Blocker]:
    """R01 and R02 for the seats asked for and the representatives appointed; returns warnings."""
    experts = sum(slot["count"] for slot in slots)
    representatives = sum(p.kind == committee.REPRESENTATIVE for p in committee.members(row))
    profile, facts, size = ruling.profile(row), ruling.facts(row), experts + representatives
    return refuse(
        [
            *composition.committee_size(profile, facts, members=size),
            *composition.expert_share(profile, facts, members=size, experts=experts),
        ]
    )


def _window(lots: list[Project]) -> list[Blocker]:
    opened = any(row.state == "opened" for row in lots)
    return composition.draw_window(ruling.profile(lots[0]), ruling.facts(lots[0]), opened=opened)


def _check_time(lots: list[Project], held_at: datetime) -> None:
    if any(row.deadline and held_at < row.deadline for row in lots):
        message = "评标时间不应早于投标截止时间"
        raise BadInput("held_too_early", message, {"held_at": message})


def _recusal(lots: list[Project], agency: str, given: Iterable[Mapping[str, str]]) -> list[Recusal]:
    """Bodies whose people must not sit, each once, the first reason standing."""
    bidders = {org for row in lots for org in row.bids.values_list("bidder_id", flat=True)}
    rows = [Recusal(org=lots[0].tenderer_id, reason="tenderer")]
    rows += [Recusal(org=agency, reason="agency")] if agency else []
    rows += [
        *(cast(Recusal, row) for row in given),
        *(Recusal(org=org, reason="bidder") for org in sorted(bidders)),
    ]
    found: dict[str, Recusal] = {}
    for row in rows:
        found.setdefault(row["org"], row)
    return list(found.values())
