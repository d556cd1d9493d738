"""How long candidates (R16) and the result stay public; when they go public is in deadlines.py."""

from datetime import date

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.calendar import WorkCalendar, chinese_date
from rulebook.domain.deadlines import Term, due_date
from rulebook.domain.rules import Facts, Profile

# R16; 条例第五十四条第一款.
CANDIDATES = Term("中标候选人公示", "R16", "publicity_days", "publicity_short")
# No article, a value of the profile.
RESULT = Term("中标结果公示", "result_publicity_days", "result_publicity_days", "publicity_short")


def last_day(
    profile: Profile, calendar: WorkCalendar, *, start: date, notice: Term = CANDIDATES
) -> date:
    """Return the earliest lawful last day of a publicity that starts on `start`."""
    return due_date(profile, calendar, notice, since=start)


def publicity_length(
    profile: Profile,
    facts: Facts,
    calendar: WorkCalendar,
    *,
    start: date,
    last: date,
    notice: Term = CANDIDATES,
) -> list[Blocker]:
    """R16: a planned publicity `start` … `last` is long enough; the starting day does not count."""
    earliest = last_day(profile, calendar, start=start, notice=notice)
    if last >= earliest:
        return []
    days = profile.number(notice.days)
    message = f"{notice.act}不得少于 {days} 日，最早于{chinese_date(earliest)}届满"
    return collect(blocker(profile, notice.rule, notice.code, message, facts, param=notice.days))


def publicity_over(
    profile: Profile, facts: Facts, *, last: date, today: date, notice: Term = CANDIDATES
) -> list[Blocker]:
    """R16: nothing follows before the last day of the publicity has passed."""
    if today > last:
        return []
    message = f"{notice.act}至{chinese_date(last)}届满，期满前不得进入下一环节"
    code = "publicity_running"
    return collect(blocker(profile, notice.rule, code, message, facts, param=notice.days))
