"""Price formulae: known answers, laws that hold for all of them, and plans that name none."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_log.verifier import verify
from evaluation.domain import pricing
from evaluation.domain.scoring import ScoreError

VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "price_vectors.json").read_text(encoding="utf-8")
)
MEAN = {"name": "mean", "coefficient": "1"}
LINEAR = {
    "name": "linear_deduction", "benchmark": MEAN, "per_percent_above": "1",
    "per_percent_below": "0.5", "floor": "0", "places": 2, "rounding": "half_up",
}  # fmt: skip


def factor(formula: Any, most: str = "30") -> dict[str, Any]:
    return {"factor": "price", "name": "报价", "max": most, "kind": "price", "formula": formula}


def named(prices: list[int]) -> dict[str, int]:
    return {f"B{n:02d}": price for n, price in enumerate(prices)}


@pytest.mark.parametrize("known", VECTORS, ids=lambda known: known["what"])
def test_program_and_verifier_give_the_published_points(known):
    asked = factor(known["formula"], known["max"]), named(known["prices_fen"])
    points = dict(zip(asked[1], known["points"], strict=True))
    found = pricing.price_scores(*asked, known["ceiling_fen"])
    assert (pricing.written(found.base, 0, "half_up"), dict(found.points)) == (
        known["benchmark_fen"],
        points,
    )
    assert verify.price_points(*asked, known["ceiling_fen"]) == points


FORMULAE = st.builds(
    lambda name, rule, rounding, places: {
        **({} if name == "price_ratio" else {"per_percent_above": "1", "per_percent_below": "0.5"}),
        "name": name, "benchmark": rule, "floor": "1", "places": places, "rounding": rounding,
    },
    st.sampled_from(list(pricing.FORMULAE)),
    st.sampled_from([
        MEAN,
        {"name": "lowest", "coefficient": "0.9"},
        {"name": "trimmed_mean", "coefficient": "1", "from": 5},
        {"name": "ceiling_mean", "coefficient": "1.05", "weight": "0.3"},
    ]),
    st.sampled_from(list(pricing.ROUNDINGS)),
    st.integers(0, 4),
)  # fmt: skip
PRICES = st.lists(st.integers(1, 10**12), min_size=1, max_size=9)


@settings(max_examples=60)
@given(FORMULAE, PRICES)
def test_points_lie_within_their_bounds_and_do_not_depend_on_names_or_order(formula, prices):
    found = pricing.price_scores(factor(formula), named(prices), 10**12)
    assert all(1 <= Fraction(points) <= 30 for _, points in found.points)
    turned = pricing.price_scores(factor(formula), named(prices[::-1]), 10**12)
    assert sorted(points for _, points in found.points) == sorted(p for _, p in turned.points)


@settings(max_examples=60)
@given(PRICES, st.integers(2, 1000))
def test_the_unit_of_the_prices_does_not_matter(prices, times):
    once = pricing.price_scores(factor(LINEAR), named(prices), 10**12)
    again = pricing.price_scores(factor(LINEAR), named([price * times for price in prices]), 10**12)
    assert (once.points, once.base * times) == (again.points, again.base)


@settings(max_examples=60)
@given(PRICES)
def test_under_the_ratio_to_the_lowest_the_dearer_never_gets_more(prices):
    formula = {
        "name": "price_ratio", "benchmark": {"name": "lowest", "coefficient": "1"},
        "floor": "0", "places": 4, "rounding": "down",
    }  # fmt: skip
    found = pricing.price_scores(factor(formula), named(sorted(prices)), 1).points
    points = [Fraction(text) for _, text in found]
    assert points == sorted(points, reverse=True)
    assert points[0] == 30


@pytest.mark.parametrize(
    "formula",
    [
        None,
        {},
        {**LINEAR, "name": "astrology"},
        {**LINEAR, "name": ["mean"]},
        {**LINEAR, "note": "x"},
        {key: LINEAR[key] for key in LINEAR if key != "floor"},
        {**LINEAR, "name": "price_ratio"},
        {**LINEAR, "per_percent_above": "0"},
        {**LINEAR, "places": 5},
        {**LINEAR, "places": True},
        {**LINEAR, "rounding": "up"},
        {**LINEAR, "benchmark": {**MEAN, "coefficient": "0"}},
        {**LINEAR, "benchmark": {**MEAN, "weight": "0.5"}},
        {**LINEAR, "benchmark": {"name": "ceiling_mean", "coefficient": "1", "weight": "1.1"}},
        {**LINEAR, "benchmark": {"name": "trimmed_mean", "coefficient": "1", "from": 4}},
    ],
)
def test_a_formula_is_read_strictly(formula):
    with pytest.raises(ScoreError) as refusal:
        pricing.parse_formula(formula)
    assert refusal.value.code == "malformed_formula"


def test_numbers_of_a_formula_are_decimal_strings():
    with pytest.raises(ScoreError) as refusal:
        pricing.parse_formula({**LINEAR, "floor": 0})
    assert refusal.value.code == "not_a_number"


def test_without_a_valid_price_there_is_no_benchmark():
    with pytest.raises(ScoreError) as refusal:
        pricing.price_scores(factor(LINEAR), {}, 100)
    assert refusal.value.code == "nothing_to_aggregate"
