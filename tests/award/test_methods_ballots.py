"""What a ballot may say: the exact count, eligible names only, nobody twice, and a reason."""

import pytest

from award.domain.ballots import MESSAGES, Problem, validate_ballot
from award.domain.terms import MethodSpec

REASON = "履约评价优，技术方案针对性强"
SCALE = ({"factor": "tech", "name": "技术方案", "max": "10", "kind": "subjective"},)
VOTE = MethodSpec("direct_vote")
ROUND = MethodSpec("round_elimination")
PAIRS = MethodSpec("pairwise")
RANKS = MethodSpec("rank_points")
POINTS = MethodSpec("cumulative", points=3, cap=2)
SCORES = MethodSpec("factor_scoring", factors=SCALE)


def found(spec, content, eligible="ABC", seats=1, reason=REASON):
    problems = validate_ballot(spec, list(eligible), seats, {**content, "reason": reason}, 10)
    return [(problem.code, problem.subject) for problem in problems]


def pairs(*texts):
    return {"pairs": [{"preferred": text[0], "other": text[1]} for text in texts]}


def points(**rows):
    return {"points": [{"bidder": bidder, "points": n} for bidder, n in rows.items()]}


def score(*rows):
    return {"scores": [{"bidder": b, "factor": "tech", "score": s} for b, s in rows]}


@pytest.mark.parametrize(
    ("spec", "content", "seats"),
    [
        (VOTE, {"chosen": ["B"]}, 1),
        (ROUND, {"chosen": ["C", "A"]}, 2),
        (MethodSpec("deliberation"), {"chosen": ["B"]}, 1),
        (MethodSpec("vote_lottery"), {"chosen": ["A", "B", "C"]}, 3),
        (MethodSpec("vote_lottery", vote="pairwise"), {"ranking": ["A", "B", "C"]}, 3),
        (PAIRS, {"ranking": ["B", "C", "A"]}, 1),
        (PAIRS, pairs("BA", "AC", "CB"), 1),
        (RANKS, {"ranking": ["B", "C", "A"]}, 1),
        (POINTS, points(A=2, C=1), 1),
        (MethodSpec("cumulative"), points(A=3), 1),
        (SCORES, score(("A", "10"), ("B", "0"), ("C", "9.5")), 1),
    ],
)
def test_a_ballot_that_says_what_is_asked_is_valid(spec, content, seats):
    assert found(spec, content, seats=seats) == []


@pytest.mark.parametrize(
    ("spec", "content", "problems"),
    [
        (VOTE, {"chosen": []}, [("wrong_count", "")]),
        (VOTE, {"chosen": ["A", "B"]}, [("wrong_count", "")]),
        (VOTE, {"chosen": ["D"]}, [("not_eligible", "D")]),
        (ROUND, {"chosen": ["A", "A"]}, [("wrong_count", ""), ("duplicate_name", "A")]),
        (RANKS, {"ranking": ["A", "B"]}, [("missing_name", "C")]),
        (
            RANKS,
            {"ranking": ["A", "B", "B", "D"]},
            [("duplicate_name", "B"), ("not_eligible", "D"), ("missing_name", "C")],
        ),
        (PAIRS, pairs("AB", "AC"), [("missing_pair", "B|C")]),
        (PAIRS, pairs("AB", "BA", "AC", "BC"), [("duplicate_pair", "A|B")]),
        (PAIRS, pairs("AB", "AC", "BC", "AD"), [("not_eligible", "A|D")]),
        (PAIRS, pairs("AB", "AC", "BC", "AA"), [("not_eligible", "A")]),
        (PAIRS, {"ranking": ["A", "B"]}, [("missing_name", "C")]),
        (POINTS, points(A=2), [("wrong_sum", "")]),
        (POINTS, points(A=3), [("points_over_cap", "A")]),
        (POINTS, points(A=2, B=0, C=1), [("bad_points", "B")]),
        (POINTS, points(A=2, B=True), [("bad_points", "B")]),
        (POINTS, points(A=2, B="1"), [("bad_points", "B")]),
        (POINTS, points(A=2, D=1), [("not_eligible", "D")]),
        (
            POINTS,
            {"points": [{"bidder": "A", "points": 2}, {"bidder": "A", "points": 1}]},
            [("duplicate_name", "A")],
        ),
        (SCORES, score(("A", "10.5"), ("B", "1"), ("C", "1")), [("score_over_max", "A|tech")]),
        (SCORES, score(("A", "1"), ("B", "1")), [("missing_score", "C|tech")]),
    ],
)
def test_a_fault_is_named_with_whom_it_is_about(spec, content, problems):
    assert found(spec, content) == problems


def test_a_re_vote_asks_for_exactly_the_open_places():
    assert found(ROUND, {"chosen": ["A", "B"]}, seats=2) == []
    assert found(ROUND, {"chosen": ["A"]}, seats=2) == [("wrong_count", "")]


@pytest.mark.parametrize(
    ("spec", "content"),
    [
        (VOTE, {}),
        (VOTE, {"chosen": "A"}),
        (VOTE, {"chosen": [1]}),
        (VOTE, {"chosen": ["A"], "chair": True}),
        (VOTE, {"ranking": ["A", "B", "C"]}),
        (RANKS, {"ranking": "ABC"}),
        (PAIRS, {"pairs": "AB"}),
        (PAIRS, {"pairs": [{"preferred": "A"}]}),
        (PAIRS, {"pairs": [{"preferred": "A", "other": 1}]}),
        (POINTS, {"points": {"A": 3}}),
        (POINTS, {"points": [{"bidder": 1, "points": 3}]}),
    ],
)
def test_a_ballot_of_another_shape_is_refused_whole(spec, content):
    assert found(spec, content) == [("malformed_ballot", "")]


@pytest.mark.parametrize(
    ("reason", "problems"),
    [
        ("一二三四五六七八九十", []),
        ("一二三四五六七八九", [("reason_too_short", "")]),
        ("一 二 三\n四 五 六 七 八 九  ", [("reason_too_short", "")]),
        ("", [("reason_too_short", "")]),
        (None, [("malformed_ballot", "")]),
    ],
)
def test_blanks_do_not_count_as_a_reason(reason, problems):
    assert found(VOTE, {"chosen": ["A"]}, reason=reason) == problems


def test_every_problem_has_its_chinese_sentence():
    problems = validate_ballot(VOTE, ["A"], 1, {"chosen": ["B"], "reason": ""}, 1)
    assert problems == [
        Problem("not_eligible", "B", MESSAGES["not_eligible"]),
        Problem("reason_too_short", "", MESSAGES["reason_too_short"]),
    ]
