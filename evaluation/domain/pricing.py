"""Scores that follow from the bid prices: named formulae, exact until one named rounding.

A price factor of an evaluation plan carries its formula
`{"name","benchmark":{"name","coefficient",…},"floor","places","rounding"}`; `linear_deduction` has
`per_percent_above` and `per_percent_below` as well. Numbers are decimal strings, prices integers in
fen. Names and meanings stand in docs/evaluation.md, known answers in tests/data/price_vectors.json.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from evaluation.domain.scoring import PLACES, TRIM_FROM, ScoreError, counted, parse_score

BENCHMARKS = {
    "lowest": "最低有效报价",
    "mean": "有效报价的算术平均值",
    "trimmed_mean": "去掉一个最高、一个最低报价后的平均值",
    "ceiling_mean": "最高投标限价与有效报价平均值的加权",
}
FORMULAE = {
    "price_ratio": "评标基准价与报价之比",
    "linear_deduction": "按偏差率扣分",
}
ROUNDINGS = {"half_up": "四舍五入", "down": "舍去尾数"}
_OF_BENCHMARK = {"trimmed_mean": {"from"}, "ceiling_mean": {"weight"}}
_OF_FORMULA = {"linear_deduction": {"per_percent_above", "per_percent_below"}}
_COMMON = {"name", "benchmark", "floor", "places", "rounding"}


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How the benchmark price (评标基准价) follows from the valid bids and the ceiling.

    `trim_from` bids are needed before a highest and a lowest are left out; `weight` is the
    ceiling's share.
    """

    name: str
    coefficient: Fraction
    trim_from: int
    weight: Fraction

    def of(self, prices: Sequence[int], ceiling_fen: int) -> Fraction:
        """Return the benchmark in fen, exactly."""
        if not prices:
            raise ScoreError("nothing_to_aggregate", "没有有效的投标报价")
        exact = [Fraction(price) for price in prices]
        if self.name == "lowest":
            return min(exact) * self.coefficient
        method = "trimmed_mean" if self.name == "trimmed_mean" else "mean"
        kept = counted(method, exact, self.trim_from)
        mean = sum(kept, Fraction(0)) / len(kept)
        return (ceiling_fen * self.weight + mean * (1 - self.weight)) * self.coefficient


@dataclass(frozen=True, slots=True)
class Formula:
    """A price formula as published; `floor` in points, rates in points per percent of deviation."""

    name: str
    benchmark: Benchmark
    above: Fraction
    below: Fraction
    floor: Fraction
    places: int
    rounding: str

    def points(self, price: int, base: Fraction, most: Fraction) -> Fraction:
        """Return the exact points of a price, between the floor and `most`, not yet rounded."""
        if self.name == "price_ratio":
            found = base / price * most
        else:
            percent = (price - base) / base * 100
            found = most - (percent * self.above if percent > 0 else -percent * self.below)
        return max(self.floor, min(most, found))


@dataclass(frozen=True, slots=True)
class PriceScores:
    """The scores of one price factor: the benchmark in fen, exact, and each bidder's points."""

    factor: str
    base: Fraction
    points: tuple[tuple[str, str], ...]

    def rows(self) -> list[dict[str, str]]:
        """Return the points as rows of a score sheet."""
        return [{"bidder": b, "factor": self.factor, "score": text} for b, text in self.points]


def price_scores(
    factor: Mapping[str, Any], prices: Mapping[str, int], ceiling_fen: int
) -> PriceScores:
    """Return every bidder's points under a price factor of a plan; prices of valid bids in fen."""
    formula, most = parse_formula(factor["formula"]), Fraction(parse_score(factor["max"]))
    base = formula.benchmark.of(list(prices.values()), ceiling_fen)
    rounded = (
        (bidder, written(formula.points(price, base, most), formula.places, formula.rounding))
        for bidder, price in sorted(prices.items())
    )
    return PriceScores(factor["factor"], base, tuple(rounded))


def written(value: Fraction, places: int, rounding: str) -> str:
    """Return a non-negative value with so many decimals, rounded as named."""
    scale = 10**places
    units = math.floor(value * scale + (Fraction(1, 2) if rounding == "half_up" else 0))
    whole, rest = divmod(units, scale)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def parse_formula(formula: Any) -> Formula:
    """Return a formula read strictly; raise ScoreError where it is not one."""
    keys = _COMMON | _OF_FORMULA.get(_name(formula, FORMULAE), set())
    if set(formula) != keys:
        raise _malformed("报价评分公式缺少内容或者有未规定的内容")
    if type(formula["places"]) is not int or not 0 <= formula["places"] <= PLACES:
        raise _malformed(f"报价得分保留的小数应为 0 至 {PLACES} 位")
    if formula["rounding"] not in ROUNDINGS:
        raise _malformed("报价得分的取舍方法不在规定范围内")
    above, below = (
        Fraction(parse_score(formula.get(key, "0")))
        for key in ("per_percent_above", "per_percent_below")
    )
    if formula["name"] == "linear_deduction" and not above:
        raise _malformed("报价高于基准价时每百分点的扣分应大于零")
    return Formula(
        formula["name"],
        _benchmark(formula["benchmark"]),
        above,
        below,
        Fraction(parse_score(formula["floor"])),
        formula["places"],
        formula["rounding"],
    )


def _benchmark(rule: Any) -> Benchmark:
    own = _OF_BENCHMARK.get(_name(rule, BENCHMARKS), set())
    if set(rule) != {"name", "coefficient"} | own:
        raise _malformed("评标基准价的计算方法缺少内容或者有未规定的内容")
    coefficient = Fraction(parse_score(rule["coefficient"]))
    weight = Fraction(parse_score(rule.get("weight", "0")))
    least = rule.get("from", TRIM_FROM)
    if not coefficient or weight > 1 or type(least) is not int or least < TRIM_FROM:
        raise _malformed(f"基准价系数应大于零,权重不大于 1,去掉最高最低的家数不少于 {TRIM_FROM}")
    return Benchmark(rule["name"], coefficient, least, weight)


def _name(rule: Any, known: Mapping[str, str]) -> str:
    name = rule.get("name") if isinstance(rule, dict) else None
    if not isinstance(name, str) or name not in known:
        raise _malformed("报价评分公式或者评标基准价的计算方法不在规定范围内")
    return name


def _malformed(message: str) -> ScoreError:
    return ScoreError("malformed_formula", message)
