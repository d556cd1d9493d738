"""The acts of the pool and the draw, as pages and API offer them.

Acts of a draw that move a project as well (asking for it, committing, running a round, signing in)
are declared by the evaluation.
"""

from typing import Any

from rest_framework import serializers

from accounts.acts import Act
from audit_log.domain.entry import Actor
from experts.domain import edges, grounds
from experts.domain.records import DOCUMENTS, FULL_MARK
from experts.selectors import blockers, draws, modes, pool
from experts.services import answers, applications, erasing, rounds
from experts.services import draws as draw_services
from experts.services import pool as pool_services

Form = serializers.Serializer[Any]


def document(label: str, **more: Any) -> serializers.RegexField:
    return serializers.RegexField(
        r"\A[0-9a-f]{64}\Z", label=label, help_text="文件的 SHA-256,64 位小写十六进制", **more
    )


def score(*, required: bool = False) -> serializers.IntegerField:
    """A score in points of 100."""
    return serializers.IntegerField(
        label="得分", min_value=0, max_value=FULL_MARK, required=required, allow_null=not required
    )


def _reason(most: int) -> serializers.CharField:
    return serializers.CharField(
        label="事由", max_length=most, help_text="不得写入个人信息,将永久留痕"
    )


class PaperForm(Form):
    kind = serializers.ChoiceField(list(DOCUMENTS.items()), label="材料")
    sha256 = document("摘要")
    specialty = serializers.RegexField(
        applications.SPECIALTY, label="所证明的专业", required=False, allow_blank=True
    )
    expires = serializers.DateField(label="有效期至", required=False, allow_null=True)


class ApplyForm(Form):
    code = serializers.RegexField(
        applications.CODE, label="专家编号", help_text="字母、数字或 . _ -,不含个人信息"
    )
    name = serializers.CharField(label="姓名", source="person.name", max_length=40)
    id_number = serializers.RegexField(
        applications.ID_NUMBER, label="身份证件号码", source="person.id_number"
    )
    phone = serializers.RegexField(applications.PHONE, label="手机号码", source="person.phone")
    employer = serializers.CharField(
        label="工作单位", max_length=18, help_text="统一社会信用代码,18 位"
    )
    region = serializers.RegexField(
        applications.REGION, label="地区", help_text="行政区划代码,6 位"
    )
    title = serializers.CharField(label="职称", max_length=20)
    years = serializers.IntegerField(label="从业年限", min_value=0, max_value=70)
    specialties = serializers.ListField(
        child=serializers.RegexField(applications.SPECIALTY),
        label="专业",
        min_length=1,
        help_text="专业代码,主评专业在前",
    )
    recommended_by = serializers.CharField(
        label="推荐单位",
        max_length=18,
        required=False,
        allow_blank=True,
        help_text="单位推荐的填统一社会信用代码,个人申报的留空",
    )
    documents = PaperForm(
        many=True,
        label="申报材料",
        required=False,
        help_text="原件由专家库管理单位保存,流水只留加盐承诺;专业留空表示适用于全部专业",
    )


class TermForm(Form):
    term_from = serializers.DateField(label="聘期起")
    term_to = serializers.DateField(label="聘期止")


class PassTestForm(TermForm):
    score = score()
    material = document("试卷或者培训材料版本", required=False, allow_blank=True)


class FailTestForm(Form):
    score = score(required=True)
    material = document("试卷或者培训材料版本")


class ImportForm(ApplyForm, TermForm):
    from_pool = serializers.CharField(label="来源专家库", max_length=40)


class ReviewExpertForm(Form):
    approve = serializers.BooleanField(label="审核通过", default=False)
    ground = serializers.ChoiceField(
        list(edges.names("reject", *edges.REVIEW).items()),
        label="不通过的事由",
        required=False,
        allow_blank=True,
    )


class SuspendForm(Form):
    ground = serializers.ChoiceField(list(edges.names("suspend").items()), label="事由")
    until = serializers.DateField(
        label="暂停至",
        required=False,
        allow_null=True,
        help_text="最后一日,期满自动恢复;只有接受调查期间可以留空",
    )
    decision = document("处理决定")


class ResumeForm(Form):
    ground = serializers.ChoiceField(
        list(edges.names("resume", "ground_gone").items()), label="事由"
    )


class DisqualifyForm(Form):
    ground = serializers.ChoiceField(list(edges.names("disqualify").items()), label="事由")
    decision = document("处理决定")


class ExitForm(Form):
    ground = serializers.ChoiceField(list(edges.names("exit").items()), label="事由")


class EraseForm(Form):
    ground = serializers.ChoiceField(list(grounds.ERASURE.items()), label="事由")


class ReviewDrawForm(Form):
    approve = serializers.BooleanField(label="审核通过", default=False)
    reason = serializers.CharField(
        label="退回事由", max_length=200, required=False, allow_blank=True
    )


class ContributeForm(Form):
    value = serializers.CharField(
        label="随机内容",
        min_length=rounds.SHORTEST,
        max_length=rounds.LONGEST,
        trim_whitespace=False,
        help_text="现场掷骰子的点数或随意的一句话,6 至 256 个字符,将原样公开",
    )


class AnswerForm(Form):
    answer = serializers.ChoiceField([("accepted", "参加"), ("declined", "谢绝")], label="答复")
    reason = serializers.ChoiceField(
        list(grounds.DECLINED.items()), label="谢绝原因", required=False, allow_blank=True
    )


class RecordAnswerForm(Form):
    candidate = serializers.CharField(label="候选代号", max_length=64)
    answer = serializers.ChoiceField(
        [("accepted", "接受"), ("declined", "谢绝"), ("no_answer", "未应答或者缺席")], label="答复"
    )
    reason = serializers.ChoiceField(
        [*grounds.DECLINED.items(), (grounds.ABSENT, grounds.NO_ANSWER[grounds.ABSENT])],
        label="原因",
        required=False,
        allow_blank=True,
    )
    evidence = document("通话录音或者送达回执")


class StrikeForm(Form):
    candidate = serializers.CharField(label="候选代号", max_length=64)
    reason = serializers.ChoiceField(
        list(grounds.RECUSAL.items()),
        label="回避事由",
        help_text="会透露投标人的事由,在评标时间之前只记为应当回避",
    )


class CancelForm(Form):
    reason = _reason(200)


def _may_answer(actor: Actor, _draw: Any) -> bool:
    seat = draws.seat_of(actor)
    return seat is not None and seat.state == "selected"


def drawn_here(_actor: Actor, draw: Any) -> bool:
    """Acts of a draw that is made here."""
    return not draw.is_listed


def _asked_here(_actor: Actor, draw: Any) -> bool:
    return not draw.is_appointed


def of_experts(_actor: Actor, draw: Any) -> bool:
    """Acts that only a draw of experts has: its candidates are asked and may have to stay away."""
    return not draw.is_public


def _kept_here(_actor: Actor, _thing: Any) -> bool:
    return not modes.owner_only()


def drawn_from(_actor: Actor, _thing: Any) -> bool:
    """Acts that take rows into a pool: not where only results of other systems are entered."""
    return not modes.with_pool()


EXPERT_ACTS = (
    Act(
        "expert.apply",
        "申报入库",
        pool_services.apply,
        ApplyForm,
        offered=_kept_here,
        creates=True,
    ),
    Act(
        "expert.import",
        "导入专家",
        pool_services.import_expert,
        ImportForm,
        offered=drawn_from,
        creates=True,
    ),
    Act(
        "expert.review",
        "审核入库申请",
        pool_services.review,
        ReviewExpertForm,
        pool.leaving("begin_review"),
    ),
    Act(
        "expert.pass_test",
        "测试合格入库",
        pool_services.pass_test,
        PassTestForm,
        pool.leaving("enter"),
    ),
    Act("expert.suspend", "暂停参评", pool_services.suspend, SuspendForm, pool.leaving("suspend")),
    Act("expert.resume", "恢复参评", pool_services.resume, ResumeForm, pool.leaving("resume")),
    Act("expert.exit", "出库", pool_services.exit, ExitForm, pool.leaving("exit")),
    Act("expert.reapply", "重新申报", pool_services.reapply, blockers=pool.reapplying),
    Act(
        "expert.disqualify",
        "取消资格",
        pool_services.disqualify,
        DisqualifyForm,
        pool.leaving("disqualify"),
        warning="取消后终身不得再入库,只有申诉成立才能撤销",
    ),
    Act(
        "expert.erase",
        "注销个人信息",
        erasing.erase,
        EraseForm,
        pool.erasing,
        warning="注销后姓名、证件号码和电话无法恢复,专家编号和流水保留",
    ),
)
DRAW_ACTS = (
    Act(
        "draw.review",
        "审核抽取申请",
        draw_services.review,
        ReviewDrawForm,
        blockers.review,
        offered=_asked_here,
    ),
    Act(
        "draw.contribute",
        "输入随机内容",
        rounds.contribute,
        ContributeForm,
        blockers.contribute,
        offered=drawn_here,
    ),
    Act(
        "draw.open_round",
        "开启一轮抽取",
        rounds.open_round,
        blockers=blockers.open_round,
        offered=drawn_here,
        warning="开启后只能执行抽取,不能补充随机内容,也不能撤回",
    ),
    Act(
        "draw.answer",
        "答复邀请",
        answers.answer,
        AnswerForm,
        blockers.answers,
        offered=_may_answer,
        warning="答复后不能更改",
    ),
    Act(
        "draw.record_answer",
        "代为记录答复",
        answers.record_answer,
        RecordAnswerForm,
        blockers.answers,
        offered=of_experts,
    ),
    Act(
        "draw.cancel",
        "撤销抽取",
        draw_services.cancel,
        CancelForm,
        blockers.cancel,
        warning="撤销后本次抽取不能恢复",
    ),
    Act(
        "draw.abandon",
        "作废抽取",
        draw_services.abandon,
        CancelForm,
        blockers.abandon,
        warning="作废后本次抽取的结果全部失效,再次抽取将注明所替代的抽取",
    ),
)
STRIKE = Act(
    "draw.strike", "回避", answers.strike, StrikeForm, blockers.answers, offered=of_experts
)
"""Declared by the evaluation, with a service of its own: it may end a seat in the lots."""
ACTS = EXPERT_ACTS + DRAW_ACTS
