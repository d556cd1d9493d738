"""Reading rules: the profile a project pinned, the one in force, the calendar."""

from functools import lru_cache

from audit_log.selectors import trail
from rulebook.domain.calendar import WorkCalendar, parse_calendar
from rulebook.domain.profile_json import parse_profile
from rulebook.domain.rules import Profile, lineage, merge
from rulebook.models import RuleProfile


@lru_cache(maxsize=64)
def pinned(content: str) -> Profile:
    """The merged profile of a content hash; a hash names one content for ever, so it is kept."""
    return parse_profile(trail.document(content))


def in_force(code: str) -> Profile:
    """The newest version of a profile merged with its parents; raise RuleProfile.DoesNotExist."""
    profiles = {row.code: pinned(row.content) for row in RuleProfile.objects.exclude(pk="calendar")}
    if code not in profiles:
        raise RuleProfile.DoesNotExist(code)
    return merge(lineage(code, profiles))


def calendar() -> WorkCalendar:
    """The newest working-day calendar that was published."""
    event = trail.last_event("rules/calendar", "rules.calendar_published")
    if event is None:
        raise LookupError("no calendar has been published")
    return _calendar(event["data"]["content"])


@lru_cache(maxsize=8)
def _calendar(content: str) -> WorkCalendar:
    return parse_calendar(trail.document(content))
