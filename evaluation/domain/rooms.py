"""Evaluation rooms: the half hours of a day in which they are booked, and sites of one evaluation.

A booking is the set of its half hours. Each stands in a table under a unique index, so two bookings
that overlap cannot both be written, on either database.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

ROOM = {"open": "启用", "closed": "停用"}
BOOKING = {"booked": "已预订", "released": "已取消"}
SITES = {"main": "主场", "sub": "副场"}
STEP = timedelta(minutes=30)
FIRST_HOUR, LAST_HOUR = 8, 22
"""The board's day on the wall clock; an evaluation of several days has a booking for each."""


def half_hours(starts: datetime, ends: datetime) -> list[datetime]:
    """Return the begins of the half hours from `starts` to `ends`, both local.

    Raise ValueError where they are not whole half hours of one day of the board, or none.
    """
    whole = all(
        moment.minute % 30 == moment.second == moment.microsecond == 0 for moment in (starts, ends)
    )
    first = starts.replace(hour=FIRST_HOUR, minute=0)
    last = starts.replace(hour=LAST_HOUR, minute=0)
    if not (whole and first <= starts < ends <= last):
        raise ValueError("not half hours of one day")
    return [starts + place * STEP for place in range((ends - starts) // STEP)]


def board_hours(day: datetime) -> list[datetime]:
    """Return the begins of all half hours of a day's board; `day` is any local moment of it."""
    start = day.replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    return [start + place * STEP for place in range(2 * (LAST_HOUR - FIRST_HOUR))]


def faults(sites: Sequence[Mapping[str, object]], slots: Iterable[str]) -> list[str]:
    """Return why these sites (`{"kind","slots"}`) cannot seat a draw's slots; [] where they can."""
    kinds = [site["kind"] for site in sites]
    seated = [slot for site in sites for slot in _listed(site["slots"])]
    found = []
    if kinds.count("main") != 1 or kinds.count("sub") < 1:
        found.append("应有一个主场和至少一个副场")
    if sorted(seated) != sorted(slots):
        found.append("每个抽取席位应当安排在一个场所,不能遗漏或者重复")
    return found


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
