"""The acts of recusal: of experts and of officials, and how bodies belong together."""

from typing import Any

from rest_framework import serializers

from accounts.acts import Act
from accounts.services import bodies
from experts.acts import of_experts
from experts.domain import grounds
from experts.domain.recusal import KINDS, RECORDABLE
from experts.selectors import blockers, conflicts
from experts.services import conflicts as services
from experts.services import previews

Form = serializers.Serializer[Any]
KINDS_OF_EXPERTS = [(kind, KINDS[kind].name) for kind in RECORDABLE]
KINDS_OF_OFFICIALS = [(kind, KINDS[kind].name) for kind in conflicts.OF_OFFICIALS]
STANDING = "登记即生效,冻结名册、抽取、签到时按此核对;解除须由另一单位的两人办理。"


def _document(label: str) -> serializers.RegexField:
    return serializers.RegexField(
        r"\A[0-9a-f]{64}\Z", label=label, help_text="文件的 SHA-256,64 位小写十六进制"
    )


def _credit_code(label: str) -> serializers.CharField:
    return serializers.CharField(label=label, max_length=18, help_text="统一社会信用代码,18 位")


class ClaimForm(Form):
    kind = serializers.ChoiceField(KINDS_OF_EXPERTS, label="种类")
    party = serializers.CharField(
        label="对方",
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="单位填统一社会信用代码,其他成员填编号,受过处罚的不填;密封保存",
    )
    share = serializers.RegexField(
        conflicts.SHARE,
        label="持股比例(%)",
        required=False,
        allow_blank=True,
        help_text="持股的填写,例如 5 或 0.25",
    )
    valid_from = serializers.DateField(label="起始日", required=False, allow_null=True)
    valid_to = serializers.DateField(
        label="终止日", required=False, allow_null=True, help_text="不填为持续有效"
    )


class OfficialClaimForm(ClaimForm):
    kind = serializers.ChoiceField(KINDS_OF_OFFICIALS, label="种类")


class RecordedForm(Form):
    source = serializers.ChoiceField(  # type: ignore[assignment]  # collected by the metaclass
        [(k, name) for k, name in grounds.SOURCES.items() if k not in ("self", "sign_in")],
        label="来源",
    )
    evidence = _document("凭证")


class RecordForm(ClaimForm, RecordedForm):
    pass


class OfficialRecordForm(OfficialClaimForm, RecordedForm):
    pass


class ConflictForm(Form):
    conflict = serializers.CharField(label="回避登记", max_length=48)


class ReleaseForm(ConflictForm):
    ground = serializers.ChoiceField(list(grounds.RELEASE.items()), label="事由")
    decision = _document("证明文件")


class LiftForm(ConflictForm):
    approve = serializers.BooleanField(label="同意解除", default=False)


class RelationForm(Form):
    child = _credit_code("单位")
    parent = _credit_code("上级单位(集团母公司)")  # type: ignore[assignment]  # the same
    valid_from = serializers.DateField(label="起始日")
    valid_to = serializers.DateField(
        label="终止日", required=False, allow_null=True, help_text="关系终止的,以同一起始日再次登记"
    )
    evidence = _document("企业登记信息")


def _of(kind: str, claim: type[Form], record: type[Form], *does: Any) -> tuple[Act, ...]:
    """The five acts on the conflicts of one kind of person; `does` are their services, in order."""
    declare, put, confirm, ask, lift = does
    waiting = conflicts.waiting
    return (
        Act(f"{kind}.declare_conflict", "申报本人回避情形", declare, claim, warning=STANDING),
        Act(f"{kind}.record_conflict", "登记回避情形", put, record, warning=STANDING),
        Act(f"{kind}.confirm_conflict", "确认回避情形", confirm, ConflictForm,
            waiting("recorded")),
        Act(f"{kind}.ask_release", "申请解除回避", ask, ReleaseForm,
            waiting("recorded", "confirmed"), warning="批准以前回避仍然有效。"),
        Act(f"{kind}.lift_conflict", "审批解除回避", lift, LiftForm,
            waiting("release_asked"), warning="解除后不再据此回避,登记保留。"),
    )  # fmt: skip


OF_EXPERTS = _of(
    "expert",
    ClaimForm,
    RecordForm,
    services.declare_expert,
    services.record_expert,
    services.confirm_expert,
    services.ask_release_of_expert,
    services.lift_of_expert,
)
OF_OFFICIALS = _of(
    "account",
    OfficialClaimForm,
    OfficialRecordForm,
    services.declare_official,
    services.record_official,
    services.confirm_official,
    services.ask_release_of_official,
    services.lift_of_official,
)
ACTS = (
    *OF_EXPERTS,
    *OF_OFFICIALS,
    Act(
        "account.relate_bodies",
        "登记单位的上级",
        bodies.relate,
        RelationForm,
        warning="抽取和评标按此认定同一集团的单位。",
        creates=True,
    ),
    Act(
        "draw.preview_recusal",
        "试算回避",
        previews.preview_recusal,
        blockers=blockers.preview,
        offered=of_experts,
        warning="只显示各种原因的人数,不显示人员;每次试算都记入流水,次数印在记录表上。",
    ),
)
