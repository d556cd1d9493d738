"""Notices that change no state: the tender itself, and that it has ended. Two persons, as ever.

The tenderer draws them up from the facts, the trading centre releases them or sends them back with
a reason; candidates and result have their own acts (publicity), which move the project.
"""

from django.db import transaction

from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from award.models import Notice
from award.selectors import grounds, releases
from award.services import notices
from evaluation.models import Project
from evaluation.services import forms, lock
from rulebook.domain.blockers import Blocker, Refused, refuse

COMPOSED = {"tender": notices.tender, "ended": notices.ended}


@transaction.atomic
def draft_notice(*, actor: Actor, project: str, office: str, explanation: str = "") -> Ref:
    """Draw up the notice that the project's state asks for; a later draft replaces an earlier.

    `office` is an office's; `explanation` says why what the check found may stay. Raises BadInput.
    """
    row = lock.project(project)
    permit(actor, "project.draft_notice", row)
    refuse(releases.draft_notice(row))
    kind = releases.kind_of(row)
    document = COMPOSED[kind](row, forms.filled("office", office, most=500))
    draft = notices.prepare(row, kind, document, actor, explanation)
    data = {"notice_kind": kind} | notices.drafted(draft)
    return trail.record(row, "project.notice_drafted", actor, data)


@transaction.atomic
def release_notice(*, actor: Actor, project: str, reviewed: str = "") -> Ref:
    """Release the draft another person drew up; `reviewed` is the hash of what was reviewed."""
    row = lock.project(project)
    permit(actor, "project.release_notice", row)
    refuse(releases.release_notice(row))
    kind = releases.kind_of(row)
    draft = draft_of_another(row, kind, actor, reviewed)
    now = trail.moment(row)
    data = {"notice_kind": kind} | notices.publish(draft, actor, now)
    return trail.record(row, "project.notice_released", actor, data, at=now)


@transaction.atomic
def return_notice(*, actor: Actor, project: str, reason: str) -> Ref:
    """Send the newest draft back with a reason; the tenderer draws up another."""
    row = lock.project(project)
    permit(actor, "project.return_notice", row)
    refuse(releases.return_notice(row))
    kind = "candidates" if row.state == "reported" else releases.kind_of(row)
    text = notices.clean(row, "reason", forms.filled("reason", reason, most=500), least=4)
    draft = grounds.drafts(row, kind).latest("pk")
    draft.returned_for = text
    draft.save()
    data = {"notice_kind": kind, "notice": draft.body, "reason": text}
    return trail.record(row, "project.notice_returned", actor, data)


def draft_of_another(row: Project, kind: str, actor: Actor, reviewed: str) -> Notice:
    """The newest draft of a kind, which someone else drew up and which is what was reviewed."""
    draft = grounds.drafts(row, kind).latest("pk")
    if draft.prepared_by == actor.id:
        raise Refused([Blocker("same_person", "拟定和发布应当由不同人员办理")])
    if reviewed and draft.body != reviewed:
        raise Refused([Blocker("draft_replaced", "草稿已重新拟定,请审核新的草稿后发布")])
    return draft
