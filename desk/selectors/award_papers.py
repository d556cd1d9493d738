"""The papers of an award (定标资料): those that its entries are, and those that people brought."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit_log.domain.entry import parse_time
from audit_log.selectors import trail
from award.domain.papers import PAPERS
from award.selectors import papers
from evaluation.models import Project

MADE = {
    "project.opened": "开标记录",
    "project.report_submitted": "评标报告",
    "project.award_members_opened": "定标委员会和监督小组正式名单",
    "project.member_attended": "定标会议签到",
    "project.member_spoke": "定标会议发言记录",
    "project.ballot_opened": "个人投票表",
    "project.round_counted": "投票汇总表",
    "project.award_meeting_ended": "定标会议记录和录音录像",
    "project.awarded": "定标结果",
}
"""Event type → the paper that its entries are (domain: 定标资料)."""


@dataclass(frozen=True)
class Made:
    """A paper that the entries themselves are: how many, and the first and last of them."""

    name: str
    number: int
    first: int
    last: int
    at: datetime


@dataclass(frozen=True)
class Filed:
    """A paper that somebody brought."""

    name: str
    n: int
    at: datetime
    by: str
    data: dict[str, Any]
    asked: list[str]
    absent: list[str]


def made(project: Project) -> list[Made]:
    """The papers that stand in the trail as entries, in the order of the meeting."""
    by_type: dict[str, list[dict[str, Any]]] = {}
    for event in trail.events(project.stream, *MADE):
        by_type.setdefault(event["type"], []).append(event)
    return [
        Made(name, len(found), found[0]["n"], found[-1]["n"], parse_time(found[-1]["at"]))
        for type, name in MADE.items()
        if (found := by_type.get(type))
    ]


def filed(project: Project, names: dict[str, str]) -> list[Filed]:
    """What was brought since the present evaluation report; bidders by name."""
    return [
        Filed(
            PAPERS[event["data"]["paper"]].name,
            event["n"],
            parse_time(event["at"]),
            event["actor"]["id"],
            event["data"],
            [names.get(code, code) for code in event["data"]["bidders"]],
            [names.get(code, code) for code in event["data"]["missed"]],
        )
        for event in papers.filed(project)
    ]


def spoken(project: Project) -> list[dict[str, Any]]:
    """What was said in the present session, in its order."""
    return [event["data"] | {"at": parse_time(event["at"])} for event in papers.spoken(project)]
