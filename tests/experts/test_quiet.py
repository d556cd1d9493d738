"""Quiet hours: what would ring at night waits for the morning, unless it would be too late then."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from experts.domain.quiet import first_moment, parse

LOCAL = ZoneInfo("Asia/Shanghai")
NIGHT, NOON = "22:00-07:00", "12:30-13:45"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 5, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("hours", "asked", "goes"),
    [
        (NIGHT, at(8, 21, 59), at(8, 21, 59)),
        (NIGHT, at(8, 22), at(9, 7)),
        (NIGHT, at(8, 23, 59), at(9, 7)),
        (NIGHT, at(9, 0), at(9, 7)),
        (NIGHT, at(9, 6, 59), at(9, 7)),
        (NIGHT, at(9, 7), at(9, 7)),
        (NOON, at(8, 12, 29), at(8, 12, 29)),
        (NOON, at(8, 12, 30), at(8, 13, 45)),
        (NOON, at(8, 13, 45), at(8, 13, 45)),
        ("", at(9, 3), at(9, 3)),
    ],
)
def test_a_message_goes_at_the_first_moment_outside_of_them(hours, asked, goes):
    assert first_moment(asked, hours, before=at(20, 9)) == goes


def test_before_an_evaluation_in_the_night_or_at_their_end_it_goes_at_once():
    assert first_moment(at(8, 23), NIGHT, before=at(9, 6)) == at(8, 23)
    assert first_moment(at(8, 23), NIGHT, before=at(9, 7)) == at(8, 23)
    assert first_moment(at(8, 23), NIGHT, before=at(9, 9)) == at(9, 7)


@pytest.mark.parametrize("text", ["", "22-7", "24:00-07:00", "22:00-07:60", "22:00—07:00"])
def test_other_spellings_are_no_quiet_hours(text):
    assert parse(text) is None
