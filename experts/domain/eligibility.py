"""Who may be drawn, and why the others may not: nobody is left out without a reason.

A member of the pool is concerned by a draw of his specialty (发改法规〔2018〕316号, by prefix).
From there he either fits some slots or is omitted for the first reason of the closed list below.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from experts.domain.freeze import Eligible, SlotRequest
from experts.domain.recusal import KINDS, Check, Hit, Person, Tie

TIED = tuple(
    kind
    for kind, one in KINDS.items()
    if one.to != "person" and kind not in ("employer", "supervisor", "colleague")
)
"""Kinds of recorded ties that stand under their own names."""
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
    "busy": "当日正在其他评标现场",
}
"""Reason of an omission → its name; the first that holds is the one recorded."""

TELLING = frozenset({"employer_recused", "group_recused", *TIED} - {"punished"})
"""Reasons that would tell who is bidding."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the pool with what decides his eligibility.

    `specialties` are full codes, `employer` a 统一社会信用代码, `ties` what is recorded besides:
    earlier employers, kinship and the like. `busy`: he has signed in at another evaluation of that
    day that is not over; seats nobody may know of yet do not count. `expired` are specialties whose
    proof has run out ("": all of them), `briefed_on` is the day of his last briefing, `on_leave`
    what he declared for the day of the evaluation.
    """

    expert: str
    state: str
    term_from: date | None
    term_to: date | None
    specialties: frozenset[str]
    region: str
    employer: str
    ties: tuple[Tie, ...] = ()
    busy: bool = False
    expired: frozenset[str] = frozenset()
    briefed_on: date | None = None
    on_leave: bool = False


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
    if reason := recusal(member, asked.recusal):
        return reason
    if member.on_leave:
        return "on_leave"
    return "busy" if member.busy else ""


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
