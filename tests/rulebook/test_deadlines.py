"""Terms: the starting day does not count, the end moves past rest, being late is noted."""

from datetime import date, timedelta

import pytest

from rulebook.domain.deadlines import (
    ACCEPT_COMPLAINT,
    ANSWER_OBJECTION,
    DECIDE_AWARD,
    DECIDE_COMPLAINT,
    FILE_COMPLAINT,
    FILE_CONTRACT,
    NOTIFY,
    PUBLISH_CANDIDATES,
    SIGN_CONTRACT,
    calendar_known,
    due_date,
    overdue,
)
from tests.rulebook.facts import CALENDAR, COMPULSORY, VOLUNTARY, ZJ, reasons

DAY = timedelta(days=1)
MONDAY = date(2025, 9, 15)

# From Monday 15 September 2025; the days from 1 to 8 October rest, 28 September is worked.
DUE = [
    (PUBLISH_CANDIDATES, date(2025, 9, 18), ("R16", "publicity_late", "warn")),
    (ANSWER_OBJECTION, date(2025, 9, 18), ("R17", "objection_answer_late", "warn")),
    (FILE_COMPLAINT, date(2025, 9, 25), ("R18", "complaint_late", "warn")),
    (ACCEPT_COMPLAINT, date(2025, 9, 18), ("R18", "complaint_acceptance_late", "warn")),
    (DECIDE_COMPLAINT, date(2025, 10, 31), ("R18", "complaint_decision_late", "warn")),
    (DECIDE_AWARD, date(2025, 9, 28), ("decision_days", "decision_late", "warn")),
    (NOTIFY, date(2025, 9, 30), ("R24", "notice_late", "warn")),
    (SIGN_CONTRACT, date(2025, 10, 15), ("R25", "contract_late", "warn")),
    (FILE_CONTRACT, date(2025, 9, 30), ("R25", "filing_late", "warn")),
]


@pytest.mark.parametrize(("term", "due", "reason"), DUE, ids=[row[0].code for row in DUE])
def test_a_term_ends_on_this_day_and_the_day_after_is_late(term, due, reason):
    assert due_date(ZJ, CALENDAR, term, since=MONDAY) == due
    assert overdue(ZJ, COMPULSORY, CALENDAR, term, since=MONDAY, done=due) == []
    late = overdue(ZJ, COMPULSORY, CALENDAR, term, since=MONDAY, done=due + DAY)
    assert reasons(late) == [reason]


def test_a_term_that_ends_on_a_day_of_rest_ends_on_the_next_working_day():
    due = due_date(ZJ, CALENDAR, ANSWER_OBJECTION, since=date(2025, 9, 30))
    assert due == date(2025, 10, 9)


def test_paused_days_do_not_count():
    plain = due_date(ZJ, CALENDAR, DECIDE_COMPLAINT, since=MONDAY)
    paused = due_date(ZJ, CALENDAR, DECIDE_COMPLAINT, since=MONDAY, paused=5)
    assert paused == CALENDAR.add_working_days(plain, 5)
    assert due_date(ZJ, CALENDAR, FILE_COMPLAINT, since=MONDAY, paused=1) == date(2025, 9, 26)


def test_being_late_says_since_when():
    done = date(2025, 9, 20)
    [late] = overdue(ZJ, COMPULSORY, CALENDAR, ANSWER_OBJECTION, since=MONDAY, done=done)
    assert str(late) == (
        "答复异议的期限为2025年9月18日，已逾期 2 日"
        "（《中华人民共和国招标投标法实施条例》第二十二条、第五十四条第二款）"
    )


def test_a_paused_term_is_late_later():
    done = date(2025, 9, 26)
    late = overdue(ZJ, COMPULSORY, CALENDAR, FILE_COMPLAINT, since=MONDAY, done=done)
    paused = overdue(ZJ, COMPULSORY, CALENDAR, FILE_COMPLAINT, since=MONDAY, done=done, paused=1)
    assert (reasons(late), paused) == ([("R18", "complaint_late", "warn")], [])


def test_a_term_of_a_rule_that_does_not_bind_is_never_late():
    done = date(2025, 12, 1)
    late = overdue(ZJ, VOLUNTARY, CALENDAR, PUBLISH_CANDIDATES, since=MONDAY, done=done)
    assert late == []


def test_a_year_the_calendar_does_not_know_is_warned_about():
    days = [date(2028, 1, 4), date(2026, 12, 31), date(2027, 1, 4), date(2027, 3, 1)]
    [found] = calendar_known(ZJ, COMPULSORY, CALENDAR, days=days)
    assert found.message == (
        f"工作日历（{CALENDAR.version}）尚无 2027、2028 年放假安排，暂按周末推算，请核对期限"
    )
    assert reasons([found]) == [("calendar_roll", "calendar_unknown", "warn")]


def test_known_years_pass():
    days = [date(2025, 1, 1), date(2026, 12, 31)]
    assert calendar_known(ZJ, COMPULSORY, CALENDAR, days=days) == []
