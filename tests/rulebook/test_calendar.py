"""Working days, from the kept library: 2025 with National Day, an unknown year by weekends."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from rulebook.domain.calendar import (
    CalendarError,
    WorkCalendar,
    chinese_date,
    iso_day,
    parse_calendar,
)
from rulebook.seeding import calendar_from_library
from tests.rulebook.facts import CALENDAR


@pytest.mark.parametrize("day", range(1, 9))
def test_national_day_2025_is_eight_days_of_rest(day):
    assert CALENDAR.is_working_day(date(2025, 10, day)) is False


@pytest.mark.parametrize(
    ("day", "weekday"), [(date(2025, 9, 28), "Sunday"), (date(2025, 10, 11), "Saturday")]
)
def test_days_made_up_for_are_worked(day, weekday):
    assert day.strftime("%A") == weekday
    assert CALENDAR.is_working_day(day) is True


def test_an_ordinary_week_has_five_working_days():
    week = [date(2025, 7, 7) + timedelta(days=n) for n in range(7)]
    assert [CALENDAR.is_working_day(day) for day in week] == [True] * 5 + [False] * 2


def test_every_day_of_a_known_year_agrees_with_the_library():
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]
    differing = [d for d in days if CALENDAR.is_working_day(d) != chinese_calendar.is_workday(d)]
    assert differing == []


def test_a_year_not_announced_is_unknown_and_has_weekends_only():
    assert [CALENDAR.knows(year) for year in (2024, 2025, 2026, 2027)] == [False, True, True, False]
    assert CALENDAR.is_working_day(date(2027, 10, 1)) is True
    assert CALENDAR.is_working_day(date(2027, 10, 2)) is False


@pytest.mark.parametrize(
    ("day", "rolled", "following"),
    [
        (date(2025, 9, 30), date(2025, 9, 30), date(2025, 10, 9)),
        (date(2025, 10, 1), date(2025, 10, 9), date(2025, 10, 9)),
        (date(2025, 10, 10), date(2025, 10, 10), date(2025, 10, 11)),
        (date(2025, 7, 12), date(2025, 7, 14), date(2025, 7, 14)),
    ],
)
def test_rolling_keeps_a_working_day_and_the_next_one_never_does(day, rolled, following):
    assert CALENDAR.roll(day) == rolled
    assert CALENDAR.next_working_day(day) == following


@pytest.mark.parametrize(
    ("day", "n", "end"),
    [
        (date(2025, 9, 29), 0, date(2025, 9, 29)),
        (date(2025, 9, 29), 1, date(2025, 9, 30)),
        (date(2025, 9, 29), 3, date(2025, 10, 10)),
        (date(2025, 9, 29), 4, date(2025, 10, 11)),
        (date(2025, 10, 4), 1, date(2025, 10, 9)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day, n, end):
    assert CALENDAR.add_working_days(day, n) == end


def test_working_days_are_never_counted_backwards():
    with pytest.raises(ValueError, match=r"^n must not be negative$"):
        CALENDAR.add_working_days(date(2025, 9, 29), -1)


def test_the_calendar_carries_the_version_of_the_library():
    assert CALENDAR.version == f"chinesecalendar {chinese_calendar.__version__}"


def test_the_library_gives_the_days_of_each_year_it_knows():
    data = calendar_from_library(2025, 2030)
    assert list(data["years"]) == ["2025", "2026"]
    assert data["years"]["2025"]["workdays"] == [
        "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    ]  # fmt: skip


YEAR = {"holidays": ["2025-01-01"], "workdays": ["2025-01-26"]}


def test_a_calendar_is_read_from_its_data():
    assert parse_calendar({"version": "v", "years": {"2025": YEAR}}) == WorkCalendar(
        "v",
        {
            2025: {
                "holidays": frozenset({date(2025, 1, 1)}),
                "workdays": frozenset({date(2025, 1, 26)}),
            }
        },
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"years": {}}, "'version'"),
        ({"version": "", "years": {}}, "日历应有且只有 version 和 years"),
        ({"version": "v", "years": {}, "x": 1}, "日历应有且只有 version 和 years"),
        ({"version": "v", "years": {"2025": {"holidays": []}}},
         "2025 年应有且只有 holidays 和 workdays"),
        ({"version": "v", "years": {"2026": YEAR}}, "2025-01-01 不属于 2026 年"),
        ({"version": "v", "years": {"2025": {**YEAR, "workdays": ["2025-01-01"]}}},
         "2025-01-01 既是休息日又是工作日"),
        ({"version": "v", "years": {"2025": {**YEAR, "workdays": ["20250126"]}}}, "20250126"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_calendar_is_told(data, message):
    with pytest.raises(CalendarError) as refused:
        parse_calendar(data)
    assert str(refused.value) == f"日历数据不正确：{message}"


def test_a_date_is_written_in_chinese():
    assert chinese_date(date(2026, 8, 2)) == "2026年8月2日"


def test_a_day_is_read_from_its_iso_form_only():
    assert iso_day("2026-08-02") == date(2026, 8, 2)
    with pytest.raises(ValueError, match=r"^2026-W31-7$"):
        iso_day("2026-W31-7")
