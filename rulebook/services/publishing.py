"""Publishing a rule profile or a calendar: a new version, an attachment, an entry."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import attachments, trail
from rulebook.domain.calendar import parse_calendar
from rulebook.domain.profile_json import parse_profile
from rulebook.domain.rules import dump_profile
from rulebook.models import RuleProfile

CALENDAR = "calendar"


@transaction.atomic
def publish_profile(*, actor: Actor, content: dict[str, Any]) -> Ref:
    """Publish a profile version; raises ProfileError where the content is none."""
    permit(actor, "rules.publish")
    profile = parse_profile(content)
    row = _row(profile.code)
    row.version, row.parent = profile.version, profile.parent or ""
    row.content = attachments.keep_document(dump_profile(profile))
    row.effective_from = profile.effective_from
    return trail.record(row, "rules.published", actor, _told(row))


@transaction.atomic
def publish_calendar(*, actor: Actor, content: dict[str, Any]) -> Ref:
    """Publish a working-day calendar; raises CalendarError where the content is none."""
    permit(actor, "rules.publish")
    calendar = parse_calendar(content)
    row = _row(CALENDAR)
    row.version += 1
    row.content = attachments.keep_document(content)
    row.effective_from = date(min(calendar.years), 1, 1)
    return trail.record(row, "rules.calendar_published", actor, _told(row))


def _told(row: RuleProfile) -> dict[str, Any]:
    effective_from = row.effective_from.isoformat()
    named = {"version": row.version, "parent": row.parent, "content": row.content}
    return {**named, "effective_from": effective_from}


def _row(code: str) -> RuleProfile:
    row = RuleProfile.locked(code)
    return row or RuleProfile(code=code, version=0)
