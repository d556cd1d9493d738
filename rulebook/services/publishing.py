"""Rule profiles from version to version: one proposes, another approves, each an entry.

Only an installation publishes by itself, once, when it is put into service.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import attachments, clock, trail
from rulebook.domain.blockers import refuse
from rulebook.domain.calendar import CalendarError, parse_calendar
from rulebook.domain.changes import Change, changed
from rulebook.domain.profile_json import parse_profile
from rulebook.domain.rules import Profile, ProfileError, dump_profile
from rulebook.models import RuleProfile
from rulebook.selectors import blockers, profiles
from rulebook.selectors.profiles import CALENDAR

REASON_LENGTH = 200


@transaction.atomic
def publish_profile(*, actor: Actor, content: dict[str, Any]) -> Ref:
    """Publish a bundled profile at installation; raises ProfileError where the content is none."""
    permit(actor, "rules.publish")
    profile = parse_profile(content)
    row = RuleProfile.locked(profile.code) or RuleProfile(code=profile.code, version=0)
    return _publish(row, actor, profile)


@transaction.atomic
def publish_calendar(*, actor: Actor, content: dict[str, Any]) -> Ref:
    """Publish the kept calendar at installation; raises CalendarError where it is none."""
    permit(actor, "rules.publish")
    row = RuleProfile.locked(CALENDAR) or RuleProfile(code=CALENDAR, version=0)
    return _publish_calendar(row, actor, content)


@transaction.atomic
def propose(
    *, actor: Actor, rules: str, effective_from: date, changes: Sequence[Change], reason: str
) -> Ref:
    """Propose the next version of a profile; it binds nobody until another body approves it.

    Raises BadInput where a change does not fit its rule, the first day lies behind, or no reason
    (1 to 200 characters) is given.
    """
    row = _locked(rules)
    permit(actor, "rules.propose")
    refuse(blockers.propose_rules(row))
    if effective_from < _today():
        message = "施行日期不能早于今天"
        raise BadInput("effective_in_the_past", message, {"effective_from": message})
    draft = _next(row, changes, effective_from)
    return _proposed(row, actor, dump_profile(draft), reason)


@transaction.atomic
def propose_calendar(*, actor: Actor, rules: str, content: dict[str, Any], reason: str) -> Ref:
    """Propose a calendar: `{"version","years":{"2027":{"holidays":[…],"workdays":[…]}}}`.

    Raises BadInput where the content is no calendar.
    """
    row = _locked(rules)
    permit(actor, "rules.propose_calendar")
    refuse(blockers.propose_calendar(row))
    try:
        parse_calendar(content)
    except CalendarError as error:
        raise BadInput("calendar_invalid", str(error), {"content": str(error)}) from None
    return _proposed(row, actor, content, reason)


@transaction.atomic
def approve(*, actor: Actor, rules: str) -> Ref:
    """Approve what another body proposed: → a new version, in force from its first day on."""
    row = _locked(rules)
    permit(actor, "rules.approve")
    refuse(blockers.approve(row, _today()))
    refuse(blockers.other_person(row, actor))
    draft = entries.document(row.draft)
    row.approve()
    row.draft = row.drafted_by = ""
    if row.code == CALENDAR:
        return _publish_calendar(row, actor, draft)
    return _publish(row, actor, parse_profile(draft))


@transaction.atomic
def reject(*, actor: Actor, rules: str, reason: str) -> Ref:
    """Send a proposal back with a reason; the version in force stays."""
    row = _locked(rules)
    permit(actor, "rules.reject")
    refuse(blockers.decide(row))
    told = {"reason": _stated(reason)}
    row.reject()
    row.draft = row.drafted_by = ""
    return trail.record(row, "rules.rejected", actor, told)


def _next(row: RuleProfile, changes: Sequence[Change], effective_from: date) -> Profile:
    """The next version as a whole that its descendants can still be merged with."""
    try:
        own, whole = profiles.pinned(row.content), profiles.whole(row.code, row.version)
        draft = changed(own, whole, changes, effective_from=effective_from)
        parse_profile(dump_profile(draft))
        profiles.merged_with(draft)
    except ProfileError as error:
        raise BadInput("change_invalid", str(error), {"changes": str(error)}) from None
    return draft


def _proposed(row: RuleProfile, actor: Actor, content: dict[str, Any], reason: str) -> Ref:
    told = {"draft": attachments.keep_document(content), "reason": _stated(reason)}
    row.propose()
    row.draft, row.drafted_by = told["draft"], actor.id
    return trail.record(row, "rules.proposed", actor, told)


def _publish(row: RuleProfile, actor: Actor, profile: Profile) -> Ref:
    row.version, row.parent = profile.version, profile.parent
    row.content = attachments.keep_document(dump_profile(profile))
    row.effective_from = profile.effective_from
    return trail.record(row, "rules.published", actor, _told(row))


def _publish_calendar(row: RuleProfile, actor: Actor, content: dict[str, Any]) -> Ref:
    calendar = parse_calendar(content)
    row.version += 1
    row.content = attachments.keep_document(content)
    row.effective_from = date(min(calendar.years), 1, 1)
    return trail.record(row, "rules.calendar_published", actor, _told(row))


def _told(row: RuleProfile) -> dict[str, Any]:
    effective_from = row.effective_from.isoformat()
    named = {"version": row.version, "parent": row.parent, "content": row.content}
    return {**named, "effective_from": effective_from}


def _locked(code: str) -> RuleProfile:
    row = RuleProfile.locked(code)
    if row is None:
        raise NotFound
    return row


def _stated(reason: str) -> str:
    if not 1 <= len(reason.strip()) <= REASON_LENGTH:
        message = f"请填写不超过 {REASON_LENGTH} 字的理由"
        raise BadInput("reason_missing", message, {"reason": message})
    return reason.strip()


def _today() -> date:
    return timezone.localtime(clock.now()).date()
