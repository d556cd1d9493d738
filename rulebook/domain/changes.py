"""Changing a profile: what is typed becomes a value, and two profiles compared rule by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict

from rulebook.domain.rules import Level, Profile, ProfileError, Rule, Sure, Value

YES, NO = "是", "否"
SEPARATOR = "、"


class Change(TypedDict):
    """One rule as it is to be. `value` as people write it: 是/否, a number, a word, a 、-list."""

    rule: str
    value: str
    level: Level
    basis: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule in two profiles, None where a profile does not have it."""

    id: str
    before: Rule | None
    after: Rule | None

    @property
    def title(self) -> str:
        found = self.after or self.before
        return found.title if found else ""

    @property
    def parts(self) -> frozenset[str]:
        """What differs: value, level, basis, applies_to, sure; all of it where one has no rule."""
        names = ("value", "level", "basis", "applies_to", "sure")
        if self.before is None or self.after is None:
            return frozenset(names)
        pairs = {name: (getattr(self.before, name), getattr(self.after, name)) for name in names}
        return frozenset(name for name, (old, new) in pairs.items() if old != new)


def changed(
    own: Profile, whole: Profile, changes: Sequence[Change], *, effective_from: date
) -> Profile:
    """Return the next version of `own` with these rows; `whole` is it merged with its parents.

    A row that only its parents state becomes its own. Raises ProfileError for an unknown rule, a
    value of another kind, a rule named twice, and where nothing would change.
    """
    names = [one["rule"] for one in changes]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ProfileError(*(f"规则 {name} 写了两次" for name in twice))
    rows = {one["rule"]: _row(whole, one) for one in changes}
    if all(whole.rules[name] == row for name, row in rows.items()):
        raise ProfileError("没有任何改动")
    return replace(
        own,
        version=own.version + 1,
        effective_from=effective_from,
        rules={**own.rules, **rows},
    )


def difference(before: Profile, after: Profile) -> list[Difference]:
    """Return the rules that are not the same in two merged profiles, in order of their ids."""
    names = sorted(before.rules.keys() | after.rules.keys())
    pairs = (Difference(name, before.rules.get(name), after.rules.get(name)) for name in names)
    return [pair for pair in pairs if pair.parts]


def written(value: Value) -> str:
    """Return a value as people read and write it."""
    if isinstance(value, bool):
        return YES if value else NO
    return SEPARATOR.join(value) if isinstance(value, tuple) else str(value)


def _row(whole: Profile, change: Change) -> Rule:
    old = whole.rule(change["rule"])
    return replace(
        old,
        value=_read(old, change["value"].strip()),
        level=change["level"],
        basis=change["basis"].strip() or old.basis,
        sure=change["sure"],
    )


def _read(rule: Rule, text: str) -> Value:
    """The typed text as a value of the rule's kind."""
    match rule.value:
        case bool() if text in (YES, NO):
            return text == YES
        case bool():
            raise ProfileError(f"规则 {rule.id} 的值应为“是”或“否”")
        case int() if text.isascii() and text.isdigit():
            return int(text)
        case int():
            raise ProfileError(f"规则 {rule.id} 的值应为不带单位的整数")
        case tuple():
            return tuple(filter(None, (part.strip() for part in text.split(SEPARATOR))))
    if not text:
        raise ProfileError(f"规则 {rule.id} 的值不能为空")
    return text


def by_id(profile: Profile) -> Mapping[str, Rule]:
    """The rules in order of their ids, the numbered ones first."""
    names = sorted(profile.rules, key=lambda name: (not name[1:].isdigit(), name))
    return {name: profile.rules[name] for name in names}
