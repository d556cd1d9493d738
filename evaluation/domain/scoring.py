"""Score sheets: reading, checking, adding up and choosing candidates, exactly and without floats.

A sheet as it stands in the trail is `{"scores": [{"bidder", "factor", "score": "77.32"}, …]}`, one
row for each bidder and factor. The factors come from the tender document (条例49: only published
criteria count): `[{"factor", "name", "max": "100.00", "kind": "subjective"}, …]`. Points that
nobody gives by his own judgement join every member's sheet alike (`evaluation.domain.plan`).
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

PLACES = 4
KINDS = ("subjective", "objective", "price")
AGGREGATIONS = {"mean": "算术平均", "trimmed_mean": "去掉一个最高分和一个最低分后平均"}
TRIM_FROM = 5

MESSAGES = {
    "malformed_sheet": "评分表格式不正确",
    "malformed_row": "评分行格式不正确",
    "unknown_bidder": "评分表中有不在评审名单内的投标人",
    "unknown_factor": "评分表中有招标文件未公布的评分项",
    "duplicate_score": "同一投标人的同一评分项重复评分",
    "not_a_number": "分值不是规定格式的数字",
    "score_over_max": "分值超过该评分项的满分",
    "missing_score": "有评分项尚未评分",
    "missing_verdict": "有投标尚未给出评审结论",
    "duplicate_verdict": "同一投标人重复给出评审结论",
    "unknown_verdict": "评审结论应为合格或者不合格",
    "opinion_missing": "评审意见没有填写,或者超过 500 字",
}

_SCORE = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,4})?")
ROW_KEYS = {"bidder", "factor", "score"}


class ScoreError(ValueError):
    """Input that cannot be scored: `code` is stable, `message` is Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a sheet, and the bidder and factor it is about ("" where it is none)."""

    code: str
    bidder: str = ""
    factor: str = ""

    @property
    def message(self) -> str:
        """Return the Chinese sentence of `code`."""
        return MESSAGES[self.code]


@dataclass(frozen=True, slots=True)
class Factor:
    """A published scoring factor; `max` in points."""

    factor: str
    name: str
    max: Decimal
    kind: str


def parse_score(text: object) -> Decimal:
    """Return the points of a decimal string; raise ScoreError for any other spelling.

    At most nine digits before and four after the point; no sign, exponent, blank or leading zero,
    ASCII digits only. Trailing zeros are allowed, as published scores have them ("83.0").
    """
    if not isinstance(text, str) or not _SCORE.fullmatch(text):
        raise ScoreError("not_a_number", MESSAGES["not_a_number"])
    return Decimal(text)


def parse_factors(plan: Sequence[Mapping[str, Any]]) -> tuple[Factor, ...]:
    """Return the factors of a published list; raise ScoreError where it is not one."""
    try:
        factors = tuple(
            Factor(row["factor"], row["name"], parse_score(row["max"]), row["kind"]) for row in plan
        )
    except (KeyError, TypeError) as error:
        raise ScoreError("malformed_factors", "评分项格式不正确") from error
    names = [factor.factor for factor in factors]
    texts = all(isinstance(text, str) and text for f in factors for text in (f.factor, f.name))
    if not texts or any(factor.kind not in KINDS for factor in factors):
        raise ScoreError("malformed_factors", "评分项格式不正确")
    if not names or len(set(names)) != len(names) or any(not factor.max for factor in factors):
        raise ScoreError("malformed_factors", "评分项为空、重复或者满分为零")
    return factors


def validate_sheet(
    plan: Sequence[Mapping[str, Any]], bidders: Iterable[str], content: Mapping[str, Any]
) -> list[Problem]:
    """Return all that is wrong with a sheet: faulty rows in their order, then what is missing."""
    factors = {factor.factor: factor for factor in parse_factors(plan)}
    expected = list(dict.fromkeys(bidders))
    rows = content.get("scores")
    if set(content) != {"scores"} or not isinstance(rows, list):
        return [Problem("malformed_sheet")]
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if not is_row(row):
            problems.append(Problem("malformed_row"))
            continue
        bidder, factor = row["bidder"], row["factor"]
        code = _fault(row, expected, factors, (bidder, factor) in seen)
        if code:
            problems.append(Problem(code, bidder, factor))
        seen.add((bidder, factor))
    return problems + [
        Problem("missing_score", bidder, factor)
        for bidder in expected
        for factor in factors
        if (bidder, factor) not in seen
    ]


def is_row(row: object) -> bool:
    """Return whether something has the shape of a sheet's row, whatever it says."""
    return (
        isinstance(row, dict)
        and set(row) == ROW_KEYS
        and isinstance(row["bidder"], str)
        and isinstance(row["factor"], str)
    )


def _fault(
    row: Mapping[str, Any], bidders: Sequence[str], factors: Mapping[str, Factor], repeated: bool
) -> str | None:
    if row["bidder"] not in bidders:
        return "unknown_bidder"
    if row["factor"] not in factors:
        return "unknown_factor"
    if repeated:
        return "duplicate_score"
    try:
        score = parse_score(row["score"])
    except ScoreError as error:
        return error.code
    return "score_over_max" if score > factors[row["factor"]].max else None


def counted(method: str, values: Sequence[Fraction], trim_from: int = TRIM_FROM) -> list[Fraction]:
    """Return the values that count under a named formula, ascending.

    `mean` counts all; `trimmed_mean` leaves out one highest and one lowest where there are at least
    `trim_from`, else counts all, so that few members never lose half of their voices.
    """
    if method not in AGGREGATIONS:
        raise ScoreError("unknown_aggregation", "汇总方法不在规定范围内")
    if not values:
        raise ScoreError("nothing_to_aggregate", "没有可汇总的评分")
    ordered = sorted(values)
    return ordered[1:-1] if method == "trimmed_mean" and len(ordered) >= trim_from else ordered


def aggregate(method: str, values: Sequence[Fraction]) -> Fraction:
    """Return the exact mean of the values that count under the named formula."""
    kept = counted(method, values)
    return sum(kept, Fraction(0)) / len(kept)


def rounded(value: Fraction) -> str:
    """Return a non-negative value rounded half up to two decimals, for display only."""
    hundredths = math.floor(value * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def plain(value: Fraction) -> str:
    """Return the one decimal spelling of a non-negative sum of scores: no trailing zeros."""
    units = value * 10**PLACES
    if units.denominator != 1:
        raise ScoreError("not_a_number", "数值无法用四位小数准确表示")
    whole, rest = divmod(units.numerator, 10**PLACES)
    return f"{whole}.{rest:0{PLACES}d}".rstrip("0").rstrip(".")
