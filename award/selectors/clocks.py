"""The terms that run in a project: what is to be done by when, by whom, under which rule.

A term is a duty of whoever may do its act (accounts.domain.policy); one that has passed stays until
the act is done. A stopped one has no last day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from award.models import Complaint, Objection
from award.selectors import award, grounds
from award.selectors.rules import binding, local_day
from evaluation.models import Project
from rulebook.domain import deadlines
from rulebook.domain.deadlines import Term
from rulebook.selectors import profiles


@dataclass(frozen=True)
class Clock:
    """One term: the policy's act, the last day (None while it is stopped), rule and article."""

    act: str
    title: str
    due: date | None
    rule: str
    basis: str
    part: str = ""


def running(row: Project) -> list[Clock]:
    """Every term that runs in the project now, those of objections and complaints included."""
    return [*_of_state(row), *_of_objections(row), *_of_complaints(row)]


def _of_state(row: Project) -> Iterator[Clock]:
    match row.state:
        case "reported":
            drafted = grounds.drafts(row, "candidates").exists()
            act = "project.publish_candidates" if drafted else "project.draft_candidates"
            yield _since(row, act, deadlines.PUBLISH_CANDIDATES, grounds.reported_on(row))
        case "candidates_public" | "awarding" if row.regime == "separated":
            yield _since(row, "project.decide", deadlines.DECIDE_AWARD, grounds.reported_on(row))
        case "awarded" | "result_public":
            act = "project.notify" if row.state == "result_public" else "project.publish_result"
            decided = local_day(award.active_award(row).decided_at)
            yield _since(row, act, deadlines.NOTIFY, decided)
        case "notified":
            notified = grounds.notified_on(row)
            yield _since(row, "project.contract", deadlines.SIGN_CONTRACT, notified)


def _of_objections(row: Project) -> Iterator[Clock]:
    acts = {"submitted": "project.review_objection", "accepted": "project.answer_objection"}
    for one in Objection.objects.filter(project=row, state__in=acts).order_by("received_at"):
        term = deadlines.ANSWER_OBJECTION
        yield _clock(row, acts[one.state], term, one.answer_due, one.pk)


def _of_complaints(row: Project) -> Iterator[Clock]:
    for one in Complaint.objects.filter(project=row).order_by("filed_at"):
        match one.state:
            case "filed":
                term, due = deadlines.ACCEPT_COMPLAINT, one.accept_due
                yield _clock(row, "project.review_complaint", term, due, one.pk)
            case "accepted":
                term = deadlines.DECIDE_COMPLAINT
                yield _clock(row, "project.decide_complaint", term, one.decide_due, one.pk)
            case "examining":
                term = deadlines.DECIDE_COMPLAINT
                yield _clock(row, "project.resume_complaint_clock", term, None, one.pk)


def _since(row: Project, act: str, term: Term, since: date) -> Clock:
    profile, _ = binding(row)
    return _clock(
        row, act, term, deadlines.due_date(profile, profiles.calendar(), term, since=since)
    )


def _clock(row: Project, act: str, term: Term, due: date | None, part: str = "") -> Clock:
    profile, _ = binding(row)
    return Clock(act, term.act, due, term.rule, profile.rule(term.days).basis, part)
