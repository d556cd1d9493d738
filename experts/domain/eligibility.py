"""Who may be drawn, and why the others may not: nobody is left out without a reason.

A member of the pool is concerned by a draw of his specialty (发改法规〔2018〕316号, by prefix).
From there he either fits some slots or is omitted for the first reason of the closed list below.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from experts.domain.freeze import Eligible, SlotRequest

REASONS = {
    "not_active": "不在库",
    "out_of_term": "不在聘期内",
    "certificate_expired": "资格证明已经过期",
    "not_briefed": "没有当期的学习和纪律宣贯记录",
    "region": "不在要求的地区",
    "same_unit_as_tenderer": "与招标人同一单位",
    "supervising_department": "在本项目的行政监督部门任职",
    "employer_recused": "工作单位在回避名单内",
    "group_recused": "工作单位与回避单位同属一个集团",
    "on_leave": "本人申报当日不能参加",
    "busy": "当日正在其他评标现场",
}
"""Reason of an omission → its name; the first that holds is the one recorded."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the pool with what decides his eligibility.

    `specialties` are full codes, `employer` a 统一社会信用代码. `supervises`: the employer is the
    department that supervises the tender (条例第四十六条第四款). `busy`: he has signed in at
    another evaluation of that day that is not over; seats nobody may know of yet do not count.
    `expired` are specialties whose proof has run out ("": all of them), `briefed_on` is the day of
    his last briefing, `on_leave` what he declared for the day of the evaluation.
    """

    expert: str
    state: str
    term_from: date | None
    term_to: date | None
    specialties: frozenset[str]
    region: str
    employer: str
    supervises: bool = False
    busy: bool = False
    expired: frozenset[str] = frozenset()
    briefed_on: date | None = None
    on_leave: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the draw asks for. `recused` are credit codes, `heads` maps a body to its 集团母公司.

    `briefed_since`: the day from which a briefing counts, None where the rules ask for none.
    """

    slots: tuple[SlotRequest, ...]
    day: date
    tenderer: str
    recused: frozenset[str]
    heads: Mapping[str, str]
    briefed_since: date | None = None


def conflict(employer: str, orgs: Iterable[str], heads: Mapping[str, str]) -> str:
    """Return how the employer stands to `orgs`, by credit codes alone.

    "employer_recused" where it is one of them, "group_recused" where one of them has the same
    集团母公司 or is it, else "".
    """
    named = frozenset(orgs)
    if employer in named:
        return "employer_recused"
    groups = {heads.get(org, org) for org in named}
    return "group_recused" if heads.get(employer, employer) in groups else ""


def in_specialty(member: Member, asked: Asked) -> list[SlotRequest]:
    """Return the slots whose specialty he has: a need of A0801 takes any A0801xx."""
    return [
        slot
        for slot in asked.slots
        if any(code.startswith(slot.specialty) for code in member.specialties)
    ]


def fitting(member: Member, asked: Asked) -> frozenset[str]:
    """Return the names of the slots whose specialty, proven to that day, and region he has."""
    slots = proven(member, asked)
    return frozenset(slot.slot for slot in slots if member.region.startswith(slot.region))


def proven(member: Member, asked: Asked) -> list[SlotRequest]:
    """Return the slots whose specialty he has and whose proof has not run out."""
    if not member.expired:
        return in_specialty(member, asked)
    left = frozenset() if "" in member.expired else member.specialties - member.expired
    return in_specialty(replace(member, specialties=left), asked)


def omission(member: Member, asked: Asked) -> str:
    """Return the reason why he is left out, "" where he is a candidate."""
    if member.state != "active":
        return "not_active"
    if not _in_term(member, asked.day):
        return "out_of_term"
    if member.expired and not proven(member, asked):
        return "certificate_expired"
    if not _briefed(member, asked.briefed_since):
        return "not_briefed"
    if not fitting(member, asked):
        return "region"
    if member.employer == asked.tenderer:
        return "same_unit_as_tenderer"
    if member.supervises:
        return "supervising_department"
    if hit := conflict(member.employer, asked.recused, asked.heads):
        return hit
    if member.on_leave:
        return "on_leave"
    return "busy" if member.busy else ""


def sort_out(
    members: Iterable[Member], asked: Asked
) -> tuple[list[Eligible], list[tuple[str, str]]]:
    """Return the candidates and the pairs (expert, reason) of everyone else.

    Members without a drawn specialty are in neither.
    """
    eligible: list[Eligible] = []
    omitted: list[tuple[str, str]] = []
    for member in members:
        if not in_specialty(member, asked):
            continue
        if reason := omission(member, asked):
            omitted.append((member.expert, reason))
        else:
            eligible.append(Eligible(member.expert, member.employer, fitting(member, asked)))
    return eligible, omitted


def _briefed(member: Member, since: date | None) -> bool:
    if since is None:
        return True
    return member.briefed_on is not None and member.briefed_on >= since


def _in_term(member: Member, day: date) -> bool:
    if member.term_from is None or member.term_to is None:
        return False
    return member.term_from <= day <= member.term_to
