"""What templates need to write values as the house does: times, money, hashes, states, icons."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.domain.roles import ROLES
from award.domain.lifecycle import BALLOT_ROUND, COMPLAINT, OBJECTION
from award.services.deciding import LOSS_REASONS
from desk.domain import display
from desk.domain.labels import PARTIES
from evaluation.domain import lifecycle as project
from evaluation.domain import rooms
from experts.domain import lifecycle as pool
from experts.domain import records
from experts.domain.eligibility import REASONS
from experts.domain.grounds import SOURCES
from experts.domain.modes import MODES
from experts.domain.recusal import KINDS
from rulebook.acts import SURE
from rulebook.domain import complaints
from rulebook.domain.changes import SEPARATOR, written
from rulebook.domain.lifecycle import PROFILE
from rulebook.domain.rules import Value
from rulebook.domain.tendering import PLAN_PARTS

register = template.Library()

WORDS: dict[str, dict[str, str]] = {
    "project": project.PROJECT,
    "expert": pool.EXPERT,
    "draw": pool.DRAW,
    "seat": pool.SEAT,
    "change": pool.CHANGE,
    "document": records.DOCUMENTS,
    "appeal": pool.APPEAL,
    "rating": pool.RATING,
    "measure": pool.MEASURE,
    "measure_kind": records.EFFECTS,
    "intake": pool.INTAKE,
    "room": rooms.ROOM,
    "booking": rooms.BOOKING,
    "list": pool.DRAWN_LIST,
    "mode": MODES,
    "objection": OBJECTION,
    "complaint": COMPLAINT,
    "complaint_matter": complaints.MATTERS,
    "complaint_effect": complaints.EFFECTS,
    "round": BALLOT_ROUND,
    "conflict": pool.CONFLICT,
    "conflict_kind": {kind: one.name for kind, one in KINDS.items()},
    "conflict_source": SOURCES,
    "omission": REASONS | {"recused": "应当回避"},
    "seal": {"unsealed": "未封存", "sealed": "已封存", "witnessed": "已见证"},
    "profile": PROFILE,
    "level": {"block": "必须满足", "warn": "提示", "record": "仅记录"},
    "sure": {str(sure): words for sure, words in SURE.items()},
    "trade": project.TRADES,
    "party": PARTIES,
    "regime": project.REGIMES,
    "funds": project.FUNDS,
}
TONES: dict[str, tuple[str, ...]] = {
    "done": (
        "contracted", "archived", "active", "filled", "closed", "signed_in", "served", "accepted",
        "decided", "witnessed", "committed", "not_upheld", "published", "effective", "done",
        "confirmed", "counted", "adopted",
    ),
    "stop": (
        "suspended", "failed", "terminated", "rejected", "cancelled", "abandoned", "declined",
        "no_answer", "struck", "absent", "replaced", "disqualified", "refused", "upheld",
        "complained", "tied", "faulty", "returned",
    ),
    "wait": (
        "registered", "requested", "applied", "unsealed", "submitted", "selected", "warn",
        "proposed", "reported", "filed", "drafted", "received", "entered", "examining",
    ),
    "off": ("exited", "withdrawn", "record", "lifted", "annulled", "dismissed", "lapsed"),
}  # fmt: skip
"""Tone → states; each tone has its own icon, so that colour is never the only sign."""
RULE_WORDS: dict[str, str] = {
    **PLAN_PARTS,
    **LOSS_REASONS,
    **complaints.EFFECTS,
    **complaints.REFUSALS,
    "won_other_lot": "已在其他标段中标",
    "before_opening": "开标前",
    "after_opening": "开标后",
    "mean": "算术平均",
    "trimmed_mean": "去掉最高分和最低分后平均",
    "signed_in": "签到",
    "promised": "保密承诺",
    "briefed": "纪律宣贯",
    "scores_submitted": "提交评分",
    "scores_checked": "复核评分",
    "report_confirmed": "确认报告",
    "finally_signed": "终签",
}
"""Words that rules have for a value."""
ICONS = {"done": "check", "stop": "stop", "wait": "clock", "off": "dash", "go": "dot"}


@register.filter
def rule_value(value: Any) -> str:
    """A rule's value as people read it."""
    return "" if value is None else written(value)


@register.filter
def rule_words(value: Value) -> str:
    """The same with the words of coded values, for who only reads it."""
    if isinstance(value, tuple):
        return SEPARATOR.join(RULE_WORDS.get(part, part) for part in value)
    return (RULE_WORDS.get(value, value) or "不设") if isinstance(value, str) else written(value)


@register.filter
def capital(value: int) -> str:
    """壹仟贰佰元整."""
    return display.capital(value)


@register.filter
def moment(value: datetime | None) -> str:
    """2026年8月22日 14:30, local time."""
    return display.moment(timezone.localtime(value) if value else None)


@register.filter
def weekday(value: datetime) -> str:
    """The day of the week: 一 … 日."""
    return "一二三四五六日"[timezone.localtime(value).weekday()]


@register.filter
def day(value: date | datetime | None) -> str:
    """2026年8月22日."""
    return display.day(timezone.localtime(value) if isinstance(value, datetime) else value)


@register.filter
def clock(value: datetime) -> str:
    """14:30, where the day is known."""
    return f"{timezone.localtime(value):%H:%M}"


@register.filter
def yuan(fen: int | None) -> str:
    """28,378,613.89 元."""
    return "—" if fen is None else f"{display.yuan(fen)} 元"


@register.filter
def amount(fen: int | None) -> str:
    """28,378,613.89, for a column whose head names the unit."""
    return display.yuan(fen)


@register.filter
def chance(value: Fraction) -> str:
    """12.3%, or below one in a thousand as such."""
    return f"{float(value):.1%}" if value >= Fraction(1, 1000) else "不足 0.1%"


@register.filter
def word(value: str, kind: str) -> str:
    """The Chinese word of a coded value."""
    return WORDS[kind].get(value, value)


@register.filter
def role(value: str) -> str:
    """The name of a role."""
    return ROLES.get(value, value)


@register.filter
def short(value: str) -> str:
    """The beginning of a hash."""
    return display.short(value)


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """A mapping's value, None where it has none."""
    return mapping.get(key)


@register.simple_tag
def hash(value: str) -> SafeString:
    """A shortened hash with the whole in its title."""
    return format_html('<code class="hash" title="{}">{}</code>', value, display.short(value))


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the page's sprite, for the eye only."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="#i-{}"></use></svg>',
        name,
    )


@register.simple_tag
def state(kind: str, value: str) -> SafeString:
    """A state as icon and word."""
    tone = next((tone for tone, values in TONES.items() if value in values), "go")
    return format_html(
        '<span class="state state-{}">{}{}</span>', tone, icon(ICONS[tone]), word(value, kind)
    )


@register.inclusion_tag("desk/_value.html")
def value(content: Any, key: str = "") -> dict[str, Any]:
    """Any value of an entry or document, as text, list or table."""
    from desk.web.documents import shown

    return {"node": shown(content, key)}
