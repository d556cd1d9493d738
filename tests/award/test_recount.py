"""A whole award replayed from plain data: where it stands, and how it ends."""

from audit_log.domain import canonical
from award.domain.outcome import Step
from award.domain.plan import parse_plan
from award.domain.recount import next_step
from award.domain.state import parse_state
from tests.award.plans import (
    FIRST,
    PRICES,
    SECOND,
    code_of,
    content_round,
    names_round,
    plan_content,
    plan_for,
    play,
)

SHORTLIST = [{"method": "rank_points", "keep": 3}, {"method": "direct_vote"}]


# ---------------------------------------------------------------------------------- step by step


def test_the_first_step_is_the_first_round_of_the_plan():
    step = play(plan_for("round_elimination"), "EDCBA").next
    assert step.as_data() == {
        "kind": "round",
        "method": "round_elimination",
        "among": ["A", "B", "C", "D", "E"],
        "seats": 3,
        "already_in": [],
        "round_no": 1,
        "stage": 1,
        "revote": 0,
        "rule": "",
        "winner": None,
        "basis": "",
    }


def test_an_award_is_open_until_its_last_round_is_closed():
    plan = plan_for("round_elimination")
    opened = play(plan, "ABCDE", FIRST)
    assert (opened.winner, opened.standing) == (None, ())
    assert (opened.next.among, opened.next.seats) == (("A", "B", "C"), 1)
    closed = play(plan, "ABCDE", FIRST, SECOND)
    assert closed.next == Step("winner", winner="B", basis="round_elimination")
    assert closed.standing == (("B",), ("A",), ("C",), ("D",), ("E",))


def test_a_count_is_written_with_the_round_that_asked_for_it():
    counted = play(plan_for("round_elimination"), "ABCDE", FIRST).as_data()["counts"]
    assert counted == [
        {
            "round": 1,
            "stage": 1,
            "revote": 0,
            "eligible": ["A", "B", "C", "D", "E"],
            "already_in": [],
            "method": "round_elimination",
            "seats": 3,
            "tally": [
                {"bidder": bidder, "value": votes}
                for bidder, votes in [("A", 3), ("B", 5), ("C", 4), ("D", 2), ("E", 1)]
            ],
            "divisor": 1,
            "kept": ["A", "B", "C"],
            "tie": [],
            "seats_left": 0,
            "runoff": [],
            "lottery": [],
            "pairs": [],
            "steps": [],
        }
    ]


def test_the_state_of_a_service_and_the_recount_are_the_same_engine():
    plan = plan_for("round_elimination")
    data = {
        "candidates": list("ABCDE"),
        "prices": [{"bidder": bidder, "value": PRICES[bidder]} for bidder in "ABCDE"],
        "rounds": [FIRST],
    }
    stored = canonical.loads(canonical.dumps(data))
    assert next_step(plan, parse_state(stored)) == play(plan, "ABCDE", FIRST).next


def test_a_price_competition_is_decided_without_a_ballot():
    plan = plan_for({"method": "price_competition", "price_rule": "second_lowest"})
    outcome = play(plan, "ABC")
    assert (outcome.winner, outcome.next.basis) == ("B", "price_competition")
    assert outcome.counts[0].step.round_no == 0


def test_the_only_candidate_needs_no_ballot():
    assert play(plan_for("direct_vote"), "A").next == Step(
        "winner", winner="A", basis="only_candidate"
    )


# ------------------------------------------------------------------------- two methods, lotteries


def test_the_second_method_decides_among_those_the_first_one_left():
    plan = parse_plan(plan_content(methods=SHORTLIST, rounds=None))
    first = content_round("ABCDE", [{"ranking": list("CABED")}] * 5, seats=3)
    assert play(plan, "ABCDE").next.seats == 3
    opened = play(plan, "ABCDE", first)
    assert (opened.next.method, opened.next.among) == ("direct_vote", ("A", "B", "C"))
    closed = play(plan, "ABCDE", first, names_round("ABC", 1, *"ABBBC"))
    assert closed.standing == (("B",), ("A", "C"), ("E",), ("D",))


def test_a_method_with_nobody_to_cut_is_passed_over():
    plan = parse_plan(plan_content(methods=SHORTLIST, rounds=None))
    assert play(plan, "ABC").next.method == "direct_vote"


def test_an_elimination_may_stop_at_the_names_of_a_lottery():
    methods = [{"method": "round_elimination", "keep": 3}, {"method": "direct_lottery"}]
    rule = {"by_candidates": {"5": [4, 3], "4": [3]}}
    plan = parse_plan(plan_content(methods=methods, rounds=rule))
    four = names_round("ABCDE", 4, "ABCD", "ABCD", "ABCE", "ABCD", "ABCD")
    three = names_round("ABCD", 3, "ABC", "ABC", "ABD", "ABC", "ABC")
    outcome = play(plan, "ABCDE", four, three)
    assert outcome.next == Step("lottery", among=("A", "B", "C"), seats=1, rule="lottery")


def test_the_finalists_of_a_vote_go_into_the_draw():
    plan = plan_for({"method": "vote_lottery", "finalists": 3, "vote": "names"})
    assert play(plan, "ABCDE", FIRST).next.among == ("A", "B", "C")
    draw = {"among": ["A", "B", "C"], "seats": 1, "drawn": ["C"]}
    outcome = play(plan, "ABCDE", FIRST, draws=[draw])
    assert (outcome.winner, outcome.next.basis) == ("C", "lottery")
    assert outcome.standing == (("C",), ("A", "B"), ("D",), ("E",))
    assert play(plan, "ABC").next == Step("lottery", among=("A", "B", "C"), seats=1, rule="lottery")


def test_a_chair_who_decides_is_part_of_the_record():
    plan = plan_for({"method": "deliberation", "decided_by": "chair"})
    opinions = names_round("ABC", 1, *"ABBBB")
    assert play(plan, "ABC", opinions, chair="m1").winner == "A"
    assert code_of(plan, "ABC", opinions) == "chair_missing"
