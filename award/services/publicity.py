"""Publicity: candidates and result go public by two persons; then the notices to everyone."""

from datetime import date, datetime

from django.db import transaction

from accounts.services.gate import permit
from audit_log.domain import canonical
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import trail
from award.domain.publicity import publicity_end
from award.models import Award, Notice
from award.selectors import award, blockers
from award.selectors.rules import binding, today
from award.services import notices, releasing
from evaluation.models import Project
from evaluation.services import lock
from rulebook.domain import award as award_rules
from rulebook.domain import publicity as publicity_rules
from rulebook.domain.blockers import Blocker, refuse
from rulebook.domain.deadlines import Term
from rulebook.selectors import profiles


@transaction.atomic
def draft_candidates(
    *, actor: Actor, project: str, objection_channel: str, explanation: str = ""
) -> Ref:
    """Draw up 中标候选人公示 from the report; a later draft stands in for an earlier one.

    `objection_channel` says where objections are taken, `explanation` why what the check found may
    stay. Raises BadInput for personal data.
    """
    row = lock.project(project)
    permit(actor, "project.draft_candidates", row)
    refuse(blockers.draft_candidates(row))
    channel = notices.clean(row, "objection_channel", objection_channel, least=4)
    document = notices.candidates(row, channel)
    draft = notices.prepare(row, "candidates", document, actor, explanation)
    return trail.record(row, "project.candidates_drafted", actor, notices.drafted(draft))


@transaction.atomic
def publish_candidates(*, actor: Actor, project: str, reviewed: str = "") -> Ref:
    """Release the draft that another person prepared: 已出评标报告 → 候选人公示中 (R16).

    `reviewed` is the hash of the draft that was reviewed.
    """
    row = lock.project(project)
    permit(actor, "project.publish_candidates", row)
    warnings = refuse(blockers.publish_candidates(row))
    draft = releasing.draft_of_another(row, "candidates", actor, reviewed)
    last = _last_day(row, publicity_rules.CANDIDATES)
    warnings += refuse(_length(row, publicity_rules.CANDIDATES, last))
    lock.fire(row, "publish_candidates")
    return _go_public(row, draft, actor, "project.candidates_published", last, warnings)


@transaction.atomic
def publish_result(*, actor: Actor, project: str, reviewed: str = "") -> Ref:
    """Release the result after composing it anew from the facts (R30): → 中标结果公示中.

    The draft was drawn up at the decision, by whoever decided; another person releases it.
    """
    row = lock.project(project)
    permit(actor, "project.publish_result", row)
    warnings = refuse(blockers.publish_result(row))
    draft = releasing.draft_of_another(row, "result", actor, reviewed)
    warnings += refuse(_recomposed(row, draft))
    last = _last_day(row, publicity_rules.RESULT)
    lock.fire(row, "publish_result")
    return _go_public(row, draft, actor, "project.result_published", last, warnings)


@transaction.atomic
def notify(*, actor: Actor, project: str) -> Ref:
    """Send 中标通知书 to the winner and the result to every other bidder (招标投标法第四十五条)."""
    row = lock.project(project)
    permit(actor, "project.notify", row)
    warnings = refuse(blockers.notify(row))
    decision, now = award.active_award(row), trail.moment(row)
    sent = [_send(row, actor, decision, now)]
    losers = row.bids.exclude(pk=decision.bid_id).select_related("bidder").order_by("bidder_id")
    for bid in losers:
        document = notices.lost_notice(row, decision, bid)
        told = notices.prepare(row, "lost", document, actor)
        notices.release(told, actor, now)
        sent.append({"to": bid.bidder_id, "notice": told.body})
    profile, facts = binding(row)
    warnings += refuse(
        award_rules.losers_notified(profile, facts, losers=len(losers), notified=len(sent) - 1)
    )
    lock.fire(row, "notify")
    data = {"winner": row.winner, "notices": sent} | lock.noted(warnings)
    return trail.record(row, "project.notified", actor, data, at=now)


def _send(row: Project, actor: Actor, decision: Award, now: datetime) -> dict[str, str]:
    notice = notices.prepare(row, "award", notices.award_notice(row, decision), actor)
    notice.to = decision.bid.bidder_id
    notices.release(notice, actor, now)
    return {"to": notice.to, "notice": notice.body}


def _last_day(row: Project, term: Term) -> date:
    """The last day of a publicity from today, by the longer of rules and plan."""
    profile, _ = binding(row)
    plan = award.plan_of(row)
    days = max(profile.number(term.days), plan.publicity_days if plan else 0)
    calendar = profiles.calendar()
    rolls = profile.flag("calendar_roll")
    return publicity_end(today(), days, calendar.is_working_day if rolls else lambda _: True)


def _length(row: Project, term: Term, last: date) -> list[Blocker]:
    profile, facts = binding(row)
    return publicity_rules.publicity_length(
        profile, facts, profiles.calendar(), start=today(), last=last, notice=term
    )


def _go_public(
    row: Project, draft: Notice, actor: Actor, type: str, last: date, warnings: list[Blocker]
) -> Ref:
    """Put the draft on the site, and tell where, until when, and by which calendar."""
    draft.public_until = row.public_until = last
    now = trail.moment(row)
    data = notices.publish(draft, actor, now) | {"public_until": last.isoformat()}
    data |= {"calendar": profiles.calendar().version, **lock.noted(warnings)}
    return trail.record(row, type, actor, data, at=now)


def _recomposed(row: Project, draft: Notice) -> list[Blocker]:
    """R30: ballots counted anew and facts composed anew give the bytes of the draft."""
    profile, facts = binding(row)
    replayed = canonical.dumps(notices.result(row, award.active_award(row)))
    pairs = [(entries.attachment(draft.body), replayed), *award.recounts(row)]
    return [
        reason
        for stored, anew in pairs
        for reason in award_rules.replay_equal(profile, facts, stored=stored, replayed=anew)
    ]
