"""Who becomes a candidate: the best by exact value, and no tie decided in silence."""

import pytest

from evaluation.domain.candidates import choose_candidates
from evaluation.domain.scoring import ScoreError
from evaluation.domain.totals import totals
from tests.evaluation.sheets import LOTS, ONE_FACTOR, results_of, sheets_of


@pytest.mark.parametrize(
    ("lot", "candidates"),
    [("A", ("投标人54", "投标人51", "投标人40")), ("B", ("投标人54", "投标人52", "投标人40"))],
)
def test_the_published_case_gives_its_candidates(lot, candidates):
    results = totals(ONE_FACTOR, "mean", sheets_of(LOTS[lot]))
    chosen = choose_candidates(results, 3, True, {}, [])
    assert (chosen.candidates, chosen.unresolved, chosen.ties) == (candidates, (), ())
    unranked = choose_candidates(results, 3, False, {}, [])
    assert unranked.candidates == tuple(sorted(candidates))


def test_the_published_means_of_lot_b_are_reproduced():
    results = totals(ONE_FACTOR, "mean", sheets_of(LOTS["B"]))
    assert [(r.bidder, r.display) for r in results[:2]] == [
        ("投标人54", "88.58"),
        ("投标人52", "86.70"),
    ]


def test_ranked_candidates_carry_their_rank_and_unranked_ones_none():
    results = results_of("70", "90", "80")
    assert choose_candidates(results, 2, True, {}, []).as_data() == {
        "candidates": [{"bidder": "B", "rank": 1}, {"bidder": "C", "rank": 2}],
        "unresolved": [],
        "seats": 0,
        "ties": [],
    }
    assert choose_candidates(results, 2, False, {}, []).as_data()["candidates"] == [
        {"bidder": "B", "rank": None},
        {"bidder": "C", "rank": None},
    ]


def test_fewer_bidders_than_places_are_all_candidates():
    assert choose_candidates(results_of("70", "90"), 3, True, {}, []).candidates == ("B", "A")


def test_the_lower_price_breaks_a_tie_at_the_cut():
    chosen = choose_candidates(
        results_of("90", "80", "80"), 2, True, {"B": 200, "C": 100}, ["lower_price"]
    )
    assert (chosen.candidates, chosen.unresolved) == (("A", "C"), ())
    assert [tie.as_data() for tie in chosen.ties] == [
        {
            "rule": "lower_price",
            "inputs": [{"bidder": "B", "value": 200}, {"bidder": "C", "value": 100}],
        }
    ]


def test_a_tie_inside_the_cut_needs_a_rule_only_where_candidates_are_ranked():
    results = results_of("90", "90", "80")
    unranked = choose_candidates(results, 2, False, {}, ["lower_price"])
    assert (unranked.candidates, unranked.ties) == (("A", "B"), ())
    ranked = choose_candidates(results, 2, True, {"A": 2, "B": 1}, ["lower_price"])
    assert ranked.candidates == ("B", "A")


def test_what_the_rules_leave_open_is_reported_and_never_decided():
    results = results_of("90", "80", "80", "80")
    prices = {"B": 100, "C": 100, "D": 100}
    chosen = choose_candidates(results, 2, False, prices, ["lower_price"])
    assert (chosen.candidates, chosen.unresolved, chosen.seats) == (("A",), ("B", "C", "D"), 1)


def test_an_open_order_inside_the_cut_counts_its_own_places():
    chosen = choose_candidates(results_of("90", "90", "80"), 3, True, {}, [])
    assert (chosen.candidates, chosen.unresolved, chosen.seats) == ((), ("A", "B"), 2)


def test_a_public_order_settles_what_was_open():
    results = results_of("90", "80", "80", "80")
    chosen = choose_candidates(results, 3, True, {}, [], decided_order=["D", "B", "C"])
    assert chosen.candidates == ("A", "D", "B")
    half = choose_candidates(results, 3, True, {}, [], decided_order=["D", "B"])
    assert half.unresolved == ("B", "C", "D")


@pytest.mark.parametrize(
    ("count", "prices", "rules", "code"),
    [
        (1, {"A": 1}, ["lower_price"], "price_missing"),
        (1, {}, ["older_firm"], "unknown_tie_rule"),
        (0, {}, [], "unknown_tie_rule"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(count, prices, rules, code):
    with pytest.raises(ScoreError) as refusal:
        choose_candidates(results_of("90", "90"), count, True, prices, rules)
    assert refusal.value.code == code
