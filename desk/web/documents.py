"""Entries and documents as pages show them: every key in Chinese, rows of objects as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils import timezone

from accounts.domain.roles import ROLES
from audit_log.domain.entry import EntryError, parse_time
from award.domain.terms import METHODS
from award.models import Notice
from desk.domain import display, labels
from evaluation.domain.lifecycle import FUNDS, PROJECT, REGIMES, TRADES
from experts.domain.edges import BASES
from experts.domain.grounds import READING
from experts.domain.lifecycle import APPEAL, CHANGE, EXPERT
from experts.domain.records import EFFECTS, GRADES
from experts.services.appeals import OUTCOMES

WORDS: dict[str, dict[str, str]] = {
    "from": PROJECT | EXPERT | CHANGE | APPEAL,
    "to": PROJECT | EXPERT | CHANGE | APPEAL,
    "regime": REGIMES,
    "funds": FUNDS,
    "trade": TRADES,
    "supervisor": TRADES,
    "role": ROLES,
    "aggregation": {"mean": "算术平均", "trimmed_mean": "去掉最高分和最低分后平均"},
    "basis": METHODS | {code: one.citation for code, one in BASES.items()},
    "ground": labels.GROUNDS,
    "grade": GRADES,
    "reason": READING,
    "proposal": EFFECTS | OUTCOMES,
    "method": METHODS,
    "tie_rule": {"lower_price": "报价低者优先"},
    "kind": {
        "subjective": "主观评分",
        "objective": "客观评分",
        "expert": "抽取专家",
        "representative": "招标人代表",
        "appointed": "招标人确定",
        "candidates": "中标候选人公示",
        "result": "中标结果公示",
        "award": "中标通知书",
        "lost": "未中标通知书",
    },
    "notice_kind": dict(Notice.KINDS),
    "relation": labels.RELATIONS,
}


@dataclass(frozen=True)
class Node:
    """One shown value: `text`, a `list`, a `table` or named `pairs`."""

    kind: str
    text: str = ""
    full: str = ""
    items: list["Node"] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list["Node"]] = field(default_factory=list)
    pairs: list[tuple[str, str, "Node"]] = field(default_factory=list)


def shown(content: Any, key: str = "") -> Node:
    """Turn a JSON value into what is shown; `key` says how to write it."""
    match content:
        case dict():
            found = [(name, labels.label(name), shown(one, name)) for name, one in content.items()]
            return Node("pairs", pairs=found)
        case list() | tuple() if content and all(isinstance(one, dict) for one in content):
            return _table(content)
        case list() | tuple():
            return Node("list", items=[shown(one, key) for one in content])
        case _:
            return _text(content, key)


def _table(rows: Sequence[dict[str, Any]]) -> Node:
    filled = {key: None for row in rows for key, one in row.items() if one not in (None, "")}
    keys = list(filled)
    cells = [[shown(row.get(key, ""), key) for key in keys] for row in rows]
    return Node("table", heads=[_head(key) for key in keys], rows=cells)


def _head(key: str) -> str:
    return f"{labels.label(key)}(元)" if key.endswith("_fen") else labels.label(key)


def _text(content: Any, key: str) -> Node:
    if content is None or content == "":
        return Node("text", "—")
    if isinstance(content, bool):
        return Node("text", "是" if content else "否")
    if key.endswith("_fen") and isinstance(content, int):
        return Node("text", display.yuan(content))
    text = str(content)
    if display.is_hash(text):
        return Node("hash", display.short(text), text)
    return Node("text", WORDS.get(key, {}).get(text) or _as_time(text) or text)


def _as_time(text: str) -> str:
    """A time or a day as people write it, "" for any other text."""
    try:
        return display.moment(timezone.localtime(parse_time(text)))
    except EntryError:
        pass
    if len(text) == 10 and text[4:5] == text[7:8] == "-":
        try:
            return display.day(date.fromisoformat(text))
        except ValueError:
            return ""
    return ""


@dataclass(frozen=True)
class Round:
    """A counted round: by which method, for how many places, and each candidate's result."""

    number: int
    method: str
    seats: int
    lines: list[tuple[str, str, str]]
    """(candidate, votes or points, outcome), the best first."""


def round_shown(count: Mapping[str, Any], number: int, names: Mapping[str, str]) -> Round:
    """Turn the count of a round (award.domain.terms) into what people read."""
    tally = {row["bidder"]: row["value"] for row in count["tally"]}
    order = sorted(count["eligible"], key=lambda code: -_figure(tally.get(code)))
    lines = [
        (names.get(code, code), _tallied(tally.get(code)), _outcome(code, count)) for code in order
    ]
    return Round(number, METHODS.get(count["method"], count["method"]), count["seats"], lines)


def _figure(value: Any) -> Fraction:
    if isinstance(value, dict):
        return Fraction(value["sum"]) / int(value["count"])
    return Fraction(value) if value is not None else Fraction(0)


def _tallied(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['sum']} ÷ {value['count']}"
    return "—" if value is None else str(value)


def _outcome(code: str, count: Mapping[str, Any]) -> str:
    if code in count["kept"]:
        return "kept"
    return "tied" if code in count["tie"] else "out"
