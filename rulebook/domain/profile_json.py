"""Reading a profile from JSON: strict, and every mistake is told at once, in Chinese."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, cast, get_args

from audit_log.domain import canonical
from rulebook.domain.calendar import iso_day
from rulebook.domain.rules import (
    FUNDS,
    REGIMES,
    Level,
    Profile,
    ProfileError,
    Rule,
    Scope,
    Sure,
    Value,
)

_HEAD_KEYS = ("code", "version", "name", "parent", "region", "trade")
_PROFILE_KEYS = {*_HEAD_KEYS, "effective_from", "effective_to", "rules"}
_ROW_REQUIRED = {"id", "value", "level", "sure"}
_ROW_KEYS = _ROW_REQUIRED | {"title", "basis", "applies_to", "params"}
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_RULE_ID = re.compile(r"R[0-9]{2}|[a-z][a-z0-9_]{0,39}")
_FACTS = {"compulsory", "funds", "trade", "regime"}
_CHOICES: Mapping[str, tuple[str, ...]] = {"funds": FUNDS, "regime": REGIMES}


def parse_profile(data: Any) -> Profile:
    """Return the profile that the JSON object `data` describes; raise ProfileError with all errors.

    Rules are a list of rows with `id`, `value`, `level`, `sure` and, where not inherited, `title`,
    `basis`, `applies_to`, `params`. Dates are `YYYY-MM-DD`; `effective_to` may be null.
    """
    if not isinstance(data, dict):
        raise ProfileError("规则集应为一个 JSON 对象")
    errors = _key_errors("规则集", data, required=_PROFILE_KEYS, allowed=_PROFILE_KEYS)
    if errors:
        raise ProfileError(*errors)
    errors += _head_errors(data)
    start, end = _day(data["effective_from"]), _day(data["effective_to"])
    if start is None:
        errors.append("施行日期应为 YYYY-MM-DD")
    if end is None and data["effective_to"] is not None:
        errors.append("失效日期应为 YYYY-MM-DD 或空")
    if start and end and end < start:
        errors.append("失效日期早于施行日期")
    errors += _rules_errors(data["rules"])
    if errors or start is None:
        raise ProfileError(*errors)
    rules = {row["id"]: _rule(row) for row in data["rules"]}
    head = {key: data[key] for key in _HEAD_KEYS}
    return Profile(**head, effective_from=start, effective_to=end, rules=rules)


def _head_errors(data: Mapping[str, Any]) -> list[str]:
    errors: list[str] = []
    if not _is_match(_CODE, data["code"]):
        errors.append(
            "规则集代码应以小写字母开头，由小写字母、数字、下划线和连字符组成，不超过 32 位"
        )
    if not _is_whole(data["version"]) or data["version"] < 1:
        errors.append("版本号应为正整数")
    if not isinstance(data["name"], str) or not data["name"].strip():
        errors.append("规则集名称不能为空")
    if data["parent"] != "" and not _is_match(_CODE, data["parent"]):
        errors.append("上级规则集代码不正确")
    if not _is_match(re.compile(r"([0-9]{6})?"), data["region"]):
        errors.append("地区应为 6 位行政区划代码，全国为空")
    if data["trade"] != "" and not _is_match(_CODE, data["trade"]):
        errors.append("行业代码不正确")
    return errors


def _rules_errors(rows: Any) -> list[str]:
    if not isinstance(rows, list):
        return ["rules 应为清单"]
    errors: list[str] = []
    seen: set[str] = set()
    for position, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not _is_match(_RULE_ID, row.get("id")):
            errors.append(f"第 {position} 条规则的编号不正确")
            continue
        if row["id"] in seen:
            errors.append(f"规则 {row['id']} 重复")
        seen.add(row["id"])
        errors += _row_errors(row)
    return errors


def _row_errors(row: Mapping[str, Any]) -> list[str]:
    name = f"规则 {row['id']}"
    errors = _key_errors(name, row, required=_ROW_REQUIRED, allowed=_ROW_KEYS)
    if "value" in row and not _is_value(row["value"]):
        errors.append(f"{name} 的值应为是或否、非负整数、文字或文字清单")
    if "level" in row and row["level"] not in get_args(Level):
        errors.append(f"{name} 的等级应为 block、warn 或 record")
    if "sure" in row and row["sure"] not in get_args(Sure):
        errors.append(f"{name} 的把握程度应为 found、known_high 或 profile")
    for key in ("title", "basis"):
        if not isinstance(row.get(key, ""), str):
            errors.append(f"{name} 的 {key} 应为文字")
    if not _is_names(row.get("params", [])):
        errors.append(f"{name} 的 params 应为文字清单")
    return errors + _scope_errors(name, row.get("applies_to", {}))


def _scope_errors(name: str, scope: Any) -> list[str]:
    if not isinstance(scope, dict):
        return [f"{name} 的适用范围应为 JSON 对象"]
    errors = _key_errors(f"{name} 的适用范围", scope, required=set(), allowed=_FACTS)
    if not isinstance(scope.get("compulsory", True), bool):
        errors.append(f"{name} 的适用范围 compulsory 应为是或否")
    for key in ("funds", "trade", "regime"):
        if key not in scope:
            continue
        values = scope[key]
        if not values or not _is_names(values):
            errors.append(f"{name} 的适用范围 {key} 应为非空文字清单")
            continue
        unknown = set(values) - set(_CHOICES.get(key, values))
        errors += [f"{name} 的适用范围 {key} 不认识“{value}”" for value in sorted(unknown)]
    return errors


def _key_errors(
    name: str, data: Mapping[Any, Any], *, required: set[str], allowed: set[str]
) -> list[str]:
    missing = [f"{name} 缺少 {key}" for key in sorted(required - data.keys())]
    return missing + [
        f"{name} 有不认识的项 {key}" for key in sorted(map(str, data.keys() - allowed))
    ]


def _rule(row: Mapping[str, Any]) -> Rule:
    scope = row.get("applies_to")
    frozen_scope = {key: _frozen(value) for key, value in (scope or {}).items()}
    return Rule(
        id=row["id"],
        value=_frozen(row["value"]),
        level=row["level"],
        sure=row["sure"],
        title=row.get("title", ""),
        basis=row.get("basis", ""),
        applies_to=None if scope is None else cast(Scope, frozen_scope),
        params=tuple(row.get("params", ())),
    )


def _frozen(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else cast(Value, value)


def _is_value(value: Any) -> bool:
    whole = _is_whole(value) and 0 <= value <= canonical.MAX_INTEGER
    return isinstance(value, str | bool) or whole or _is_names(value)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_match(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _day(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return iso_day(value)
    except ValueError:
        return None
