"""The award plan: what the tender document must fix, and what it may not."""

import pytest

from award.domain.plan import (
    AwardPlan,
    Committee,
    parse_plan,
    seats_for,
    standing_candidates,
)
from award.domain.plan_fields import LABELS, PlanError
from award.domain.plan_methods import AwardFactor
from award.domain.terms import MethodSpec
from tests.award.plans import RANKED_FIRST, SEPARATED, plan_content, plan_for, refused


def test_a_separated_plan_is_read_whole():
    assert parse_plan(plan_content()) == AwardPlan(
        regime="separated",
        candidate_count=5,
        ranked=False,
        withdrawal="NEXT_BY_RESULT",
        publicity_days=3,
        decision_days=10,
        no_double_award=True,
        methods=(MethodSpec("round_elimination"),),
        rounds={5: (3, 1), 4: (2, 1), 3: (2, 1), 2: (1,)},
        tie_chain=("revote", "lower_price", "lottery"),
        max_revotes=2,
        min_reason_chars=10,
        factors=(AwardFactor("performance", "标后履约", "capability", "contract_record"),),
        committee=Committee(5, "mixed"),
    )


@pytest.mark.parametrize("regime", ["ranked_first", "authorised"])
def test_a_plan_without_ballots_has_no_committee(regime):
    plan = parse_plan({**RANKED_FIRST, "regime": regime})
    assert (plan.regime, plan.methods, plan.committee) == (regime, (), Committee(0, ""))


@pytest.mark.parametrize("key", sorted(set(SEPARATED)))
def test_no_field_may_be_missing(key):
    assert refused(plan_content(**{key: None})) == "missing_field"
    assert key in LABELS


@pytest.mark.parametrize("key", sorted(RANKED_FIRST))
def test_no_field_may_be_missing_without_ballots_either(key):
    assert refused({k: v for k, v in RANKED_FIRST.items() if k != key}) == "missing_field"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"regime": "best_price"}, "unknown_value"),
        ({"regime": 1}, "wrong_type"),
        ({"note": "x"}, "unknown_field"),
        ({"candidate_count": True}, "wrong_type"),
        ({"candidate_count": "5"}, "wrong_type"),
        ({"candidate_count": 0}, "out_of_range"),
        ({"candidate_count": 1}, "too_few_candidates"),
        ({"ranked": 0}, "wrong_type"),
        ({"withdrawal": "NEXT"}, "unknown_value"),
        ({"publicity_days": 0}, "out_of_range"),
        ({"decision_days": -1}, "out_of_range"),
        ({"lots": {}}, "missing_field"),
        ({"lots": []}, "wrong_type"),
        ({"quorum": "half"}, "unknown_value"),
        ({"abstention": True}, "abstention_refused"),
        ({"min_reason_chars": 0}, "out_of_range"),
        ({"committee": {"size": 4, "origin": "mixed"}}, "even_committee"),
        ({"committee": {"size": 1, "origin": "mixed"}}, "out_of_range"),
        ({"committee": {"size": 5, "origin": "friends"}}, "unknown_value"),
        ({"committee": {"size": 5}}, "missing_field"),
    ],
)
def test_a_field_outside_its_range_is_refused(changes, code):
    assert refused(plan_content(**changes)) == code


@pytest.mark.parametrize(
    ("chain", "revotes", "code"),
    [
        (["revote", "lower_price"], 1, "tie_chain_open"),
        ([], 0, "tie_chain_open"),
        (["lower_price", "revote", "lottery"], 1, "revote_not_first"),
        (["coin", "lottery"], 0, "unknown_tie_rule"),
        (["lottery", "lottery"], 0, "unknown_tie_rule"),
        ("lottery", 0, "wrong_type"),
        ([1], 0, "wrong_type"),
        (["revote", "lottery"], 0, "out_of_range"),
        (["revote", "lottery"], 3, "out_of_range"),
        (["lottery"], 1, "out_of_range"),
    ],
)
def test_a_tie_chain_must_end_in_a_lottery(chain, revotes, code):
    assert refused(plan_content(tie_chain=chain, max_revotes=revotes)) == code


def test_a_tie_chain_may_go_without_a_re_vote():
    plan = parse_plan(plan_content(tie_chain=["credit", "lottery"], max_revotes=0))
    assert (plan.tie_chain, plan.max_revotes) == (("credit", "lottery"), 0)


@pytest.mark.parametrize(
    "table",
    [
        {"5": [5, 1]},
        {"5": [3, 3, 1]},
        {"5": [3, 2]},
        {"5": []},
        {"5": [3, True]},
        {"05": [3, 1]},
        {"five": [3, 1]},
        {"1": [1]},
    ],
)
def test_the_places_fall_round_by_round_to_one(table):
    rule = {**SEPARATED["rounds"]["by_candidates"], **table}
    assert refused(plan_content(rounds={"by_candidates": rule})) == "rounds_not_falling"


def test_every_number_of_candidates_has_its_rounds():
    rule = {"5": [3, 1], "4": [2, 1], "2": [1]}
    assert refused(plan_content(rounds={"by_candidates": rule})) == "rounds_missing"
    assert refused(plan_content(rounds={"by_candidates": {"5": 3}})) == "wrong_type"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ranked": False}, "ranked_required"),
        ({"candidate_count": 4}, "ranked_required"),
        ({"withdrawal": "REVOTE_REMAINING"}, "no_ballot_regime"),
        ({"methods": SEPARATED["methods"]}, "unknown_field"),
    ],
)
def test_a_plan_without_ballots_ranks_at_most_three(changes, code):
    assert refused({**RANKED_FIRST, **changes}) == code


@pytest.mark.parametrize(
    ("candidates", "round_no", "seats"),
    [(5, 1, 3), (5, 2, 1), (4, 1, 2), (3, 1, 2), (3, 2, 1), (2, 1, 1)],
)
def test_seats_follow_the_number_of_candidates(candidates, round_no, seats):
    assert seats_for(parse_plan(plan_content()), candidates, round_no) == seats


def test_other_methods_have_one_round():
    assert seats_for(plan_for("direct_vote"), 5, 1) == 1
    row = {"method": "vote_lottery", "finalists": 3, "vote": "names"}
    assert seats_for(plan_for(row), 5, 1) == 3


@pytest.mark.parametrize(
    ("content", "candidates", "round_no", "code"),
    [
        (plan_content(), 5, 3, "no_such_round"),
        (plan_content(), 5, 0, "no_such_round"),
        (plan_content(), 6, 1, "rounds_missing"),
        (RANKED_FIRST, 3, 1, "no_such_round"),
    ],
)
def test_a_round_the_plan_does_not_know_is_refused(content, candidates, round_no, code):
    with pytest.raises(PlanError) as refusal:
        seats_for(parse_plan(content), candidates, round_no)
    assert refusal.value.code == code


def test_a_winner_leaves_the_later_lots_and_the_lot_he_won_is_named():
    plan = parse_plan(plan_content())
    candidates = ["投标人54", "投标人52", "投标人40"]
    assert standing_candidates(plan, candidates, {"A": "投标人54"}) == (
        ("投标人52", "投标人40"),
        (("投标人54", "A"),),
    )
    assert standing_candidates(plan, candidates, {"A": "投标人01"}) == (tuple(candidates), ())


def test_where_double_awards_are_allowed_nobody_leaves():
    plan = parse_plan(RANKED_FIRST)
    assert standing_candidates(plan, ["A", "B"], {"1": "A"}) == (("A", "B"), ())
