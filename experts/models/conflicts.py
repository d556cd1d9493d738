"""Recorded grounds of recusal, of experts and of officials."""

from django.db import models
from django_fsm import FSMField, transition

from accounts.models import User
from audit_log.audited import AuditedPart
from experts.domain.lifecycle import CONFLICT


def _known(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(state__in=list(CONFLICT)), name=name)


class Conflict(AuditedPart):
    """A recorded ground of recusal of one person: in force until it is lifted or has expired.

    To whom it ties him is sealed in the person's stream (`commitment`, envelope of its code); `tag`
    is a keyed hash of that party, by which a draw finds it.
    """

    code = models.CharField("登记编号", max_length=48, primary_key=True)
    kind = models.CharField("种类", max_length=20)
    commitment = models.CharField("对方的承诺值", max_length=64)
    tag = models.CharField("对方的密钥散列", max_length=64, blank=True, db_index=True)
    evidence = models.CharField("凭证摘要", max_length=64, blank=True)
    source = models.CharField("来源", max_length=20)
    share = models.CharField("持股比例", max_length=20, blank=True)
    valid_from = models.DateField("起始日", null=True)
    valid_to = models.DateField("终止日", null=True)
    recorded_by = models.CharField("登记人", max_length=130)
    confirmed_by = models.CharField("确认人", max_length=130, blank=True)
    release_by = models.CharField("申请解除人", max_length=130, blank=True)
    lifted_by = models.CharField("批准解除人", max_length=130, blank=True)
    state = FSMField("状态", protected=True, default="recorded", choices=list(CONFLICT.items()))

    class Meta:
        abstract = True

    @transition(field=state, source="recorded", target="confirmed")
    def confirm(self) -> None:
        """已登记 → 已确认"""

    @transition(field=state, source=["recorded", "confirmed"], target="release_asked")
    def ask_release(self) -> None:
        """已登记、已确认 → 已申请解除:仍然有效"""

    @transition(field=state, source="release_asked", target="confirmed")
    def refuse_release(self) -> None:
        """已申请解除 → 已确认"""

    @transition(field=state, source="release_asked", target="lifted")
    def lift(self) -> None:
        """已申请解除 → 已解除:另一单位的两人办理"""


class ExpertConflict(Conflict):
    """A conflict of an expert, told in his stream."""

    person = models.ForeignKey("experts.Expert", on_delete=models.PROTECT, related_name="conflicts")

    class Meta:
        constraints = [_known("expert_conflict_state_known")]

    @property
    def stream(self) -> str:
        return f"expert/{self.person_id}"


class AccountConflict(Conflict):
    """A conflict of an official, told in the stream of his account; it locks him out."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="conflicts")

    class Meta:
        constraints = [_known("account_conflict_state_known")]

    @property
    def stream(self) -> str:
        return f"account/{self.person_id}"
