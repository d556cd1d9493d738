"""Who may be drawn, and why the others may not: nobody is left out without a reason.

A member of the pool is concerned by a draw of his specialty (发改法规〔2018〕316号, by prefix).
From there he either fits some slots or is omitted for the first reason of the closed list below.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from experts.domain.freeze import Eligible, SlotRequest
from experts.domain.recusal import KINDS, Check, Hit, Person, Tie

TIED = tuple(
    kind
    for kind, one in KINDS.items()
    if one.to != "person" and kind not in ("employer", "supervisor", "colleague")
)
"""Kinds of recorded ties that stand under their own names."""
LIMITED = {
    "year_limit": "一年内参加评标已达上限",
    "tenderer_limit": "一年内参加同一招标人的评标已达上限",
    "agency_limit": "一年内参加同一招标代理机构的评标已达上限",
}
"""Reasons that follow from how often one has sat (rules draw_limit_…)."""
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
    **{kind: KINDS[kind].name for kind in TIED},
    "on_leave": "本人申报当日不能参加",
    **LIMITED,
    "busy": "同一时段已有其他评标",
}
"""Reason of an omission → its name; the first that holds is the one recorded."""

TELLING = frozenset({"employer_recused", "group_recused", *TIED} - {"punished"})
"""Reasons that would tell who is bidding."""


class Member(NamedTuple):
    """A member of the pool with what decides his eligibility.

    `employer` is a 统一社会信用代码, `specialties` are full codes, `expired` those whose proof has
    run out ("": all of them). `briefed_on` is the day of his last briefing, `on_leave` what he
    declared for the day of the evaluation, `busy` that his engagement elsewhere overlaps it, `over`
    the limit he has reached (LIMITED, "" for none). `ties` are what is recorded besides his
    employer: earlier ones, kinship and the like.
    """

    expert: str
    employer: str
    state: str
    term_from: date | None
    term_to: date | None
    specialties: frozenset[str]
    region: str
    briefed_on: date | None = None
    expired: frozenset[str] = frozenset()
    on_leave: bool = False
    busy: bool = False
    over: str = ""
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the draw asks for; `recusal` knows its parties, their groups and the rules.

    `briefed_since`: the day from which a briefing counts, None where the rules ask for none.
    """

    slots: tuple[SlotRequest, ...]
    day: date
    recusal: Check
    briefed_since: date | None = None


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
    return in_specialty(member._replace(specialties=left), asked)


class Place(NamedTuple):
    """What specialties and region lead to: slots of the specialty, proven or not, and his slots."""

    concerned: bool
    proven: bool
    slots: frozenset[str]


def place(member: Member, asked: Asked) -> Place:
    """Return where specialties, their proofs and the region put a member."""
    concerned, sure = in_specialty(member, asked), proven(member, asked)
    return Place(bool(concerned), bool(sure), fitting(member, asked))


def omission(member: Member, asked: Asked, known: Place | None = None) -> str:
    """Return the reason why he is left out, "" where he is a candidate; `known` is his place."""
    where = known or place(member, asked)
    if member.state != "active":
        return "not_active"
    if not _in_term(member, asked.day):
        return "out_of_term"
    if not where.proven and member.expired:
        return "certificate_expired"
    if not _briefed(member, asked.briefed_since):
        return "not_briefed"
    if not where.slots:
        return "region"
    if reason := recusal(member, asked.recusal):
        return reason
    if member.on_leave:
        return "on_leave"
    return member.over or ("busy" if member.busy else "")


def recusal(member: Member, check: Check) -> str:
    """Return the reason why he must not sit with these parties, "" where there is none."""
    if not member.ties and member.employer not in check.bodies:
        return ""  # of a million members nearly all
    hit = check.blocking(_person(member))
    return "" if hit is None else _reason(hit)


def _reason(hit: Hit) -> str:
    match hit.kind, hit.role:
        case "employer", "tenderer":
            return "same_unit_as_tenderer" if not hit.by_group else "group_recused"
        case "employer", _:
            return "group_recused" if hit.by_group else "employer_recused"
        case "supervisor", _:
            return "supervising_department"
    return hit.kind


def shown(reason: str, *, bids_may_be_secret: bool) -> str:
    """Return the reason as a count may name it: one that would tell who bids is `recused`."""
    return "recused" if bids_may_be_secret and reason in TELLING else reason


def noted(members: Iterable[Member], asked: Asked) -> Iterator[str]:
    """Yield the kind of every tie that blocks nobody but is to be looked at, of the candidates."""
    for member in members:
        tied = bool(member.ties) or member.employer in asked.recusal.bodies
        if tied and in_specialty(member, asked) and not omission(member, asked):
            yield from (hit.kind for hit in asked.recusal.hits(_person(member)))


def _person(member: Member) -> Person:
    return Person(member.expert, (Tie("employer", member.employer), *member.ties))


def sort_out(
    members: Iterable[Member], asked: Asked
) -> tuple[list[Eligible], list[tuple[str, str]]]:
    """Return the candidates and the pairs (expert, reason) of everyone else.

    Members without a drawn specialty are in neither. Where specialties and region lead is worked
    out once for all who share them.
    """
    eligible: list[Eligible] = []
    omitted: list[tuple[str, str]] = []
    places: dict[tuple[Any, ...], Place] = {}
    for member in members:
        shared = (member.specialties, member.region, member.expired)
        where = places.get(shared)
        if where is None:
            where = places[shared] = place(member, asked)
        if not where.concerned:
            continue
        if reason := omission(member, asked, where):
            omitted.append((member.expert, reason))
        else:
            eligible.append(Eligible(member.expert, member.employer, where.slots))
    return eligible, omitted


def _briefed(member: Member, since: date | None) -> bool:
    if since is None:
        return True
    return member.briefed_on is not None and member.briefed_on >= since


def _in_term(member: Member, day: date) -> bool:
    if member.term_from is None or member.term_to is None:
        return False
    return member.term_from <= day <= member.term_to
