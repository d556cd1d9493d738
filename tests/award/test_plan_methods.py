"""The methods and factors of an award plan: what may be chosen, and what is refused."""

import pytest

from award.domain.plan_methods import REFUSED_FACTORS
from award.domain.terms import MethodSpec
from tests.award.plans import SEPARATED, plan_content, plan_for, refused

FACTOR = SEPARATED["factors"][0]
PRICE = {"factor": "price", "name": "投标报价", "group": "price", "evidence": "bid_document"}
SCORED = {**FACTOR, "max": "60.00"}


@pytest.mark.parametrize("code", sorted(REFUSED_FACTORS))
def test_factors_of_the_negative_list_are_refused(code):
    assert refused(plan_content(factors=[{**FACTOR, "factor": code}])) == "factor_refused"


@pytest.mark.parametrize(
    ("factors", "code"),
    [
        ([], "wrong_type"),
        ([FACTOR, FACTOR], "duplicate_factor"),
        ([{**FACTOR, "evidence": ""}], "factor_without_evidence"),
        ([{"factor": "skill", "name": "能力", "group": "capability"}], "factor_without_evidence"),
        ([{**FACTOR, "evidence": "hearsay"}], "unknown_value"),
        ([{**FACTOR, "group": "luck"}], "unknown_value"),
        ([{**FACTOR, "factor": "履约"}], "unknown_value"),
        ([{**FACTOR, "name": " "}], "unknown_value"),
        ([{**FACTOR, "max": "1e2"}], "not_a_number"),
        ([{**FACTOR, "max": "0.00"}], "out_of_range"),
        ([{**FACTOR, "weight": 1}], "unknown_field"),
        ([PRICE], "price_only"),
    ],
)
def test_a_factor_needs_evidence_and_price_is_never_alone(factors, code):
    assert refused(plan_content(factors=factors)) == code


def test_price_may_be_the_only_factor_of_a_price_competition():
    row = {"method": "price_competition", "price_rule": "second_lowest"}
    plan = plan_for(row, factors=[PRICE])
    assert plan.methods == (MethodSpec("price_competition", price_rule="second_lowest"),)


@pytest.mark.parametrize(
    ("row", "spec"),
    [
        ({"method": "direct_vote"}, MethodSpec("direct_vote")),
        (
            {"method": "direct_vote", "majority": True},
            MethodSpec("direct_vote", majority=True),
        ),
        ({"method": "pairwise"}, MethodSpec("pairwise")),
        ({"method": "cumulative"}, MethodSpec("cumulative")),
        (
            {"method": "cumulative", "points": 6, "cap": 3},
            MethodSpec("cumulative", points=6, cap=3),
        ),
        ({"method": "rank_points"}, MethodSpec("rank_points")),
        (
            {"method": "vote_lottery", "finalists": 3, "vote": "names"},
            MethodSpec("vote_lottery", finalists=3),
        ),
        (
            {"method": "price_competition", "price_rule": "nth_lowest", "nth": 3},
            MethodSpec("price_competition", price_rule="nth_lowest", nth=3),
        ),
        (
            {"method": "deliberation", "decided_by": "chair"},
            MethodSpec("deliberation", decided_by="chair"),
        ),
        ({"method": "direct_lottery"}, MethodSpec("direct_lottery")),
    ],
)
def test_each_method_takes_its_own_options(row, spec):
    assert plan_for(row).methods == (spec,)


def test_factor_scoring_takes_its_scale_from_the_published_factors():
    row = {"method": "factor_scoring", "scoring": "trimmed_mean"}
    scale = {"factor": "performance", "name": "标后履约", "max": "60.00", "kind": "subjective"}
    spec = MethodSpec("factor_scoring", scoring="trimmed_mean", factors=(scale,))
    assert plan_for(row, factors=[SCORED]).methods == (spec,)


@pytest.mark.parametrize(
    ("row", "changes", "code"),
    [
        ({"method": "applause"}, {}, "unknown_value"),
        ({"method": "direct_vote", "points": 3}, {}, "unknown_field"),
        ({"method": "pairwise", "keep": 3}, {}, "unknown_field"),
        ({"method": "cumulative", "points": 5, "cap": 2}, {}, "out_of_range"),
        ({"method": "factor_scoring"}, {}, "missing_field"),
        ({"method": "factor_scoring", "scoring": "sum"}, {}, "factor_without_scale"),
        (
            {"method": "factor_scoring", "scoring": "trimmed_mean"},
            {"factors": [SCORED], "committee": {"size": 3, "origin": "drawn"}},
            "trim_needs_five",
        ),
        ({"method": "vote_lottery", "finalists": 2, "vote": "names"}, {}, "out_of_range"),
        ({"method": "vote_lottery", "finalists": 5, "vote": "names"}, {}, "nothing_to_cut"),
        ({"method": "price_competition", "price_rule": "nth_lowest"}, {}, "unknown_value"),
        ({"method": "price_competition", "price_rule": "lowest", "nth": 2}, {}, "unknown_value"),
        (
            {"method": "direct_vote", "majority": True},
            {"tie_chain": ["lottery"], "max_revotes": 0},
            "majority_needs_revote",
        ),
        (
            {"method": "deliberation", "decided_by": "majority"},
            {"tie_chain": ["lottery"], "max_revotes": 0},
            "majority_needs_revote",
        ),
        ({"method": "pairwise"}, {"rounds": SEPARATED["rounds"]}, "rounds_without_elimination"),
    ],
)
def test_an_option_out_of_place_is_refused(row, changes, code):
    content = plan_content(**{"methods": [row], "rounds": None, **changes})
    assert refused(content) == code


@pytest.mark.parametrize(
    ("methods", "code"),
    [
        ([], "wrong_type"),
        (["pairwise"], "wrong_type"),
        ([{"method": "pairwise"}] * 3, "too_many_methods"),
        ([{"method": "pairwise", "keep": 3}, {"method": "pairwise"}], "same_method_twice"),
        ([{"method": "pairwise"}, {"method": "direct_lottery"}], "missing_field"),
        ([{"method": "pairwise", "keep": 1}, {"method": "direct_lottery"}], "out_of_range"),
        ([{"method": "pairwise", "keep": 5}, {"method": "direct_lottery"}], "nothing_to_cut"),
        ([{"method": "direct_vote", "keep": 3}, {"method": "pairwise"}], "not_shortlisting"),
        (
            [
                {"method": "price_competition", "price_rule": "second_lowest", "keep": 3},
                {"method": "pairwise"},
            ],
            "not_shortlisting",
        ),
    ],
)
def test_two_methods_at_most_and_the_first_leaves_several_names(methods, code):
    assert refused(plan_content(methods=methods, rounds=None)) == code
