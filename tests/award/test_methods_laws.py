"""What holds for every award method, whatever the ballots say."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_log.domain import canonical
from award.domain.methods import count
from award.domain.terms import METHODS, MethodSpec, Question
from tests.award.plans import SCALE, ballots_of, scores

LAW = settings(deadline=None)
NAMES = ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司", "B6")


def names_ballot(draw, spec, eligible, seats):
    return {"chosen": list(draw(st.permutations(eligible)))[:seats]}


def ranking_ballot(draw, spec, eligible, seats):
    return {"ranking": list(draw(st.permutations(eligible)))}


def pairs_ballot(draw, spec, eligible, seats):
    chosen = [(a, b) if draw(st.booleans()) else (b, a) for a, b in combinations(eligible, 2)]
    return {"pairs": [{"preferred": a, "other": b} for a, b in chosen]}


def points_ballot(draw, spec, eligible, seats):
    budget = spec.budget(len(eligible))
    spent = [draw(st.sampled_from(eligible)) for _ in range(budget)]
    rows = {bidder: spent.count(bidder) for bidder in spent}
    return {"points": [{"bidder": bidder, "points": n} for bidder, n in rows.items()]}


def scores_ballot(draw, spec, eligible, seats):
    return scores(**{b: (str(draw(st.integers(0, 10))), "2.5") for b in eligible})


DRAWN = {
    "direct_vote": (names_ballot, {"majority": st.booleans()}),
    "pairwise": (pairs_ballot, {}),
    "round_elimination": (names_ballot, {}),
    "cumulative": (points_ballot, {"points": st.none() | st.integers(1, 9)}),
    "rank_points": (ranking_ballot, {}),
    "factor_scoring": (
        scores_ballot,
        {
            "factors": st.just(SCALE),
            "scoring": st.sampled_from(["sum", "mean", "trimmed_mean"]),
        },
    ),
    "vote_lottery": (names_ballot, {"finalists": st.just(3)}),
    "deliberation": (names_ballot, {"decided_by": st.sampled_from(["chair", "majority"])}),
    "price_competition": (
        None,
        {
            "price_rule": st.sampled_from(
                ["lowest", "second_lowest", "nth_lowest", "closest_to_mean"]
            ),
            "nth": st.integers(1, 4),
        },
    ),
    "direct_lottery": (None, {}),
}
MANY_SEATS = {"round_elimination", "pairwise", "cumulative", "rank_points", "factor_scoring"}


@st.composite
def cases(draw, name):
    ballot, options = DRAWN[name]
    spec = MethodSpec(name, **{key: draw(value) for key, value in options.items()})
    size = draw(st.integers(4 if spec.finalists else 2, len(NAMES)))
    eligible = tuple(sorted(NAMES[:size]))
    seats = draw(st.integers(1, size - 1)) if name in MANY_SEATS else spec.finalists or 1
    members = draw(st.sampled_from([5, 7]))
    contents = [ballot(draw, spec, eligible, seats) for _ in range(members)] if ballot else []
    prices = {bidder: draw(st.integers(1, 5)) for bidder in eligible}
    return Question(spec, eligible, seats, prices, "m1"), ballots_of(contents)


def test_every_method_is_drawn_below():
    assert sorted(DRAWN) == sorted(METHODS)


@pytest.mark.parametrize("name", METHODS)
@LAW
@given(data=st.data())
def test_any_order_of_candidates_and_ballots_gives_the_same_bytes(name, data):
    question, ballots = data.draw(cases(name))
    shuffled = Question(
        question.spec,
        tuple(data.draw(st.permutations(question.eligible))),
        question.seats,
        dict(data.draw(st.permutations(list(question.prices.items())))),
        question.chair,
    )
    once = count(question, ballots).as_data()
    again = count(shuffled, data.draw(st.permutations(ballots))).as_data()
    assert canonical.dumps(once) == canonical.dumps(again)


@pytest.mark.parametrize("name", METHODS)
@LAW
@given(data=st.data())
def test_a_result_names_candidates_only_and_fills_no_more_than_its_places(name, data):
    question, ballots = data.draw(cases(name))
    result = count(question, ballots)
    assert sorted(b for group in result.order for b in group) == sorted(question.eligible)
    assert set(result.tally) <= set(question.eligible)
    assert set(result.kept + result.tie + result.runoff + result.lottery) <= set(question.eligible)
    assert not set(result.kept) & set(result.tie)
    if not result.lottery:
        assert len(result.kept) + result.seats_left == question.seats
        assert len(result.tie or result.runoff) > result.seats_left or result.seats_left == 0


SUMS = {
    "direct_vote": lambda q, n: n,
    "pairwise": lambda q, n: len(q.eligible) * (len(q.eligible) - 1) // 2,
    "round_elimination": lambda q, n: n * q.seats,
    "cumulative": lambda q, n: n * q.spec.budget(len(q.eligible)),
    "rank_points": lambda q, n: n * len(q.eligible) * (len(q.eligible) + 1) // 2,
    "vote_lottery": lambda q, n: n * q.seats,
    "deliberation": lambda q, n: n,
}


@pytest.mark.parametrize("name", SUMS)
@LAW
@given(data=st.data())
def test_no_vote_is_lost_or_added(name, data):
    question, ballots = data.draw(cases(name))
    tally = count(question, ballots).tally
    assert sum(tally.values()) == SUMS[name](question, len(ballots))
