"""The acts of a complaint, as pages and API offer them."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers as s

from accounts.acts import Act
from audit_log.domain.entry import Actor
from award.domain.lifecycle import OPEN_COMPLAINT
from award.models import Complaint
from award.selectors import complaints as blockers
from award.services import complaints
from evaluation.models import Project
from rulebook.domain.complaints import EFFECTS, MATTERS, REFUSALS

Form = s.Serializer[Any]
GROUNDS = list(REFUSALS.items())


class ComplaintForm(Form):
    matter = s.ChoiceField(label="投诉事项", choices=list(MATTERS.items()))
    objection = s.CharField(
        label="所针对的异议",
        required=False,
        allow_blank=True,
        max_length=50,
        help_text="就评标结果投诉的,应当先提出异议",
    )
    known_on = s.DateField(label="知道或者应当知道之日")
    text = s.CharField(label="投诉的事项、请求和线索", max_length=8000)


class ComplaintChoice(Form):
    complaint = s.CharField(label="投诉编号", max_length=50)


class ComplaintReviewForm(ComplaintChoice):
    accept = s.BooleanField(label="受理")
    ground = s.ChoiceField(
        label="不予受理的情形", choices=GROUNDS, required=False, allow_blank=True
    )
    reason = s.CharField(label="不予受理的理由", required=False, allow_blank=True, max_length=8000)


class ComplaintStopForm(ComplaintChoice):
    reason = s.ChoiceField(label="事由", choices=list(complaints.STOPS.items()))


class ComplaintDecisionForm(ComplaintChoice):
    upheld = s.BooleanField(label="投诉成立")
    outcome = s.ChoiceField(
        label="成立的处理", choices=list(EFFECTS.items()), required=False, allow_blank=True
    )
    document = s.CharField(label="处理决定书文号", max_length=100)
    answer = s.CharField(label="查明的事实和处理意见", max_length=8000)


def _waiting(actor: Actor, row: Project, *states: str) -> Any:
    rows = Complaint.objects.filter(project=row, state__in=states).order_by("filed_at")
    return rows.filter(bidder=actor.org) if actor.role == "bidder" else rows


def _first(*states: str) -> Any:
    """Prefill the complaint that has waited longest."""

    def initial(actor: Actor, row: Project) -> Mapping[str, Any]:
        found = _waiting(actor, row, *states).first()
        return {"complaint": found.code} if found else {}

    return initial


def _has_open(actor: Actor, row: Project) -> bool:
    return bool(_waiting(actor, row, *OPEN_COMPLAINT).exists())


FINAL = "此操作记入流水并即时生效,不能撤销。"
ACTS = (
    Act(
        "project.complain", "提出投诉", complaints.complain, ComplaintForm, blockers.complain,
        warning="投诉内容密封保存,由行政监督部门查阅处理;提交后取得回执,不能修改。",
    ),
    Act(
        "project.withdraw_complaint", "撤回投诉", complaints.withdraw_complaint, ComplaintChoice,
        blockers.withdraw_complaint, _first(*OPEN_COMPLAINT), _has_open, warning=FINAL,
    ),
    Act(
        "project.review_complaint", "审查投诉", complaints.review_complaint, ComplaintReviewForm,
        blockers.review_complaint, _first("filed"), warning=FINAL,
    ),
    Act(
        "project.stop_complaint_clock", "中止投诉处理期限", complaints.stop_complaint_clock,
        ComplaintStopForm, blockers.stop_complaint_clock, _first("accepted"),
        warning="检验、检测、鉴定、专家评审、听证所需时间不计入处理期限。",
    ),
    Act(
        "project.resume_complaint_clock", "恢复投诉处理期限", complaints.resume_complaint_clock,
        ComplaintChoice, blockers.resume_complaint_clock, _first("examining"),
        warning="中止期间的工作日不计入期限,届满日随之顺延。",
    ),
    Act(
        "project.decide_complaint", "作出投诉处理决定", complaints.decide_complaint,
        ComplaintDecisionForm, blockers.decide_complaint, _first("accepted"),
        warning=f"决定重新评标或者招标无效的,项目即时中止,直至办理“异议、投诉成立的处理”。{FINAL}",
    ),
)  # fmt: skip
