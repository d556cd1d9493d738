"""Reading rules: what a project pinned, what is in force on a day, the calendar, a draft."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone

from audit_log.domain.entry import parse_time
from audit_log.selectors import trail
from rulebook.domain.calendar import WorkCalendar, parse_calendar
from rulebook.domain.profile_json import parse_profile
from rulebook.domain.rules import Profile, lineage, merge
from rulebook.models import RuleProfile

CALENDAR = "calendar"


@dataclass(frozen=True)
class Version:
    """One published version of a profile: its content's hash, its first day, its publication."""

    number: int
    content: str
    effective_from: date
    published_on: date


@lru_cache(maxsize=64)
def pinned(content: str) -> Profile:
    """The profile of a content hash; a hash names one content for ever, so it is kept."""
    return parse_profile(trail.document(content))


def versions(code: str, *, until: datetime | None = None) -> list[Version]:
    """Every version of a profile that was published, by a moment if given, oldest first."""
    return [
        Version(
            event["data"]["version"],
            event["data"]["content"],
            date.fromisoformat(event["data"]["effective_from"]),
            parse_time(event["at"]).date(),
        )
        for event in trail.events(f"rules/{code}", "rules.published")
        if until is None or parse_time(event["at"]) <= until
    ]


def in_force(code: str, on: date) -> Profile:
    """The profile as it is in force on a day, merged with its parents as they are on that day.

    A version takes effect on its day; before the first one does, the first is returned, and
    `Profile.effective_on` says no. Raises RuleProfile.DoesNotExist.
    """
    profiles = {row: _on(row, on) for row in codes()}
    if code not in profiles:
        raise RuleProfile.DoesNotExist(code)
    return merge(lineage(code, profiles))


def in_force_at(code: str, moment: datetime) -> Profile:
    """The profile as it was in force at a moment, by what had been published then.

    Raises RuleProfile.DoesNotExist where it had not been.
    """
    day = timezone.localtime(moment).date()
    known = {row: versions(row, until=moment) for row in codes()}
    profiles = {row: _of(some, day) for row, some in known.items() if some}
    if code not in profiles:
        raise RuleProfile.DoesNotExist(code)
    return merge(lineage(code, profiles))


def whole(code: str, number: int) -> Profile:
    """A published version merged with its parents as they were on its first day; LookupError."""
    wanted = [one for one in versions(code) if one.number == number]
    if not wanted:
        raise LookupError(f"{code}@{number}")
    profiles = {row: _on(row, wanted[0].effective_from) for row in codes()}
    return merge(lineage(code, profiles | {code: pinned(wanted[0].content)}))


def merged_with(draft: Profile) -> Profile:
    """A version not published yet, merged with its parents as they are on its first day.

    Raises ProfileError where it, or a profile below it, would no longer be whole.
    """
    profiles = {code: _on(code, draft.effective_from) for code in codes()} | {draft.code: draft}
    for code in profiles:
        merge(lineage(code, profiles))
    return merge(lineage(draft.code, profiles))


def codes() -> list[str]:
    """The profiles there are, by code."""
    rows = RuleProfile.objects.exclude(pk=CALENDAR).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def calendar() -> WorkCalendar:
    """The newest working-day calendar that was published."""
    event = trail.last_event(f"rules/{CALENDAR}", "rules.calendar_published")
    if event is None:
        raise LookupError("no calendar has been published")
    return _calendar(event["data"]["content"])


@lru_cache(maxsize=8)
def _calendar(content: str) -> WorkCalendar:
    return parse_calendar(trail.document(content))


def _on(code: str, day: date) -> Profile:
    return _of(versions(code), day)


def _of(known: list[Version], day: date) -> Profile:
    """The newest of some versions that has begun by a day, else the first."""
    begun = [one for one in known if one.effective_from <= day]
    return pinned((begun[-1] if begun else known[0]).content)
