"""Days of publicity and objection, over weekends and the National Day holidays of 2025.

In 2025 the holidays ran from 1 to 8 October; Sunday 28 September and Saturday 11 October were
working days in their place.
"""

from datetime import date

import chinese_calendar
import pytest

from award.domain.publicity import Window, answer_due, objection_window, publicity_end


def working_day(day):
    return chinese_calendar.is_workday(day)


@pytest.mark.parametrize(
    ("published", "days", "last"),
    [
        # Mon to Thu: the start day does not count.
        (date(2025, 9, 15), 3, date(2025, 9, 18)),
        # Rest days inside count; Wed + 3 ends on a Saturday and moves to Monday.
        (date(2025, 9, 17), 3, date(2025, 9, 22)),
        # Thu + 3 is Sunday 21 September: Monday.
        (date(2025, 9, 18), 3, date(2025, 9, 22)),
        # Fri + 3 ends on a Monday.
        (date(2025, 9, 19), 3, date(2025, 9, 22)),
        # Thu + 3 ends on Sunday 28 September, which was worked.
        (date(2025, 9, 25), 3, date(2025, 9, 28)),
        # Sat 27 September + 3 ends on the last day before the holidays.
        (date(2025, 9, 27), 3, date(2025, 9, 30)),
        # Into the holidays: to Thursday 9 October, whatever day of them it would have been.
        (date(2025, 9, 28), 3, date(2025, 10, 9)),
        (date(2025, 9, 30), 3, date(2025, 10, 9)),
        (date(2025, 10, 5), 3, date(2025, 10, 9)),
        (date(2025, 9, 30), 10, date(2025, 10, 10)),
        # Wed 8 October + 3 ends on Saturday 11 October, which was worked.
        (date(2025, 10, 8), 3, date(2025, 10, 11)),
        (date(2025, 10, 9), 3, date(2025, 10, 13)),
    ],
)
def test_the_last_day_moves_to_the_next_working_day(published, days, last):
    assert publicity_end(published, days, working_day) == last


@pytest.mark.parametrize("days", [0, -1])
def test_a_publicity_lasts_at_least_a_day(days):
    with pytest.raises(ValueError, match="at least one day"):
        publicity_end(date(2025, 9, 15), days, working_day)


def test_an_objection_is_in_time_while_the_result_is_public():
    window = objection_window(date(2025, 9, 28), 3, working_day)
    assert window == Window(date(2025, 9, 28), date(2025, 10, 9))
    days = [date(2025, 9, 27), date(2025, 9, 28), date(2025, 10, 9), date(2025, 10, 10)]
    assert [day in window for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2025, 9, 15), date(2025, 9, 18)),
        (date(2025, 9, 17), date(2025, 9, 20)),
        (date(2025, 9, 30), date(2025, 10, 3)),
    ],
)
def test_the_answer_is_due_in_three_days_and_no_holiday_moves_it(received, due):
    assert answer_due(received) == due


def test_a_profile_may_set_another_term():
    assert answer_due(date(2025, 9, 15), days=5) == date(2025, 9, 20)
