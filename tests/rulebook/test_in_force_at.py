"""Which rules were in force at a moment, from the entries that published them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from audit_log.domain.entry import SYSTEM, parse_time
from audit_log.selectors import trail
from audit_log.services import clock
from rulebook.domain.rules import dump_profile
from rulebook.models import RuleProfile
from rulebook.seeding import bundled_profile, bundled_profiles
from rulebook.selectors import profiles
from rulebook.services import publishing

pytestmark = pytest.mark.django_db


def published() -> list:
    return [parse_time(one["at"]) for one in trail.events("rules/national", "rules.published")]


def test_a_profile_is_merged_as_it_stood(ladder):
    national = bundled_profiles()["national"]
    rules = {**national.rules, "R33": replace(national.rules["R33"], value=5)}
    newer = replace(national, version=2, rules=rules)
    publishing.publish_profile(actor=SYSTEM, content=dump_profile(newer))
    first, second = published()
    assert profiles.in_force_at("national", first).number("R33") == 3
    assert profiles.in_force_at("national", second - timedelta(microseconds=1)).version == 1
    assert profiles.in_force_at("national", second).number("R33") == 5
    assert profiles.in_force_at("zj", clock.now()).number("R33") == 5


def test_now_it_is_what_is_in_force(ladder):
    now = clock.now()
    today = timezone.localtime(now).date()
    assert profiles.in_force_at("zj", now) == profiles.in_force("zj", today)
    assert profiles.in_force_at("zj", now) == bundled_profile("zj")


def test_before_its_publication_there_was_none(ladder):
    with pytest.raises(RuleProfile.DoesNotExist):
        profiles.in_force_at("national", published()[0] - timedelta(microseconds=1))


def test_a_version_waits_for_its_day(ladder):
    national = bundled_profiles()["national"]
    tomorrow = timezone.localtime(clock.now()).date() + timedelta(days=1)
    rules = {**national.rules, "R33": replace(national.rules["R33"], value=5)}
    newer = replace(national, version=2, rules=rules, effective_from=tomorrow)
    publishing.publish_profile(actor=SYSTEM, content=dump_profile(newer))
    assert profiles.in_force_at("national", clock.now()).version == 1
    assert profiles.in_force_at("national", clock.now() + timedelta(days=1)).version == 2
