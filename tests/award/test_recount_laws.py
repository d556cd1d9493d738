"""What holds for every award, however the committee votes and the lot falls."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_log.domain import canonical
from award.domain.recount import recount
from tests.award.plans import content_round, plan_for

PLANS = {
    "elimination": plan_for("round_elimination"),
    "direct": plan_for("direct_vote"),
    "majority": plan_for({"method": "direct_vote", "majority": True}),
    "credit instead of a re-vote": plan_for(
        "direct_vote", tie_chain=["credit", "lottery"], max_revotes=0
    ),
    "vote and lot": plan_for({"method": "vote_lottery", "finalists": 3, "vote": "names"}),
    "remaining": plan_for("round_elimination", withdrawal="REVOTE_REMAINING"),
}


def cast(draw, step):
    """Let five members vote as the step asks, each for names he likes."""
    size = step.seats
    ticks = [draw(st.permutations(step.among))[:size] for _ in range(5)]
    return content_round(step.among, [{"chosen": list(names)} for names in ticks], step.seats)


def play_to_the_end(draw, plan, candidates, most_losses):
    """Answer every step until the award has ended, and return the record with its steps."""
    record = {"rounds": [], "draws": [], "losses": [], "credit": []}
    prices = {bidder: draw(st.integers(1, 3)) for bidder in candidates}
    steps = []
    while True:
        outcome = recount(plan, candidates, prices, **record)
        steps.append(outcome.next)
        after = len(record["rounds"]) + len(record["draws"])
        match outcome.next.kind:
            case "round":
                record["rounds"].append(cast(draw, outcome.next))
            case "lottery":
                among, seats = list(outcome.next.among), outcome.next.seats
                drawn = draw(st.permutations(among))[:seats]
                record["draws"].append({"among": among, "seats": seats, "drawn": drawn})
            case "input_required":
                levels = {bidder: draw(st.sampled_from(["80", "90"])) for bidder in candidates}
                record["credit"] = [{"bidder": b, "value": v} for b, v in levels.items()]
            case "winner" if len(record["losses"]) < most_losses:
                record["losses"].append({"bidder": outcome.winner, "after": after})
            case _:
                return prices, record, steps, outcome


@pytest.mark.parametrize("name", PLANS)
@settings(deadline=None)
@given(data=st.data())
def test_every_award_ends_with_a_candidate_and_replays_to_the_same_bytes(name, data):
    plan = PLANS[name]
    candidates = list("ABCDE")[: data.draw(st.integers(2, 5))]
    losses = data.draw(st.integers(0, 2))
    prices, record, steps, outcome = play_to_the_end(data.draw, plan, candidates, losses)

    ended = "retender" if losses >= len(candidates) else "winner"
    assert outcome.next.kind == ended
    standing = [bidder for group in outcome.standing for bidder in group]
    assert set(standing) <= set(candidates)
    assert len(standing) == len(set(standing))
    assert standing[:1] == ([outcome.winner] if outcome.winner else [])
    assert len(steps) <= 30

    shuffled = {
        **record,
        "rounds": [
            {**row, "ballots": data.draw(st.permutations(row["ballots"]))}
            for row in record["rounds"]
        ],
    }
    again = recount(plan, data.draw(st.permutations(candidates)), prices, **shuffled)
    assert canonical.dumps(again.as_data()) == canonical.dumps(outcome.as_data())
