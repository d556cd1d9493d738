"""The evaluation plan (评标办法): what the tender document says of evaluation, read strictly.

Version 1: `{"v":1,"factors":[{"factor","name","max","kind"}…],"aggregation","review_items":
[{"item","name"}…],"candidates":{"count","ranked"},"tie_rule":[…]}`. Version 2 has `method`, the
`stage` of each review item, `formula` in its price factors, and `trim_from` where the aggregation
is `trimmed_mean` (docs/evaluation.md). What is not published does not count (条例49).
"""

from typing import Any

from accounts.services.gate import BadInput
from audit_log.domain import canonical
from evaluation.domain import plan as plans
from evaluation.domain import pricing
from evaluation.domain.candidates import TIE_RULES
from evaluation.domain.scoring import (
    AGGREGATIONS,
    TRIM_FROM,
    ScoreError,
    parse_factors,
    parse_score,
)

KEYS = {"v", "factors", "aggregation", "review_items", "candidates", "tie_rule"}
MOST_CANDIDATES = 10
"""What an entry with everyone's remarks still holds; how many are lawful the profile says."""
MOST_MEMBERS = 99
_FACTOR = {"factor", "name", "max", "kind"}
_FIT = {
    plans.COMPREHENSIVE: ("subjective", "objective", "price"),
    plans.LOWEST: ("objective",),
    plans.QUALITATIVE: (),
}
"""Which kinds of factors a method of version 2 has."""


def check_evaluation_plan(plan: Any, *, regime: str) -> None:
    """Raise BadInput unless `plan` is a complete evaluation plan for this regime."""
    if not isinstance(plan, dict) or type(plan.get("v")) is not int or not set(plan) >= KEYS:
        raise _bad("plan_malformed", "评标办法缺少内容或者有未规定的内容")
    if plan["v"] not in (1, 2):
        raise _bad("plan_version", "评标办法的格式版本不受支持")
    if set(plan) != _keys(plan):
        raise _bad("plan_malformed", "评标办法缺少内容或者有未规定的内容")
    if plan["v"] == 2:
        _check_method(plan)
    _check_aggregation(plan)
    if plan["factors"] != [] or plans.scored(plan):
        _check_factors(plan["factors"], plan["v"])
    if not _is_items(plan["review_items"], plan["v"]):
        raise _bad("review_items_malformed", "初步评审项的编码和名称不完整或者重复")
    _check_candidates(plan, regime)
    rules = plan["tie_rule"]
    if not isinstance(rules, list) or not all(rule in TIE_RULES for rule in rules):
        raise _bad("tie_rule_unknown", "同分处理规则不在规定范围内")
    check_canonical(plan, "evaluation_plan")


def check_canonical(document: Any, field: str) -> None:
    """Raise BadInput where a document cannot stand in the trail (floats, keys not in ASCII)."""
    try:
        canonical.dumps(document)
    except canonical.CanonicalError as error:
        message = "文件内容不符合格式:数值应为整数或文字,键应为英文"
        raise BadInput("not_canonical", message, {field: message}) from error


def _keys(plan: dict[str, Any]) -> set[str]:
    if plan["v"] != 2:
        return KEYS
    trimmed = {"trim_from"} if plan.get("aggregation") == "trimmed_mean" else set()
    return KEYS | {"method"} | trimmed


def _check_method(plan: dict[str, Any]) -> None:
    if not isinstance(plan["method"], str) or plan["method"] not in plans.METHODS:
        raise _bad("method_unknown", "评标方法不在规定范围内")
    factors = plan["factors"] if isinstance(plan["factors"], list) else []
    kinds = [one.get("kind") for one in factors if isinstance(one, dict)]
    if not all(kind in _FIT[plan["method"]] for kind in kinds):
        named = plans.METHODS[plan["method"]]
        raise _bad("factors_unfit", f"{named}不设这一类评分项")
    scores = "subjective" in kinds or "objective" in kinds
    if plans.scored(plan) and not scores:
        raise _bad("factors_unfit", "综合评估法除报价外应当有其他评分项")


def _check_aggregation(plan: dict[str, Any]) -> None:
    known = tuple(AGGREGATIONS) if plans.scored(plan) else (plans.MAJORITY,)
    if plan["aggregation"] not in known:
        raise _bad("aggregation_unknown", "评分汇总方法不在规定范围内")
    least = plan.get("trim_from", TRIM_FROM)
    if type(least) is not int or not TRIM_FROM <= least <= MOST_MEMBERS:
        message = f"去掉最高分和最低分所需的评委人数应为 {TRIM_FROM} 至 {MOST_MEMBERS}"
        raise _bad("trim_from_wrong", message)


def _check_factors(factors: Any, version: int) -> None:
    if not isinstance(factors, list) or any(
        not isinstance(row, dict) or set(row) != _factor_keys(row, version) for row in factors
    ):
        raise _bad("malformed_factors", "评分项格式不正确")
    try:
        parse_factors(factors)
        for row in factors:
            if "formula" in row:
                formula = pricing.parse_formula(row["formula"])
                if formula.floor > parse_score(row["max"]):
                    raise ScoreError("malformed_formula", "报价得分的下限超过满分")
    except ScoreError as error:
        raise _bad(error.code, error.message) from error


def _factor_keys(row: dict[str, Any], version: int) -> set[str]:
    return _FACTOR | ({"formula"} if version == 2 and row.get("kind") == "price" else set())


def _check_candidates(plan: dict[str, Any], regime: str) -> None:
    rule = plan["candidates"]
    if not isinstance(rule, dict) or set(rule) != {"count", "ranked"}:
        raise _bad("candidates_malformed", "中标候选人的数量和是否排序未载明")
    whole = type(rule["count"]) is int and 1 <= rule["count"] <= MOST_CANDIDATES
    if not whole or type(rule["ranked"]) is not bool:
        raise _bad("candidates_malformed", "中标候选人的数量或者是否排序填写有误")
    if regime != "separated" and not rule["ranked"]:
        raise _bad("ranking_required", "不实行评定分离的项目应当标明候选人排序(条例第五十三条)")
    if rule["ranked"] and plans.method(plan) == plans.QUALITATIVE:
        raise _bad("ranking_impossible", "定性评审不打分,只推荐不排序的候选人,限于评定分离项目")


def _is_items(rows: Any, version: int) -> bool:
    keys = {"item", "name"} | ({"stage"} if version == 2 else set())
    if not isinstance(rows, list) or not rows:
        return False
    whole = all(isinstance(row, dict) and set(row) == keys for row in rows)
    texts = whole and all(isinstance(t, str) and t for row in rows for t in row.values())
    staged = texts and all(row.get("stage", "form") in plans.STAGES for row in rows)
    return staged and len({row["item"] for row in rows}) == len(rows)


def _bad(code: str, message: str) -> BadInput:
    return BadInput(code, message, {"evaluation_plan": message})
