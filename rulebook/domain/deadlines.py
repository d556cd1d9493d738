"""Terms counted in days: the starting day never counts, and an end on a day of rest moves on.

《中华人民共和国民法典》第二百零一条、第二百零三条; whether the end moves is the profile's
`calendar_roll`. A late act is noted, not refused: refusing it for ever would only make it later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.calendar import WorkCalendar, chinese_date
from rulebook.domain.rules import Facts, Profile


@dataclass(frozen=True, slots=True)
class Term:
    """What (in Chinese) is to be done in time, under which rule; row `days` holds the number.

    `code` names the reason of being late; `working` says that working days are counted.
    """

    act: str
    rule: str
    days: str
    code: str
    working: bool = False


# R16, from receiving the evaluation report; 条例第五十四条第一款.
PUBLISH_CANDIDATES = Term("公示中标候选人", "R16", "publish_within_days", "publicity_late")
# R17, from receiving the objection; 条例第二十二条、第五十四条第二款.
ANSWER_OBJECTION = Term("答复异议", "R17", "objection_answer_days", "objection_answer_late")
# R18, from knowing of the matter, the days an objection took paused; 条例第六十条.
FILE_COMPLAINT = Term("提出投诉", "R18", "complaint_days", "complaint_late")
# R18, from receiving the complaint; 条例第六十一条第二款.
ACCEPT_COMPLAINT = Term(
    "决定是否受理投诉", "R18", "complaint_accept_working_days", "complaint_acceptance_late", True
)
# R18, from accepting the complaint, tests and expert review paused; 条例第六十一条第二款.
DECIDE_COMPLAINT = Term(
    "作出投诉处理决定", "R18", "complaint_decide_working_days", "complaint_decision_late", True
)
# From receiving the evaluation report; no article, a value of the profile.
DECIDE_AWARD = Term("定标", "decision_days", "decision_days", "decision_late", True)
# R24, from the decision; 《招标投标法》第四十五条、第四十七条.
NOTIFY = Term("发出中标通知书", "R24", "R24", "notice_late")
# From the decision, to the regulator; 《招标投标法》第四十七条.
WRITTEN_REPORT = Term(
    "提交招标投标情况书面报告", "written_report_days", "written_report_days", "written_report_late"
)
# R25, from the award notice; 《招标投标法》第四十六条.
SIGN_CONTRACT = Term("签订合同", "R25", "contract_days", "contract_late")
# R25, from signing the contract; a provincial matter.
FILE_CONTRACT = Term("合同备案", "R25", "filing_days", "filing_late")


def due_date(
    profile: Profile, calendar: WorkCalendar, term: Term, *, since: date, paused: int = 0
) -> date:
    """Return the last day of `term` from `since`; `paused` more days, of its kind, do not count."""
    days = profile.number(term.days) + paused
    if term.working:
        return calendar.add_working_days(since, days)
    end = since + timedelta(days=days)
    return calendar.roll(end) if profile.flag("calendar_roll") else end


def overdue(
    profile: Profile,
    facts: Facts,
    calendar: WorkCalendar,
    term: Term,
    *,
    since: date,
    done: date,
    paused: int = 0,
) -> list[Blocker]:
    """Return the reason where an act on day `done` (today if still open) is later than its term."""
    due = due_date(profile, calendar, term, since=since, paused=paused)
    if done <= due:
        return []
    message = f"{term.act}的期限为{chinese_date(due)}，已逾期 {(done - due).days} 日"
    return collect(blocker(profile, term.rule, term.code, message, facts, param=term.days))


def calendar_known(
    profile: Profile, facts: Facts, calendar: WorkCalendar, *, days: Iterable[date]
) -> list[Blocker]:
    """Parameter calendar_roll: note years whose holidays this calendar does not know yet."""
    unknown = sorted({day.year for day in days if not calendar.knows(day.year)})
    if not unknown:
        return []
    years = "、".join(map(str, unknown))
    message = f"工作日历（{calendar.version}）尚无 {years} 年放假安排，暂按周末推算，请核对期限"
    return collect(blocker(profile, "calendar_roll", "calendar_unknown", message, facts))
