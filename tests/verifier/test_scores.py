"""Totals and candidates are computed again from the opened sheets and the published plan."""

import json
from typing import Any

import pytest

from audit_log.verifier.verify import choose, counted, half_up, points, sheet_totals
from tests.verifier.case import BIDDERS, SCORES, STREAM, TOTALS, first_fault, plan_of, told
from tests.verifier.writer import DATA

CAMPUS = "campus_renovation_lots_a_b.json"


def test_the_day_as_it_was_passes(check):
    report = check(told().whole())
    (done,) = [f.text for f in report.findings if f.area == STREAM]
    assert report.ok
    assert done.endswith(
        "3 份评分表的总分与候选人;ballot/1/1 3 张选票;ballot/1/2 3 张选票;中标人 B2"
    )


def row(n: int, **at: Any) -> list[tuple[Any, ...]]:
    """The totals with the n-th row stated otherwise."""
    names = ("bidder", "each", "added", "shown", "rank")
    changed = tuple({**dict(zip(names, TOTALS[n], strict=True)), **at}.values())
    return [*TOTALS[:n], changed, *TOTALS[n + 1 :]]


@pytest.mark.parametrize(
    ("totals", "text"),
    [
        (row(0, each=["86", "85.25", "84.5"]), "各成员总分"),
        (row(0, added="255.26"), "总分与重算不符:应为 85.08"),
        (row(0, shown="85.09"), "总分与重算不符:应为 85.08"),
        (row(1, rank=2), "名次与重算不符:应为第 1 名"),
        (row(2, rank=2), "名次与重算不符:应为第 3 名"),
        (TOTALS[:2], "总分表的单位不符"),
        ([*TOTALS, TOTALS[0]], "总分表的单位不符"),
        ([*TOTALS, ("B3", *TOTALS[0][1:])], "总分表的单位不符"),
    ],
)
def test_a_total_that_is_not_as_computed_is_named(check, totals, text):
    kind, found = first_fault(check, told(totals=totals))
    assert (kind, text in found) == ("totals_computed", True)


@pytest.mark.parametrize(
    "scores",
    [
        {**SCORES, "B2": (("60.5", "31"), *SCORES["B2"][1:])},
        {**SCORES, "B2": (("055", "31"), *SCORES["B2"][1:])},
        {**SCORES, "B3": SCORES["B1"]},
        {bidder: SCORES[bidder] for bidder in ("B1", "B2")},
    ],
    ids=["over the top", "spelling", "rejected bidder", "left out"],
)
def test_a_sheet_must_score_every_bidder_within_the_published_scale(check, scores):
    assert first_fault(check, told(scores=scores))[0] == "totals_computed"


@pytest.mark.parametrize("candidates", [("B1", "B2"), ("B2", "B4", "B3"), ("B1", "B1", "B2")])
def test_candidates_are_the_best_of_the_totals(check, candidates):
    case = told(candidates=candidates)
    assert first_fault(check, case) == ("totals_computed", "候选人与重算不符:应为 B1、B2、B4")


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (plan_of(3, True, "lower_price"), (["B4", "B2", "B1"], [])),
        (plan_of(1, False, "lower_price"), (["B4"], [])),
        (plan_of(1, True), ([], ["B2", "B4"])),
        (plan_of(2, False), (["B2", "B4"], [])),
        (plan_of(2, True), ([], ["B2", "B4"])),
        (plan_of(5, False), (["B1", "B2", "B4"], [])),
    ],
)
def test_equal_totals_are_told_apart_by_the_published_rule_only(plan, expected):
    values = {name: points(added) / 3 for name, _, added, *_ in TOTALS}
    assert choose(plan, values, BIDDERS) == expected


def test_equal_totals_and_prices_stay_open_until_their_order_is_decided():
    values = {name: points("80") for name in ("A", "B", "C")}
    prices = {"A": 2, "B": 1, "C": 2}
    plan = plan_of(2, True, "lower_price")
    assert choose(plan, values, prices) == (["B"], ["A", "C"])
    assert choose(plan, values, prices, ["C", "A"]) == (["B", "C"], [])
    assert choose(plan, values, prices, ["C"]) == (["B"], ["A", "C"])


@pytest.mark.parametrize(
    ("method", "values", "kept"),
    [
        ("mean", "5 1 3", "1 3 5"),
        ("trimmed_mean", "5 1 3 4", "1 3 4 5"),
        ("trimmed_mean", "5 1 3 4 1", "1 3 4"),
    ],
)
def test_a_trimmed_mean_leaves_out_one_at_each_end_of_five_or_more(method, values, kept):
    assert counted(method, map(points, values.split())) == [points(text) for text in kept.split()]


def test_shown_totals_are_rounded_half_up():
    shown = {"0.005": "0.01", "0.0049": "0.00", "99.995": "100.00", "81.1667": "81.17", "7": "7.00"}
    assert {text: half_up(points(text)) for text in shown} == shown


def test_the_published_winner_stands_among_the_first_two_of_each_real_lot(campus):
    """Real scores (2025-07). In lot B the first had won lot A and was lawfully passed over."""
    for lot in campus["lots"]:
        factors = [{"factor": "total", "max": "100"}]
        sheets = [
            [
                {"bidder": bidder["bidder"], "factor": "total", "score": bidder["scores"][n]}
                for bidder in lot["bidders"]
            ]
            for n in range(7)
        ]
        bidders = [bidder["bidder"] for bidder in lot["bidders"]]
        members = [sheet_totals(factors, bidders, sheet) for sheet in sheets]
        values = {b: sum(member[b] for member in members) / 7 for b in bidders}
        best, tied = choose(plan_of(2, True), values, {})
        assert (lot["winner"] in best, tied) == (True, [])


@pytest.fixture
def campus() -> Any:
    return json.loads((DATA / CAMPUS).read_text(encoding="utf-8"))
