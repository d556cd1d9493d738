"""Days of publicity and objection (公示、异议): calendar days, counted the statutory way.

All dates are local dates (Asia/Shanghai). Whether a day is a working day is the caller's to say:
working days are rulebook data.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

WorkingDay = Callable[[date], bool]

DAY = timedelta(days=1)
ANSWER_DAYS = 3


@dataclass(frozen=True, slots=True)
class Window:
    """A span of whole local days, both ends included."""

    opens: date
    closes: date

    def __contains__(self, day: date) -> bool:
        return self.opens <= day <= self.closes


def address(serial: int) -> str:
    """Return the path of a notice on the public site; it never changes."""
    return f"/public/notice/{serial}/"


def publicity_end(published_at_local_date: date, days: int, is_working_day: WorkingDay) -> date:
    """Return the last day of a publicity of `days` calendar days (条例54: at least three).

    The day of publication does not count; where the last day is a rest day, the next working day
    takes its place (民法典201, 203). Raise ValueError for fewer than one day.
    """
    if days < 1:
        raise ValueError("a publicity lasts at least one day")
    last = published_at_local_date + days * DAY
    while not is_working_day(last):
        last += DAY
    return last


def objection_window(
    published_at_local_date: date, days: int, is_working_day: WorkingDay
) -> Window:
    """Return the days on which an objection to the result is in time (条例54)."""
    last = publicity_end(published_at_local_date, days, is_working_day)
    return Window(published_at_local_date, last)


def answer_due(received_date: date, days: int = ANSWER_DAYS) -> date:
    """Return the last day to answer an objection (条例54: three days from receipt).

    The day of receipt does not count. The tenderer's duty is not moved by rest days: the activity
    stands still until he answers.
    """
    return received_date + days * DAY
