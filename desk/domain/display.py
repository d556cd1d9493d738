"""How values are written for people: times, days, money, shortened hashes."""

from datetime import date, datetime
from typing import Any


def moment(value: datetime | None) -> str:
    """Write a local time: 2026年8月22日 14:30. The caller gives it in local time."""
    return f"{day(value)} {value:%H:%M}" if value else "—"


def day(value: date | None) -> str:
    """Write a day: 2026年8月22日."""
    return f"{value.year}年{value.month}月{value.day}日" if value else "—"


def yuan(fen: int | None) -> str:
    """Write fen as yuan: 28,378,613.89."""
    if fen is None:
        return "—"
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


def short(value: str) -> str:
    """Write the first twelve characters of a hash; the whole stands in the title."""
    return f"{value[:12]}…" if len(value) > 16 else value


def is_hash(value: Any) -> bool:
    """Whether a value is a SHA-256 in lower-case hex."""
    return isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")
