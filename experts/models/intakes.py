"""Lists of experts taken in from a file, with what is kept of the file until that is over."""

from typing import Any

from django.db import models
from django_fsm import FSMField, transition

from accounts.domain import policy
from accounts.selectors import bodies
from audit_log.audited import Audited
from audit_log.domain.entry import Actor, Ref
from experts.domain.lifecycle import INTAKE
from experts.domain.modes import MODES, OWNER


class Intake(Audited):
    """A list of experts taken in from a file: checked whole, approved, then written whole.

    `commitment` is salted and hides the SHA-256 of the file, which could be guessed from a small
    one. The file itself lies encrypted in `IntakePart` under a key of its own until this is over.
    """

    STREAM_KIND = "system"

    code = models.CharField("导入编号", max_length=40, primary_key=True)
    mode = models.CharField("方式", max_length=10, choices=list(MODES.items()), default=OWNER)
    from_pool = models.CharField("来源专家库", max_length=40, blank=True)
    as_of = models.DateField("名单日期", null=True)
    complete = models.BooleanField("完整名单", default=False)
    trial = models.BooleanField("仅校验", default=False)
    region = models.CharField("地区", max_length=6)
    commitment = models.CharField("文件摘要的承诺", max_length=64)
    rows = models.PositiveIntegerField("行数", default=0)
    faults = models.PositiveIntegerField("错误数", default=0)
    counts: Any = models.JSONField("变更统计", default=dict)
    state = FSMField("状态", protected=True, default="received", choices=list(INTAKE.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(INTAKE)), name="intake_state_known"
            )
        ]

    def relations(self, actor: Actor) -> frozenset[str]:
        """How the actor stands to this import (accounts.domain.policy)."""
        return frozenset({policy.DISTRICT} if bodies.covers(actor.org, self.region) else ())

    @transition(field=state, source="received", target="checked")
    def pass_check(self, *evidence: Ref) -> None:
        """待校验 → 校验通过"""
        self.because(evidence)

    @transition(field=state, source=["received", "approved"], target="faulty")
    def find_faults(self, *evidence: Ref) -> None:
        """待校验、待入库 → 校验未通过"""
        self.because(evidence)

    @transition(field=state, source="checked", target="approved")
    def accept_intake(self, *evidence: Ref) -> None:
        """校验通过 → 待入库"""
        self.because(evidence)

    @transition(field=state, source="approved", target="done")
    def finish(self, *evidence: Ref) -> None:
        """待入库 → 已入库"""
        self.because(evidence)

    @transition(field=state, source=["received", "checked", "approved"], target="withdrawn")
    def withdraw_intake(self, *evidence: Ref) -> None:
        """入库以前 → 已撤回"""
        self.because(evidence)


class IntakePart(models.Model):
    """A piece of an import's file, AES-256-GCM under the key of that import alone."""

    owner = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="parts")
    n = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    blob = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "n"], name="intake_part_once")]


class IntakeLine(models.Model):
    """A line of an import's report: a fault of the file, or what a newer list changes.

    Never what is written in the file: `what` is a code (experts.domain.pool_faults.MESSAGES,
    experts.domain.pool_changes.KINDS), `kind` the kind of the cell's value.
    """

    owner = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField("行号")
    column = models.CharField("列", max_length=120, blank=True)
    kind = models.CharField("值的类型", max_length=20, blank=True)
    what = models.CharField("问题", max_length=40)
    note = models.CharField("说明", max_length=200, blank=True)
    expert = models.CharField("专家编号", max_length=20, blank=True)
