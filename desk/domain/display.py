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


def capital(fen: int) -> str:
    """Write fen as a cheque does: 壹仟贰佰元整, 叁佰零伍元零陆分.

    By 《支付结算办法》附一: one 零 for any run of zeros between digits, 整 after 元 or 角. Raise
    ValueError outside 0 … 99,999,999.99 yuan.
    """
    if not 0 <= fen < 10**10:
        raise ValueError("not an amount of a cheque")
    yuan_part, rest = divmod(fen, 100)
    jiao, cent = divmod(rest, 10)
    high, low = divmod(yuan_part, 10_000)
    text = ""
    if high:
        text = _four(high) + "万"
        text += "零" if 0 < low < 1000 else ""
    text += _four(low) if low else ""
    text = f"{text}元" if text else ("" if rest else "零元")
    if not rest:
        return f"{text}整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif text:
        text += "零"
    return f"{text}{_DIGITS[cent]}分" if cent else f"{text}整"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")


def _four(number: int) -> str:
    """Up to four digits with their places, one 零 for zeros between them."""
    text, gap = "", False
    for digit, place in zip(f"{number:04d}", _PLACES, strict=True):
        if digit == "0":
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[int(digit)] + place
        gap = False
    return text


def short(value: str) -> str:
    """Write the first twelve characters of a hash; the whole stands in the title."""
    return f"{value[:12]}…" if len(value) > 16 else value


def is_hash(value: Any) -> bool:
    """Whether a value is a SHA-256 in lower-case hex."""
    return isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")
