"""Quiet hours: when a message to an expert waits for the morning."""

import re
from datetime import datetime, time, timedelta

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def parse(text: str) -> tuple[time, time] | None:
    """Return begin and end of quiet hours like `22:00-07:00`; None for "" and other spellings."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    return time(begin_hour, begin_minute), time(end_hour, end_minute)


def first_moment(at: datetime, hours: str, *, before: datetime) -> datetime:
    """Return the first moment from `at` on outside the quiet hours (in the zone of `at`).

    `at` itself where the evaluation begins (`before`) no later than they end: a message after that
    would be of no use.
    """
    span = parse(hours)
    if span is None:
        return at
    begin, end = span
    now = at.time().replace(tzinfo=None)
    inside = begin <= now < end if begin <= end else now >= begin or now < end
    if not inside:
        return at
    day = at.date() + timedelta(days=1) if now >= end else at.date()
    morning = datetime.combine(day, end, tzinfo=at.tzinfo)
    return morning if morning < before else at
