"""Notices, objections, complaints, ballot rounds, the award. The plan's hash is on the project."""

from typing import Any

from django.db import models
from django_fsm import FSMField, transition

from audit_log.audited import AuditedPart
from award.domain.lifecycle import BALLOT_ROUND, COMPLAINT, OBJECTION
from evaluation.models import Bid, Project


class Notice(models.Model):
    """What was published, by whom prepared and by whom released; the text is an attachment."""

    KINDS = (
        ("tender", "招标公告"),
        ("clarify", "澄清、修改公告"),
        ("candidates", "中标候选人公示"),
        ("result", "中标结果公示"),
        ("award", "中标通知书"),
        ("lost", "未中标通知书"),
        ("ended", "招标失败、终止公告"),
    )

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=12, choices=KINDS)
    to = models.CharField("收件单位", max_length=18, blank=True)
    body = models.CharField("内容摘要", max_length=64)
    prepared_by = models.CharField(max_length=130)
    hits: Any = models.JSONField("自动检查结果", default=list)
    explanation = models.CharField("保留的说明", max_length=500, blank=True)
    returned_for = models.CharField("退回意见", max_length=500, blank=True)
    released_by = models.CharField(max_length=130, blank=True)
    released_at = models.DateTimeField(null=True)
    public_until = models.DateField(null=True)
    serial = models.PositiveIntegerField("公开序号", null=True, unique=True)


class Objection(AuditedPart):
    """An objection of a bidder; a receipt in the trail proves that it exists."""

    code = models.CharField("异议编号", max_length=50, primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="objections")
    bidder = models.CharField("异议人代码", max_length=18)
    stage = models.CharField("针对环节", max_length=20)
    received_at = models.DateTimeField("收到时间")
    answer_due = models.DateField("答复期限")
    answered_at = models.DateTimeField("答复时间", null=True)
    text = models.CharField("异议内容的承诺", max_length=64)
    answer = models.CharField("答复摘要", max_length=64, blank=True)
    state = FSMField("状态", protected=True, default="submitted", choices=list(OBJECTION.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(OBJECTION)), name="objection_state_known"
            )
        ]

    @property
    def stream(self) -> str:
        return f"project/{self.project_id}"

    @transition(field=state, source="submitted", target="refused")
    def refuse(self) -> None:
        """已提交 → 不予受理"""

    @transition(field=state, source="submitted", target="accepted")
    def accept(self) -> None:
        """已提交 → 已受理"""

    @transition(field=state, source="accepted", target="not_upheld")
    def dismiss(self) -> None:
        """已受理 → 不成立"""

    @transition(field=state, source="accepted", target="upheld")
    def uphold(self) -> None:
        """已受理 → 成立"""

    @transition(field=state, source="accepted", target="withdrawn")
    def withdraw(self) -> None:
        """已受理 → 撤回"""

    @transition(field=state, source="not_upheld", target="complained")
    def complain(self) -> None:
        """不成立 → 已转投诉"""


class Complaint(AuditedPart):
    """A bidder's complaint to the regulator (条例第六十条); its text stands sealed."""

    code = models.CharField("投诉编号", max_length=50, primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="complaints")
    bidder = models.CharField("投诉人代码", max_length=18)
    matter = models.CharField("投诉事项", max_length=20)
    objection = models.CharField("所针对的异议答复", max_length=50, blank=True)
    known_on = models.DateField("知道之日")
    filed_at = models.DateTimeField("收到时间")
    accept_due = models.DateField("决定是否受理的期限")
    accepted_at = models.DateTimeField("受理时间", null=True)
    decide_due = models.DateField("处理期限", null=True)
    paused_on = models.DateField("期限中止之日", null=True)
    paused_days = models.PositiveSmallIntegerField("不计入期限的工作日", default=0)
    text = models.CharField("投诉内容的承诺", max_length=64)
    answer = models.CharField("决定书摘要", max_length=64, blank=True)
    outcome = models.CharField("处理", max_length=20, blank=True)
    state = FSMField("状态", protected=True, default="filed", choices=list(COMPLAINT.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(COMPLAINT)), name="complaint_state_known"
            )
        ]

    @property
    def stream(self) -> str:
        return f"project/{self.project_id}"

    @transition(field=state, source="filed", target="refused")
    def refuse(self) -> None:
        """已提出 → 不予受理"""

    @transition(field=state, source="filed", target="accepted")
    def accept(self) -> None:
        """已提出 → 已受理"""

    @transition(field=state, source="accepted", target="examining")
    def stop_clock(self) -> None:
        """已受理 → 检验鉴定中:所需时间不计入期限(条例第六十一条第二款)"""

    @transition(field=state, source="examining", target="accepted")
    def run_clock(self) -> None:
        """检验鉴定中 → 已受理"""

    @transition(field=state, source="accepted", target="not_upheld")
    def dismiss(self) -> None:
        """已受理 → 驳回"""

    @transition(field=state, source="accepted", target="upheld")
    def uphold(self) -> None:
        """已受理 → 成立"""

    @transition(field=state, source=["filed", "accepted", "examining"], target="withdrawn")
    def withdraw(self) -> None:
        """处理决定作出前撤回"""


class BallotRound(AuditedPart):
    """One round of sealed ballots among `eligible` for `seats` places."""

    code = models.CharField("轮次编号", max_length=60, primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="rounds")
    session = models.PositiveSmallIntegerField("定标会次")
    number = models.PositiveSmallIntegerField("轮次")
    eligible: Any = models.JSONField("候选范围")
    seats = models.PositiveSmallIntegerField("名额")
    result: Any = models.JSONField("结果", null=True)
    state = FSMField("状态", protected=True, default="open", choices=list(BALLOT_ROUND.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(BALLOT_ROUND)), name="round_state_known"
            ),
            models.UniqueConstraint(
                fields=["project", "session", "number"], name="round_number_once"
            ),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(state="open"), name="round_one_open"
            ),
        ]

    @property
    def stream(self) -> str:
        return f"project/{self.project_id}"

    @property
    def kind(self) -> str:
        """The envelope kind of this round's ballots (formats.md section 3)."""
        return f"ballot/{self.session}/{self.number}"

    @transition(field=state, source="open", target="closed")
    def close(self) -> None:
        """投票中 → 已截止"""

    @transition(field=state, source="closed", target="decided")
    def settle(self) -> None:
        """已截止 → 已出结果"""

    @transition(field=state, source="closed", target="tied")
    def tie(self) -> None:
        """已截止 → 平票"""


class Award(models.Model):
    """The tenderer's decision. A second active award of a project is impossible."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="awards")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField("定标理由")
    decided_at = models.DateTimeField("定标时间")
    active = models.BooleanField(default=True)
    ended_for = models.CharField("失效原因", max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(active=True), name="award_one_active"
            )
        ]
