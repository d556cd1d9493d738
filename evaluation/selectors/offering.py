"""To whom an act is offered, and what its form starts with."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from audit_log.domain.entry import Actor
from evaluation.domain import plan as plans
from evaluation.models import Part, Project
from evaluation.selectors import bids, committee, deliberation, scores

REMARKS = ("strengths", "weaknesses", "risks")


def member(test: Callable[[Part], bool]) -> Callable[[Actor, Project], bool]:
    """Offered to a member of the committee whose seat passes the test."""

    def offered(actor: Actor, row: Project) -> bool:
        part = committee.part_of(row, actor)
        return part is not None and test(part)

    return offered


def after(done: str, stamp: str) -> Callable[[Actor, Project], bool]:
    """Offered once the step before is done and as long as this one is not."""
    return member(lambda part: bool(getattr(part, done)) and getattr(part, stamp) is None)


signed_in = member(lambda part: part.signed_in_at is not None)


def speaks(actor: Actor, row: Project) -> bool:
    """Offered to the leader; to any seated member while there is none."""
    part = committee.part_of(row, actor)
    if part is None or part.signed_in_at is None:
        return False
    return part.leader or not any(other.leader for other in committee.members(row))


def ground(_actor: Actor, row: Project) -> Mapping[str, Any]:
    """The first review item, and a bid whose ground of rejection can be read off it."""
    start = {"item": row.evaluation_plan["review_items"][0]["item"]}
    for found in bids.grounds(row)[:1]:
        start |= {"bidder": found.bidder, "reason": found.reason}
    return start


def own_review(actor: Actor, row: Project) -> Mapping[str, Any]:
    """What the member has handed in so far."""
    return {"against": deliberation.said(row).against.get(actor.id, [])}


def doubted(actor: Actor, row: Project) -> bool:
    """Offered to a member of whose scores one waits for his explanation."""
    return any(member == actor.id for member, _, _ in deliberation.doubted(row))


def blank_sheet(_actor: Actor, row: Project) -> Mapping[str, Any]:
    """A row for each valid bid and factor to score; without scores, one for each bid."""
    plan = row.evaluation_plan
    if plans.scored(plan):
        return {"scores": _score_rows(row, plans.by_members(plan))}
    rows = [{"bidder": bid.bidder_id, "bidder_name": bid.bidder.name} for bid in bids.valid(row)]
    return {"verdicts": rows}


def established(_actor: Actor, row: Project) -> Mapping[str, Any]:
    """A row for each valid bid and objective factor, with what has been established already."""
    told = {(one["bidder"], one["factor"]): one["score"] for one in scores.established(row)}
    rows = _score_rows(row, plans.established(row.evaluation_plan))
    return {
        "scores": [one | {"score": told.get((one["bidder"], one["factor"]), "")} for one in rows]
    }


def establishes(actor: Actor, row: Project) -> bool:
    """Offered to who speaks for the committee, where the plan has objective factors."""
    return bool(plans.established(row.evaluation_plan)) and speaks(actor, row)


def _score_rows(row: Project, factors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "bidder": bid.bidder_id,
            "bidder_name": bid.bidder.name,
            "factor": factor["factor"],
            "factor_name": factor["name"],
            "max": factor["max"],
            "score": "",
        }
        for bid in bids.valid(row)
        for factor in factors
    ]


def blank_remarks(_actor: Actor, row: Project) -> Mapping[str, Any]:
    """A row for each candidate, with what has been remarked already."""
    found = row.candidates.select_related("bid__bidder").order_by("rank", "bid__bidder_id")
    rows = [
        {"bidder": one.bid.bidder_id, "bidder_name": one.bid.bidder.name}
        | {name: one.remarks.get(name, "") for name in REMARKS}
        for one in found
    ]
    return {"candidates": rows}
