"""Ties: re-vote among the tied for the open places, then price, result, credit, and the lot."""

from fractions import Fraction

import pytest

from award.domain.outcome import Step
from award.domain.recount import recount
from award.domain.terms import TieStep, cut, ranked, value_rows
from tests.award.plans import names_round, plan_for, play, rankings_round

CHAIN = ["lower_price", "lottery"]
ROUND_ONE = ("ABC", "ABD", "ABE", "ABC", "ABD")  # A5 B5 are in, C2 D2 tie for one place


def revote(among, seats, already_in, round_no, *, stage=1, revote=1, method="round_elimination"):
    return Step(
        "round",
        method=method,
        among=tuple(among),
        seats=seats,
        already_in=tuple(already_in),
        round_no=round_no,
        stage=stage,
        revote=revote,
    )


# ---------------------------------------------------------------------- the cut


@pytest.mark.parametrize(
    ("tally", "seats", "kept", "tie", "left", "out"),
    [
        ({"A": 5, "B": 3, "C": 1}, 1, "A", "", 0, ["B", "C"]),
        ({"A": 5, "B": 3, "C": 3}, 2, "A", "BC", 1, []),
        ({"A": 5, "B": 3, "C": 3, "D": 1}, 3, "ABC", "", 0, ["D"]),
        ({"A": 2, "B": 2, "C": 2, "D": 1}, 2, "", "ABC", 2, ["D"]),
        ({"A": 2, "B": 1}, 2, "AB", "", 0, []),
    ],
)
def test_those_on_the_line_are_in_only_if_all_of_them_fit(tally, seats, kept, tie, left, out):
    line = cut(ranked(tally), seats)
    assert (line.kept, line.tie, line.seats_left) == (tuple(kept), tuple(tie), left)
    assert line.out == tuple(tuple(group) for group in out)


def test_inputs_are_written_as_integers_decimals_or_exact_fractions():
    values = [("A", 3), ("B", Fraction("85.50")), ("C", Fraction("62423") / 700)]
    assert value_rows(values) == [
        {"bidder": "A", "value": 3},
        {"bidder": "B", "value": "85.5"},
        {"bidder": "C", "value": {"sum": "62423", "count": 700}},
    ]


# ---------------------------------------------------------------------- re-votes


def test_a_tie_at_the_line_is_voted_again_among_the_tied_for_the_open_places():
    plan = plan_for("round_elimination")
    outcome = play(plan, "ABCDE", names_round("ABCDE", 3, *ROUND_ONE))
    assert outcome.next == revote("CD", 1, "AB", 2)
    assert outcome.ties == (TieStep("revote", ("C", "D"), 1),)


def test_after_the_re_vote_the_next_round_is_among_those_in():
    plan = plan_for("round_elimination")
    rounds = [names_round("ABCDE", 3, *ROUND_ONE), names_round("CD", 1, *"CCDCD")]
    outcome = play(plan, "ABCDE", *rounds)
    assert outcome.next == revote("ABC", 1, "", 3, stage=2, revote=0)
    decided = play(plan, "ABCDE", *rounds, names_round("ABC", 1, *"CCCAB"))
    assert decided.winner == "C"
    assert decided.standing == (("C",), ("A", "B"), ("D",), ("E",))


def test_a_re_vote_can_fill_some_places_and_tie_for_the_rest():
    plan = plan_for("round_elimination")
    level = names_round("ABCDE", 3, "ABC", "ADE", "BCD", "BCE", "ADE")  # three votes each
    assert play(plan, "ABCDE", level).next == revote("ABCDE", 3, "", 2)
    again = names_round("ABCDE", 3, *ROUND_ONE)
    assert play(plan, "ABCDE", level, again).next == revote("CD", 1, "AB", 3, revote=2)


def test_after_the_last_re_vote_the_chain_goes_on_to_the_price():
    plan = plan_for("direct_vote")
    level = names_round("ABCDE", 1, *"ABCDE")
    outcome = play(plan, "ABCDE", level, level, level)
    assert (outcome.winner, outcome.next.basis) == ("A", "lower_price")
    assert [tie.rule for tie in outcome.ties] == ["revote", "revote", "lower_price"]
    assert outcome.standing == (("A",), ("B",), ("C",), ("D",), ("E",))


@pytest.mark.parametrize(("max_revotes", "rounds"), [(1, 2), (2, 3)])
def test_the_plan_bounds_the_number_of_re_votes(max_revotes, rounds):
    plan = plan_for("direct_vote", max_revotes=max_revotes)
    level = names_round("ABCDE", 1, *"ABCDE")
    assert play(plan, "ABCDE", *[level] * (rounds - 1)).next.revote == max_revotes
    assert play(plan, "ABCDE", *[level] * rounds).winner == "A"


def test_each_stage_has_its_own_re_votes():
    plan = plan_for("round_elimination", max_revotes=1)
    outcome = play(
        plan,
        "ABCDE",
        names_round("ABCDE", 3, *ROUND_ONE),
        names_round("CD", 1, *"CCDCD"),
        names_round("ABC", 1, *"AABBC"),
    )
    assert outcome.next == revote("AB", 1, "", 4, stage=2)


def test_a_cycle_of_pairs_is_compared_again_among_the_tied():
    plan = plan_for("pairwise")
    cycle = rankings_round("ABCD", "ABCD", "BCAD", "CABD", "ABCD", "BCAD")
    assert play(plan, "ABCD", cycle).next == revote("ABC", 1, "", 2, method="pairwise")
    again = rankings_round("ABC", "ABC", "BAC", "BCA", "CBA", "BCA")
    outcome = play(plan, "ABCD", cycle, again)
    assert (outcome.winner, outcome.next.basis) == ("B", "pairwise")
    assert outcome.standing == (("B",), ("C",), ("A",), ("D",))


# ---------------------------------------------------------------------- run-offs


def test_a_missed_majority_is_a_run_off_of_the_first_two():
    plan = plan_for({"method": "direct_vote", "majority": True})
    first = names_round("ABCD", 1, *"AABBC")
    assert play(plan, "ABCD", first).next == revote("AB", 1, "", 2, method="direct_vote")
    outcome = play(plan, "ABCD", first, names_round("AB", 1, *"ABBBA"))
    assert outcome.winner == "B"
    assert outcome.standing == (("B",), ("A",), ("C",), ("D",))
    assert outcome.ties == ()


def test_the_last_run_off_is_decided_by_most_votes():
    plan = plan_for({"method": "direct_vote", "majority": True})
    split = names_round("ABCD", 1, *"AABCD")
    outcome = play(plan, "ABCD", split, split, split)
    assert (outcome.winner, outcome.next.basis) == ("A", "direct_vote")
    level = names_round("ABCDE", 1, *"ABCDE")
    tied = play(plan, "ABCDE", level, level, level)
    assert (tied.winner, tied.next.basis) == ("A", "lower_price")


# ---------------------------------------------------------------------- the rest of the chain


def level_round(plan, **more):
    return play(plan, "ABCDE", names_round("ABCDE", 1, *"ABCDE"), **more)


def rows(**values):
    return [{"bidder": bidder, "value": value} for bidder, value in values.items()]


def test_each_rule_used_is_recorded_with_its_inputs():
    plan = plan_for(
        "direct_vote", tie_chain=["evaluation_result", "credit", "lottery"], max_revotes=0
    )
    outcome = level_round(
        plan,
        evaluation=rows(A="80", B="85.5", C="85.50", D="85.5", E={"sum": "171", "count": 2}),
        credit=rows(A="99", B="80", C="90", D="90", E="70"),
        draws=[{"among": ["D", "C"], "seats": 1, "drawn": ["D"]}],
    )
    assert [tie.as_data() for tie in outcome.ties] == [
        {
            "rule": "evaluation_result",
            "among": ["A", "B", "C", "D", "E"],
            "seats": 1,
            "inputs": rows(A="80", B="85.5", C="85.5", D="85.5", E="85.5"),
            "kept": [],
            "tie": ["B", "C", "D", "E"],
        },
        {
            "rule": "credit",
            "among": ["B", "C", "D", "E"],
            "seats": 1,
            "inputs": rows(B="80", C="90", D="90", E="70"),
            "kept": [],
            "tie": ["C", "D"],
        },
        {
            "rule": "lottery",
            "among": ["C", "D"],
            "seats": 1,
            "inputs": [],
            "kept": ["D"],
            "tie": [],
        },
    ]
    assert (outcome.winner, outcome.next.basis) == ("D", "lottery")
    assert outcome.standing == (("D",), ("C",), ("B",), ("E",), ("A",))


@pytest.mark.parametrize(
    ("rule", "known"), [("credit", {}), ("credit", {"credit": rows(A="1", B="2")})]
)
def test_a_rule_without_its_values_asks_for_them(rule, known):
    plan = plan_for("direct_vote", tie_chain=[rule, "lottery"], max_revotes=0)
    step = level_round(plan, **known).next
    assert step == Step("input_required", among=tuple("ABCDE"), seats=1, rule=rule)


def test_a_lottery_is_asked_for_and_never_drawn_here():
    plan = plan_for("direct_vote", tie_chain=["lottery"], max_revotes=0)
    step = level_round(plan).next
    assert step == Step("lottery", among=tuple("ABCDE"), seats=1, rule="lottery")


def test_the_price_fills_what_it_can_and_leaves_equals_to_the_lot():
    plan = plan_for("round_elimination", tie_chain=CHAIN, max_revotes=0)
    four = names_round("ABCDE", 3, "ABC", "ADE", "BCD", "BCE", "ADE")
    prices = {"A": 1, "B": 3, "C": 2, "D": 2, "E": 2}
    rounds = [four]
    outcome = recount(plan, list("ABCDE"), prices, rounds)
    assert outcome.next == Step("lottery", among=("C", "D", "E"), seats=2, rule="lottery")
    draws = [{"among": ["C", "D", "E"], "seats": 2, "drawn": ["E", "C"]}]
    after = recount(plan, list("ABCDE"), prices, rounds, draws=draws)
    assert after.next.among == ("A", "C", "E")


def test_a_price_competition_has_no_ballot_to_repeat():
    plan = plan_for({"method": "price_competition", "price_rule": "closest_to_mean"})
    outcome = recount(plan, ["A", "B", "C", "D"], {"A": 99, "B": 101, "C": 97, "D": 103}, [])
    assert (outcome.winner, outcome.next.basis) == ("A", "lower_price")
    same = recount(plan, ["A", "B"], {"A": 100, "B": 100}, [])
    assert same.next == Step("lottery", among=("A", "B"), seats=1, rule="lottery")
