"""Losing the winner: the next by result, a new vote among the rest, or a new tender (条例55)."""

import pytest

from award.domain.outcome import Step
from award.domain.plan import parse_plan
from tests.award.plans import FIRST, RANKED_FIRST, SECOND, names_round, plan_for, play


def test_the_next_by_result_follows_the_standing():
    plan = plan_for("round_elimination")
    lost = [{"bidder": "B", "after": 2}]
    outcome = play(plan, "ABCDE", FIRST, SECOND, losses=lost)
    assert outcome.next == Step("winner", winner="A", basis="next_by_result")
    both = play(plan, "ABCDE", FIRST, SECOND, losses=[*lost, {"bidder": "A", "after": 2}])
    assert both.winner == "C"


def test_equals_behind_the_winner_are_separated_by_the_chain_without_a_ballot():
    plan = plan_for("direct_vote")
    vote = names_round("ABC", 1, *"BBBAC")
    outcome = play(plan, "ABC", vote, losses=[{"bidder": "B", "after": 1}])
    assert (outcome.winner, outcome.standing) == ("A", (("A",), ("C",)))
    assert [tie.rule for tie in outcome.ties] == ["lower_price"]


def test_a_loss_of_somebody_else_changes_no_award():
    plan = plan_for("direct_vote")
    vote = names_round("ABC", 1, *"BBBAC")
    lost = [{"bidder": "A", "after": 1}]
    assert play(plan, "ABC", vote, losses=lost).winner == "B"
    both = [*lost, {"bidder": "B", "after": 1}]
    assert play(plan, "ABC", vote, losses=both).winner == "C"


def test_the_remaining_candidates_may_be_voted_on_anew():
    plan = plan_for("round_elimination", withdrawal="REVOTE_REMAINING")
    lost = [{"bidder": "B", "after": 2}]
    opened = play(plan, "ABCDE", FIRST, SECOND, losses=lost)
    assert (opened.next.among, opened.next.seats, opened.next.round_no) == (
        ("A", "C", "D", "E"),
        2,
        3,
    )
    third = names_round("ACDE", 2, "AC", "AC", "AD", "AC", "DE")
    fourth = names_round("AC", 1, *"AACCC")
    closed = play(plan, "ABCDE", FIRST, SECOND, third, fourth, losses=lost)
    assert closed.winner == "C"
    later = [*lost, {"bidder": "C", "after": 4}]
    again = play(plan, "ABCDE", FIRST, SECOND, third, fourth, losses=later)
    assert again.next.among == ("A", "D", "E")


def test_a_draw_counts_when_a_loss_is_placed_in_time():
    plan = plan_for({"method": "direct_lottery"}, withdrawal="REVOTE_REMAINING")
    draws = [
        {"among": ["A", "B", "C"], "seats": 1, "drawn": ["B"]},
        {"among": ["A", "C"], "seats": 1, "drawn": ["C"]},
    ]
    losses = [{"bidder": "B", "after": 1}, {"bidder": "C", "after": 2}]
    assert play(plan, "ABC", draws=draws, losses=losses[:1]).winner == "C"
    ended = play(plan, "ABC", draws=draws, losses=losses)
    assert ended.next == Step("winner", winner="A", basis="only_candidate")


@pytest.mark.parametrize(
    ("withdrawal", "gone", "basis"),
    [
        ("RETENDER", "B", "plan"),
        ("NEXT_BY_RESULT", "BAC", "no_candidate_left"),
        ("REVOTE_REMAINING", "BAC", "no_candidate_left"),
    ],
)
def test_a_lost_winner_may_mean_a_new_tender(withdrawal, gone, basis):
    plan = plan_for("direct_vote", withdrawal=withdrawal)
    losses = [{"bidder": bidder, "after": 1} for bidder in gone]
    outcome = play(plan, "ABC", names_round("ABC", 1, *"BBBAC"), losses=losses)
    assert outcome.next == Step("retender", basis=basis)
    assert (outcome.winner, outcome.standing) == (None, ())


@pytest.mark.parametrize("regime", ["ranked_first", "authorised"])
def test_without_ballots_the_ranked_first_wins_and_the_next_follows(regime):
    plan = parse_plan({**RANKED_FIRST, "regime": regime})
    assert play(plan, "CAB").next == Step("winner", winner="C", basis="rank")
    lost = play(plan, "CAB", losses=[{"bidder": "C", "after": 0}])
    assert (lost.winner, lost.standing) == ("A", (("A",), ("B",)))
