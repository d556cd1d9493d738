"""An evaluation plan in words: its method, and for each factor who gives the points and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.domain import plan as plans
from evaluation.domain.pricing import BENCHMARKS, ROUNDINGS
from evaluation.domain.scoring import AGGREGATIONS

RESULTS = {
    plans.COMPREHENSIVE: "得分",
    plans.LOWEST: "评审价(元)",
    plans.QUALITATIVE: "合格/成员",
}
"""What stands beside a bidder as his result."""
_TIES = {"lower_price": "报价低者优先"}


@dataclass(frozen=True)
class Line:
    """A factor: its name, its points (or most percent), and how they come about."""

    name: str
    most: str
    how: str


@dataclass(frozen=True)
class Told:
    """A plan in words; `review` is (stage, names of its items)."""

    method: str
    result: str
    aggregation: str
    tie: str
    candidates: str
    scored: bool
    review: Sequence[tuple[str, str]]
    factors: Sequence[Line]


def told(plan: Mapping[str, Any]) -> Told:
    """Return the plan in words."""
    method, rule = plans.method(plan), plan["candidates"]
    return Told(
        method=plans.METHODS[method],
        result=RESULTS[method],
        aggregation=_aggregation(plan),
        tie="、".join(_TIES[rule] for rule in plan["tie_rule"]) or "公开抽签或者由评标委员会排定",
        candidates=f"不超过 {rule['count']} 名,{'排序' if rule['ranked'] else '不排序'}",
        scored=plans.scored(plan),
        review=_review(plan),
        factors=[_line(one, plan) for one in plan["factors"]],
    )


def _aggregation(plan: Mapping[str, Any]) -> str:
    if not plans.scored(plan):
        return "过半数成员的结论"
    words = AGGREGATIONS[plan["aggregation"]]
    least = plans.trim_from(plan)
    return f"{words}(成员满 {least} 人)" if plan["aggregation"] == "trimmed_mean" else words


def _review(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    stages: dict[str, list[str]] = {}
    for item in plan["review_items"]:
        title = plans.STAGES.get(item.get("stage", ""), "初步评审")
        stages.setdefault(title, []).append(item["name"])
    return [(title, "、".join(names)) for title, names in stages.items()]


def _line(factor: Mapping[str, Any], plan: Mapping[str, Any]) -> Line:
    if "formula" in factor:
        how = "由系统计算:" + formula_told(factor["formula"])
    elif factor in plans.established(plan):
        how = "客观项,由评标委员会统一认定"
    else:
        how = "成员各自评分"
    most = factor["max"]
    return Line(factor["name"], f"加价不超过 {most}%" if not plans.scored(plan) else most, how)


def formula_told(formula: Mapping[str, Any]) -> str:
    """Return a price formula as one sentence."""
    rule = formula["benchmark"]
    base = BENCHMARKS[rule["name"]]
    if "weight" in rule:
        base += f"(限价占 {rule['weight']})"
    if "from" in rule:
        base += f"(满 {rule['from']} 家)"
    if rule["coefficient"] != "1":
        base += f" × {rule['coefficient']}"
    if formula["name"] == "price_ratio":
        counted = "得分为基准价除以报价再乘满分"
    else:
        above, below = formula["per_percent_above"], formula["per_percent_below"]
        counted = f"报价每高 1% 扣 {above} 分,每低 1% 扣 {below} 分"
    bounds = f"最低 {formula['floor']} 分" if formula["floor"] != "0" else "扣完为止"
    kept = f"保留 {formula['places']} 位小数、{ROUNDINGS[formula['rounding']]}"
    return f"评标基准价为{base};{counted},{bounds},{kept}"
