"""The meeting beside its ballots: who spoke in which order, and its end with the minutes."""

from django.db import transaction

from accounts.services.gate import NotAllowed, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from award.selectors import award, papers
from award.selectors.rules import binding
from award.services import notices
from award.services.papers import document
from evaluation.models import Part, Project
from evaluation.services import lock
from rulebook.domain import award_papers as rules
from rulebook.domain.blockers import Blocker, Refused, refuse


@transaction.atomic
def speak(*, actor: Actor, project: str, statement: str) -> Ref:
    """Put on record what a member said in the deliberation; the leader speaks last.

    A member speaks once in a session, after he has signed in. Raises BadInput for personal data.
    """
    row = lock.project(project)
    permit(actor, "project.speak", row)
    refuse(papers.speak(row))
    part = _present(row, actor)
    if actor.id in [one["data"]["member"] for one in papers.spoken(row)]:
        raise Refused([Blocker("already_spoken", "您在本次会议已经发言")])
    profile, facts = binding(row)
    others = papers.waiting(row, besides=actor.id) if part.leader else 0
    warnings = refuse(rules.leader_last(profile, facts, waiting=others))
    text = notices.clean(row, "statement", statement)
    data = {"member": actor.id, "session": row.award_session, "statement": text}
    return trail.record(row, papers.SPOKE, actor, data | lock.noted(warnings))


@transaction.atomic
def end_meeting(*, actor: Actor, project: str, minutes: str, recording: str) -> Ref:
    """End the meeting by its leader's word, with minutes and recording (SHA-256 each)."""
    row = lock.project(project)
    permit(actor, "project.end_award_meeting", row)
    refuse(papers.end_meeting(row))
    if not _present(row, actor).leader:
        raise Refused([Blocker("leader_only", "定标会议由组长宣布结束")])
    documents = {
        "record": document("minutes", minutes),
        "recording": document("recording", recording),
    }
    return trail.record(row, papers.ENDED, actor, {"session": row.award_session, **documents})


def _present(row: Project, actor: Actor) -> Part:
    """The member's part; refused before he has signed in."""
    part = award.committee(row).filter(person=actor.id).first()
    if part is None:
        raise NotAllowed
    if part.signed_in_at is None:
        raise Refused([Blocker("not_signed_in", "请先签到")])
    return part
