"""Why a draw cannot fill its slots, and what would let it: in words, and as its entry tells it."""

from collections.abc import Sequence
from typing import Any

from experts.domain.feasibility import Shortage, feasibility
from experts.domain.freeze import Eligible
from experts.domain.relaxing import KINDS, Relaxation, sufficient
from experts.models import Draw
from experts.selectors import pool
from rulebook.domain.blockers import Blocker


def of(draw: Draw, eligible: Sequence[Eligible]) -> list[Shortage]:
    """The slots that cannot be filled whatever is drawn, in the order asked."""
    alone: bool = draw.request["one_per_group"]
    return feasibility(pool.slots_of(draw), eligible, one_per_group=alone)


def ways(draw: Draw, found: Sequence[Shortage]) -> list[Relaxation]:
    """What would fill them: the pool is read once more, as widely as a widening could reach."""
    members, asked = pool.wide_members_of(draw)
    return sufficient(members, asked, found, one_per_group=draw.request["one_per_group"])


def told(found: Sequence[Shortage], relaxed: Sequence[Relaxation]) -> dict[str, Any]:
    """The data of the entry that tells of an attempt to freeze."""
    return {
        "short": [
            {"slot": one.slot, "need": one.need, "choice": one.distinct, "among": list(one.among)}
            for one in found
        ],
        "relaxations": [{"kind": one.kind, "slot": one.slot, "to": one.to} for one in relaxed],
    }


def reasons(data: dict[str, Any], one_per_group: bool) -> list[Blocker]:
    """The same as reasons of a refusal: one for each slot, and what would let it be filled."""
    unit = "个单位的专家" if one_per_group else "位专家"
    short = [Blocker("too_few_experts", _short(one, unit)) for one in data["short"]]
    return [*short, Blocker("widening", widening(data["relaxations"]))]


def widening(relaxations: Sequence[dict[str, str]]) -> str:
    """Which widening would suffice by itself."""
    if not relaxations:
        return "放宽地区、专业、同一单位限制和次数上限,仍不能抽满"
    names = "、".join(_way(one) for one in relaxations)
    return f"按规定放宽其中一项即可抽满:{names}。放宽须撤销后重新申请"


def _way(one: dict[str, str]) -> str:
    name = KINDS[one["kind"]]
    if not one["slot"]:
        return name
    return f"席位 {one['slot']} {name}到 {one['to'] or '不限'}"


def _short(one: dict[str, Any], unit: str) -> str:
    lacks = f"符合条件的仅有 {one['choice']} {unit},还差 {one['need'] - one['choice']}"
    if len(one["among"]) == 1:
        return f"席位 {one['slot']} 应抽 {one['need']} 人,{lacks}"
    names = "、".join(one["among"])
    return f"席位 {one['slot']} 无法抽满:{names} 共应抽 {one['need']} 人,合计{lacks}"
