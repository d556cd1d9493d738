"""Score sheets: what a sheet may say, and how sheets add up exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_log.domain import canonical
from evaluation.domain import scoring
from evaluation.domain.scoring import Problem, ScoreError, parse_score, validate_sheet
from evaluation.domain.totals import BidTotal, totals
from tests.evaluation.sheets import LOTS, ONE_FACTOR, TWO_FACTORS, results_of, rows, sheets_of

# ---------------------------------------------------------------------------------------- spelling


@pytest.mark.parametrize("text", ["0", "0.5", "77.32", "83.0", "100.00", "0.0001", "999999999"])
def test_a_score_is_a_plain_decimal_string(text):
    assert parse_score(text) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    [
        *["", "-1", "+1", "1e2", "1E2", ".5", "5.", "07", "00.5", "1.00001", "1000000000"],
        *["1 ", " 1", "1\n", "1,5", "1_0", "NaN", "Infinity", "\u0663", "\uff18.5"],
        *[5, 5.0, None, True, ["5"]],
    ],
)
def test_any_other_spelling_is_refused(text):
    with pytest.raises(ScoreError) as refusal:
        parse_score(text)
    assert refusal.value.code == "not_a_number"


# ----------------------------------------------------------------------------------------- a sheet


def test_a_complete_sheet_has_no_problem():
    content = rows(("甲", "tech", "60.00"), ("甲", "price", "0"), ("乙", "tech", "1"))
    content["scores"] += rows(("乙", "price", "40"))["scores"]
    assert validate_sheet(TWO_FACTORS, ["甲", "乙"], content) == []


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ([("甲", "tech", "60.01"), ("甲", "price", "1")], Problem("score_over_max", "甲", "tech")),
        ([("甲", "tech", "6e1"), ("甲", "price", "1")], Problem("not_a_number", "甲", "tech")),
        ([("甲", "tech", "1")], Problem("missing_score", "甲", "price")),
        (
            [("甲", "tech", "1"), ("甲", "price", "1"), ("甲", "tech", "1")],
            Problem("duplicate_score", "甲", "tech"),
        ),
        (
            [("甲", "tech", "1"), ("甲", "price", "1"), ("丙", "tech", "1")],
            Problem("unknown_bidder", "丙", "tech"),
        ),
        (
            [("甲", "tech", "1"), ("甲", "price", "1"), ("甲", "looks", "1")],
            Problem("unknown_factor", "甲", "looks"),
        ),
    ],
)
def test_a_fault_is_named_with_its_bidder_and_factor(found, problem):
    assert validate_sheet(TWO_FACTORS, ["甲"], rows(*found)) == [problem]
    assert problem.message == scoring.MESSAGES[problem.code]


@pytest.mark.parametrize(
    "content",
    [{}, {"scores": {}}, {"scores": None}, {"scores": [], "note": "x"}, {"marks": []}],
)
def test_a_sheet_of_another_shape_is_one_problem(content):
    assert validate_sheet(TWO_FACTORS, ["甲"], content) == [Problem("malformed_sheet")]


@pytest.mark.parametrize(
    "row",
    [
        "甲",
        {"bidder": "甲", "factor": "total"},
        {"bidder": ["甲"], "factor": "total", "score": "1"},
        {"bidder": "甲", "factor": 1, "score": "1"},
        {"bidder": "甲", "factor": "total", "score": "1", "name": "x"},
    ],
)
def test_a_row_of_another_shape_does_not_count_as_a_score(row):
    assert validate_sheet(ONE_FACTOR, ["甲"], {"scores": [row]}) == [
        Problem("malformed_row"),
        Problem("missing_score", "甲", "total"),
    ]


@pytest.mark.parametrize(
    "plan",
    [
        [],
        [{**ONE_FACTOR[0], "max": "0.00"}],
        [{**ONE_FACTOR[0], "kind": "mood"}],
        [{**ONE_FACTOR[0], "name": ""}],
        [{**ONE_FACTOR[0], "factor": 1}],
        [{"factor": "total"}],
        ["total"],
        ONE_FACTOR * 2,
    ],
)
def test_a_list_of_factors_must_be_sound(plan):
    with pytest.raises(ScoreError) as refusal:
        validate_sheet(plan, ["甲"], rows(("甲", "total", "1")))
    assert refusal.value.code == "malformed_factors"


# -------------------------------------------------------------------------------------- aggregation


@pytest.mark.parametrize(
    ("method", "values", "result"),
    [
        ("mean", [1, 2, 4], Fraction(7, 3)),
        ("mean", [90, 80, 70, 60, 1], Fraction(301, 5)),
        ("trimmed_mean", [90, 80, 70, 60, 1], Fraction(70)),
        ("trimmed_mean", [90, 90, 70, 1, 1], Fraction(161, 3)),
        ("trimmed_mean", [90, 80, 70, 1], Fraction(241, 4)),
    ],
)
def test_named_formulas_are_exact(method, values, result):
    assert scoring.aggregate(method, [Fraction(value) for value in values]) == result


@pytest.mark.parametrize(
    ("method", "values", "code"),
    [("median", [Fraction(1)], "unknown_aggregation"), ("mean", [], "nothing_to_aggregate")],
)
def test_unknown_formula_or_no_value_is_refused(method, values, code):
    with pytest.raises(ScoreError) as refusal:
        scoring.aggregate(method, values)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(0), "0.00"),
        (Fraction(5, 1000), "0.01"),
        (Fraction(4999, 1000000), "0.00"),
        (Fraction("88.575"), "88.58"),
        (Fraction("88.565"), "88.57"),
        (Fraction("99.995"), "100.00"),
    ],
)
def test_display_rounds_half_up(value, shown):
    assert scoring.rounded(value) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("100.00", "100"), ("624.230", "624.23"), ("0.0001", "0.0001"), ("10", "10")],
)
def test_a_sum_has_one_spelling(value, text):
    assert scoring.plain(Fraction(value)) == text


def test_a_value_that_is_no_sum_of_scores_has_no_spelling():
    with pytest.raises(ScoreError) as refusal:
        scoring.plain(Fraction(1, 3))
    assert refusal.value.code == "not_a_number"


# ------------------------------------------------------------------------------------------- totals


def test_factors_add_up_per_member_before_the_formula():
    sheets = {
        "e2": rows(("甲", "tech", "50.5"), ("甲", "price", "30")),
        "e1": rows(("甲", "tech", "40"), ("甲", "price", "30.25")),
    }
    assert totals(TWO_FACTORS, "mean", sheets) == [
        BidTotal(
            bidder="甲",
            by_member=(("e1", Fraction("70.25")), ("e2", Fraction("80.5"))),
            sum=Fraction("150.75"),
            count=2,
            rank=1,
            tied=False,
        )
    ]


def test_the_written_result_is_canonical_data_without_floats():
    result = totals(ONE_FACTOR, "mean", sheets_of(LOTS["A"]))[0].as_data()
    assert canonical.loads(canonical.dumps(result)) == {
        "bidder": "投标人54",
        "members": [
            {"member": f"e{n}", "total": total}
            for n, total in enumerate(
                ["85.39", "88.89", "88.89", "89.39", "89.39", "90.89", "91.39"], 1
            )
        ],
        "value": {"sum": "624.23", "count": 7},
        "display": "89.18",
        "rank": 1,
        "tied": False,
    }


def test_a_trimmed_mean_writes_what_counted():
    result = totals(ONE_FACTOR, "trimmed_mean", sheets_of(LOTS["A"]))[0].as_data()
    assert result["value"] == {"sum": "447.45", "count": 5}


def test_equal_exact_values_share_a_rank_and_are_flagged():
    ranks = [(r.bidder, r.rank, r.tied) for r in results_of("80", "90.0", "90.00", "70")]
    assert ranks == [("B", 1, True), ("C", 1, True), ("A", 3, False), ("D", 4, False)]


def test_values_that_only_look_equal_are_not_tied():
    sheets = {
        "e1": rows(("甲", "total", "80.001"), ("乙", "total", "80")),
        "e2": rows(("甲", "total", "80"), ("乙", "total", "80")),
    }
    first, second = totals(ONE_FACTOR, "mean", sheets)
    assert (first.bidder, first.display, first.tied) == ("甲", "80.00", False)
    assert (second.bidder, second.display, second.tied) == ("乙", "80.00", False)


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ({}, "nothing_to_aggregate"),
        ({"e1": {"scores": []}}, "nothing_to_aggregate"),
        ({"e1": rows(("甲", "total", "1")), "e2": rows(("乙", "total", "1"))}, "invalid_sheet"),
        ({"e1": rows(("甲", "total", "1")), "e2": {}}, "invalid_sheet"),
        ({"e1": rows(("甲", "total", "101"))}, "invalid_sheet"),
    ],
)
def test_incomplete_sheets_are_never_added_up(sheets, code):
    with pytest.raises(ScoreError) as refusal:
        totals(ONE_FACTOR, "mean", sheets)
    assert refusal.value.code == code


points = st.integers(0, 1_000_000).map(lambda n: f"{n // 10_000}.{n % 10_000:04d}")


@settings(deadline=None)
@given(
    table=st.integers(1, 7).flatmap(
        lambda members: st.dictionaries(
            st.sampled_from("甲乙丙丁戊己"),
            st.lists(points, min_size=members, max_size=members),
            min_size=1,
        )
    ),
    data=st.data(),
)
def test_the_order_of_sheets_and_rows_never_matters(table, data):
    members = range(len(next(iter(table.values()))))
    sheets = {f"e{n}": rows(*((b, "total", s[n]) for b, s in table.items())) for n in members}
    shuffled = {
        member: {"scores": data.draw(st.permutations(sheets[member]["scores"]))}
        for member in data.draw(st.permutations(sorted(sheets)))
    }
    for method in scoring.AGGREGATIONS:
        once, again = (totals(ONE_FACTOR, method, every) for every in (sheets, shuffled))
        written = [canonical.dumps([r.as_data() for r in results]) for results in (once, again)]
        assert written[0] == written[1]
        assert [r.value for r in once] == sorted((r.value for r in once), reverse=True)
        if method == "mean":
            assert sum(r.sum for r in once) == sum(
                Fraction(score) for scores in table.values() for score in scores
            )
