"""What is recorded of an expert beside his row: papers, trainings, leave, reports, appeals."""

from typing import Any

from django.db import models
from django_fsm import FSMField, transition

from audit_log.audited import AuditedPart
from experts.domain.lifecycle import APPEAL, CHANGE
from experts.domain.records import DOCUMENTS, EFFECTS, GRADES, TRAININGS

EXPERT = "experts.Expert"


class ExpertDocument(models.Model):
    """The newest paper of a kind; the pool owner keeps it, the trail a salted commitment to it.

    `specialty` "" stands for all of them, `expires` is the last day on which the paper proves.
    Salt and SHA-256 are in the vault.
    """

    expert = models.ForeignKey(EXPERT, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField("材料", max_length=20, choices=list(DOCUMENTS.items()))
    specialty = models.CharField("专业代码", max_length=7, blank=True)
    expires = models.DateField("有效期至", null=True, db_index=True)
    commitment = models.CharField("承诺值", max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expert", "kind", "specialty"], name="document_once"),
        ]


class ExpertTraining(models.Model):
    """A training or briefing that was held, with the version of its material and the score."""

    expert = models.ForeignKey(EXPERT, on_delete=models.PROTECT, related_name="trainings")
    number = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("种类", max_length=20, choices=list(TRAININGS.items()))
    material = models.CharField("材料摘要", max_length=64)
    score = models.PositiveSmallIntegerField("得分", null=True)
    held_on = models.DateField("日期")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expert", "number"], name="training_once"),
        ]


class ExpertAssessment(models.Model):
    """The assessment of a year; `proposal` is what the scale proposes, and nothing by itself."""

    expert = models.ForeignKey(EXPERT, on_delete=models.PROTECT, related_name="assessments")
    year = models.PositiveSmallIntegerField("年度")
    score = models.PositiveSmallIntegerField("得分")
    grade = models.CharField("等次", max_length=20, choices=list(GRADES.items()))
    proposal = models.CharField(
        "处理建议", max_length=20, blank=True, choices=list(EFFECTS.items())
    )
    evidence = models.CharField("考核表摘要", max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expert", "year"], name="assessment_once"),
        ]


class ExpertLeave(models.Model):
    """Days, both inclusive, on which an expert declared that he cannot take part."""

    expert = models.ForeignKey(EXPERT, on_delete=models.PROTECT, related_name="leaves")
    code = models.CharField("编号", max_length=48, unique=True)
    first = models.DateField("起始日")
    last = models.DateField("终止日", db_index=True)


class ExpertChange(AuditedPart):
    """A report that facts have changed: from `valid_from`, once a second body has confirmed it.

    `facts` holds the new values as the trail tells them; a new phone (`phone`) waits in the vault.
    """

    expert = models.ForeignKey(EXPERT, on_delete=models.PROTECT, related_name="changes")
    code = models.CharField("报告编号", max_length=48, primary_key=True)
    facts: Any = models.JSONField("变更内容", default=dict)
    phone = models.BooleanField("变更电话", default=False)
    valid_from = models.DateField("生效日期")
    reported_by = models.CharField("报告人", max_length=40)
    state = FSMField("状态", protected=True, default="reported", choices=list(CHANGE.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(CHANGE)), name="change_state_known"
            )
        ]

    @property
    def stream(self) -> str:
        return f"expert/{self.expert_id}"

    @transition(field=state, source="reported", target="confirmed")
    def confirm(self) -> None:
        """待确认 → 已确认"""

    @transition(field=state, source="reported", target="refused")
    def refuse(self) -> None:
        """待确认 → 不予确认"""

    @transition(field=state, source="confirmed", target="effective")
    def take_effect(self) -> None:
        """已确认 → 已生效:生效日期已到"""


class ExpertAppeal(AuditedPart):
    """An appeal against a suspension, a disqualification or a rating (`against`: its entry).

    Two persons decide: one drafts, another one decides; neither is who punished or rated.
    """

    expert = models.ForeignKey(EXPERT, on_delete=models.PROTECT, related_name="appeals")
    code = models.CharField("申诉编号", max_length=48, primary_key=True)
    against = models.BigIntegerField("所申诉处理的序号")
    ground = models.CharField("申诉事由", max_length=20)
    letter = models.CharField("申诉书摘要", max_length=64)
    proposal = models.CharField("拟定意见", max_length=10, blank=True)
    drafted_by = models.CharField("拟定人", max_length=40, blank=True)
    decision = models.CharField("决定书摘要", max_length=64, blank=True)
    state = FSMField("状态", protected=True, default="filed", choices=list(APPEAL.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(APPEAL)), name="appeal_state_known"
            ),
            models.UniqueConstraint(
                fields=["expert"],
                condition=models.Q(state__in=["filed", "accepted", "drafted"]),
                name="appeal_one_open",
            ),
        ]

    @property
    def stream(self) -> str:
        return f"expert/{self.expert_id}"

    @transition(field=state, source="filed", target="accepted")
    def accept(self) -> None:
        """已提出 → 已受理"""

    @transition(field=state, source="filed", target="refused")
    def refuse(self) -> None:
        """已提出 → 不予受理"""

    @transition(field=state, source="accepted", target="drafted")
    def draft_outcome(self) -> None:
        """已受理 → 已拟定意见:第一人"""

    @transition(field=state, source="drafted", target="accepted")
    def send_back(self) -> None:
        """已拟定意见 → 已受理:第二人不同意"""

    @transition(field=state, source="drafted", target="upheld")
    def uphold(self) -> None:
        """已拟定意见 → 成立:第二人"""

    @transition(field=state, source="drafted", target="not_upheld")
    def dismiss(self) -> None:
        """已拟定意见 → 不成立:第二人"""
