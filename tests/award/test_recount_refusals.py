"""Records that could not have happened under the plan are refused, never counted."""

import pytest

from award.domain.state import parse_state
from award.domain.terms import StateError
from tests.award.plans import FIRST, SECOND, code_of, names_round, plan_for


def test_a_round_among_others_or_for_other_places_is_refused():
    plan = plan_for("round_elimination")
    four = names_round("ABCD", 3, *["ABC"] * 5)
    assert code_of(plan, "ABCDE", four) == "round_mismatch"
    two = names_round("ABCDE", 2, *["AB"] * 5)
    assert code_of(plan, "ABCDE", two) == "round_mismatch"
    twice = names_round("AABCDE", 3, *["ABC"] * 5)
    assert code_of(plan, "ABCDE", twice) == "round_mismatch"


def test_an_invalid_ballot_is_never_counted():
    plan = plan_for("direct_vote")
    assert code_of(plan, "ABC", names_round("ABC", 1, *"AAAAD")) == "invalid_ballot"
    hasty = names_round("ABC", 1, *"AAAAB")
    hasty["ballots"][4]["content"]["reason"] = "好"
    assert code_of(plan, "ABC", hasty) == "invalid_ballot"


@pytest.mark.parametrize("ticks", ["AAAB", "AAABBB", ""])
def test_every_member_votes_once(ticks):
    assert code_of(plan_for("direct_vote"), "AB", names_round("AB", 1, *ticks)) == "quorum_missing"


def test_nobody_votes_twice():
    vote = names_round("AB", 1, *"AAABB")
    vote["ballots"][4]["member"] = "m1"
    assert code_of(plan_for("direct_vote"), "AB", vote) == "quorum_missing"


def test_the_committee_stays_the_same_through_all_rounds():
    other = names_round("ABC", 1, *"ABBAB")
    other["ballots"][0]["member"] = "m9"
    assert code_of(plan_for("round_elimination"), "ABCDE", FIRST, other) == "members_changed"


def test_nothing_may_follow_the_award():
    plan = plan_for("round_elimination")
    assert code_of(plan, "ABCDE", FIRST, SECOND, SECOND) == "extra_record"
    draw = {"among": ["A", "B"], "seats": 1, "drawn": ["A"]}
    assert code_of(plan, "ABCDE", FIRST, SECOND, draws=[draw]) == "extra_record"
    late = [{"bidder": "B", "after": 3}]
    assert code_of(plan, "ABCDE", FIRST, SECOND, losses=late) == "extra_record"


@pytest.mark.parametrize(
    "draw",
    [
        {"among": ["A", "B"], "seats": 1, "drawn": ["A"]},
        {"among": ["A", "B", "C"], "seats": 2, "drawn": ["A", "B"]},
        {"among": ["A", "B", "C"], "seats": 1, "drawn": ["D"]},
        {"among": ["A", "B", "C"], "seats": 1, "drawn": ["A", "B"]},
        {"among": ["A", "B", "C"], "seats": 1, "drawn": ["A", "A"]},
        {"among": ["A", "B", "C"], "seats": 1, "drawn": []},
    ],
)
def test_a_draw_among_others_or_of_others_is_refused(draw):
    assert code_of(plan_for("direct_lottery"), "ABC", draws=[draw]) == "draw_mismatch"


def test_the_candidates_are_those_the_plan_allows():
    plan = plan_for("direct_vote", candidate_count=3)
    assert code_of(plan, "ABCD") == "too_many_candidates"
    assert code_of(plan, "ABC", losses=[{"bidder": "D", "after": 0}]) == "not_a_candidate"


SOUND = {"candidates": ["A"], "prices": [], "rounds": []}


@pytest.mark.parametrize(
    "change",
    [
        {"candidates": []},
        {"candidates": ["A", "A"]},
        {"candidates": "A"},
        {"candidates": [1]},
        {"prices": [{"bidder": "A"}]},
        {"prices": [{"bidder": "A", "value": 0}]},
        {"prices": [{"bidder": "A", "value": -1}]},
        {"prices": [{"bidder": "A", "value": "1"}]},
        {"prices": [{"bidder": "A", "value": True}]},
        {"prices": [{"bidder": ["A"], "value": 1}]},
        {"rounds": {"1": []}},
        {"rounds": [{"eligible": ["A"], "seats": 1}]},
        {"rounds": [{"eligible": ["A"], "seats": 1, "ballots": [{"member": "m1"}]}]},
        {
            "rounds": [
                {"eligible": ["A"], "seats": 1, "ballots": [{"member": "m1", "content": "A"}]}
            ]
        },
        {"rounds": [{"eligible": ["A"], "seats": "1", "ballots": []}]},
        {"draws": [{"among": ["A"], "seats": 1}]},
        {"losses": [{"bidder": "A", "after": -1}]},
        {"credit": [{"bidder": "A", "value": "1e3"}]},
        {"evaluation": [{"bidder": "A", "value": {"sum": "1", "count": 0}}]},
        {"chair": 1},
        {"note": ""},
    ],
)
def test_a_record_of_another_shape_is_refused(change):
    assert parse_state(SOUND).candidates == ("A",)
    with pytest.raises(StateError) as refusal:
        parse_state({**SOUND, **change})
    assert refusal.value.code == "malformed_state"


def test_a_record_lacks_none_of_its_parts():
    with pytest.raises(StateError) as refusal:
        parse_state({"candidates": ["A"], "prices": []})
    assert refusal.value.code == "malformed_state"
