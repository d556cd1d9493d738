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
from award.selectors import award, blockers, grounds
from award.selectors.rules import binding, today
from award.services import notices
from evaluation.models import Project
from evaluation.services import lock
from rulebook.domain import award as award_rules
from rulebook.domain import publicity as publicity_rules
from rulebook.domain.blockers import Blocker, Refused, refuse
from rulebook.domain.deadlines import Term
from rulebook.selectors import profiles


@transaction.atomic
def draft_candidates(*, actor: Actor, project: str, objection_channel: str) -> Ref:
    """Draw up 中标候选人公示 from the report; a later draft stands in for an earlier one.

    `objection_channel` says where objections are taken. Raises BadInput for personal data.
    """
    row = lock.project(project)
    permit(actor, "project.draft_candidates", row)
    refuse(blockers.draft_candidates(row))
    channel = notices.clean(row, "objection_channel", objection_channel, least=4)
    draft = notices.prepare(row, "candidates", notices.candidates(row, channel), actor)
    return trail.record(row, "project.candidates_drafted", actor, {"notice": draft.body})


@transaction.atomic
def publish_candidates(*, actor: Actor, project: str) -> Ref:
    """Release the draft that another person prepared: 已出评标报告 → 候选人公示中 (R16)."""
    row = lock.project(project)
    permit(actor, "project.publish_candidates", row)
    warnings = refuse(blockers.publish_candidates(row))
    draft = _draft_of_another(row, "candidates", actor)
    last = _last_day(row, publicity_rules.CANDIDATES)
    warnings += refuse(_length(row, publicity_rules.CANDIDATES, last))
    lock.fire(row, "publish_candidates")
    now = _go_public(row, draft, actor, last)
    data = {
        "notice": draft.body,
        "public_until": last.isoformat(),
        "prepared_by": draft.prepared_by,
    }
    data |= lock.noted(warnings)
    return trail.record(row, "project.candidates_published", actor, data, at=now)


@transaction.atomic
def publish_result(*, actor: Actor, project: str) -> Ref:
    """Release the result after composing it anew from the facts (R30): → 中标结果公示中.

    The draft was drawn up at the decision, by whoever decided; another person releases it.
    """
    row = lock.project(project)
    permit(actor, "project.publish_result", row)
    warnings = refuse(blockers.publish_result(row))
    draft = _draft_of_another(row, "result", actor)
    warnings += refuse(_recomposed(row, draft))
    last = _last_day(row, publicity_rules.RESULT)
    lock.fire(row, "publish_result")
    now = _go_public(row, draft, actor, last)
    data = {"notice": draft.body, "public_until": last.isoformat()} | lock.noted(warnings)
    return trail.record(row, "project.result_published", actor, data, at=now)


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


def _draft_of_another(row: Project, kind: str, actor: Actor) -> Notice:
    draft = grounds.drafts(row, kind).latest("pk")
    if draft.prepared_by == actor.id:
        raise Refused([Blocker("same_person", "拟定和发布应当由不同人员办理")])
    return draft


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


def _go_public(row: Project, draft: Notice, actor: Actor, last: date) -> datetime:
    """Release the draft; return the time for its entry."""
    draft.public_until = row.public_until = last
    now = trail.moment(row)
    notices.release(draft, actor, now)
    return now


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
