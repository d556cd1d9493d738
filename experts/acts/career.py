"""The acts beside the edges: training, assessment, changes, leave, appeals."""

from typing import Any

from rest_framework import serializers

from accounts.acts import Act
from accounts.domain.roles import EXPERT
from audit_log.domain.entry import Actor
from experts.acts import FailTestForm, Form, PaperForm, TermForm, document, score
from experts.domain import grounds
from experts.domain.records import TRAININGS
from experts.selectors import career, ratings
from experts.selectors import pool as reading
from experts.services import appeals, applications, changes, own_page, pool, records


def _chosen(label: str, known: dict[str, str], **more: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(list(known.items()), label=label, **more)


class TrainForm(Form):
    kind = _chosen("种类", TRAININGS)
    material = document("材料版本")
    held_on = serializers.DateField(label="日期")
    score = score()


class AssessForm(Form):
    year = serializers.IntegerField(label="年度", min_value=2000, max_value=2999)
    score = score(required=True)
    evidence = document("考核表")


class ReportChangeForm(Form):
    valid_from = serializers.DateField(
        label="自何日起", help_text="经确认后自该日起生效;已过的日期自确认时生效"
    )
    employer = serializers.CharField(
        label="工作单位",
        max_length=18,
        required=False,
        allow_blank=True,
        help_text="统一社会信用代码;不变更的项目一律留空",
    )
    region = serializers.RegexField(
        applications.REGION, label="地区", required=False, allow_blank=True
    )
    title = serializers.CharField(label="职称", max_length=20, required=False, allow_blank=True)
    phone = serializers.RegexField(
        applications.PHONE,
        label="手机号码",
        required=False,
        allow_blank=True,
        help_text="加密保存,流水只记有变更",
    )
    specialties = serializers.ListField(
        child=serializers.RegexField(applications.SPECIALTY),
        label="专业",
        required=False,
        help_text="变更后的全部专业代码,主评专业在前",
    )
    documents = PaperForm(
        many=True, label="证书和证明", required=False, help_text="新证书替换同种旧证书"
    )


class ConfirmChangeForm(Form):
    change = serializers.CharField(label="变更报告", max_length=48)
    approve = serializers.BooleanField(label="确认属实", default=False)
    ground = _chosen("不予确认的事由", grounds.REFUSED_CHANGE, required=False, allow_blank=True)


class LeaveForm(Form):
    first = serializers.DateField(label="起始日")
    last = serializers.DateField(label="终止日", help_text="含当日")


class EndLeaveForm(Form):
    leave = serializers.CharField(label="休假", max_length=48)


class AppealForm(Form):
    ground = _chosen("申诉事由", grounds.APPEALED)
    letter = document("申诉书")
    rating = serializers.CharField(
        label="所申诉的评价",
        max_length=48,
        required=False,
        allow_blank=True,
        help_text="不选择的,为对现在的暂停或者取消资格申诉",
    )


class ReviewAppealForm(Form):
    appeal = serializers.CharField(label="申诉", max_length=48)
    accept = serializers.BooleanField(label="受理", default=False)
    ground = _chosen("不予受理的事由", grounds.REFUSED_APPEAL, required=False, allow_blank=True)


class DraftAppealForm(Form):
    appeal = serializers.CharField(label="申诉", max_length=48)
    outcome = _chosen("拟定意见", appeals.OUTCOMES)
    decision = document("申诉处理决定")


class DecideAppealForm(Form):
    appeal = serializers.CharField(label="申诉", max_length=48)
    agree = serializers.BooleanField(label="同意拟定意见", default=False)


def _himself(actor: Actor, _row: Any) -> bool:
    return actor.role == EXPERT


ACTS = (
    Act(
        "expert.fail_test",
        "测试不合格",
        pool.fail_test,
        FailTestForm,
        career.testing,
    ),
    Act("expert.train", "记录学习培训", records.train, TrainForm, career.training),
    Act("expert.assess", "年度考核", records.assess, AssessForm, career.assessing),
    Act("expert.renew", "续聘", pool.renew, TermForm, career.renewing),
    Act(
        "expert.report_change",
        "报告变更",
        changes.report_change,
        ReportChangeForm,
        career.living,
    ),
    Act(
        "expert.confirm_change",
        "确认变更",
        changes.confirm_change,
        ConfirmChangeForm,
        career.changing,
    ),
    Act(
        "expert.declare_leave",
        "申报休假",
        records.declare_leave,
        LeaveForm,
        career.in_pool,
        offered=_himself,
        warning="休假期间不会被抽取;名册冻结以后申报的,不影响已经冻结的抽取",
    ),
    Act(
        "expert.end_leave",
        "撤销休假",
        records.end_leave,
        EndLeaveForm,
        career.resting,
        offered=_himself,
    ),
    Act("expert.appeal", "提出申诉", appeals.appeal, AppealForm, ratings.appealing),
    Act(
        "expert.review_appeal",
        "审查申诉",
        appeals.review_appeal,
        ReviewAppealForm,
        career.appeal_at("filed"),
    ),
    Act(
        "expert.draft_appeal",
        "拟定申诉处理意见",
        appeals.draft_appeal,
        DraftAppealForm,
        career.appeal_at("accepted"),
    ),
    Act(
        "expert.decide_appeal",
        "决定申诉",
        appeals.decide_appeal,
        DecideAppealForm,
        career.appeal_at("drafted"),
        warning="须由拟定意见和作出原处理以外的人员决定;成立的,原处理即时撤销",
    ),
    Act(
        "expert.send_link", "发送本人页面登录口令", own_page.send_link, blockers=reading.person_gone
    ),
)
