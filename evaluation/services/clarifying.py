"""Clarification of bids in writing (条例第五十二条): the committee asks, the bidder answers."""

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import attachments, trail
from evaluation.selectors import bids, clarifications
from evaluation.services import forms, lock
from evaluation.services.committee import speaks_for_committee
from rulebook.domain.blockers import refuse

MOST_CHARS = 2000


@transaction.atomic
def ask_clarification(*, actor: Actor, project: str, bidder: str, question: str) -> Ref:
    """Ask a bidder to clarify what is unclear, contradictory or a slip of the pen in his bid.

    No hint of an answer, and nothing that would change the substance of the bid, may be asked for.
    """
    row = lock.project(project)
    permit(actor, "project.ask_clarification", row)
    refuse(clarifications.ask(row))
    speaks_for_committee(row, actor)
    if bidder not in {bid.bidder_id for bid in bids.valid(row)}:
        raise _bad("bidder", "bidder_unknown", "该单位没有有效的投标")
    text = forms.filled("question", question, most=MOST_CHARS)
    code = f"Q{len(clarifications.of(row)) + 1}"
    told = {"clarification": code, "bidder": bidder, "question": attachments.keep(text.encode())}
    return trail.record(row, "project.clarification_asked", actor, told)


@transaction.atomic
def answer_clarification(*, actor: Actor, project: str, clarification: str, answer: str) -> Ref:
    """Answer a question of the committee; the answer stands as it was given."""
    row = lock.project(project)
    permit(actor, "project.answer_clarification", row)
    refuse(clarifications.answer(row))
    if clarification not in {one.code for one in clarifications.open_for(row, actor.org)}:
        message = "没有向本单位提出的这一澄清要求,或者已经答复"
        raise _bad("clarification", "clarification_unknown", message)
    text = forms.filled("answer", answer, most=MOST_CHARS)
    told = {"clarification": clarification, "answer": attachments.keep(text.encode())}
    return trail.record(row, "project.clarification_answered", actor, told)


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
