"""Experts of the pool and their specialties."""

from django.db import models
from django_fsm import FSMField, transition

from accounts.domain import policy
from accounts.selectors import bodies
from audit_log.audited import Audited
from audit_log.domain.entry import Actor, Ref
from experts.domain.lifecycle import EXPERT


class Expert(Audited):
    """One expert by code; name and number are in the vault under the same code."""

    STREAM_KIND = "expert"

    code = models.CharField("专家编号", max_length=20, primary_key=True)
    employer = models.CharField("工作单位代码", max_length=18, db_index=True)
    region = models.CharField("地区", max_length=6)
    title = models.CharField("职称", max_length=20)
    years = models.PositiveSmallIntegerField("从业年限")
    term_from = models.DateField("聘期起", null=True)
    term_to = models.DateField("聘期止", null=True)
    recommended_by = models.CharField("推荐单位代码", max_length=18, blank=True)
    briefed_on = models.DateField("最近一次学习和纪律宣贯", null=True)
    suspended_until = models.DateField("暂停至", null=True)
    from_pool = models.CharField("来源专家库", max_length=40, blank=True)
    state = FSMField("状态", protected=True, default="applied", choices=list(EXPERT.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(EXPERT)), name="expert_state_known"
            )
        ]

    def relations(self, actor: Actor) -> frozenset[str]:
        """How the actor stands to this expert (accounts.domain.policy)."""
        found = {policy.SELF} if actor.id == self.code else set()
        if bodies.covers(actor.org, self.region):
            found.add(policy.DISTRICT)
        return frozenset(found)

    @transition(field=state, source="applied", target="under_review")
    def begin_review(self, *evidence: Ref) -> None:
        """申报 → 审核中"""
        self.because(evidence)

    @transition(field=state, source=["under_review", "testing"], target="rejected")
    def reject(self, *evidence: Ref) -> None:
        """审核中、待测试 → 未通过"""
        self.because(evidence)

    @transition(field=state, source="under_review", target="testing")
    def pass_review(self, *evidence: Ref) -> None:
        """审核中 → 待测试"""
        self.because(evidence)

    @transition(field=state, source="testing", target="active")
    def enter(self, *evidence: Ref) -> None:
        """待测试 → 在库"""
        self.because(evidence)

    @transition(field=state, source="active", target="suspended")
    def suspend(self, *evidence: Ref) -> None:
        """在库 → 暂停"""
        self.because(evidence)

    @transition(field=state, source="suspended", target="active")
    def resume(self, *evidence: Ref) -> None:
        """暂停 → 在库"""
        self.because(evidence)

    @transition(field=state, source=["active", "suspended"], target="exited")
    def exit(self, *evidence: Ref) -> None:
        """在库、暂停 → 已出库"""
        self.because(evidence)

    @transition(field=state, source="exited", target="active")
    def relist(self, *evidence: Ref) -> None:
        """已出库 → 在库:库主的名单重新列入(抽取终端)"""
        self.because(evidence)

    @transition(field=state, source=["exited", "rejected"], target="applied")
    def reapply(self, *evidence: Ref) -> None:
        """已出库、未通过 → 申报"""
        self.because(evidence)

    @transition(field=state, source=["active", "suspended"], target="disqualified")
    def disqualify(self, *evidence: Ref) -> None:
        """在库、暂停 → 取消资格"""
        self.because(evidence)

    @transition(field=state, source=["disqualified", "suspended"], target="active")
    def annul(self, *evidence: Ref) -> None:
        """申诉成立:取消资格、暂停 → 在库"""
        self.because(evidence)


class ExpertSpecialty(models.Model):
    """A specialty of an expert (公共资源交易评标专家专业分类标准, 7 characters)."""

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="specialties")
    code = models.CharField("专业代码", max_length=7, db_index=True)
    main = models.BooleanField("主评专业", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expert", "code"], name="specialty_once"),
            models.UniqueConstraint(
                fields=["expert"], condition=models.Q(main=True), name="specialty_one_main"
            ),
        ]
