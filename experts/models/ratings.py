"""Ratings after a project (一标一评), and the measures that their sum proposes."""

from typing import Any

from django.db import models
from django_fsm import FSMField, transition

from audit_log.audited import AuditedPart
from experts.domain.lifecycle import MEASURE, RATING
from experts.domain.ratings import ASPECTS, MEASURES

EXPERT = "experts.Expert"


class ExpertRating(AuditedPart):
    """One rater's rating of one expert in one project; `items` are `{"item","points"}`.

    `entry` is the position of the entry that told it first: an appeal names that. The draw reads
    none of this (tests/experts/test_ratings_and_draws.py).
    """

    expert = models.ForeignKey(EXPERT, on_delete=models.PROTECT, related_name="ratings")
    code = models.CharField("评价编号", max_length=48, primary_key=True)
    entry = models.BigIntegerField("评价流水序号")
    case = models.CharField("标段编号", max_length=40, db_index=True)
    handle = models.CharField("抽取代号", max_length=64)
    aspect = models.CharField("评价方", max_length=20, choices=list(ASPECTS.items()))
    rated_by = models.CharField("评价人", max_length=130)
    rated_on = models.DateField("评价日期")
    items: Any = models.JSONField("扣分项", default=list)
    points = models.PositiveSmallIntegerField("扣分")
    evidence = models.CharField("凭证摘要", max_length=64, blank=True)
    profile = models.CharField("规则集", max_length=50)
    state = FSMField("状态", protected=True, default="counted", choices=list(RATING.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(RATING)), name="rating_state_known"
            ),
            models.UniqueConstraint(fields=["case", "expert", "aspect"], name="rating_once"),
        ]

    @property
    def stream(self) -> str:
        return f"expert/{self.expert_id}"

    @transition(field=state, source="counted", target="annulled")
    def annul(self) -> None:
        """计分 → 已撤销:申诉成立"""


class ExpertMeasure(AuditedPart):
    """What the sum of deductions proposes: nothing by itself, until a person decides."""

    expert = models.ForeignKey(EXPERT, on_delete=models.PROTECT, related_name="measures")
    code = models.CharField("建议编号", max_length=48, primary_key=True)
    kind = models.CharField("处理建议", max_length=20, choices=list(MEASURES.items()))
    points = models.PositiveSmallIntegerField("累计扣分")
    proposed_on = models.DateField("提出日期")
    decided_by = models.CharField("决定人", max_length=130, blank=True)
    state = FSMField("状态", protected=True, default="proposed", choices=list(MEASURE.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(MEASURE)), name="measure_state_known"
            ),
            models.UniqueConstraint(
                fields=["expert"], condition=models.Q(state="proposed"), name="measure_one_open"
            ),
        ]

    @property
    def stream(self) -> str:
        return f"expert/{self.expert_id}"

    @transition(field=state, source="proposed", target="adopted")
    def adopt(self) -> None:
        """待决定 → 已采纳"""

    @transition(field=state, source="proposed", target="dismissed")
    def dismiss(self) -> None:
        """待决定 → 未采纳"""

    @transition(field=state, source="proposed", target="lapsed")
    def lapse(self) -> None:
        """待决定 → 已失效:申诉成立后不再达到"""
