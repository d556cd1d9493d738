"""The award methods A to J: every known answer, and what is particular to each method."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from award.domain.ballots import validate_ballot
from award.domain.methods import count
from award.domain.recount import recount
from award.domain.terms import MethodSpec, Question, StateError
from tests.award.plans import REASON, SCALE, SEPARATED, ballots_of, plan_for, scores, voted

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vote_vectors.json").read_text("utf-8"))[
    "vectors"
]
BY_NAME = {vector["name"]: vector for vector in VECTORS}


def asked(spec, eligible, contents, seats=1, prices=None, chair=""):
    """Count ballots after checking that each of them is one the committee may cast."""
    eligible = tuple(sorted(eligible))
    ballots = ballots_of(contents)
    for ballot in ballots:
        assert validate_ballot(spec, eligible, seats, ballot.content, len(REASON)) == []
    return count(Question(spec, eligible, seats, prices or {}, chair), ballots)


# ---------------------------------------------------------------------- known answers

SINGLE = {
    "plurality unique": MethodSpec("direct_vote"),
    "plurality tie at top": MethodSpec("direct_vote"),
    "plurality majority rule, 4-way second place": MethodSpec("direct_vote", majority=True),
    "pairwise: B beats both though A has as many first places": MethodSpec("pairwise"),
    "pairwise cycle": MethodSpec("pairwise"),
    "cumulative 3 points": MethodSpec("cumulative", points=3),
    "rank points: differs from plurality (A 3 firsts, B wins)": MethodSpec("rank_points"),
    "price lowest": MethodSpec("price_competition", price_rule="lowest"),
    "price second_lowest": MethodSpec("price_competition", price_rule="second_lowest"),
    "price closest_to_mean": MethodSpec("price_competition", price_rule="closest_to_mean"),
}
ROUNDS = {"elimination 5->3 tie at boundary", "elimination 5->3->1"}


def contents_of(vector):
    if "rankings" in vector:
        return [{"ranking": list(text)} for text in vector["rankings"].values()]
    ballots = vector.get("ballots", {}).values()
    return [
        {"points": [{"bidder": b, "points": n} for b, n in ballot.items()]}
        if isinstance(ballot, dict)
        else {"chosen": ballot}
        for ballot in ballots
    ]


def names_of(vector):
    if "prices" in vector:
        return vector["prices"]
    return vector["result"].get("wins") or vector["result"]["tally"]


def as_vector(result):
    """Return a result in the words of the vectors."""
    by_wins = result.method == "pairwise"
    return {
        "tally": None if by_wins else dict(result.tally),
        "wins": dict(result.tally) if by_wins else None,
        "pairs": {f"{a}:{b}": [x, y] for a, b, x, y in result.pairs},
        "winner": result.winner,
        "tie": list(result.tie),
        "runoff": list(result.runoff),
    }


def test_no_vector_is_left_out():
    assert sorted(BY_NAME) == sorted([*SINGLE, *ROUNDS])


@pytest.mark.parametrize("name", SINGLE)
def test_single_round_vector(name):
    vector = BY_NAME[name]
    result = asked(SINGLE[name], names_of(vector), contents_of(vector), prices=vector.get("prices"))
    found = as_vector(result)
    assert {key: found[key] for key in vector["result"]} == vector["result"]
    assert result.seats_left == (1 if result.winner is None else 0)


@pytest.mark.parametrize("name", sorted(ROUNDS))
def test_elimination_vector(name):
    vector = BY_NAME[name]
    expected = vector["result"]
    eligible, rounds = "ABCDE", []
    for seats, ballots in zip(vector["rounds"], vector["ballots"], strict=False):
        rows = voted({"chosen": ticks} for ticks in ballots.values())
        rounds.append({"eligible": list(eligible), "seats": seats, "ballots": rows})
        eligible = "ABC"
    rule = {**SEPARATED["rounds"]["by_candidates"], "5": vector["rounds"]}
    plan = plan_for("round_elimination", rounds={"by_candidates": rule})
    outcome = recount(plan, list("ABCDE"), {}, rounds)
    found = {
        "rounds": [
            {
                "round": counted.step.round_no,
                "tally": dict(counted.result.tally),
                "kept": list(counted.result.kept),
                "tie": list(counted.result.tie),
                "seats_left": counted.result.seats_left,
            }
            for counted in outcome.counts
        ],
        "winner": outcome.winner,
        "revote_among": list(outcome.next.among),
        "seats": outcome.next.seats,
        "already_in": list(outcome.next.already_in),
    }
    assert {key: found[key] for key in expected} == expected


# ---------------------------------------------------------------------- single methods


@pytest.mark.parametrize(
    ("ticks", "winner", "runoff"),
    [
        ("AAABC", "A", ()),
        ("AABBC", None, ("A", "B")),
        ("AABCC", None, ("A", "C")),
        ("AABCD", None, ("A", "B", "C", "D")),
        ("ABCDE", None, ("A", "B", "C", "D", "E")),
    ],
)
def test_a_majority_is_more_than_half_and_nobody_tied_for_second_is_cut(ticks, winner, runoff):
    spec = MethodSpec("direct_vote", majority=True)
    result = asked(spec, "ABCDE", [{"chosen": [name]} for name in ticks])
    assert (result.winner, result.runoff, result.tie) == (winner, runoff, ())


def test_stored_pairs_and_a_ranking_say_the_same():
    rankings = ["ABC", "BCA", "CBA", "ABC", "BCA"]
    by_ranking = asked(MethodSpec("pairwise"), "ABC", [{"ranking": list(r)} for r in rankings])
    rows = [
        {"pairs": [{"preferred": a, "other": b} for a, b in combinations(r, 2)]} for r in rankings
    ]
    assert asked(MethodSpec("pairwise"), "ABC", rows) == by_ranking


def test_equal_wins_are_first_compared_among_the_tied_alone():
    # A and B win two pairs each; C and D one each; B beat A.
    rows = [{"pairs": [*map(pair, ["BA", "AC", "AD", "BC", "DB", "CD"])]} for _ in range(5)]
    result = asked(MethodSpec("pairwise"), "ABCD", rows)
    assert dict(result.tally) == {"A": 2, "B": 2, "C": 1, "D": 1}
    assert result.winner == "B"
    assert [step.as_data() for step in result.steps] == [
        {
            "rule": "head_to_head",
            "among": ["A", "B"],
            "seats": 1,
            "inputs": [{"bidder": "A", "value": 0}, {"bidder": "B", "value": 1}],
            "kept": ["B"],
            "tie": [],
        }
    ]


def pair(text):
    return {"preferred": text[0], "other": text[1]}


def test_a_cycle_among_the_tied_stays_a_tie():
    rows = [{"pairs": [*map(pair, ["AB", "BC", "CA", "AD", "BD", "CD"])]} for _ in range(5)]
    result = asked(MethodSpec("pairwise"), "ABCD", rows)
    assert (result.winner, result.tie) == (None, ("A", "B", "C"))
    assert [(step.kept, step.tie) for step in result.steps] == [((), ("A", "B", "C"))]


def test_an_even_committee_cannot_make_a_level_pair_a_win():
    result = asked(MethodSpec("pairwise"), "AB", [{"ranking": ["A", "B"]}, {"ranking": ["B", "A"]}])
    assert (dict(result.tally), result.tie) == ({"A": 0, "B": 0}, ("A", "B"))


@pytest.mark.parametrize(
    ("scoring", "tally", "divisor", "winner"),
    [
        ("sum", {"A": "50.5", "B": "51"}, 1, "B"),
        ("mean", {"A": "50.5", "B": "51"}, 5, "B"),
        ("trimmed_mean", {"A": "36", "B": "33"}, 3, "A"),
    ],
)
def test_factor_scoring_by_sum_mean_and_trimmed_mean(scoring, tally, divisor, winner):
    given_points = [("0", "0.5"), ("8", "4"), ("8", "4"), ("8", "4"), ("9", "5")]
    rows = [scores(A=points, B=("6", "5")) for points in given_points]
    rows[4] = scores(A=("9", "5"), B=("4", "3"))
    spec = MethodSpec("factor_scoring", scoring=scoring, factors=SCALE)
    result = asked(spec, "AB", rows)
    assert {row["bidder"]: row["value"] for row in result.as_data()["tally"]} == tally
    assert (result.divisor, result.winner) == (divisor, winner)


def test_all_who_tie_on_the_line_are_finalists_of_the_lottery():
    spec = MethodSpec("vote_lottery", finalists=3)
    rows = [{"chosen": list(t)} for t in ("ABC", "ABD", "ABC", "ABD", "ABE")]
    result = asked(spec, "ABCDE", rows, seats=3)
    assert (result.lottery, result.tie, result.winner) == (("A", "B", "C", "D"), (), None)


def test_finalists_can_be_found_by_pairs():
    spec = MethodSpec("vote_lottery", finalists=3, vote="pairwise")
    result = asked(spec, "ABCD", [{"ranking": list("DCBA")}] * 5, seats=3)
    assert dict(result.tally) == {"A": 0, "B": 1, "C": 2, "D": 3}
    assert result.lottery == ("B", "C", "D")


@pytest.mark.parametrize(
    ("rule", "nth", "prices", "winner", "tie"),
    [
        ("lowest", 1, [100, 200, 300], "A", ()),
        ("lowest", 1, [100, 100, 300], None, ("A", "B")),
        ("second_lowest", 1, [100, 100, 300], "C", ()),
        ("second_lowest", 1, [100, 100, 100], None, ("A", "B", "C")),
        ("nth_lowest", 3, [300, 200, 100], "A", ()),
        ("nth_lowest", 3, [300, 200, 200], None, ("A", "B", "C")),
        ("closest_to_mean", 1, [100, 130, 131], "B", ()),
        ("closest_to_mean", 1, [99, 100, 101], "B", ()),
        ("closest_to_mean", 1, [99, 101, 97, 103], None, ("A", "B")),
    ],
)
def test_price_rules_compare_whole_fen_exactly(rule, nth, prices, winner, tie):
    by_name = dict(zip("ABCD", prices, strict=False))
    spec = MethodSpec("price_competition", price_rule=rule, nth=nth)
    result = asked(spec, by_name, [], prices=by_name)
    assert (result.winner, result.tie) == (winner, tie)


def test_a_missing_price_is_refused():
    with pytest.raises(StateError) as refusal:
        asked(MethodSpec("price_competition"), "AB", [], prices={"A": 1})
    assert refusal.value.code == "price_missing"


def test_the_chair_decides_a_deliberation_against_any_count():
    spec = MethodSpec("deliberation", decided_by="chair")
    rows = [{"chosen": [name]} for name in "ABBBB"]
    assert asked(spec, "ABC", rows, chair="m1").winner == "A"
    with pytest.raises(StateError) as refusal:
        asked(spec, "ABC", rows, chair="m9")
    assert refusal.value.code == "chair_missing"


@pytest.mark.parametrize(
    ("ticks", "winner", "again"), [("AAABC", "A", ()), ("AABBC", None, ("A", "B", "C"))]
)
def test_a_deliberation_without_majority_is_held_again(ticks, winner, again):
    spec = MethodSpec("deliberation", decided_by="majority")
    result = asked(spec, "ABC", [{"chosen": [name]} for name in ticks])
    assert (result.winner, result.runoff) == (winner, again)


def test_a_direct_lottery_counts_nothing():
    result = asked(MethodSpec("direct_lottery"), "CAB", [])
    assert (result.lottery, dict(result.tally), result.winner) == (("A", "B", "C"), {}, None)
