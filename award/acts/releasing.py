"""The acts by which two persons bring a notice to the public, as pages and API offer them."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers as s

from accounts.acts import Act
from audit_log.domain.entry import Actor
from award.selectors import releases
from award.services import clarifying, releasing
from evaluation.models import Project

Form = s.Serializer[Any]


class ReleaseForm(Form):
    reviewed = s.RegexField(
        r"^[0-9a-f]{64}$",
        label="所审核草稿的内容摘要",
        help_text="页面所示草稿的摘要;草稿此后有改动的,不予发布",
    )


class NoticeForm(Form):
    office = s.CharField(
        label="联系方式", max_length=500, help_text="写明部门、地址和办公电话,不得填写个人手机号码"
    )
    explanation = s.CharField(
        label="保留的说明",
        required=False,
        allow_blank=True,
        max_length=500,
        help_text="自动检查提示可以说明理由后保留的内容时填写",
    )


class ClarificationForm(Form):
    text = s.CharField(label="澄清、修改的内容", max_length=4000)
    affects = s.BooleanField(label="可能影响投标文件编制", default=True)
    deadline = s.DateTimeField(label="顺延后的投标截止时间", required=False, allow_null=True)
    plan = s.JSONField(label="修改后的定标方案(完整文件)", required=False, allow_null=True)
    explanation = s.CharField(label="保留的说明", required=False, allow_blank=True, max_length=500)


class ReturnForm(Form):
    reason = s.CharField(label="退回意见", max_length=500)


def reviewed(_actor: Actor, row: Project) -> Mapping[str, Any]:
    """The draft that the page shows."""
    draft = releases.draft(row)
    return {"reviewed": draft.body} if draft else {}


def reviewed_clarification(_actor: Actor, row: Project) -> Mapping[str, Any]:
    """The clarification that the page shows."""
    draft = releases.clarification(row)
    return {"reviewed": draft.body} if draft else {}


ACTS = (
    Act(
        "project.draft_notice", "拟定公告", releasing.draft_notice, NoticeForm,
        releases.draft_notice, warning="公告按登记和流水的事实生成,由交易中心审核后发布。",
    ),
    Act(
        "project.release_notice", "审核并发布公告", releasing.release_notice, ReleaseForm,
        releases.release_notice, reviewed, warning="公告即时公开,不能撤回。",
    ),
    Act(
        "project.draft_clarification", "拟定澄清、修改", clarifying.draft_clarification,
        ClarificationForm, releases.draft_clarification,
        warning="招标文件只能以经审核发布的澄清、修改变更;由交易中心审核后发布并生效。",
    ),
    Act(
        "project.release_clarification", "审核并发布澄清、修改", clarifying.release_clarification,
        ReleaseForm, releases.release_clarification, reviewed_clarification,
        warning="发布后即时生效:投标截止时间、定标方案以此为准,不能撤回。",
    ),
    Act(
        "project.return_notice", "退回公告草稿", releasing.return_notice, ReturnForm,
        releases.return_notice,
    ),
)  # fmt: skip
