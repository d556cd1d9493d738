"""The time an evaluation takes, half open: whoever is free when it begins may come."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

WHOLE_DAY = 24
"""Hours that an evaluation takes whose request does not say."""
LONGEST = 240


def parts(start: datetime, end: datetime) -> Iterator[tuple[date, datetime, datetime]]:
    """Yield day and span of each UTC day's part of start … end (both aware, end excluded).

    Two times overlap exactly where their parts of some day do.
    """
    while start < end:
        day = start.astimezone(UTC).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
        yield day, start, min(end, midnight)
        start = midnight
