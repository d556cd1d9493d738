"""The award plan as a form: what a tenderer chooses, and the plan document that follows from it."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers as s

from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor, Ref
from award.domain.plan import WITHDRAWALS
from award.domain.plan_methods import EVIDENCE, GROUPS
from award.domain.terms import METHODS
from award.services import planning
from evaluation.models import Project

OFFERED = ("round_elimination", "direct_vote", "pairwise", "rank_points")
"""The methods that need no numbers of their own."""
DEFAULT_SIZE = 7


class FactorRow(s.Serializer[Any]):
    """One published award factor."""

    factor = s.RegexField(r"^[a-z][a-z0-9_]{0,63}$", label="编码(小写字母)")
    name = s.CharField(label="名称", max_length=40)
    group = s.ChoiceField(label="类别", choices=list(GROUPS.items()))
    evidence = s.ChoiceField(label="依据材料", choices=list(EVIDENCE.items()))


class PlanForm(s.Serializer[Any]):
    """The choices of an award plan; the number of candidates is the evaluation plan's."""

    method = s.ChoiceField(label="定标方法", choices=[(name, METHODS[name]) for name in OFFERED])
    committee_size = s.IntegerField(label="定标委员会人数(单数)", min_value=3, max_value=99)
    max_revotes = s.IntegerField(
        label="平票时重新投票的次数",
        min_value=0,
        max_value=2,
        help_text="仍然平票的,报价低者优先;报价也相同的,公开抽签",
    )
    min_reason_chars = s.IntegerField(label="每张选票理由的最少字数", min_value=1, max_value=500)
    withdrawal = s.ChoiceField(
        label="中标人放弃或被取消后的处理", choices=list(WITHDRAWALS.items())
    )
    publicity_days = s.IntegerField(label="公示天数", min_value=1, max_value=60)
    decision_days = s.IntegerField(label="定标期限(天)", min_value=1, max_value=180)
    no_double_award = s.BooleanField(label="兼投不兼中")
    factors = FactorRow(label="定标要素", many=True, allow_empty=False)
    policy_document = s.CharField(
        label="所依据的政策文件文号", max_length=100, default="", allow_blank=True
    )


def start(_actor: Actor, _row: Project) -> Mapping[str, Any]:
    """What the form shows first: the usual choices, for the tenderer to change."""
    return {
        "method": "round_elimination",
        "committee_size": DEFAULT_SIZE,
        "max_revotes": 2,
        "min_reason_chars": 20,
        "withdrawal": "NEXT_BY_RESULT",
        "publicity_days": 3,
        "decision_days": 10,
        "no_double_award": True,
        "factors": [
            {
                "factor": "performance",
                "name": "标后履约评价",
                "group": "capability",
                "evidence": "contract_record",
            }
        ],
    }


def fix(*, actor: Actor, project: str, policy_document: str, **chosen: Any) -> Ref:
    """Compose the plan from the form and fix it."""
    row = Project.objects.filter(pk=project).first()
    if row is None:
        raise NotFound
    rule = row.evaluation_plan["candidates"]
    return planning.fix_award_plan(
        actor=actor,
        project=project,
        plan=document(rule["count"], rule["ranked"], **chosen),
        policy_document=policy_document,
    )


def document(candidate_count: int, ranked: bool, **chosen: Any) -> dict[str, Any]:
    """The plan document (award.domain.plan) of the form's choices."""
    method = chosen["method"]
    plan: dict[str, Any] = {
        "regime": "separated",
        "candidate_count": candidate_count,
        "ranked": ranked,
        "methods": [{"method": method}],
        "tie_chain": (["revote"] if chosen["max_revotes"] else []) + ["lower_price", "lottery"],
        "max_revotes": chosen["max_revotes"],
        "quorum": "all",
        "abstention": False,
        "min_reason_chars": chosen["min_reason_chars"],
        "factors": [dict(row) for row in chosen["factors"]],
        "withdrawal": chosen["withdrawal"],
        "publicity_days": chosen["publicity_days"],
        "decision_days": chosen["decision_days"],
        "committee": {"size": chosen["committee_size"], "origin": "appointed"},
        "lots": {"no_double_award": chosen["no_double_award"]},
    }
    if method == "round_elimination":
        rounds = {str(number): _falling(number) for number in range(2, candidate_count + 1)}
        plan["rounds"] = {"by_candidates": rounds}
    return plan


def _falling(candidates: int) -> list[int]:
    """Places per round by the number of candidates: 2 → 1; 3, 4 → 2, 1; more → 3, 1."""
    if candidates == 2:
        return [1]
    return [2, 1] if candidates < 5 else [3, 1]
