"""After the decision: the terms that run, and what still has to be handed in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from audit_log.domain.entry import parse_time
from audit_log.selectors import trail
from award.selectors.rules import binding, local_day, today
from evaluation.models import Project
from evaluation.selectors.states import wrong_state
from rulebook.domain import deadlines
from rulebook.domain.blockers import Blocker
from rulebook.domain.deadlines import Term
from rulebook.selectors import profiles

REPORTED, FILED = "project.written_report_submitted", "project.contract_filed"
TERMS: tuple[tuple[Term, str, str], ...] = (
    (deadlines.DECIDE_AWARD, "project.report_submitted", "project.awarded"),
    (deadlines.NOTIFY, "project.awarded", "project.notified"),
    (deadlines.WRITTEN_REPORT, "project.awarded", REPORTED),
    (deadlines.SIGN_CONTRACT, "project.notified", "project.contracted"),
    (deadlines.FILE_CONTRACT, "project.contracted", FILED),
)
"""Term, the entry from which it runs, the entry that ends it."""
WRITTEN_FROM = ("awarded", "result_public", "notified", "contracted")


@dataclass(frozen=True)
class Running:
    """A term as it stands: `done` None while the act is open; `late` counts days beyond `due`."""

    act: str
    since: date
    due: date
    done: date | None
    late: int


def terms(row: Project) -> list[Running]:
    """The terms of the award that have begun, in their order; each counted from its newest start.

    The day a contract was signed or filed is the one that its entry tells, not the entry's own.
    """
    types = {type for _, *ends in TERMS for type in ends}
    newest = {event["type"]: event for event in trail.events(row.stream, *types)}
    return [
        _running(row, term, newest[start], newest.get(end))
        for term, start, end in TERMS
        if start in newest
    ]


def file_contract(row: Project) -> list[Blocker]:
    """A signed contract waits to be filed, once."""
    if row.state != "contracted":
        return [wrong_state(row)]
    if trail.last_event(row.stream, FILED):
        return [Blocker("contract_filed", "合同备案已登记")]
    return []


def written_report(row: Project) -> list[Blocker]:
    """Once for each decision, and noted where it is late (招标投标法第四十七条)."""
    if row.state not in WRITTEN_FROM:
        return [wrong_state(row)]
    if handed_in(row):
        return [Blocker("report_handed_in", "本次定标的书面报告已经提交")]
    decided = trail.events(row.stream, "project.awarded")[-1]
    return late(row, deadlines.WRITTEN_REPORT, _day(decided), today())


def handed_in(row: Project) -> dict[str, Any] | None:
    """The entry of the report on the present decision, None before it."""
    found = trail.events(row.stream, "project.awarded", REPORTED)
    return found[-1] if found and found[-1]["type"] == REPORTED else None


def late(row: Project, term: Term, since: date, done: date) -> list[Blocker]:
    """What is noted of an act done after its term."""
    profile, facts = binding(row)
    return deadlines.overdue(profile, facts, profiles.calendar(), term, since=since, done=done)


def _running(
    row: Project, term: Term, start: dict[str, Any], end: dict[str, Any] | None
) -> Running:
    profile, _ = binding(row)
    since = _day(start)
    due = deadlines.due_date(profile, profiles.calendar(), term, since=since)
    done = _day(end) if end and end["n"] > start["n"] else None
    return Running(term.act, since, due, done, max(0, ((done or today()) - due).days))


def _day(event: dict[str, Any]) -> date:
    told = event["data"].get("date")
    return date.fromisoformat(told) if told else local_day(parse_time(event["at"]))
