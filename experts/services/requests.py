"""What a draw asks for, checked when it is filed."""

import re
from collections.abc import Sequence
from typing import Any, TypedDict

from django.core.exceptions import ObjectDoesNotExist

from accounts.domain import credit_code
from accounts.services.gate import BadInput
from audit_log.domain.canonical import CanonicalError
from experts.domain.engagements import LONGEST, WHOLE_DAY
from experts.domain.shapes import NAME
from rulebook.domain import composition
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
