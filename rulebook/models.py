"""Rule profiles and working days: data with effective dates, each version an entry."""

from django.db import models
from django_fsm import FSMField, transition

from audit_log.audited import Audited
from audit_log.domain.entry import Ref
from rulebook.domain.lifecycle import PROFILE


class RuleProfile(Audited):
    """The newest published version of one profile, and the draft of the next while one waits.

    Contents are attachments named by hash. The working-day calendar is one of these rows too.
    """

    STREAM_KIND = "rules"

    code = models.CharField("代码", max_length=40, primary_key=True)
    version = models.PositiveIntegerField("版本")
    parent = models.CharField("上级规则集", max_length=40, blank=True)
    content = models.CharField("内容摘要", max_length=64)
    effective_from = models.DateField("生效日期")
    draft = models.CharField("待审批内容摘要", max_length=64, blank=True)
    drafted_by = models.CharField("提出人", max_length=40, blank=True)
    state = FSMField("状态", protected=True, default="published", choices=list(PROFILE.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(PROFILE)), name="profile_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.version}"

    @transition(field=state, source="published", target="proposed")
    def propose(self, *evidence: Ref) -> None:
        """已发布 → 待审批"""
        self.because(evidence)

    @transition(field=state, source="proposed", target="published")
    def approve(self, *evidence: Ref) -> None:
        """待审批 → 已发布:新的一版"""
        self.because(evidence)

    @transition(field=state, source="proposed", target="published")
    def reject(self, *evidence: Ref) -> None:
        """待审批 → 已发布:仍为原来一版"""
        self.because(evidence)
