"""What a draw asks for, checked when it is filed, and which attempt of the like it is."""

import re
from collections.abc import Sequence
from typing import Any, TypedDict

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from accounts.domain import credit_code
from accounts.services.gate import BadInput
from audit_log.domain.canonical import CanonicalError
from audit_log.domain.entry import format_time
from experts.domain.engagements import LONGEST, WHOLE_DAY
from experts.domain.shapes import NAME
from experts.models import Draw
from experts.selectors.draws import OVER
from rulebook.domain import composition
from rulebook.domain.blockers import Blocker, Refused
from rulebook.domain.rules import ProfileError
from rulebook.selectors import profiles

CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
SPECIALTY = re.compile(r"[ABC][0-9]{0,6}")
REGION = re.compile(r"[0-9]{0,6}")
REASON_LENGTH = 40


class SlotWanted(TypedDict):
    """`count` experts of a specialty (prefix of a code) and a region (prefix, "" for any)."""

    slot: str
    specialty: str
    region: str
    count: int


class Recusal(TypedDict):
    """A body (统一社会信用代码) whose people, and its group's, are left out, and why."""

    org: str
    reason: str


def content(
    slots: Sequence[SlotWanted],
    recusal: Sequence[Recusal],
    rules: str,
    *,
    one_per_group: bool,
    hours: int | None,
) -> dict[str, Any]:
    """Return the request as row and trail keep it; raise BadInput naming what is wrong.

    `hours` is how long the evaluation is planned to take, None: as the rules say.
    """
    wrong = _mistakes(slots, recusal) | _wrong_rules(rules) | _wrong_hours(hours)
    if wrong:
        raise BadInput("request_incomplete", "抽取申请内容有误", wrong)
    return {
        "slots": [
            {key: slot[key] for key in ("slot", "specialty", "region", "count")} for slot in slots
        ],
        "recusal": [{"org": row["org"], "reason": row["reason"]} for row in recusal],
        "one_per_group": one_per_group,
        "hours": hours or composition.planned_hours(profiles.pinned(rules), WHOLE_DAY),
        "rules": rules,
    }


def check_code(draw: str) -> None:
    """Raise BadInput where a code is none or taken."""
    if not CODE.fullmatch(draw) or Draw.objects.filter(pk=draw).exists():
        raise BadInput("draw_code", "抽取编号有误或者已被使用", {"draw": "请换一个编号"})


def like(row: Draw) -> QuerySet[Draw]:
    """The draws of the case that were made for the same purpose."""
    return Draw.objects.filter(case=row.case, kind=row.kind, serial=row.serial)


def attempt(row: Draw) -> int:
    """1 + the like draws that supervision abandoned; Refused while one stands."""
    if like(row).exclude(state__in=OVER).exists():
        raise Refused([Blocker("draw_running", "该项目已有抽取,作废或撤销前不能再次申请")])
    return 1 + like(row).filter(state="abandoned").count()


def told(row: Draw) -> dict[str, Any]:
    """Return what the entry of a request says."""
    return {
        "origin": row.origin,
        "kind": row.kind,
        "serial": row.serial,
        "case": row.case,
        "attempt": row.attempt,
        "tenderer": row.tenderer,
        "trade": row.trade,
        "region": row.region,
        "held_at": format_time(row.held_at),
        "place": row.place,
        **row.request,
    }


def _mistakes(slots: Sequence[SlotWanted], recusal: Sequence[Recusal]) -> dict[str, str]:
    names = [slot["slot"] for slot in slots]
    sound = {
        "slots": (
            names and len(set(names)) == len(names) and all(map(_is_slot, slots)),
            "席位名称不得重复,专业应为专业代码或其前几位,人数至少为 1",
        ),
        "recusal": (
            all(map(_is_recusal, recusal)),
            f"回避单位应填统一社会信用代码和不超过 {REASON_LENGTH} 字的事由",
        ),
    }
    return {field: message for field, (good, message) in sound.items() if not good}


def _is_slot(slot: SlotWanted) -> bool:
    return bool(
        NAME(slot["slot"])
        and SPECIALTY.fullmatch(slot["specialty"])
        and REGION.fullmatch(slot["region"])
        and slot["count"] >= 1
    )


def _is_recusal(row: Recusal) -> bool:
    return credit_code.is_valid(row["org"]) and 0 < len(row["reason"]) <= REASON_LENGTH


def _wrong_hours(hours: int | None) -> dict[str, str]:
    if hours is None or 0 < hours <= LONGEST:
        return {}
    return {"hours": f"计划用时应为 1 至 {LONGEST} 小时"}


def _wrong_rules(rules: str) -> dict[str, str]:
    try:
        profiles.pinned(rules)
    except (ObjectDoesNotExist, ProfileError, CanonicalError):
        return {"rules": "没有这一版规则"}
    return {}
