"""The committee's questions to bidders, and their answers (条例第五十二条), from the trail."""

from dataclasses import dataclass

from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from evaluation.models import Project
from evaluation.selectors import deliberation_blockers
from rulebook.domain.blockers import Blocker


@dataclass(frozen=True, slots=True)
class Clarification:
    """One question; `question` and `answer` are SHA-256 of the texts, `answer` "" while open."""

    code: str
    bidder: str
    question: str
    answer: str

    def as_data(self) -> dict[str, str]:
        """Return it for the report."""
        told = {"clarification": self.code, "bidder": self.bidder}
        return told | {"question": self.question, "answer": self.answer}


def of(row: Project) -> list[Clarification]:
    """Every question that was asked, in the order of asking."""
    asked = [event["data"] for event in trail.events(row.stream, "project.clarification_asked")]
    given = trail.events(row.stream, "project.clarification_answered")
    answers = {event["data"]["clarification"]: event["data"]["answer"] for event in given}
    return [
        Clarification(
            one["clarification"],
            one["bidder"],
            one["question"],
            answers.get(one["clarification"], ""),
        )
        for one in asked
    ]


def open_for(row: Project, bidder: str) -> list[Clarification]:
    """A bidder's questions that wait for his answer."""
    return [one for one in of(row) if one.bidder == bidder and not one.answer]


def text(sha256: str) -> str:
    """The words of a question or an answer; "" where there are none."""
    return trail.attachment(sha256).decode() if sha256 else ""


def awaited(actor: Actor, row: Project) -> bool:
    """Offered to a bidder who was asked."""
    return bool(open_for(row, actor.org))


def ask(row: Project) -> list[Blocker]:
    """Questions are asked while the committee evaluates."""
    return deliberation_blockers.working(row)


def answer(row: Project) -> list[Blocker]:
    """An answer counts as long as the committee evaluates."""
    if stopped := deliberation_blockers.working(row):
        return stopped
    waiting = any(not one.answer for one in of(row))
    return [] if waiting else [Blocker("nothing_asked", "没有待答复的澄清要求")]
