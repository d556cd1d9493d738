"""Rules as data: a profile is a list of values, each with its article and its weight.

A profile stands for a region and a trade during a period. It names its parent (national →
province → trade or district) and states only what it changes. A row always states value, level
and how sure we are; a title, basis, scope or parameter list that it leaves out is its parent's.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal, TypedDict, cast

from audit_log.domain import canonical

Level = Literal["block", "warn", "record"]
Sure = Literal["found", "known_high", "profile"]
Value = bool | int | str | tuple[str, ...]
Scope = Mapping[str, bool | tuple[str, ...]]

FUNDS = ("state", "state_controlled", "private")
REGIMES = ("ranked_first", "separated", "authorised")

_RATIO = re.compile(r"[0-9]+/[1-9][0-9]*")


class Facts(TypedDict):
    """What of a project decides which rules bind it; fixed on its first day."""

    compulsory: bool
    funds: str
    trade: str
    regime: str


class ProfileError(ValueError):
    """A profile that cannot be used; `errors` lists every reason in plain Chinese."""

    def __init__(self, *errors: str) -> None:
        super().__init__("；".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a numbered rule (R01 …) or a named parameter (`publicity_days`).

    `basis` cites the article in Chinese, `params` names the parameters the rule is measured by,
    `applies_to` narrows it to some projects (None: as the parent says; at the root: all).
    """

    id: str
    value: Value
    level: Level
    sure: Sure
    title: str = ""
    basis: str = ""
    applies_to: Scope | None = None
    params: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """Rules of a region (administrative code, "" = whole country) and a trade ("" = every trade).

    Both dates are inclusive; `effective_to` None means until replaced.
    """

    code: str
    version: int
    name: str
    parent: str
    region: str
    trade: str
    effective_from: date
    effective_to: date | None
    rules: Mapping[str, Rule]

    @property
    def label(self) -> str:
        """Return what a project pins and a refusal cites, like `zj@1`."""
        return f"{self.code}@{self.version}"

    def effective_on(self, day: date) -> bool:
        """Tell whether the profile is in force on `day`."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )

    def rule(self, rule_id: str) -> Rule:
        """Return the row of that id; raise ProfileError where the profile has none."""
        try:
            return self.rules[rule_id]
        except KeyError:
            raise ProfileError(f"规则集 {self.label} 中没有规则 {rule_id}") from None

    def flag(self, rule_id: str) -> bool:
        """Return a yes/no value."""
        value = self.rule(rule_id).value
        if not isinstance(value, bool):
            raise self._wrong_kind(rule_id, "是或否")
        return value

    def number(self, rule_id: str) -> int:
        """Return a whole number; its unit stands in the row's title."""
        value = self.rule(rule_id).value
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong_kind(rule_id, "整数")
        return value

    def text(self, rule_id: str) -> str:
        """Return a word."""
        value = self.rule(rule_id).value
        if not isinstance(value, str):
            raise self._wrong_kind(rule_id, "文字")
        return value

    def ratio(self, rule_id: str) -> Fraction:
        """Return an exact fraction written like `2/3`."""
        value = self.text(rule_id)
        if not _RATIO.fullmatch(value):
            raise self._wrong_kind(rule_id, "分数")
        return Fraction(value)

    def names(self, rule_id: str) -> tuple[str, ...]:
        """Return a list of codes."""
        value = self.rule(rule_id).value
        if not isinstance(value, tuple):
            raise self._wrong_kind(rule_id, "清单")
        return value

    def _wrong_kind(self, rule_id: str, expected: str) -> ProfileError:
        return ProfileError(f"规则集 {self.label} 的规则 {rule_id} 的值应为{expected}")


def applies(rule: Rule, facts: Facts) -> bool:
    """Tell whether `rule` binds a project with these facts: every condition of its scope holds."""
    known = cast("Mapping[str, bool | str]", facts)
    return all(
        known[key] in wanted if isinstance(wanted, tuple) else known[key] is wanted
        for key, wanted in (rule.applies_to or {}).items()
    )


def lineage(code: str, profiles: Mapping[str, Profile]) -> list[Profile]:
    """Return the profile `code` with its ancestors, the root first; `profiles` is keyed by code."""
    chain: list[Profile] = []
    while code:
        if code not in profiles:
            raise ProfileError(f"找不到规则集 {code}")
        if any(profile.code == code for profile in chain):
            raise ProfileError(f"规则集 {code} 的上级关系成环")
        chain.insert(0, profiles[code])
        code = profiles[code].parent
    return chain


def merge(chain: Sequence[Profile]) -> Profile:
    """Fold a chain, the root first, into one profile complete in itself.

    The result has the leaf's name and label and is in force only while every link is. Raise
    ProfileError where links do not fit, a value changes its kind, or a row stays incomplete.
    """
    _check_links(chain)
    rules: dict[str, Rule] = {}
    for profile in chain:
        for rule in profile.rules.values():
            rules[rule.id] = _overridden(rules.get(rule.id), rule)
    _check_complete(rules)
    ends = [profile.effective_to for profile in chain if profile.effective_to]
    return replace(
        chain[-1],
        rules=rules,
        effective_from=max(profile.effective_from for profile in chain),
        effective_to=min(ends, default=None),
    )


def dump_profile(profile: Profile) -> dict[str, Any]:
    """Return the JSON object that `parse_profile` reads back; rows stand in order of their ids."""
    return {
        "code": profile.code,
        "version": profile.version,
        "name": profile.name,
        "parent": profile.parent,
        "region": profile.region,
        "trade": profile.trade,
        "effective_from": profile.effective_from.isoformat(),
        "effective_to": profile.effective_to.isoformat() if profile.effective_to else None,
        "rules": [_dump_rule(profile.rules[rule_id]) for rule_id in sorted(profile.rules)],
    }


def content_hash(profile: Profile) -> str:
    """Return the lower-case hex SHA-256 of the profile's canonical JSON (RFC 8785)."""
    return hashlib.sha256(canonical.dumps(dump_profile(profile))).hexdigest()


def _dump_rule(rule: Rule) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": rule.id,
        "title": rule.title,
        "value": _plain(rule.value),
        "level": rule.level,
        "basis": rule.basis,
        "params": list(rule.params),
        "sure": rule.sure,
    }
    if rule.applies_to is not None:
        row["applies_to"] = {key: _plain(value) for key, value in rule.applies_to.items()}
    return row


def _plain(value: Value) -> bool | int | str | list[str]:
    return list(value) if isinstance(value, tuple) else value


def _overridden(old: Rule | None, new: Rule) -> Rule:
    if old is None:
        return replace(new, applies_to=new.applies_to or {})
    if _kind(old.value) != _kind(new.value):
        raise ProfileError(f"规则 {new.id} 的值应为{_kind(old.value)}，与上级规则集一致")
    return replace(
        new,
        title=new.title or old.title,
        basis=new.basis or old.basis,
        applies_to=old.applies_to if new.applies_to is None else new.applies_to,
        params=new.params or old.params,
    )


def _kind(value: Value) -> str:
    match value:
        case bool():
            return "是或否"
        case int():
            return "整数"
        case str():
            return "分数" if _RATIO.fullmatch(value) else "文字"
        case _:
            return "清单"


def _check_links(chain: Sequence[Profile]) -> None:
    if not chain:
        raise ProfileError("没有可合并的规则集")
    for code, profile in zip(["", *(link.code for link in chain)], chain, strict=False):
        if profile.parent != code:
            raise ProfileError(
                f"规则集 {profile.label} 的上级应为“{profile.parent}”，而不是“{code}”"
            )


def _check_complete(rules: Mapping[str, Rule]) -> None:
    errors: list[str] = []
    for rule in rules.values():
        if not rule.title:
            errors.append(f"规则 {rule.id} 缺少名称")
        if not rule.basis:
            errors.append(f"规则 {rule.id} 缺少依据")
        errors += [
            f"规则 {rule.id} 引用了不存在的参数 {name}" for name in rule.params if name not in rules
        ]
    if errors:
        raise ProfileError(*errors)
