"""The award as it stands: plan, record for the recount, rounds, and how many have voted.

A count or a ballot is read from entries only, and those exist only after the close (R28); before
it the one figure shown is how many of how many have voted.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from audit_log.domain import canonical
from audit_log.selectors import trail
from audit_log.services import envelopes
from award.domain.outcome import Outcome, Step
from award.domain.plan import AwardPlan, parse_plan
from award.domain.recount import replay
from award.domain.state import parse_state
from award.domain.terms import METHODS, MethodSpec
from award.models import Award, BallotRound
from evaluation.models import Candidate, Part, Project
from evaluation.selectors import scores

LOTTERY_DRAWN = "project.lottery_drawn"
SINCE_BEGUN = (
    "project.award_begun",
    "project.candidate_left",
    "project.awarded",
    "project.winner_lost",
    "project.round_counted",
    LOTTERY_DRAWN,
)


def plan_of(project: Project) -> AwardPlan | None:
    """The award plan that the tender document fixed, None where the project has none."""
    return plan(project) if project.award_plan else None


def plan(project: Project) -> AwardPlan:
    """The award plan of a project that has one."""
    return parse_plan(trail.document(project.award_plan))


def standing(project: Project) -> list[Candidate]:
    """The candidates who have not left, by rank; unranked ones by bidder."""
    rows = project.candidates.filter(left_for="").select_related("bid")
    return list(rows.order_by("rank", "bid__bidder_id"))


def committee(project: Project) -> QuerySet[Part]:
    """The members of the award committee."""
    return project.parts.filter(relation="ballot").order_by("person")


def first_session(project: Project) -> int:
    """The session with which the present award began; later ones voted anew after a loss."""
    begun = trail.events(project.stream, "project.award_begun")[-1]
    session: int = begun["data"]["session"]
    return session


def rounds(project: Project) -> QuerySet[BallotRound]:
    """The rounds of the present award in their order."""
    found = BallotRound.objects.filter(project=project, session__gte=first_session(project))
    return found.order_by("session", "number")


def open_round(project: Project) -> BallotRound | None:
    """The round that is taking ballots, or None."""
    return BallotRound.objects.filter(project=project, state="open").first()


def uncounted_round(project: Project) -> BallotRound | None:
    """The round that is taking ballots, or closed and not yet opened, or None."""
    return BallotRound.objects.filter(project=project, state__in=("open", "closed")).first()


def running_round(project: Project) -> BallotRound:
    """The round that is not counted yet; raise BallotRound.DoesNotExist."""
    return BallotRound.objects.get(project=project, state__in=("open", "closed"))


def record(project: Project, losing: tuple[str, ...] = ()) -> dict[str, Any]:
    """What has happened in the present award, as the plain data of `award.domain.state`.

    `losing` are bidders who are about to be lost, as if their entries stood already.
    """
    held = _held(project)
    losses = _losses(held, losing)
    lost = {loss["bidder"] for loss in losses}
    rows = project.candidates.select_related("bid").order_by("rank", "bid__bidder_id")
    bids = [row.bid for row in rows if not row.left_for or row.bid.bidder_id in lost]
    chair = committee(project).filter(leader=True).first()
    return {
        "candidates": [bid.bidder_id for bid in bids],
        "prices": [{"bidder": bid.bidder_id, "value": bid.price_fen} for bid in bids],
        "rounds": [found for one in rounds(project) if (found := _closed(one))["ballots"]],
        "draws": [
            {"among": data["among"], "seats": data["seats"], "drawn": data["drawn"]}
            for data in (one["data"] for one in held if one["type"] == LOTTERY_DRAWN)
        ],
        "losses": losses,
        "evaluation": _evaluation(project),
        "chair": chair.person if chair else "",
    }


def outcome(project: Project, losing: tuple[str, ...] = ()) -> Outcome:
    """Replay the present award by the project's plan; raise StateError where the two disagree."""
    return replay(plan(project), parse_state(record(project, losing)))


def next_step(project: Project) -> Step:
    """What the plan asks for next; where every candidate has left, a new tender."""
    if not standing(project):
        return Step("retender", basis="no_candidate_left")
    return outcome(project).next


def round_result(project: Project, place: int) -> dict[str, Any]:
    """Count the round at `place` (from 0) of the present award as it stood when it was closed.

    `{"v": 1, "count": …, "ties": uses of tie rules that it brought, "next": the step it led to}`.
    """
    fixed, data = plan(project), record(project)
    drawn = _drawn_before(_held(project), place)
    data["losses"] = [loss for loss in data["losses"] if loss["after"] <= place + drawn]
    data["draws"] = data["draws"][:drawn]
    closed = data["rounds"]
    before = replay(fixed, parse_state(data | {"rounds": closed[:place]}))
    after = replay(fixed, parse_state(data | {"rounds": closed[: place + 1]}))
    counted = next(one for one in after.counts if one.step.round_no == place + 1)
    return {
        "v": 1,
        "count": counted.as_data(),
        "ties": [tie.as_data() for tie in after.ties[len(before.ties) :]],
        "next": after.next.as_data(),
    }


def recounts(project: Project) -> list[tuple[bytes, bytes]]:
    """(stored, counted anew) for each round of the present award, as canonical bytes (R30)."""
    if not project.award_session:
        return []
    stored = [canonical.dumps(one.result) for one in rounds(project)]
    return [
        (kept, canonical.dumps(round_result(project, place))) for place, kept in enumerate(stored)
    ]


def evaluation_totals(project: Project) -> dict[str, Fraction]:
    """Bidder → exact evaluation result, from the totals in the trail."""
    return {
        row["bidder"]: Fraction(row["value"]["sum"]) / row["value"]["count"]
        for row in _evaluation(project)
    }


def departs_from_order(project: Project, winner: str) -> bool:
    """Whether a candidate who still stands had a better evaluation result than the winner.

    Who left lawfully (兼投不兼中, 放弃) is passed over, so that such an award is no departure.
    """
    totals = evaluation_totals(project)
    return any(totals[row.bid.bidder_id] > totals[winner] for row in standing(project))


def active_award(project: Project) -> Award:
    """The decision in force; raise Award.DoesNotExist."""
    return Award.objects.select_related("bid__bidder").get(project=project, active=True)


def method_in_use(fixed: AwardPlan, name: str) -> MethodSpec:
    """The plan's method of that name."""
    return next(spec for spec in fixed.methods if spec.name == name)


@dataclass(frozen=True)
class RoundView:
    """A round as pages show it; `result` is None until it is counted."""

    code: str
    session: int
    number: int
    state: str
    eligible: list[str]
    seats: int
    cast: int
    due: int
    result: dict[str, Any] | None


def round_views(project: Project) -> list[RoundView]:
    """Every round of the project: turnout while it is open, the count after its close."""
    due = committee(project).count()
    found = BallotRound.objects.filter(project=project).order_by("session", "number")
    return [
        RoundView(
            one.code, one.session, one.number, one.state, one.eligible, one.seats,
            len(envelopes.current(one.stream, one.kind)), due, one.result,
        )
        for one in found
    ]  # fmt: skip


@dataclass(frozen=True)
class BallotForm:
    """What a member is asked in the open round; `field` is the part of a ballot he fills in."""

    code: str
    method: str
    title: str
    field: str
    eligible: list[tuple[str, str]]
    seats: int
    min_reason_chars: int


def ballot_form(project: Project) -> BallotForm | None:
    """The question of the open round with the bidders' names, None where no round is open."""
    one = open_round(project)
    if one is None:
        return None
    fixed = plan(project)
    spec = method_in_use(fixed, next_step(project).method)
    bids = project.bids.filter(bidder_id__in=one.eligible).order_by("bidder_id")
    names = bids.values_list("bidder_id", "bidder__name")
    return BallotForm(
        one.code, spec.name, METHODS[spec.name], ballot_field(spec), list(names), one.seats,
        fixed.min_reason_chars,
    )  # fmt: skip


def ballot_field(spec: MethodSpec) -> str:
    """The part of a ballot that a method's members fill in: choices, points or scores."""
    return {"cumulative": "points", "factor_scoring": "scores"}.get(spec.name, "choices")


def _held(project: Project) -> list[dict[str, Any]]:
    """What has happened since the present award began: counts, lotteries, awards, departures."""
    held: list[dict[str, Any]] = []
    for event in trail.events(project.stream, *SINCE_BEGUN):
        held = [] if event["type"] == "project.award_begun" else [*held, event]
    return held


def _drawn_before(held: list[dict[str, Any]], place: int) -> int:
    """How many lotteries were drawn before the round at `place` (from 0) was counted."""
    counted = drawn = 0
    for event in held:
        if event["type"] == LOTTERY_DRAWN:
            drawn += 1
        elif event["type"] == "project.round_counted":
            counted += 1
            if counted > place:
                break
    return drawn


def _losses(held: list[dict[str, Any]], losing: tuple[str, ...]) -> list[dict[str, Any]]:
    """Losses of a winner, each after so many counts and lotteries; before an award it is none."""
    losses: list[dict[str, Any]] = []
    counted, awarded = 0, False
    for event in held:
        match event["type"]:
            case "project.round_counted" | "project.lottery_drawn":
                counted += 1
            case "project.awarded":
                awarded = True
            case _ if awarded:
                losses.append({"bidder": event["data"]["bidder"], "after": counted})
    return losses + [{"bidder": bidder, "after": counted} for bidder in losing]


def _closed(one: BallotRound) -> dict[str, Any]:
    ballots = trail.openings(one.stream, "project.ballot_opened", one.kind)
    return {
        "eligible": one.eligible,
        "seats": one.seats,
        "ballots": [{"member": m, "content": content} for m, content in sorted(ballots.items())],
    }


def _evaluation(project: Project) -> list[dict[str, Any]]:
    """Each bidder's total; nothing under a method without scores."""
    result = scores.result(project) or {}
    return [
        {"bidder": row["bidder"], "value": {"sum": row["sum"], "count": row["count"]}}
        for row in result["totals"]
        if "sum" in row
    ]
