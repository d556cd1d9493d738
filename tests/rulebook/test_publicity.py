"""R16 and R17: the days of publicity and objection, with a holiday in between."""

from datetime import date

import pytest

from rulebook.domain.objections import (
    no_open_objection,
    objection_in_publicity,
    objection_to_documents,
)
from rulebook.domain.publicity import RESULT, last_day, publicity_length, publicity_over
from tests.rulebook.facts import CALENDAR, COMPULSORY, VOLUNTARY, ZJ, reasons, with_value


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2025, 7, 7), date(2025, 7, 10)),  # Monday; the starting day does not count
        (date(2025, 7, 9), date(2025, 7, 14)),  # would end on a Saturday
        (date(2025, 9, 25), date(2025, 9, 28)),  # a Sunday that is worked
        (date(2025, 9, 29), date(2025, 10, 9)),  # would end inside National Day
    ],
)
def test_r16_three_days_and_the_end_moves_past_days_of_rest(start, last):
    assert last_day(ZJ, CALENDAR, start=start) == last


def test_r16_the_end_stays_where_the_profile_does_not_move_it():
    fixed = with_value(ZJ, "calendar_roll", value=False)
    assert last_day(fixed, CALENDAR, start=date(2025, 9, 29)) == date(2025, 10, 2)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2025, 7, 10), []),
        (date(2025, 7, 11), []),
        (date(2025, 7, 9), ["中标候选人公示不得少于 3 日，最早于2025年7月10日届满"]),
    ],
)
def test_r16_a_publicity_is_never_planned_shorter(last, expected):
    found = publicity_length(ZJ, COMPULSORY, CALENDAR, start=date(2025, 7, 7), last=last)
    assert [item.message for item in found] == expected
    assert {(item.rule, item.code, item.level, item.value) for item in found} <= {
        ("R16", "publicity_short", "block", 3)
    }


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 7, 11), []),
        (date(2025, 7, 10), [("R16", "publicity_running", "block")]),
    ],
)
def test_r16_nothing_follows_before_the_last_day_has_passed(today, expected):
    found = publicity_over(ZJ, COMPULSORY, last=date(2025, 7, 10), today=today)
    assert reasons(found) == expected


def test_r16_does_not_bind_a_tender_that_is_not_compulsory():
    day = date(2025, 7, 7)
    assert publicity_length(ZJ, VOLUNTARY, CALENDAR, start=day, last=day) == []
    assert publicity_over(ZJ, VOLUNTARY, last=day, today=day) == []


def test_a_short_publicity_of_the_result_warns():
    day = date(2025, 7, 7)
    short = publicity_length(ZJ, VOLUNTARY, CALENDAR, start=day, last=day, notice=RESULT)
    running = publicity_over(ZJ, VOLUNTARY, last=day, today=day, notice=RESULT)
    assert reasons(short + running) == [
        ("result_publicity_days", "publicity_short", "warn"),
        ("result_publicity_days", "publicity_running", "warn"),
    ]


@pytest.mark.parametrize(
    ("open_", "expected"), [(0, []), (1, [("R17", "objection_open", "block")])]
)
def test_r17_an_open_objection_stops_the_flow(open_, expected):
    assert reasons(no_open_objection(ZJ, VOLUNTARY, open_objections=open_)) == expected


@pytest.mark.parametrize(
    ("day", "in_time"), [(6, False), (7, True), (10, True), (11, False)]
)  # public from 7 to 10 July
def test_r17_an_objection_to_the_result_comes_during_the_publicity(day, in_time):
    found = objection_in_publicity(
        ZJ, COMPULSORY,
        received_on=date(2025, 7, day), start=date(2025, 7, 7), last=date(2025, 7, 10),
    )  # fmt: skip
    assert reasons(found) == ([] if in_time else [("R17", "objection_out_of_time", "block")])


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (date(2025, 7, 11), []),
        (date(2025, 7, 12), ["对招标文件的异议应在投标截止时间 10 日前提出，最迟为2025年7月11日"]),
    ],
)
def test_r17_an_objection_to_the_documents_comes_ten_days_before_the_deadline(received, expected):
    found = objection_to_documents(
        ZJ, COMPULSORY, received_on=received, deadline_on=date(2025, 7, 21)
    )
    assert [item.message for item in found] == expected
