"""The acts of award plan, publicity, objection and award, as pages and API offer them."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts.acts import Act
from audit_log.domain.entry import Actor
from audit_log.services import envelopes
from award import plan_form
from award.acts.releasing import ReleaseForm, reviewed
from award.models import Objection
from award.selectors import award, blockers
from award.services import deciding, halting, meeting, objections, planning, publicity, recusing
from evaluation.models import Project
from evaluation.selectors import blockers as evaluation_blockers
from rulebook.domain.complaints import EFFECTS

Form = serializers.Serializer[Any]

FINAL = "此操作记入流水并即时生效,不能撤销。"


class MembersForm(Form):
    members = serializers.ListField(
        label="定标委员会成员账号", child=serializers.CharField(max_length=40), allow_empty=False
    )
    leader = serializers.CharField(label="组长账号", max_length=40)
    observers = serializers.ListField(
        label="监督小组成员账号", child=serializers.CharField(max_length=40), allow_empty=False
    )


class CandidatesForm(Form):
    objection_channel = serializers.CharField(
        label="异议受理部门和方式",
        help_text="写明受理部门、地址和办公电话,不得填写个人手机号码",
        max_length=500,
    )
    explanation = serializers.CharField(
        label="保留的说明",
        required=False,
        allow_blank=True,
        max_length=500,
        help_text="自动检查提示可以说明理由后保留的内容时填写",
    )


class ObjectionForm(Form):
    text = serializers.CharField(label="异议事项、理由和依据", max_length=8000)


class ObjectionChoice(Form):
    objection = serializers.CharField(label="异议编号", max_length=50)


class ReviewForm(ObjectionChoice):
    accept = serializers.BooleanField(label="受理")
    reason = serializers.CharField(
        label="不予受理的理由", required=False, allow_blank=True, max_length=8000
    )


class AnswerForm(ObjectionChoice):
    upheld = serializers.BooleanField(label="异议成立")
    answer = serializers.CharField(label="答复内容", max_length=8000)


class OrderForm(Form):
    document = serializers.CharField(label="责令中止的文书文号", max_length=100)


class UpholdForm(Form):
    because = serializers.CharField(label="成立的异议、投诉编号或者文书文号", max_length=100)
    outcome = serializers.ChoiceField(
        label="处理", choices=[(code, EFFECTS[code]) for code in halting.OUTCOMES]
    )


class ReplacementForm(Form):
    member = serializers.CharField(label="应当回避的委员", max_length=40)
    replacement = serializers.CharField(label="接替的委员", max_length=40)


class PointsRow(Form):
    bidder = serializers.CharField(label="候选人", max_length=18)
    points = serializers.IntegerField(label="分值", min_value=0)


class ScoreRow(Form):
    bidder = serializers.CharField(label="候选人", max_length=18)
    factor = serializers.CharField(label="定标要素", max_length=64)
    score = serializers.CharField(label="得分", max_length=14)


class BallotForm(Form):
    """One of the three parts is used, as the round's method asks (selectors.award.ballot_form)."""

    choices = serializers.ListField(
        label="推荐或者排序的候选人",
        child=serializers.CharField(max_length=18),
        required=False,
    )
    points = PointsRow(label="投票分值", many=True, required=False)
    scores = ScoreRow(label="要素评分", many=True, required=False)
    reason = serializers.CharField(label="投票理由", max_length=2000)


class LotteryForm(Form):
    held_at = serializers.DateTimeField(label="抽签时间")
    place = serializers.CharField(label="抽签地点", max_length=100)


class DecisionForm(Form):
    reasons = serializers.CharField(label="定标理由", max_length=4000)
    departure_reasons = serializers.CharField(
        label="未选择评标结果最优者的理由", required=False, allow_blank=True, max_length=4000
    )


class SkippedRow(Form):
    bidder = serializers.CharField(label="候选人", max_length=18)
    reason = serializers.ChoiceField(
        label="法定事由", choices=[*deciding.LOSS_REASONS.items(), ("won_other_lot", "兼投不兼中")]
    )


class ConfirmForm(Form):
    reasons = serializers.CharField(label="定标理由", max_length=4000)
    skipped = SkippedRow(label="依次递补时跳过的候选人", many=True, required=False)


class FailureForm(Form):
    reason = serializers.CharField(label="理由", max_length=2000)
    skipped = SkippedRow(label="候选人公示期间:各候选人不能中标的事由", many=True, required=False)


class LossForm(Form):
    reason = serializers.ChoiceField(label="事由", choices=list(deciding.LOSS_REASONS.items()))
    retender = serializers.BooleanField(label="重新招标(定标方案没有约定时)", required=False)


class ReasonForm(Form):
    reason = serializers.CharField(label="理由", max_length=2000)


class ContractForm(Form):
    signed_on = serializers.DateField(label="签订日期")
    price_fen = serializers.IntegerField(label="合同价款(分)", min_value=1)


def _first_objection(state: str, *, own: bool = False) -> Any:
    """Prefill the objection that has waited longest."""

    def initial(actor: Actor, row: Project) -> Mapping[str, Any]:
        found = _waiting(actor, row, state, own).order_by("received_at").first()
        return {"objection": found.code} if found else {}

    return initial


def _has_own(state: str) -> Any:
    return lambda actor, row: _waiting(actor, row, state, True).exists()


def _waiting(actor: Actor, row: Project, state: str, own: bool) -> Any:
    rows = Objection.objects.filter(project=row, state=state)
    return rows.filter(bidder=actor.org) if own else rows


def _has_not_voted(actor: Actor, row: Project) -> bool:
    one = award.open_round(row)
    return one is not None and actor.id not in envelopes.current(one.stream, one.kind)


def _has_not_attended(actor: Actor, row: Project) -> bool:
    return row.parts.filter(
        relation__in=("ballot", "watch"), person=actor.id, signed_in_at=None
    ).exists()


def _blank_ballot(_actor: Actor, row: Project) -> Mapping[str, Any]:
    """Empty rows for the part that the method asks for; nothing is suggested."""
    form, plan = award.ballot_form(row), award.plan_of(row)
    if form is None or plan is None:
        return {}
    bidders = [bidder for bidder, _ in form.eligible]
    if form.field == "points":
        return {"points": [{"bidder": bidder, "points": 0} for bidder in bidders]}
    if form.field == "scores":
        factors = [factor.factor for factor in plan.factors]
        return {
            "scores": [{"bidder": b, "factor": f, "score": ""} for b in bidders for f in factors]
        }
    return {"choices": []}


def _failure_reasons(row: Project) -> list[Any]:
    if row.state == "candidates_public":
        return []  # what is missing there, the form asks for
    asked = blockers.fail if row.state == "awarding" else evaluation_blockers.fail
    return list(asked(row))


def _separated(_actor: Actor, row: Project) -> bool:
    return row.regime == "separated"


def _lottery_due(_actor: Actor, row: Project) -> bool:
    return row.state == "awarding" and award.next_step(row).kind == "lottery"


def _by_rank(_actor: Actor, row: Project) -> bool:
    return row.regime != "separated"


ACTS = (
    Act(
        "project.fix_award_plan", "固定定标方案", plan_form.fix, plan_form.PlanForm,
        evaluation_blockers.fix_award_plan, plan_form.start, _separated,
        warning="定标方案随招标文件公开,发布后不能修改。",
    ),
    Act(
        "project.seal_award_members", "封存定标成员名单", planning.seal_award_members, MembersForm,
        evaluation_blockers.seal_award_members, offered=_separated,
        warning="名单密封保存,定标开始时当众启封;发布招标公告后不能更换。",
    ),
    Act(
        "project.draft_candidates", "拟定中标候选人公示", publicity.draft_candidates,
        CandidatesForm, blockers.draft_candidates,
    ),
    Act(
        "project.publish_candidates", "审核并发布中标候选人公示", publicity.publish_candidates,
        ReleaseForm, blockers.publish_candidates, reviewed, warning=f"公示内容即时公开。{FINAL}",
    ),
    Act(
        "project.object", "提出异议", objections.object, ObjectionForm, blockers.object,
        warning="异议内容密封保存,提交后取得回执,不能修改。",
    ),
    Act(
        "project.review_objection", "审查异议", objections.review_objection, ReviewForm,
        blockers.review_objection, _first_objection("submitted"),
        warning="受理异议即中止招标投标活动,答复后方可恢复。",
    ),
    Act(
        "project.answer_objection", "答复异议", objections.answer_objection, AnswerForm,
        blockers.answer_objection, _first_objection("accepted"), warning=FINAL,
    ),
    Act(
        "project.withdraw_objection", "撤回异议", objections.withdraw_objection, ObjectionChoice,
        blockers.withdraw_objection, _first_objection("accepted", own=True), _has_own("accepted"),
        warning=FINAL,
    ),
    Act(
        "project.order_suspension", "责令中止", halting.order_suspension, OrderForm,
        blockers.order_suspension, warning="项目即时中止,由行政监督部门决定恢复。",
    ),
    Act("project.resume", "恢复", halting.resume, blockers=blockers.resume),
    Act(
        "project.uphold", "异议、投诉成立的处理", halting.uphold, UpholdForm, blockers.uphold,
        warning=f"候选人、定标结果随之失效。{FINAL}",
    ),
    Act(
        "project.begin_award", "开始定标", meeting.begin_award, blockers=blockers.begin_award,
        offered=_separated, warning=f"定标成员名单当众启封,已在其他标段中标的候选人退出。{FINAL}",
    ),
    Act(
        "project.attend_award", "定标会议签到", meeting.attend_award,
        blockers=blockers.attend_award, offered=_has_not_attended,
    ),
    Act(
        "project.replace_award_member", "更换应当回避的定标委员", recusing.replace_award_member,
        ReplacementForm, blockers.replace_award_member, offered=_separated,
        warning=f"只更换登记有回避情形的委员;开始投票以后不能更换。{FINAL}",
    ),
    Act(
        "project.open_ballot", "开始投票", meeting.open_ballot, blockers=blockers.open_ballot,
        offered=_separated, warning="本轮开始后,全体委员投票完毕方可截止。",
    ),
    Act(
        "project.cast_ballot", "投票", meeting.cast_ballot, BallotForm, blockers.cast_ballot,
        _blank_ballot, _has_not_voted, warning="选票密封保存,提交后不能更改,截止后与理由一并开启。",
    ),
    Act(
        "project.close_ballot", "截止投票并计票", meeting.close_ballot,
        blockers=blockers.close_ballot, offered=_separated,
        warning=f"全部选票同时开启并计票。{FINAL}",
    ),
    Act(
        "project.call_lottery", "申请公开抽签", meeting.call_lottery, LotteryForm,
        blockers.call_lottery, offered=_lottery_due,
        warning="抽签范围和名额由定标方案和计票结果确定;交易中心承诺、各方输入随机内容后当场抽取。",
    ),
    Act(
        "project.decide", "定标", deciding.decide, DecisionForm, blockers.decide,
        offered=_separated, warning=FINAL,
    ),
    Act(
        "project.confirm_first", "依排名确定中标人", deciding.confirm_first, ConfirmForm,
        blockers.confirm_first, offered=_by_rank, warning=FINAL,
    ),
    Act(
        "project.reconfirm", "由原评标委员会确认", deciding.reconfirm, ReasonForm,
        blockers.reconfirm, warning=f"项目退回评标,候选人和定标结果随之失效。{FINAL}",
    ),
    Act(
        "project.publish_result", "审核并发布中标结果公示", publicity.publish_result,
        ReleaseForm, blockers.publish_result, reviewed, warning=f"公示内容即时公开。{FINAL}",
    ),
    Act(
        "project.notify", "发出中标通知书", publicity.notify, blockers=blockers.notify,
        warning=f"中标人和全体未中标的投标人即时收到通知。{FINAL}",
    ),
    Act(
        "project.lose_winner", "中标人放弃或被取消", deciding.lose_winner, LossForm,
        blockers.lose_winner, warning=f"按定标方案依次确定、重新定标或者重新招标。{FINAL}",
    ),
    Act(
        "project.contract", "登记合同", deciding.contract, ContractForm, blockers.contract,
        warning=FINAL,
    ),
    Act(
        "project.fail", "招标失败", deciding.fail, FailureForm, _failure_reasons, warning=FINAL
    ),
)  # fmt: skip
