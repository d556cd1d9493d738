"""The award methods, recounted by the verifier against the known answers of the project."""

import json
from typing import Any

import pytest

from audit_log.verifier.verify import Award, Bad, Count, Pause, count_ballots, cut
from tests.verifier.writer import DATA

VECTORS = {
    vector["name"]: vector
    for vector in json.loads((DATA / "vote_vectors.json").read_text(encoding="utf-8"))["vectors"]
}


def recount(method: str, ballots: dict[str, Any], seats: int = 1, **option: Any) -> Count:
    names = sorted({"A", "B", "C"} | ({"D", "E"} if seats == 3 else set()))
    if method == "direct_vote" and "m5" in ballots and ballots["m5"]["choices"] == ["D"]:
        names = ["A", "B", "C", "D"]
    return count_ballots({"method": method, **option}, names, seats, ballots, "m1")


def named(vector: dict[str, Any]) -> dict[str, Any]:
    return {member: {"choices": names} for member, names in vector["ballots"].items()}


def ranked(vector: dict[str, Any]) -> dict[str, Any]:
    return {member: {"ranking": list(names)} for member, names in vector["rankings"].items()}


def result(count: Count) -> tuple[dict[str, int], str | None, list[str]]:
    """(tally, winner or None, tied) of a round for one place."""
    line = cut(count.groups, count.seats)
    tally = {name: int(n) for name, n in count.tally.items()}
    return tally, line.kept[0] if line.kept else None, line.tie


@pytest.mark.parametrize("name", ["plurality unique", "plurality tie at top"])
def test_direct_vote(name):
    known = VECTORS[name]["result"]
    expected = (known["tally"], known["winner"], known.get("tie", []))
    assert result(recount("direct_vote", named(VECTORS[name]))) == expected


def test_a_missed_majority_goes_to_a_run_off_of_all_who_tie_for_second():
    vector = VECTORS["plurality majority rule, 4-way second place"]
    count = recount("direct_vote", named(vector), majority=True)
    assert (count.tally, count.runoff) == (vector["result"]["tally"], vector["result"]["runoff"])
    unique = VECTORS["plurality unique"]
    assert recount("direct_vote", named(unique), majority=True).runoff == []


@pytest.mark.parametrize("name", [name for name in VECTORS if name.startswith("pairwise")])
@pytest.mark.parametrize("shape", ["ranking", "pairs"])
def test_one_to_one_comparison(name, shape):
    known, ballots = VECTORS[name]["result"], ranked(VECTORS[name])
    if shape == "pairs":
        ballots = {member: {"pairs": pairs(b["ranking"])} for member, b in ballots.items()}
    tally, winner, tie = result(recount("pairwise", ballots))
    assert (tally, winner, tie) == (known["wins"], known["winner"], known.get("tie", []))


def pairs(order: list[str]) -> list[dict[str, str]]:
    return [
        {"preferred": one, "other": other}
        for place, one in enumerate(order)
        for other in order[place + 1 :]
    ]


def test_round_elimination_with_a_tie_on_the_line():
    vector = VECTORS["elimination 5->3 tie at boundary"]
    (known,) = vector["result"]["rounds"]
    count = recount("round_elimination", named({"ballots": vector["ballots"][0]}), seats=3)
    assert count.tally == known["tally"]
    assert cut(count.groups, 3) == (known["kept"], known["tie"], known["seats_left"], [["E"]])


PLAN = {"factors": [], "tie_chain": ["revote", "lower_price", "lottery"], "max_revotes": 1}


def award(method: dict[str, Any], names: str, prices: Any = (), **plan: Any) -> Award:
    return Award({**PLAN, "methods": [method], **plan}, list(names), {"lower_price": dict(prices)})


def after_losing(run, bidder):
    """The winner once one more is lost."""
    run.lose(bidder)
    return run.decide()


def test_round_elimination_to_the_end():
    vector = VECTORS["elimination 5->3->1"]
    rounds = {"by_candidates": {"5": vector["rounds"]}}
    run = award({"method": "round_elimination"}, "ABCDE", rounds=rounds)
    with pytest.raises(Pause) as pause:
        run.decide()
    assert (pause.value.kind, pause.value.among, pause.value.seats) == ("round", list("ABCDE"), 3)
    run.rounds = [named({"ballots": ballots}) for ballots in vector["ballots"]]
    assert run.decide() == vector["result"]["winner"]
    assert [c.tally for c in run.counts] == [r["tally"] for r in vector["result"]["rounds"]]


def test_cumulative_votes():
    vector = VECTORS["cumulative 3 points"]
    ballots = {
        member: {"points": [{"bidder": b, "points": n} for b, n in given.items()]}
        for member, given in vector["ballots"].items()
    }
    known = vector["result"]
    assert result(recount("cumulative", ballots)) == (known["tally"], known["winner"], [])
    with pytest.raises(Bad, match="分值不符合约定"):
        recount("cumulative", ballots, points=4)
    with pytest.raises(Bad, match="分值不符合约定"):
        recount("cumulative", ballots, cap=2)


def test_rank_points():
    vector = VECTORS["rank points: differs from plurality (A 3 firsts, B wins)"]
    known = vector["result"]
    count = recount("rank_points", ranked(vector))
    assert result(count) == (known["tally"], known["winner"], [])


@pytest.mark.parametrize("name", [name for name in VECTORS if name.startswith("price")])
def test_price_competition(name):
    vector, rule = VECTORS[name], name.split()[1]
    method = {"method": "price_competition", "price_rule": rule}
    run = award(method, "ABCD", vector["prices"], tie_chain=["lottery"])
    if vector["result"]["winner"]:
        assert run.decide() == vector["result"]["winner"]
        return
    with pytest.raises(Pause) as pause:
        run.decide()
    assert (pause.value.kind, pause.value.among) == ("lottery", vector["result"]["tie"])


@pytest.mark.parametrize("ballot", [["A", "B"], ["A", "B", "B"], ["A", "B", "D"]])
@pytest.mark.parametrize("method", ["rank_points", "pairwise"])
def test_an_incomplete_ranking_is_refused(method, ballot):
    with pytest.raises(Bad, match="选票"):
        recount(method, {"m1": {"ranking": ballot}})


def test_a_committee_that_deliberates_decides_by_chair_or_majority():
    ballots = named({"ballots": {"m1": ["A"], "m2": ["B"], "m3": ["B"]}})
    chair = recount("deliberation", ballots, decided_by="chair")
    assert (result(chair)[1], chair.runoff) == ("A", [])
    most = recount("deliberation", ballots, decided_by="majority")
    assert (result(most)[1], most.runoff) == ("B", [])
    ballots["m3"] = {"choices": ["C"]}
    assert recount("deliberation", ballots, decided_by="majority").runoff == ["A", "B", "C"]


def test_factors_are_summed_within_their_scale():
    factors = [{"factor": "credit", "max": "10"}]
    ballots = {
        member: {"scores": [{"bidder": b, "factor": "credit", "score": s} for b, s in row.items()]}
        for member, row in {
            "m1": {"A": "7.5", "B": "8", "C": "0"},
            "m2": dict.fromkeys("ABC", "9"),
        }.items()
    }
    count = recount("factor_scoring", ballots, scoring="sum", factors=factors)
    assert {name: str(value) for name, value in count.tally.items()} == {
        "A": "33/2",
        "B": "17",
        "C": "9",
    }
    assert count.groups == [["B"], ["A"], ["C"]]


def test_a_vote_for_finalists_ends_in_a_public_draw():
    run = award({"method": "vote_lottery", "vote": "names", "finalists": 3}, "ABCDE")
    run.rounds = [named({"ballots": {"m1": ["A", "B", "C"], "m2": ["A", "B", "C"]}})]
    with pytest.raises(Pause) as pause:
        run.decide()
    assert (pause.value.kind, pause.value.among) == ("lottery", ["A", "B", "C"])


def test_two_methods_follow_each_other():
    methods = [{"method": "rank_points", "keep": 2}, {"method": "direct_vote"}]
    run = Award({**PLAN, "methods": methods}, list("ABC"), {})
    run.rounds = [ranked({"rankings": {"m1": "ABC", "m2": "ABC", "m3": "BAC"}})]
    with pytest.raises(Pause) as pause:
        run.decide()
    assert (pause.value.among, pause.value.seats) == (["A", "B"], 1)
    run.rounds.append(named({"ballots": {"m1": ["A"], "m2": ["B"], "m3": ["B"]}}))
    assert run.decide() == "B"


def test_a_missed_majority_is_voted_again_among_the_first():
    run = award({"method": "direct_vote", "majority": True}, "ABC")
    run.rounds = [named({"ballots": {"m1": ["A"], "m2": ["B"], "m3": ["C"]}})]
    with pytest.raises(Pause) as pause:
        run.decide()
    assert (pause.value.kind, pause.value.among) == ("round", ["A", "B", "C"])
    run.rounds.append(named({"ballots": {"m1": ["A"], "m2": ["B"], "m3": ["B"]}}))
    assert (run.decide(), after_losing(run, "B"), after_losing(run, "A")) == ("B", "A", "C")
    with pytest.raises(Bad, match="没有在列的候选人"):
        after_losing(run, "C")


@pytest.mark.parametrize(
    ("method", "tie_chain", "kind"),
    [
        ({"method": "direct_lottery"}, ["lottery"], "lottery"),
        ({"method": "vote_lottery", "vote": "names", "finalists": 3}, ["lottery"], "lottery"),
        ({"method": "direct_vote"}, ["credit", "lottery"], "credit"),
        ({"method": "direct_vote"}, ["evaluation_result", "lottery"], "evaluation_result"),
        ({"method": "direct_vote"}, ["lower_price", "lottery"], "lottery"),
        ({"method": "direct_vote"}, ["lower_price"], "lottery"),
    ],
)
def test_what_a_ballot_cannot_decide_is_asked_for(method, tie_chain, kind):
    prices = dict.fromkeys("ABC", 1)
    run = award(method, "ABC", prices, tie_chain=tie_chain, max_revotes=0)
    run.rounds = [named({"ballots": {"m1": ["A"], "m2": ["B"], "m3": ["C"]}})]
    with pytest.raises(Pause) as pause:
        run.decide()
    assert (pause.value.kind, pause.value.among, pause.value.seats) == (kind, list("ABC"), 1)


def test_the_better_evaluation_breaks_a_tie_and_orders_those_behind():
    plan = {"tie_chain": ["evaluation_result", "lottery"], "max_revotes": 0}
    run = award({"method": "direct_vote"}, "ABC", **plan)
    run.facts["evaluation_result"] = {"A": 80, "B": 90, "C": 85}
    run.rounds = [named({"ballots": {"m1": ["A"], "m2": ["B"], "m3": ["C"]}})]
    assert [run.decide(), after_losing(run, "B"), after_losing(run, "C")] == ["B", "C", "A"]


def test_public_draws_are_taken_in_the_order_in_which_they_were_held():
    run = award({"method": "direct_lottery"}, "ABCD", tie_chain=["lottery"], max_revotes=0)
    run.draws = [["C"]]
    assert run.decide() == "C"
    run.lose("C")
    with pytest.raises(Pause) as pause:
        run.decide()
    assert (pause.value.kind, pause.value.among) == ("lottery", list("ABD"))
    run.draws.append(["D"])
    assert run.decide() == "D"


@pytest.mark.parametrize("drawn", [["E"], ["A", "B"], [], ["A", "B", "C", "D"]])
def test_a_public_draw_of_others_or_of_too_many_is_refused(drawn):
    run = award({"method": "direct_lottery"}, "ABCD", tie_chain=["lottery"], max_revotes=0)
    run.draws = [drawn]
    with pytest.raises(Bad, match="公开抽签与定标方案不符"):
        run.decide()


def test_there_may_be_fewer_prices_than_the_rule_names():
    rule = {"method": "price_competition", "price_rule": "nth_lowest", "nth": 3}
    third = award(rule, "ABC", {"A": 1, "B": 2, "C": 3})
    assert third.decide() == "C"
    with pytest.raises(Pause) as pause:
        award(rule, "ABC", {"A": 1, "B": 1, "C": 1}).decide()
    assert (pause.value.kind, pause.value.among) == ("lottery", list("ABC"))


@pytest.mark.parametrize(
    ("seats", "line"),
    [
        (1, (["A"], [], 0, [["B", "C"], ["D"]])),
        (2, (["A"], ["B", "C"], 1, [["D"]])),
        (3, (["A", "B", "C"], [], 0, [["D"]])),
        (4, (["A", "B", "C", "D"], [], 0, [])),
    ],
)
def test_the_line_takes_a_group_of_equals_as_a_whole_or_ties_it(seats, line):
    assert cut([["A"], ["B", "C"], ["D"]], seats) == line


def test_a_sole_candidate_needs_no_vote_and_an_endless_plan_is_refused():
    assert award({"method": "direct_vote"}, "A").decide() == "A"
    with pytest.raises(Bad, match="没有选出"):
        award({"method": "direct_vote", "keep": 2}, "AB").decide()
