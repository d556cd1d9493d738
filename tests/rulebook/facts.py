"""What the tests of the rulebook share: the bundled profiles, a calendar, a project's facts."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rulebook.domain.blockers import Blocker
from rulebook.domain.calendar import parse_calendar
from rulebook.domain.rules import Facts, Profile
from rulebook.seeding import bundled_profile, calendar_from_library

ZJ = bundled_profile("zj")
NATIONAL = bundled_profile("national")
WATER = bundled_profile("zj_water")
VILLAGE = bundled_profile("village_small")
CALENDAR = parse_calendar(calendar_from_library(2025, 2027))

COMPULSORY: Facts = {
    "compulsory": True, "funds": "state", "trade": "construction", "regime": "ranked_first",
}  # fmt: skip
SEPARATED: Facts = {**COMPULSORY, "regime": "separated"}
VOLUNTARY: Facts = {**COMPULSORY, "compulsory": False, "funds": "private"}


def reasons(found: Iterable[Blocker]) -> list[tuple[str, str, str]]:
    """Return rule, code and level of each reason, in order."""
    return [(item.rule, item.code, item.level) for item in found]


def with_value(profile: Profile, rule_id: str, **changes: Any) -> Profile:
    """Return `profile` with one row changed."""
    rule = replace(profile.rules[rule_id], **changes)
    return replace(profile, rules={**profile.rules, rule_id: rule})
