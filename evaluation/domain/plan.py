"""The evaluation plan (评标办法) as published: its method, and who gives the points of each factor.

A plan of version 1 is a comprehensive evaluation all of whose factors stand on members' sheets. One
of version 2 names its `method`; there an `objective` factor is established once for the whole
committee and a `price` factor is computed, so that both count alike on every sheet.
"""

from collections.abc import Mapping
from typing import Any

from evaluation.domain.scoring import TRIM_FROM

COMPREHENSIVE, LOWEST, QUALITATIVE = "comprehensive", "lowest_price", "qualitative"
METHODS = {
    COMPREHENSIVE: "综合评估法",
    LOWEST: "经评审的最低投标价法",
    QUALITATIVE: "定性评审法",
}
STAGES = {"form": "形式评审", "qualification": "资格评审", "response": "响应性评审"}
MAJORITY = "majority"
"""Aggregation of a plan without scores: a bid passes with more than half of the members."""
VERDICTS = {"pass": "合格", "fail": "不合格"}

Plan = Mapping[str, Any]
Factors = list[dict[str, Any]]


def method(plan: Plan) -> str:
    """Return the evaluation method of a plan of either version."""
    return str(plan.get("method", COMPREHENSIVE))


def scored(plan: Plan) -> bool:
    """Whether members give points; else each gives a verdict on every bid."""
    return method(plan) == COMPREHENSIVE


def by_members(plan: Plan) -> Factors:
    """Return the factors every member scores on his own sheet."""
    return [one for one in plan["factors"] if plan["v"] == 1 or one["kind"] == "subjective"]


def established(plan: Plan) -> Factors:
    """Return the factors the committee establishes once: facts, not judgement."""
    return [one for one in plan["factors"] if plan["v"] != 1 and one["kind"] == "objective"]


def computed(plan: Plan) -> Factors:
    """Return the factors computed from the bid prices (`evaluation.domain.pricing`)."""
    return [one for one in plan["factors"] if plan["v"] != 1 and one["kind"] == "price"]


def trim_from(plan: Plan) -> int:
    """Return from how many members on a trimmed mean leaves out the highest and the lowest."""
    return int(plan.get("trim_from", TRIM_FROM))
