"""The evaluation plan as a form: what a tenderer chooses, and the plan document that follows."""

from collections.abc import Mapping
from typing import Any

from audit_log.domain.entry import Actor
from evaluation.domain import plan as plans
from evaluation.domain.scoring import TRIM_FROM

TIES = {"lower_price": "报价低者优先", "decided": "公开抽签或者由评标委员会排定"}
CEILING_WEIGHT = "0.4"
PRICE_PLACES = 2
PRICE_NAME = "投标报价"


def start(_actor: Actor, _thing: None) -> Mapping[str, Any]:
    """What the registration form starts from: the usual choices, for the tenderer to change."""
    return {
        "method": plans.COMPREHENSIVE,
        "factors": [
            {"factor": "technical", "name": "技术方案", "max": "60", "kind": "subjective"},
            {"factor": "credit", "name": "信用评价", "max": "10", "kind": "objective"},
        ],
        "price_points": "30",
        "price_formula": "linear_deduction",
        "price_benchmark": "mean",
        "price_coefficient": "1",
        "price_above": "1",
        "price_below": "0.5",
        "price_floor": "0",
        "aggregation": "mean",
        "trim_from": TRIM_FROM,
        "review_items": [
            {"stage": "form", "item": "signed", "name": "投标函签字盖章"},
            {"stage": "qualification", "item": "qualified", "name": "投标人资格条件"},
            {"stage": "response", "item": "compliance", "name": "实质性响应招标文件"},
        ],
        "candidate_count": 3,
        "tie": "lower_price",
    }


def document(
    *,
    method: str,
    factors: list[dict[str, str]],
    review_items: list[dict[str, str]],
    aggregation: str,
    trim_from: int,
    candidate_count: int,
    ranked: bool,
    tie: str,
    **price: str,
) -> dict[str, Any]:
    """The plan document (evaluation.services.plans) of the form's choices."""
    scored = method == plans.COMPREHENSIVE
    plan: dict[str, Any] = {
        "v": 2,
        "method": method,
        "factors": [dict(row) for row in factors],
        "aggregation": aggregation if scored else plans.MAJORITY,
        "review_items": [dict(row) for row in review_items],
        "candidates": {"count": candidate_count, "ranked": ranked},
        "tie_rule": [tie] if tie == "lower_price" else [],
    }
    if plan["aggregation"] == "trimmed_mean":
        plan["trim_from"] = trim_from
    if scored and price["price_points"]:
        plan["factors"].append(_price_factor(price))
    return plan


def _price_factor(price: Mapping[str, str]) -> dict[str, Any]:
    benchmark: dict[str, Any] = {
        "name": price["price_benchmark"],
        "coefficient": price["price_coefficient"],
    }
    if benchmark["name"] == "trimmed_mean":
        benchmark["from"] = TRIM_FROM
    if benchmark["name"] == "ceiling_mean":
        benchmark["weight"] = CEILING_WEIGHT
    formula = {
        "name": price["price_formula"],
        "benchmark": benchmark,
        "floor": price["price_floor"],
        "places": PRICE_PLACES,
        "rounding": "half_up",
    }
    if formula["name"] == "linear_deduction":
        formula["per_percent_above"] = price["price_above"]
        formula["per_percent_below"] = price["price_below"]
    own = {"factor": "price", "name": PRICE_NAME, "max": price["price_points"], "kind": "price"}
    return own | {"formula": formula}
