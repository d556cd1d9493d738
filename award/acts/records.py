"""The acts around the ballots: papers, speaking, the meeting's end, what follows the notices."""

from typing import Any

from rest_framework import serializers

from accounts.acts import Act
from audit_log.domain.entry import Actor
from award.domain.papers import PAPERS
from award.selectors import award, closing
from award.selectors import papers as reasons
from award.services import papers, speaking, written
from evaluation.models import Project

Form = serializers.Serializer[Any]
HASH = "文件的 SHA-256,64 位小写十六进制"


def _document(label: str, **more: Any) -> serializers.RegexField:
    return serializers.RegexField(r"\A[0-9a-f]{64}\Z", label=label, help_text=HASH, **more)


def _codes(label: str, length: int) -> serializers.ListField:
    child = serializers.CharField(max_length=length)
    return serializers.ListField(label=label, child=child, required=False)


class PaperForm(Form):
    paper = serializers.ChoiceField(
        [(kind, one.name) for kind, one in PAPERS.items()], label="种类"
    )
    evidence = _document("文件")
    held_on = serializers.DateField(label="日期", help_text="考察、质询、会议或者核查的日期")
    pages = serializers.IntegerField(label="页数", min_value=1, max_value=9999)
    persons = _codes("考察、质询:参加人员", 40)
    bidders = _codes("考察、质询:通知的候选人", 18)
    absent = _codes("考察、质询:未到的候选人(视为放弃答辩)", 18)
    recording = _document("考察、质询:录音录像", required=False, allow_blank=True)


class SpeakForm(Form):
    statement = serializers.CharField(
        label="发言要点", max_length=2000, help_text="记入流水,不得写入个人信息"
    )


class EndForm(Form):
    minutes = _document("会议记录")
    recording = _document("全程录音录像")


class FilingForm(Form):
    filed_on = serializers.DateField(label="备案日期")
    number = serializers.CharField(label="备案编号", max_length=written.NUMBER_LENGTH)


def _has_not_spoken(actor: Actor, row: Project) -> bool:
    return actor.id not in [one["data"]["member"] for one in reasons.spoken(row)]


def _leads(actor: Actor, row: Project) -> bool:
    return award.committee(row).filter(person=actor.id, leader=True).exists()


ACTS = (
    Act(
        "project.file_paper", "提交定标资料", papers.file_paper, PaperForm, reasons.file_paper,
        warning="定标依据材料在投票开始前提交,定标委员均可查阅,提交后不能撤换。",
    ),
    Act(
        "project.speak", "会议发言", speaking.speak, SpeakForm, reasons.speak,
        offered=_has_not_spoken, warning="每位委员在一次会议中发言一次,组长最后发言。",
    ),
    Act(
        "project.end_award_meeting", "宣布定标会议结束", speaking.end_meeting, EndForm,
        reasons.end_meeting, offered=_leads, warning="宣布结束后本次会议不能再投票、发言。",
    ),
    Act(
        "project.submit_written_report", "提交招标投标情况书面报告", written.submit,
        blockers=closing.written_report, warning="报告由流水编制,提交时固定,不能更改。",
    ),
    Act(
        "project.file_contract", "登记合同备案", written.file_contract, FilingForm,
        closing.file_contract,
    ),
)  # fmt: skip
