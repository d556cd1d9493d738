"""Reading the fields of an award plan strictly, one small reader per kind of field."""

import re
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

LABELS = {
    "regime": "定标模式",
    "candidate_count": "候选人数量",
    "ranked": "候选人是否排序",
    "withdrawal": "中标人放弃后的处理",
    "publicity_days": "公示天数",
    "decision_days": "定标期限",
    "lots": "多标段规则",
    "no_double_award": "兼投不兼中",
    "methods": "定标方法",
    "method": "定标方法名称",
    "keep": "保留名额",
    "majority": "是否要求过半数",
    "points": "每名委员的分值",
    "cap": "单个候选人分值上限",
    "scoring": "评分汇总方法",
    "vote": "入围投票方式",
    "finalists": "入围名额",
    "price_rule": "报价规则",
    "nth": "第N低价的N",
    "decided_by": "议事决定方式",
    "rounds": "各轮名额",
    "by_candidates": "按候选人数量的各轮名额",
    "tie_chain": "平票处理规则",
    "max_revotes": "重新投票次数上限",
    "quorum": "到会要求",
    "abstention": "是否允许弃权",
    "min_reason_chars": "投票理由最少字数",
    "factors": "定标要素",
    "factor": "定标要素编码",
    "name": "定标要素名称",
    "group": "定标要素类别",
    "evidence": "定标要素依据材料",
    "max": "定标要素满分",
    "committee": "定标委员会",
    "size": "定标委员会人数",
    "origin": "定标委员会产生方式",
}

_NUMBER = re.compile(r"[1-9][0-9]?")


class PlanError(ValueError):
    """An award plan that is refused: `code` is stable, `message_zh` is for the user."""

    def __init__(self, code: str, message_zh: str) -> None:
        super().__init__(f"{code}: {message_zh}")
        self.code = code
        self.message_zh = message_zh


def label(key: str) -> str:
    """Return the Chinese name of a field, the key itself where the plan knows no such field."""
    return LABELS.get(key, key)


def exact_keys(
    content: Mapping[str, Any], required: Collection[str], optional: Collection[str] = ()
) -> None:
    """Raise PlanError where a field is missing or unknown."""
    if missing := sorted(set(required) - set(content)):
        raise PlanError("missing_field", f"定标方案缺少字段：{label(missing[0])}")
    if unknown := sorted(set(content) - set(required) - set(optional)):
        raise PlanError("unknown_field", f"定标方案有未规定的字段：{label(unknown[0])}")


def value_of(content: Mapping[str, Any], key: str, kind: type) -> Any:
    """Return a field of exactly this type: true is no integer."""
    if key not in content:
        raise PlanError("missing_field", f"定标方案缺少字段：{label(key)}")
    if type(content[key]) is not kind:
        raise PlanError("wrong_type", f"定标方案的字段类型不正确：{label(key)}")
    return content[key]


def integer(content: Mapping[str, Any], key: str, low: int, high: int) -> int:
    """Return an integer field within low and high, both included."""
    value: int = value_of(content, key, int)
    if not low <= value <= high:
        raise PlanError("out_of_range", f"定标方案的数值超出范围：{label(key)}")
    return value


def flag(content: Mapping[str, Any], key: str) -> bool:
    """Return a boolean field."""
    value: bool = value_of(content, key, bool)
    return value


def choice(content: Mapping[str, Any], key: str, choices: Collection[str]) -> str:
    """Return a text field that is one of the choices."""
    value: str = value_of(content, key, str)
    if value not in choices:
        raise PlanError("unknown_value", f"定标方案的取值不在规定范围内：{label(key)}")
    return value


def part(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return an object field."""
    value: dict[str, Any] = value_of(content, key, dict)
    return value


def texts(content: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a field that is a list of texts."""
    value = value_of(content, key, list)
    if any(type(item) is not str for item in value):
        raise PlanError("wrong_type", f"定标方案的字段类型不正确：{label(key)}")
    return tuple(value)


def rows(content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a field that is a list of one or more objects."""
    value = value_of(content, key, list)
    if not value or any(type(row) is not dict for row in value):
        raise PlanError("wrong_type", f"定标方案的字段类型不正确：{label(key)}")
    return list(value)


def falling_lists(content: Mapping[str, Any], key: str, last: int) -> dict[int, tuple[int, ...]]:
    """Return `{"5": [3, 1], …}` by number: each list falls from below its number down to `last`."""
    table: dict[int, tuple[int, ...]] = {}
    row = part(content, key)
    for text in row:
        seats = value_of(row, text, list)
        whole = all(type(seat) is int for seat in seats)
        if not _NUMBER.fullmatch(text) or not whole or not _falls([int(text), *seats], last):
            raise PlanError("rounds_not_falling", f"{text}名候选人的各轮名额应当逐轮减少至{last}名")
        table[int(text)] = tuple(seats)
    return table


def _falls(numbers: list[int], last: int) -> bool:
    falling = all(before > after for before, after in pairwise(numbers))
    return len(numbers) > 1 and numbers[-1] == last and falling
