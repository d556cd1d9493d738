"""一标一评: what is deducted for what, and what a sum of deductions proposes.

The values are the profile's: `rating_items`, `rating_effects`, `rating_days`. Nothing decides here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from experts.domain.records import EFFECTS

ASPECTS = {"tenderer": "招标人", "trading_center": "交易中心", "regulator": "行业主管部门"}
"""Role that rates → its name; each rates what it has seen itself."""
ITEMS = {
    "late": "迟到",
    "left_early": "擅自离开评标现场",
    "phone": "携带或者使用通信工具",
    "disorder": "不遵守评标现场纪律",
    "careless": "评审不认真,意见明显有误",
    "unexplained": "不对评审意见作出说明",
    "slow": "无故拖延评标",
    "objective": "客观分评分错误",
    "deviation": "评分异常且理由不足",
    "uncooperative": "不配合异议、投诉处理或者监督检查",
    "disclosure": "泄露评标情况或者私下接触当事人",
}
"""Item of a rating → its name."""
MEASURES = {kind: name for kind, name in EFFECTS.items() if kind}
"""What a sum of deductions may propose, the mildest first; a person decides."""
_SEVERITY = ("", *MEASURES)


@dataclass(frozen=True, slots=True)
class Item:
    """One item a rater may deduct for, with the points (whole) that go."""

    aspect: str
    item: str
    points: int


@dataclass(frozen=True, slots=True)
class Scale:
    """The items of every rater and the least sum of points that proposes each measure."""

    items: Sequence[Item]
    effects: Mapping[str, int]

    def of(self, aspect: str) -> dict[str, int]:
        """Return item → points of one rater."""
        return {one.item: one.points for one in self.items if one.aspect == aspect}

    def reached(self, points: int) -> str:
        """Return the gravest measure whose threshold the sum reaches, "" for none."""
        found = (kind for kind, least in self.effects.items() if points >= least)
        return max(found, key=_SEVERITY.index, default="")


def scale(items: Iterable[str], effects: Iterable[str]) -> Scale:
    """Read `rating_items` (`regulator/objective:2`) and `rating_effects` (`talk:6`).

    Raise ValueError where a rater, an item or a measure is none of the lists here.
    """
    rows = [_item(text) for text in items]
    least = {kind: int(points) for kind, _, points in (text.partition(":") for text in effects)}
    if not least.keys() <= MEASURES.keys():
        raise ValueError("not a scale of ratings")
    return Scale(rows, least)


def graver(one: str, other: str) -> bool:
    """Tell whether a measure ("" for none) is graver than another."""
    return _SEVERITY.index(one) > _SEVERITY.index(other)


def _item(text: str) -> Item:
    name, _, points = text.partition(":")
    aspect, _, item = name.partition("/")
    if aspect not in ASPECTS or item not in ITEMS:
        raise ValueError("not an item of a rating")
    return Item(aspect, item, int(points))
