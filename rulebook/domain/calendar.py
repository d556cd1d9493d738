"""Working days of the mainland: weekends, the State Council's holidays, and days made up for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypedDict

_DAY = timedelta(days=1)
_SATURDAY = 5


class Year(TypedDict):
    """One announced year: days of rest, and weekend days that are worked."""

    holidays: frozenset[date]
    workdays: frozenset[date]


class CalendarError(ValueError):
    """Calendar data that cannot be used; `str()` says why in Chinese."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A version of the calendar. A year it does not know has weekends only, and callers warn."""

    version: str
    years: Mapping[int, Year]

    def knows(self, year: int) -> bool:
        """Tell whether the arrangement of that year was known to this version."""
        return year in self.years

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices are open on `day`."""
        year = self.years.get(day.year)
        if year and day in year["workdays"]:
            return True
        if year and day in year["holidays"]:
            return False
        return day.weekday() < _SATURDAY

    def roll(self, day: date) -> date:
        """Return `day`, or the first working day after it (《民法典》第二百零三条)."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def next_working_day(self, day: date) -> date:
        """Return the first working day after `day`, never `day` itself."""
        return self.roll(day + _DAY)

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`; `day` does not count, n = 0 returns it."""
        if n < 0:
            raise ValueError("n must not be negative")
        for _ in range(n):
            day = self.next_working_day(day)
        return day

    def working_days(self, after: date, until: date) -> int:
        """Return how many working days lie after `after` up to `until`, that day included."""
        span = (after + n * _DAY for n in range(1, (until - after).days + 1))
        return sum(map(self.is_working_day, span))


def parse_calendar(data: Any) -> WorkCalendar:
    """Read `{"version", "years": {"2025": {"holidays": [dates], "workdays": [dates]}}}`, strictly.

    Dates are `YYYY-MM-DD` and lie in their year; CalendarError otherwise.
    """
    try:
        version, years = str(data["version"]), dict(data["years"])
        if not version or set(data) != {"version", "years"}:
            raise CalendarError("日历应有且只有 version 和 years")
        return WorkCalendar(
            version, {int(year): _year(int(year), row) for year, row in years.items()}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CalendarError(f"日历数据不正确：{error}") from error


def chinese_date(day: date) -> str:
    """Return `2026年8月22日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def iso_day(text: str) -> date:
    """Return the day written as `YYYY-MM-DD`; ValueError for any other form of ISO 8601."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def _year(year: int, row: Mapping[str, Any]) -> Year:
    if set(row) != {"holidays", "workdays"}:
        raise CalendarError(f"{year} 年应有且只有 holidays 和 workdays")
    holidays = frozenset(map(iso_day, row["holidays"]))
    workdays = frozenset(map(iso_day, row["workdays"]))
    strangers = sorted(day for day in holidays | workdays if day.year != year)
    if strangers:
        raise CalendarError(f"{strangers[0].isoformat()} 不属于 {year} 年")
    if holidays & workdays:
        raise CalendarError(f"{min(holidays & workdays).isoformat()} 既是休息日又是工作日")
    return Year(holidays=holidays, workdays=workdays)
