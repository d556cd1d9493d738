"""How often one may sit in a year is a published rule; who has reached it is left out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from audit_log.services import attachments, clock
from experts.models import Draw
from experts.selectors import pool as reading
from experts.services import draws
from rulebook.domain.rules import dump_profile
from rulebook.selectors import profiles
from tests.experts import world
from tests.experts.world import TENDERER, ask, credit_code, filled

pytestmark = pytest.mark.django_db

AGENCY = [{"org": credit_code(77), "reason": "agency"}]


def rules(level="block", **limits):
    """The province's rules with some limits."""
    profile = profiles.pinned(world.rules())
    changed = {
        name: replace(profile.rule(f"draw_limit_{name}"), value=value, level=level)
        for name, value in limits.items()
    }
    rows = {**profile.rules, **{row.id: row for row in changed.values()}}
    return attachments.keep_document(dump_profile(replace(profile, rules=rows)))


@pytest.fixture
def sat(dozen):
    """Three of the dozen have sat in one evaluation; their codes."""
    row = filled(recusal=AGENCY)
    for seat in row.seats.all():
        draws.sign_in(actor=seat.actor, draw="T-D1")
    return sorted(row.seats.values_list("expert", flat=True))


def omitted(**changes):
    """Omissions of a draw for the week after."""
    ask("T-D9", case="T-OTHER", held_at=clock.now() + timedelta(days=7), **changes)
    return dict(reading.eligible(Draw.objects.get(pk="T-D9"))[1])


@pytest.mark.parametrize(
    ("limits", "asked", "reason"),
    [
        ({"year": 1}, {}, "year_limit"),
        ({"year": 2}, {}, ""),
        ({"year": 0, "tenderer": 0, "agency": 0}, {}, ""),
        ({"year": 1, "level": "warn"}, {}, ""),
        ({"tenderer": 1}, {}, "tenderer_limit"),
        ({"tenderer": 1}, {"actor": world.CENTRE, "tenderer": credit_code(78)}, ""),
        ({"agency": 1}, {"recusal": AGENCY}, "agency_limit"),
        ({"agency": 1}, {}, ""),
    ],
)
def test_a_limit_that_is_reached_leaves_one_out(sat, limits, asked, reason):
    found = omitted(rules=rules(**limits), **asked)
    assert found == (dict.fromkeys(sat, reason) if reason else {})


def test_a_year_later_one_counts_anew(sat):
    asked = {"held_at": clock.now() + timedelta(days=370), "case": "T-OTHER"}
    ask("T-D9", rules=rules(year=1, tenderer=1), **asked)
    assert dict(reading.eligible(Draw.objects.get(pk="T-D9"))[1]) == {}


def test_who_has_accepted_and_not_signed_in_has_not_sat(dozen):
    filled()
    assert omitted(rules=rules(year=1), tenderer=TENDERER.org) == {}


def test_limits_are_read_in_one_query(sat, django_assert_max_num_queries):
    ask("T-D9", case="T-OTHER", rules=rules(year=1, tenderer=1, agency=1))
    row = Draw.objects.get(pk="T-D9")
    with django_assert_max_num_queries(15):
        reading.eligible(row)
