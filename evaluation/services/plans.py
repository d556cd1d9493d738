"""The evaluation plan (评标办法): what the tender document says of scoring, read strictly.

`{"v":1,"factors":[{"factor","name","max","kind"}…],"aggregation","review_items":[{"item","name"}…],
"candidates":{"count","ranked"},"tie_rule":[…]}`. What is not published does not count (条例49).
"""

from typing import Any

from accounts.services.gate import BadInput
from audit_log.domain import canonical
from evaluation.domain.candidates import TIE_RULES
from evaluation.domain.scoring import AGGREGATIONS, ScoreError, parse_factors

KEYS = {"v", "factors", "aggregation", "review_items", "candidates", "tie_rule"}
MOST_CANDIDATES = 10
"""What an entry with everyone's remarks still holds; how many are lawful the profile says."""
DEFAULT: dict[str, Any] = {
    "v": 1,
    "factors": [{"factor": "total", "name": "综合得分", "max": "100", "kind": "subjective"}],
    "aggregation": "mean",
    "review_items": [{"item": "compliance", "name": "符合性审查"}],
    "candidates": {"count": 3, "ranked": True},
    "tie_rule": ["lower_price"],
}
"""What the registration form starts from."""


def check_evaluation_plan(plan: Any, *, regime: str) -> None:
    """Raise BadInput unless `plan` is a complete evaluation plan for this regime."""
    if not isinstance(plan, dict) or set(plan) != KEYS or type(plan["v"]) is not int:
        raise _bad("plan_malformed", "评标办法缺少内容或者有未规定的内容")
    if plan["v"] != 1:
        raise _bad("plan_version", "评标办法的格式版本不受支持")
    _check_factors(plan["factors"])
    if plan["aggregation"] not in AGGREGATIONS:
        raise _bad("aggregation_unknown", "评分汇总方法不在规定范围内")
    if not _is_items(plan["review_items"]):
        raise _bad("review_items_malformed", "初步评审项的编码和名称不完整或者重复")
    _check_candidates(plan["candidates"], regime)
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


def _check_factors(factors: Any) -> None:
    keys = {"factor", "name", "max", "kind"}
    if not isinstance(factors, list) or any(
        not isinstance(row, dict) or set(row) != keys for row in factors
    ):
        raise _bad("malformed_factors", "评分项格式不正确")
    try:
        parse_factors(factors)
    except ScoreError as error:
        raise _bad(error.code, error.message) from error


def _check_candidates(rule: Any, regime: str) -> None:
    if not isinstance(rule, dict) or set(rule) != {"count", "ranked"}:
        raise _bad("candidates_malformed", "中标候选人的数量和是否排序未载明")
    whole = type(rule["count"]) is int and 1 <= rule["count"] <= MOST_CANDIDATES
    if not whole or type(rule["ranked"]) is not bool:
        raise _bad("candidates_malformed", "中标候选人的数量或者是否排序填写有误")
    if regime != "separated" and not rule["ranked"]:
        raise _bad("ranking_required", "不实行评定分离的项目应当标明候选人排序(条例第五十三条)")


def _is_items(rows: Any) -> bool:
    if not isinstance(rows, list) or not rows:
        return False
    whole = all(isinstance(row, dict) and set(row) == {"item", "name"} for row in rows)
    texts = whole and all(isinstance(t, str) and t for row in rows for t in row.values())
    return texts and len({row["item"] for row in rows}) == len(rows)


def _bad(code: str, message: str) -> BadInput:
    return BadInput(code, message, {"evaluation_plan": message})
