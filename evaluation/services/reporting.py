"""From the candidates to the evaluation report: remarks, signatures, submission, recheck."""

from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import attachments, trail
from evaluation.models import Project
from evaluation.selectors import blockers, committee, offering
from evaluation.services import drawing, forms, lock, report
from evaluation.services.committee import own_part, recompose, speaks_for_committee, stamp
from evaluation.services.scoring import begin_round
from rulebook.domain.blockers import Blocker, Refused, refuse

REMARK_CHARS = 500


@transaction.atomic
def remark_candidates(*, actor: Actor, project: str, candidates: list[dict[str, str]]) -> Ref:
    """Record the committee's remarks, one `{"bidder", *REMARKS}` for each candidate."""
    row = lock.project(project)
    permit(actor, "project.remark_candidates", row)
    refuse(blockers.remark_candidates(row))
    speaks_for_committee(row, actor)
    told = _remarks(row, candidates)
    for candidate in row.candidates.select_related("bid"):
        candidate.remarks = told[candidate.bid.bidder_id]
        candidate.save(update_fields=["remarks"])
    rows = [{"bidder": bidder, **texts} for bidder, texts in sorted(told.items())]
    return trail.record(row, "project.candidates_remarked", actor, {"candidates": rows})


@transaction.atomic
def sign_report(*, actor: Actor, project: str, agree: bool, dissent: str = "") -> Ref:
    """Sign the report, or dissent in writing with reasons (条例第五十三条第二款)."""
    row = lock.project(project)
    permit(actor, "project.sign_report", row)
    refuse(blockers.sign_report(row))
    part = own_part(row, actor)
    if part.confirmed_at is not None:
        raise Refused([Blocker("step_done", "您已签署评标报告")])
    text = "" if agree else forms.filled("dissent", dissent)
    kept = attachments.keep(text.encode()) if text else ""
    data = {"member": actor.id, "agree": agree, "dissent": kept}
    ref = trail.record(row, "project.report_signed", actor, data)
    stamp(part, "confirmed_at", row)
    return ref


@transaction.atomic
def deem_consent(*, actor: Actor, project: str, member: str, notice: str) -> Ref:
    """Record that a member who neither signs nor dissents in writing consents (R15).

    `notice` says how and when he was asked to sign and told what his silence means (条例第五十三条
    第二款); no names in it.
    """
    row = lock.project(project)
    permit(actor, "project.deem_consent", row)
    refuse(blockers.sign_report(row))
    part = row.parts.filter(relation=committee.SEATED, person=member).first()
    if part is None or part.confirmed_at is not None:
        message = "该人员不是评标委员会成员,或者已经签署"
        raise BadInput("member_not_waiting", message, {"member": message})
    text = forms.filled("notice", notice)
    data = {"member": member, "notice": attachments.keep(text.encode()), "basis": "R15"}
    ref = trail.record(row, "project.consent_deemed", actor, data)
    stamp(part, "confirmed_at", row)
    return ref


@transaction.atomic
def submit_report(*, actor: Actor, project: str) -> Ref:
    """Submit the report everyone has signed: 评标中 → 已出评标报告.

    With the group's last lot the draw is closed and named as evidence.
    """
    row, lots = lock.lots_of(project)
    permit(actor, "project.submit_report", row)
    refuse(blockers.submit_report(row))
    now = trail.moment(row)
    row.parts.filter(relation=committee.SEATED).update(finished_at=now)
    closed = drawing.close_with(actor, row, lots, reports=True)
    lock.fire(row, "submit_report", *closed)
    row.report = attachments.keep_document(report.compose(row))
    row.reported_at = now
    data = {"report": row.report, "candidates": report.candidates(row)}
    return trail.record(row, "project.report_submitted", actor, data, at=now)


@transaction.atomic
def request_recheck(*, actor: Actor, project: str, reason: str) -> Ref:
    """Ask the original committee to check its evaluation again: 已出评标报告 → 评标中."""
    row = lock.project(project)
    permit(actor, "project.request_recheck", row)
    refuse(blockers.request_recheck(row))
    data: dict[str, Any] = {"reason": forms.filled("reason", reason)}
    recompose(row, actor)
    lock.fire(row, "request_recheck")
    begin_round(row)
    return trail.record(row, "project.recheck_requested", actor, data)


def _remarks(row: Project, given: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return bidder → remarks; raise BadInput unless every candidate has them exactly once."""
    bidders = sorted(row.candidates.values_list("bid__bidder_id", flat=True))
    if sorted(line["bidder"] for line in given) != bidders:
        message = "应当对每名候选人各写一份评语"
        raise BadInput("remarks_incomplete", message, {"candidates": message})
    return {
        line["bidder"]: {
            name: forms.filled(name, line[name], most=REMARK_CHARS) for name in offering.REMARKS
        }
        for line in given
    }
