"""Candidates who leave, each with a reason and the fact that decided it."""

from collections.abc import Iterable

from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from award.domain.plan import AwardPlan, standing_candidates
from award.selectors import award, lots
from evaluation.models import Candidate, Project

WON_OTHER_LOT = "won_other_lot"


def winners_of_other_lots(row: Project, plan: AwardPlan | None) -> tuple[tuple[str, str], ...]:
    """(bidder, lot) for each standing candidate who has won another lot (兼投不兼中)."""
    if plan is None:
        return ()
    bidders = [candidate.bid.bidder_id for candidate in award.standing(row)]
    return standing_candidates(plan, bidders, lots.winners_elsewhere(row))[1]


def leave_for_other_lots(
    row: Project, actor: Actor, leaving: Iterable[tuple[str, str]]
) -> list[Ref]:
    """Let winners of other lots leave; each entry refers to the other lot's decision."""
    return [
        leave(row, actor, bidder, WON_OTHER_LOT, lots.awarded_entry(lot)) for bidder, lot in leaving
    ]


def leave(row: Project, actor: Actor, bidder: str, reason: str, *evidence: Ref) -> Ref:
    """Let one candidate leave for a reason code."""
    mark(row, bidder, reason)
    data = {"bidder": bidder, "reason": reason}
    return trail.record(row, "project.candidate_left", actor, data, refs=evidence)


def mark(row: Project, bidder: str, reason: str) -> None:
    """Write down that a candidate no longer stands; the caller writes the entry."""
    candidate = Candidate.objects.get(project=row, bid__bidder_id=bidder)
    candidate.left_for = reason
    candidate.save(update_fields=["left_for"])
