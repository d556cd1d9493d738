"""Why an act was allowed: the rules it rested on, as the project pinned them, and who may do it.

What an entry names (`basis`, `noted`, the reason of a struck expert, `refs`) is shown from the
profile whose hash stands in its stream's first entry, never from today's. What it does not name is
read off the program (desk.selectors.consulted) and said to be so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist

from accounts.acts import ACTS
from accounts.services.gate import NotFound
from audit_log.domain import canonical
from audit_log.domain.entry import Actor, Ref, leaf_hash
from audit_log.selectors import trail
from award.domain.plan import TIE_RULES
from award.domain.terms import METHODS
from desk.domain.grants import Grant, grants
from desk.selectors import consulted, timeline
from desk.selectors.timeline import Told
from rulebook.domain.rules import Facts, Profile, Rule, applies
from rulebook.selectors import profiles

PINNING = ("project.registered", "draw.requested")
"""The entries that name the content hash of the rules of their stream."""
POOL_RULES = "national"
"""The profile that experts are reviewed by (experts.services.pool)."""
ACT_TITLES = {
    "account.create": "建立账号",
    "account.set_active": "停用、启用账号",
    "project.read_objection": "查阅异议内容",
    "project.read_complaint": "查阅投诉内容",
    "draw.request": "申请抽取专家",
    "draw.read_recusals": "查阅回避试算的人员名单",
    "draw.open_calls": "打开人工呼叫名单",
    "expert.read_conflict": "查阅回避情形的对方",
    "account.read_conflict": "查阅回避情形的对方",
}
"""Acts that no page offers."""
SETTLED = (
    METHODS
    | TIE_RULES
    | {
        "rank": "按评标报告的排名",
        "only_candidate": "候选人仅剩一名",
        "next_by_result": "按定标结果依次递补",
        "lottery": "公开抽签",
    }
)
"""What an award names as its `basis`: a step of its own plan, no rule."""


@dataclass(frozen=True)
class Law:
    """A rule with the parameters it is measured by; `applies` None where that cannot be told."""

    rule: Rule
    params: list[Rule]
    applies: bool | None


@dataclass(frozen=True)
class Cited:
    """What an entry names: a rule that decided, or one that only warned (`code` says of what)."""

    name: str
    code: str
    law: Law | None

    @property
    def warned(self) -> bool:
        return bool(self.code)


@dataclass(frozen=True)
class Leaned:
    """A fact of another stream that an entry rests on: as named (`same`), else, or not there."""

    ref: Ref
    title: str
    standing: str
    address: tuple[str, str, int] | None


@dataclass(frozen=True)
class Permission:
    """An act that writes such an entry, and who may do it today."""

    title: str
    grants: list[Grant]


@dataclass(frozen=True)
class Rules:
    """The rules of a stream: merged profile, its content hash, and the facts it is applied to."""

    profile: Profile | None = None
    content: str = ""
    facts: Facts | None = None

    def law(self, name: str) -> Law | None:
        """The rule of that id with its parameters; None where the profile has none."""
        rows = self.profile.rules if self.profile else {}
        if name not in rows:
            return None
        row = rows[name]
        bound = applies(row, self.facts) if self.facts else None
        return Law(row, [rows[param] for param in row.params if param in rows], bound)


@dataclass(frozen=True)
class Why:
    """All that a page says of one entry."""

    rules: Rules
    pinned: bool
    cited: list[Cited]
    settled: str
    leaned: list[Leaned]
    permissions: list[Permission]
    bound: list[Law] = field(default_factory=list)


def of(actor: Actor, told: Told) -> Why:
    """Everything about one entry, for an actor who reads its contents."""
    value = told.value
    rules = rules_of([value]).get(told.stream)
    pinned = rules is not None
    known = rules or _of_the_time(told)
    cited = cites(value, known)
    acts = consulted.acts_writing(value["type"], value["actor"]["role"])
    return Why(
        rules=known,
        pinned=pinned,
        cited=cited,
        settled=SETTLED.get(value["data"].get("basis", ""), ""),
        leaned=_leaned(actor, value),
        permissions=[_permission(name, value["actor"]["role"]) for name in acts],
        bound=_bound(acts, known, {one.name for one in cited}),
    )


def rules_of(values: Iterable[dict[str, Any]]) -> dict[str, Rules]:
    """Stream → the rules it pinned, for the streams of many entries, in one query.

    A profile not met before in this process takes one more (rulebook.selectors.profiles.pinned).
    """
    found = trail.told_in({one["stream"] for one in values}, *PINNING)
    return {one["stream"]: _rules(one["data"]) for one in reversed(found)}


def cites(value: dict[str, Any], rules: Rules) -> list[Cited]:
    """The rules that an entry names: what decided first, then what warned."""
    data = value["data"]
    named = [data.get("basis"), data.get("reason")]
    found = [Cited(one, "", rules.law(one)) for one in named if _is_rule(one, rules)]
    noted = data.get("noted", [])
    return found + [
        Cited(one["rule"] or one["code"], one["code"], rules.law(one["rule"])) for one in noted
    ]


def _is_rule(name: Any, rules: Rules) -> bool:
    return isinstance(name, str) and rules.law(name) is not None


def _rules(data: dict[str, Any]) -> Rules:
    facts = cast(Facts, data) if Facts.__required_keys__ <= data.keys() else None
    content = data.get("rules", "")
    try:
        return Rules(profiles.pinned(content), content, facts)
    except ObjectDoesNotExist:
        return Rules(None, content, facts)


def _of_the_time(told: Told) -> Rules:
    """An expert pins no rules: those in force when the entry was written."""
    if not told.stream.startswith("expert/"):
        return Rules()
    try:
        return Rules(profiles.in_force_at(POOL_RULES, told.at))
    except ObjectDoesNotExist:
        return Rules()


def _bound(acts: list[str], rules: Rules, named: set[str]) -> list[Law]:
    """The rules that the program asks in these acts, besides those the entry names itself."""
    asked = {name for act in acts if act in ACTS for name in consulted.reach(act).names}
    found = [law for name in sorted(asked - named) if (law := rules.law(name)) is not None]
    below = {param.id for law in found for param in law.params}
    return [law for law in found if law.rule.id not in below and law.applies is not False]


def _permission(act: str, role: str) -> Permission:
    title = ACTS[act].title if act in ACTS else ACT_TITLES.get(act, act)
    return Permission(title, grants(act, role))


def _leaned(actor: Actor, value: dict[str, Any]) -> list[Leaned]:
    return [_resolved(actor, Ref(**one)) for one in value["data"].get("refs", [])]


def _resolved(actor: Actor, ref: Ref) -> Leaned:
    """Look the fact up: it counts by its hash, and is shown to whoever may see its stream."""
    line = trail.line(ref.stream, ref.n)
    standing = "missing" if line is None else "same" if _hash(line) == ref.hash else "differs"
    try:
        told = timeline.entry(actor, ref.stream, ref.n)
    except NotFound:
        return Leaned(ref, "", standing, None)
    return Leaned(ref, told.title, standing, timeline.place(ref))


def _hash(line: trail.Line) -> str:
    """The hash of the bytes, computed again: a parsed entry is canonical."""
    return leaf_hash(canonical.dumps(line.value)).hex()
