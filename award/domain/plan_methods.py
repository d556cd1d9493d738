"""The methods and factors of an award plan: what may be chosen, and what is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from award.domain import plan_fields as read
from award.domain.plan_fields import PlanError
from award.domain.terms import METHODS, MethodSpec
from evaluation.domain.scoring import AGGREGATIONS, ScoreError, parse_score

MAX_METHODS = 2

GROUPS = {"price": "价格", "capability": "能力", "strength": "实力信誉"}
EVIDENCE = {
    "bid_document": "投标文件",
    "price_review": "清标报告",
    "certificate": "证书证照",
    "contract_record": "履约评价",
    "credit_record": "信用评价",
    "financial_report": "财务报告",
    "litigation_record": "诉讼处罚记录",
    "interview": "质询答辩记录",
    "inspection": "考察报告",
}
# What may never weigh in an award: it protects the local firm or rests on nothing published.
REFUSED_FACTORS = {
    "registration_place": "注册地",
    "ownership": "所有制",
    "local_tax": "本地纳税",
    "local_output": "本地产值",
    "local_list": "本地名录",
    "unpublished": "未公布的因素",
}
PRICE_RULES = ("lowest", "second_lowest", "nth_lowest", "closest_to_mean")

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
# The options each method takes; a method may leave several names only where the line is a fair one.
_OPTIONS: dict[str, set[str]] = {
    "direct_vote": {"majority"},
    "pairwise": set(),
    "round_elimination": set(),
    "cumulative": {"points", "cap"},
    "rank_points": set(),
    "factor_scoring": {"scoring"},
    "vote_lottery": {"finalists", "vote"},
    "price_competition": {"price_rule", "nth"},
    "deliberation": {"decided_by"},
    "direct_lottery": set(),
}
_SHORTLISTING = {
    "pairwise",
    "round_elimination",
    "cumulative",
    "rank_points",
    "factor_scoring",
    "price_competition",
}


@dataclass(frozen=True, slots=True)
class AwardFactor:
    """A published award factor (定标要素) with the kind of evidence it rests on.

    `max` is its scale as a decimal string, "" where no points are given.
    """

    factor: str
    name: str
    group: str
    evidence: str
    max: str = ""


def award_factors(content: Mapping[str, Any]) -> tuple[AwardFactor, ...]:
    """Return the award factors; refuse those of the negative list and any without evidence."""
    factors = tuple(_factor(row) for row in read.rows(content, "factors"))
    codes = [factor.factor for factor in factors]
    if len(set(codes)) != len(codes):
        raise PlanError("duplicate_factor", "定标要素重复")
    return factors


def _factor(row: Mapping[str, Any]) -> AwardFactor:
    code: str = read.value_of(row, "factor", str)
    if code in REFUSED_FACTORS:
        raise PlanError("factor_refused", f"不得作为定标要素：{REFUSED_FACTORS[code]}")
    if not row.get("evidence"):
        raise PlanError("factor_without_evidence", f"定标要素缺少依据材料：{code}")
    read.exact_keys(row, {"factor", "name", "group", "evidence"}, {"max"})
    name: str = read.value_of(row, "name", str)
    if not _CODE.fullmatch(code) or not name.strip():
        raise PlanError("unknown_value", "定标要素的编码或者名称不正确")
    return AwardFactor(
        factor=code,
        name=name,
        group=read.choice(row, "group", GROUPS),
        evidence=read.choice(row, "evidence", EVIDENCE),
        max=_scale(row),
    )


def _scale(row: Mapping[str, Any]) -> str:
    if "max" not in row:
        return ""
    try:
        zero = not parse_score(row["max"])
    except ScoreError as error:
        raise PlanError(error.code, error.message) from error
    if zero:
        raise PlanError("out_of_range", "定标要素的满分应当大于零")
    return str(row["max"])


def methods_of(
    content: Mapping[str, Any], factors: tuple[AwardFactor, ...], candidates: int
) -> tuple[MethodSpec, ...]:
    """Return the one or two methods; the second differs from the first and ends the award."""
    rows = read.rows(content, "methods")
    if len(rows) > MAX_METHODS:
        raise PlanError("too_many_methods", "定标方法最多两种")
    specs = tuple(_method(row, index < len(rows) - 1, factors) for index, row in enumerate(rows))
    found = [spec.name for spec in specs]
    if len(set(found)) != len(found):
        raise PlanError("same_method_twice", "第二种定标方法应当不同于第一种")
    if any(max(spec.keep, spec.finalists) >= candidates for spec in specs):
        raise PlanError("nothing_to_cut", "保留或者入围名额应当少于候选人数量")
    by_price = "price_competition" in found
    if not by_price and all(factor.group == "price" for factor in factors):
        raise PlanError("price_only", "除价格竞争法外，价格不得作为唯一定标要素")
    return specs


def _method(row: Mapping[str, Any], followed: bool, factors: tuple[AwardFactor, ...]) -> MethodSpec:
    name = read.choice(row, "method", METHODS)
    keep = {"keep"} if followed else set()
    if followed and name not in _SHORTLISTING:
        raise PlanError("not_shortlisting", f"{METHODS[name]}不能作为两种方法中的第一种")
    read.exact_keys(row, {"method"} | keep, _OPTIONS[name])
    options = _options(name, row)
    if followed:
        options["keep"] = read.integer(row, "keep", 2, 99)
    spec = MethodSpec(name, **options, factors=_scales(factors) if name == "factor_scoring" else ())
    if spec.keep > 1 and spec.price_rule not in ("lowest", "closest_to_mean"):
        raise PlanError("not_shortlisting", "该报价规则只能确定一名")
    return spec


def _options(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    match name:
        case "direct_vote":
            return {"majority": read.flag(row, "majority")} if "majority" in row else {}
        case "cumulative":
            return _points(row)
        case "factor_scoring":
            return {"scoring": read.choice(row, "scoring", ("sum", *AGGREGATIONS))}
        case "vote_lottery":
            vote = read.choice(row, "vote", ("names", "pairwise"))
            return {"vote": vote, "finalists": read.integer(row, "finalists", 3, 99)}
        case "price_competition":
            rule = read.choice(row, "price_rule", PRICE_RULES)
            if (rule == "nth_lowest") != ("nth" in row):
                raise PlanError("unknown_value", "第N低价须且仅须约定N")
            return {
                "price_rule": rule,
                **({"nth": read.integer(row, "nth", 1, 99)} if "nth" in row else {}),
            }
        case "deliberation":
            return {"decided_by": read.choice(row, "decided_by", ("chair", "majority"))}
    return {}


def _points(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: read.integer(row, key, 1, 999) for key in ("points", "cap") if key in row}
    # A re-vote may be between two names only, and the points must still fit under the cap.
    if "points" in found and 2 * found.get("cap", found["points"]) < found["points"]:
        raise PlanError("out_of_range", "单个候选人分值上限过低，无法投满规定分值")
    return found


def _scales(factors: tuple[AwardFactor, ...]) -> tuple[dict[str, str], ...]:
    if any(not factor.max for factor in factors):
        raise PlanError("factor_without_scale", "定标评分法的每个要素都应当约定满分")
    return tuple(
        {"factor": f.factor, "name": f.name, "max": f.max, "kind": "subjective"} for f in factors
    )
