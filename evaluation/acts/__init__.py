"""The acts of a project up to its evaluation report, as pages and API offer them.

The award plan, its sealed members and the failure of a tender are declared by the award, which can
judge a plan and ends tenders of later states too.
"""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from accounts.acts import Act
from audit_log.domain.entry import Actor, Ref
from evaluation import plan_form
from evaluation import serializers as fields
from evaluation.acts import deliberation
from evaluation.models import Project
from evaluation.selectors import blockers, deliberation_blockers, offering, scores
from evaluation.selectors import lotteries as lottery_blockers
from evaluation.selectors.projects import group_of
from evaluation.services import (
    appointing,
    bidding,
    drawing,
    lotteries,
    projects,
    registering,
    reporting,
    scoring,
    undertakings,
)
from evaluation.services import committee as seats
from experts.acts import STRIKE, drawn_here
from experts.acts.appointments import chosen
from experts.acts.intakes import ConfirmListForm, drawn_there, open_seats
from experts.models import Draw
from experts.selectors import appointments, drawn_lists, draws
from experts.selectors import blockers as draw_blockers

_OF_LOT = set(inspect.signature(registering.register).parameters)


def _register(**chosen: Any) -> Ref:
    """Compose the evaluation plan from the form's choices and register the lot with it."""
    about = {name: value for name, value in chosen.items() if name in _OF_LOT}
    choices = {name: value for name, value in chosen.items() if name not in _OF_LOT}
    return registering.register(evaluation_plan=plan_form.document(**choices), **about)


def _submit_bid(**values: Any) -> Ref:
    return bidding.submit_bid(**values)[0]


def _start_draw(*, project: str, **values: Any) -> Ref:
    return drawing.start_draw(group=group_of(project), **values)


def _ask_appointment(*, project: str, **values: Any) -> Ref:
    return appointing.ask_appointment(group=group_of(project), **values)


def _sign_in(*, actor: Actor, draw: str) -> Ref:
    return seats.sign_in_expert(actor=actor, group=draws.get(draw).case)[0]


def _awaited(actor: Actor, _draw: Draw) -> bool:
    """Offered to the drawn expert who has accepted."""
    seat = draws.seat_of(actor)
    return seat is not None and seat.state == "accepted"


def _own_receipt(actor: Actor, row: Project) -> Mapping[str, Any]:
    return {"receipt": bidding.own_receipt(actor, row)}


_BEFORE_EVALUATION = (
    Act(
        "project.register",
        "登记项目",
        _register,
        fields.Registration,
        initial=plan_form.start,
        warning="登记后项目适用的规则集和评标办法即固定,写入审计流水。",
        creates=True,
    ),
    Act(
        "project.publish_tender",
        "发布招标公告",
        projects.publish_tender,
        fields.Publication,
        blockers=blockers.publish_tender,
        warning="发布后定标方案、评标办法和投标截止时间不能再改。",
    ),
    Act(
        "project.submit_bid",
        "递交投标(密封)",
        _submit_bid,
        fields.SealedBid,
        blockers=blockers.submit_bid,
        initial=_own_receipt,
        warning="投标即时加密,开标前任何人不能查看;截止前可凭回执号更换。",
    ),
    Act(
        "project.start_draw",
        "启动专家抽取",
        _start_draw,
        fields.DrawRequest,
        blockers=blockers.start_draw,
        warning="同一招标项目的各标段共用一次抽取、一个评标委员会。",
    ),
    Act(
        "project.ask_appointment",
        "申请直接确定专家(特殊招标项目)",
        _ask_appointment,
        fields.AppointmentRequest,
        blockers=blockers.start_draw,
        warning="只用于技术复杂、专业性强或者国家有特殊要求的项目,须经行政监督部门批准,并在各处标明。",
    ),
    Act(
        "project.open_bids",
        "开标",
        bidding.open_bids,
        blockers=blockers.open_bids,
        warning="全部投标一次开启、公开,并按投标人名单复核专家回避。",
    ),
    Act(
        "project.appoint_representative",
        "委派招标人代表",
        seats.appoint_representative,
        fields.Member,
        blockers=blockers.appoint_representative,
    ),
    Act(
        "project.sign_in_representative",
        "招标人代表签到",
        seats.sign_in_representative,
        blockers=blockers.sit,
        offered=offering.member(lambda part: part.signed_in_at is None),
    ),
    Act(
        "project.promise",
        "签署保密承诺",
        seats.promise,
        blockers=blockers.sit,
        offered=offering.after("signed_in_at", "promised_at"),
        warning=undertakings.PROMISE,
    ),
    Act(
        "project.brief",
        "完成评标纪律学习",
        seats.brief,
        fields.Briefing,
        blockers=blockers.sit,
        initial=lambda _actor, _row: {"material": undertakings.digest(undertakings.BRIEFING)},
        offered=offering.after("promised_at", "briefed_at"),
        warning=undertakings.BRIEFING,
    ),
    Act(
        "project.declare",
        "签署回避声明",
        seats.declare,
        fields.Declaration,
        blockers=blockers.sit,
        offered=offering.member(lambda part: part.briefed_at is not None),
        warning=undertakings.DECLARATION,
    ),
    Act(
        "project.recheck_recusal",
        "复核回避",
        drawing.recheck_recusal,
        blockers=blockers.recheck_recusal,
        warning="按现有的回避登记、集团关系和当事人名单复核;应当回避的即行更换,由下一轮补抽。",
    ),
    Act(
        "project.elect_leader",
        "推举评标委员会组长",
        seats.elect_leader,
        fields.Member,
        blockers=blockers.sit,
        offered=offering.signed_in,
    ),
)
_EVALUATION = (
    Act(
        "project.start_evaluation",
        "开始评标",
        scoring.start_evaluation,
        blockers=blockers.start_evaluation,
        warning="评标委员会组成即固定;成员更换后应当重新开始,此前的评分作废。",
    ),
    Act(
        "project.reject_bid",
        "否决投标",
        scoring.reject_bid,
        fields.Rejection,
        blockers=blockers.reject_bid,
        initial=offering.ground,
        offered=offering.speaks,
        warning="否决后该投标不再评分;已提交的评分全部作废,须重新提交。",
    ),
    Act(
        "project.establish",
        "统一认定客观项",
        scoring.establish,
        fields.Established,
        blockers=deliberation_blockers.establish,
        initial=offering.established,
        offered=offering.establishes,
        warning="客观项由评标委员会依据投标文件统一认定一次,计入每位成员的评分;评分截止前可以重新认定。",
    ),
    Act(
        "project.seal_sheet",
        "提交评分(密封)",
        scoring.seal_sheet,
        fields.Sheet,
        blockers=blockers.seal_sheet,
        initial=offering.blank_sheet,
        offered=offering.signed_in,
        warning="评分即时加密,全体成员提交后一并开启;开启前可以重新提交。",
    ),
    Act(
        "project.open_sheets",
        "开启评分",
        scoring.open_sheets,
        blockers=blockers.open_sheets,
        warning="全部评分一次开启,并按公布的办法汇总、推荐候选人。",
    ),
    Act(
        "project.settle_tie",
        "确定同分投标人的先后",
        scoring.settle_tie,
        fields.Order,
        blockers=blockers.settle_tie,
        initial=lambda _actor, row: {"order": scores.tied(row)},
        offered=offering.speaks,
        warning="先后次序应当由公开抽签或者评标委员会集体确定,记录后不能更改。",
    ),
    Act(
        "project.remark_candidates",
        "填写候选人评语",
        reporting.remark_candidates,
        fields.Remarks,
        blockers=blockers.remark_candidates,
        initial=offering.blank_remarks,
        offered=offering.speaks,
    ),
    Act(
        "project.sign_report",
        "签署评标报告",
        reporting.sign_report,
        fields.Signature,
        blockers=blockers.sign_report,
        offered=offering.member(lambda part: bool(part.signed_in_at) and part.confirmed_at is None),
        warning="不同意评标结论的,应当书面说明不同意见和理由。",
    ),
    Act(
        "project.submit_report",
        "提交评标报告",
        reporting.submit_report,
        blockers=blockers.submit_report,
        warning="报告提交招标人;最后一个标段提交后专家抽取随之关闭。",
    ),
    Act(
        "project.request_recheck",
        "要求评标委员会复核",
        reporting.request_recheck,
        fields.Reason,
        blockers=blockers.request_recheck,
        warning="由原评标委员会重新评分、重新出具报告。",
    ),
)
_ENDS = (
    Act(
        "project.terminate",
        "终止招标",
        projects.terminate,
        fields.Reason,
        blockers=blockers.terminate,
        warning="终止后本项目不能恢复。",
    ),
    Act("project.archive", "归档", projects.archive, blockers=blockers.archive),
)
_DRAW = (
    Act(
        "draw.commit",
        "冻结名单并作出承诺",
        drawing.commit_draw,
        blockers=blockers.commit_draw,
        offered=drawn_here,
        warning="名单和随机码随即固定,此后任何人不能增减。",
    ),
    Act(
        "draw.run_round",
        "执行抽取",
        lotteries.run_round,
        blockers=lottery_blockers.run_round,
        offered=drawn_here,
        warning="结果由已公开的内容算出,不能重抽",
    ),
    Act(
        "draw.sign_in",
        "签到",
        _sign_in,
        blockers=draw_blockers.answers,
        offered=_awaited,
        warning="签到后您的身份在抽取记录中启封,并在各标段评标委员会就座。",
    ),
    replace(STRIKE, service=drawing.strike),
    Act(
        "draw.appoint",
        "批准直接确定专家",
        appointing.appoint,
        blockers=appointments.approving,
        offered=chosen,
        warning="批准后通知所定专家答复;评标委员会将标明专家未经随机抽取。",
    ),
    Act(
        "draw.confirm_list",
        "复核外部抽取结果",
        drawing.confirm_list,
        ConfirmListForm,
        drawn_lists.confirming,
        initial=open_seats,
        offered=drawn_there,
        warning="复核后名单密封,签到以前不显示;外部抽取的过程不可复核",
    ),
)
"""Acts of a draw that change its lots as well."""
ACTS = (
    *_BEFORE_EVALUATION,
    *_EVALUATION[:1],
    *deliberation.BEFORE_OPENING,
    *_EVALUATION[1:],
    *deliberation.AFTER_OPENING,
    *_ENDS,
    *_DRAW,
)
