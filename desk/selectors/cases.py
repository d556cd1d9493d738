"""What a project's page shows of bids, committee, candidates and award: by reader and phase."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.domain import roles as r
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from award.domain.papers import alike
from award.models import BallotRound, Complaint, Notice, Objection
from desk.domain import audience
from desk.selectors import deliberations, phases
from evaluation.domain import plan as plans
from evaluation.domain.lifecycle import MAIN_LINE
from evaluation.models import Bid, Candidate, Part, Project
from evaluation.selectors import scores

SIDE_STATES = ("suspended", "failed", "terminated")


@dataclass(frozen=True)
class Step:
    """One step of the stepper: `past`, `here`, `halt` (stopped here) or `ahead`."""

    state: str
    standing: str


@dataclass(frozen=True)
class Case:
    """What this reader may read of a project; an empty sequence where it is not his yet."""

    bids: Sequence[Bid]
    members: Sequence[Part]
    member_count: int
    reviewed: bool
    """Whether rejections and their reasons are this reader's: with the scores, or once public."""
    remarked: bool
    """Whether the committee's remarks are this reader's."""
    candidates: Sequence[Candidate]
    totals: Sequence[dict[str, Any]]
    shared: Sequence[str]
    """Names of the factors that count alike on every sheet; `alike` of a total has their points."""
    outdated: bool
    """Whether the totals still count a sheet that is void by now (R07)."""
    voided: Sequence[dict[str, Any]]
    """Voided sheets with what they said, where they were open (条例第四十八条第三款)."""
    rounds: Sequence[BallotRound]
    attendance: Sequence[Part]
    objections: Sequence[Objection]
    complaints: Sequence[Complaint]
    notices: Sequence[Notice]
    winner: Bid | None


def steps(project: Project) -> list[Step]:
    """The main line as this project goes it, with the place where it stands or was stopped."""
    line = [state for state in MAIN_LINE if project.regime == "separated" or state != "awarding"]
    stopped = project.state in SIDE_STATES
    here = line.index(_reached(project))
    return [
        Step(state, _standing(place, here, stopped=stopped)) for place, state in enumerate(line)
    ]


def read(actor: Actor, project: Project) -> Case:
    """Collect what the actor reads."""

    def may(circle: str) -> bool:
        return audience.may_read(circle, actor.role, project.state, project.suspended_from)

    seated = list(project.parts.filter(relation="seated", signed_in_at__isnull=False))
    bids = list(project.bids.select_related("bidder").order_by("receipt", "pk"))
    return Case(
        bids=bids if may(audience.BIDS) else (),
        members=sorted(seated, key=lambda part: part.person) if may(audience.COMMITTEE) else (),
        member_count=0 if actor.role == r.BIDDER else len(seated),
        reviewed=may(audience.SCORES) or may(audience.CANDIDATES),
        remarked=may(audience.SCORES),
        candidates=_candidates(project) if may(audience.CANDIDATES) else (),
        totals=_totals(project, bids) if may(audience.SCORES) else (),
        shared=[one["name"] for one in _alike(project)],
        outdated=scores.void_counted(project) > 0,
        voided=_voided(project, bids) if _reads_voided(actor, project) else (),
        rounds=_rounds(project) if may(audience.AWARD) else (),
        attendance=_attendance(project) if may(audience.AWARD) else (),
        objections=_handed_in(Objection, actor, project, "received_at"),
        complaints=_handed_in(Complaint, actor, project, "filed_at"),
        notices=list(project.notices.filter(released_at__isnull=False).exclude(kind="lost")),
        winner=_winner(project, bids) if may(audience.RESULT) else None,
    )


def deliberation(actor: Actor, project: Project) -> deliberations.Shown | None:
    """What the committee said in the current round, to who may know its members."""
    role, stand = actor.role, (project.state, project.suspended_from)
    if not project.evaluation_round or not audience.may_read(audience.COMMITTEE, role, *stand):
        return None
    return deliberations.shown(project, sheets=phases.reads_sheets(actor.role, project))


def clarifications(actor: Actor, project: Project) -> list[deliberations.Clarified]:
    """Questions and answers: all to who reads the scores, his own to a bidder."""
    if audience.may_read(audience.SCORES, actor.role, project.state, project.suspended_from):
        return deliberations.clarified(project)
    return deliberations.clarified(project, actor.org) if actor.role == r.BIDDER else []


def ballots(project: Project, one: BallotRound) -> list[dict[str, Any]]:
    """The opened ballots of a counted round, by member; none before the count."""
    if one.state not in ("decided", "tied"):
        return []
    opened = trail.openings(project.stream, "project.ballot_opened", one.kind)
    names = bidders(project)
    same = {
        member: [other for other in group if other != member]
        for group in alike(opened)
        for member in group
    }
    return [
        {
            "member": member,
            "chosen": _chosen(content, names),
            "reason": content["reason"],
            "alike": same.get(member, []),
        }
        for member, content in sorted(opened.items())
    ]


def bidders(project: Project) -> dict[str, str]:
    """Bidder → name, of every opened bid."""
    rows = project.bids.select_related("bidder")
    return {bid.bidder_id: bid.bidder.name for bid in rows}


def tendering() -> Any:
    """Tenders that are out and not yet opened, the earliest deadline first."""
    rows = Project.objects.filter(state__in=("tendering", "drawing")).select_related("tenderer")
    return rows.order_by("deadline", "code")


def is_public(project: Project) -> bool:
    """Whether the public may know of the project: its tender is out."""
    return project.deadline is not None


def _chosen(content: dict[str, Any], names: dict[str, str]) -> list[str]:
    """What a ballot says in words: names, with points or scores where the method has them."""
    listed = content.get("chosen") or content.get("ranking") or ()
    found = [names.get(code, code) for code in listed]
    for row in (*content.get("points", ()), *content.get("scores", ())):
        figure = row.get("points", row.get("score"))
        found.append(f"{names.get(row['bidder'], row['bidder'])} {figure}")
    return found


def _totals(project: Project, bids: Sequence[Bid]) -> list[dict[str, Any]]:
    """The lines of the newest result with the bidders' names; none while sheets are closed."""
    document = scores.result(project) or {"totals": ()}
    names = {bid.bidder_id: bid.bidder.name for bid in bids}
    points = {(one["bidder"], one["factor"]): one["score"] for one in document.get("shared", ())}
    return [
        {
            **line,
            "name": names.get(line["bidder"], line["bidder"]),
            "alike": [points.get((line["bidder"], one["factor"]), "") for one in _alike(project)],
        }
        for line in document["totals"]
    ]


def _alike(project: Project) -> list[dict[str, Any]]:
    plan = project.evaluation_plan
    return [*plans.established(plan), *plans.computed(plan)]


def _reads_voided(actor: Actor, project: Project) -> bool:
    """Whether he reads sheets, and may know whose they were."""
    place = project.state, project.suspended_from
    named = audience.may_read(audience.COMMITTEE, actor.role, *place)
    return named and phases.reads_sheets(actor.role, project)


def _voided(project: Project, bids: Sequence[Bid]) -> list[dict[str, Any]]:
    """Each voided sheet with its total per bidder; without, where it was never opened."""
    names = {bid.bidder_id: bid.bidder.name for bid in bids}
    return [
        {**one, "totals": [(names.get(bidder, bidder), total) for bidder, total in totals]}
        for one, totals in scores.voided_totals(project)
    ]


def _candidates(project: Project) -> list[Candidate]:
    rows = project.candidates.select_related("bid__bidder")
    return list(rows.order_by("rank", "bid__bidder_id"))


def _rounds(project: Project) -> list[BallotRound]:
    return list(BallotRound.objects.filter(project=project).order_by("session", "number"))


def _attendance(project: Project) -> list[Part]:
    rows = project.parts.filter(relation__in=("ballot", "watch"))
    return list(rows.order_by("relation", "-leader", "person"))


def _handed_in(model: Any, actor: Actor, project: Project, order: str) -> list[Any]:
    """Objections or complaints: a bidder's own, none for evaluators, else all."""
    rows = model.objects.filter(project=project).order_by(order)
    if actor.role == r.BIDDER:
        return list(rows.filter(bidder=actor.org))
    return [] if actor.role in (r.EXPERT, r.TENDERER_REP) else list(rows)


def _winner(project: Project, bids: Sequence[Bid]) -> Bid | None:
    return next((bid for bid in bids if bid.bidder_id == project.winner), None)


def _reached(project: Project) -> str:
    """The state of the main line that the project stands at, or stood at when it was stopped."""
    if project.state == "suspended":
        return str(project.suspended_from)
    if project.state not in ("failed", "terminated"):
        return str(project.state)
    told = trail.events(project.stream)
    ends = [event["data"] for event in told if event["data"].get("to") in SIDE_STATES]
    origin = ends[-1].get("from", "registered") if ends else "registered"
    return origin if origin in MAIN_LINE else "registered"


def _standing(place: int, here: int, *, stopped: bool) -> str:
    if place != here:
        return "past" if place < here else "ahead"
    return "halt" if stopped else "here"
