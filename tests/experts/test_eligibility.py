"""Who may be drawn, by rule and reason. Pure: no database, no clock."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.groups import Edge, Groups
from experts.domain.eligibility import (
    LIMITED,
    REASONS,
    TIED,
    Asked,
    Member,
    fitting,
    omission,
    sort_out,
)
from experts.domain.freeze import SlotRequest
from experts.domain.recusal import Check, Party, Terms, Tie
from rulebook.domain.rules import Level
from tests.rulebook.facts import NATIONAL

DAY = date(2025, 6, 3)
BUILDING = SlotRequest("1", "A0801", "3304", 2)
COSTS = SlotRequest("2", "A06", "", 1)
GROUPS = Groups([Edge("SUB1", "HEAD"), Edge("SUB2", "HEAD")], DAY)
PARTIES = (
    Party("OWNER", "tenderer"),
    Party("RIVAL", "bidder"),
    Party("SUB1", "named"),
    Party("OFFICE", "supervisor"),
)
BLOCKS: Level = "block"
TERMS = Terms(dict.fromkeys(Terms.of(NATIONAL).levels, BLOCKS), 3, Fraction(0))
"""Every kind blocks: what each alone leads to."""
ASKED = Asked((BUILDING, COSTS), DAY, Check(PARTIES, GROUPS, TERMS, DAY), date(2025, 2, 1))
FIT = Member(
    expert="E1",
    state="active",
    term_from=date(2025, 1, 1),
    term_to=date(2025, 12, 31),
    specialties=frozenset({"A080104"}),
    region="330402",
    employer="UNIT",
    briefed_on=date(2025, 2, 1),
)

CASES = {
    "not_active": {"state": "suspended"},
    "out_of_term": {"term_to": date(2025, 6, 2)},
    "certificate_expired": {"expired": frozenset({""})},
    "not_briefed": {"briefed_on": date(2025, 1, 31)},
    "region": {"region": "330106"},
    "same_unit_as_tenderer": {"employer": "OWNER"},
    "supervising_department": {"employer": "OFFICE"},
    "employer_recused": {"employer": "RIVAL"},
    "group_recused": {"employer": "SUB2"},
    **{kind: {"ties": (Tie(kind, "RIVAL"),)} for kind in TIED},
    "on_leave": {"on_leave": True},
    **{reason: {"over": reason} for reason in LIMITED},
    "busy": {"busy": True},
}


def test_the_reasons_are_a_closed_list():
    assert list(CASES) == list(REASONS)


@pytest.mark.parametrize(("reason", "change"), CASES.items())
def test_each_reason_alone_leaves_one_out(reason, change):
    assert omission(FIT, ASKED) == ""
    assert omission(FIT._replace(**change), ASKED) == reason


@pytest.mark.parametrize(
    "state", ["applied", "under_review", "rejected", "testing", "exited", "disqualified"]
)
def test_only_who_is_in_the_pool_is_drawn(state):
    assert omission(FIT._replace(state=state), ASKED) == "not_active"


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (DAY, DAY, ""),
        (date(2025, 6, 4), date(2025, 12, 31), "out_of_term"),
        (None, date(2025, 12, 31), "out_of_term"),
        (date(2025, 1, 1), None, "out_of_term"),
    ],
)
def test_a_term_counts_both_its_days(first, last, reason):
    assert omission(FIT._replace(term_from=first, term_to=last), ASKED) == reason


@pytest.mark.parametrize(
    ("codes", "region", "slots"),
    [
        ({"A080104"}, "330402", {"1"}),
        ({"A080104"}, "330106", set()),
        ({"A0802"}, "330402", set()),
        ({"A060101"}, "440300", {"2"}),
        ({"A060101", "A080199"}, "330481", {"1", "2"}),
        ({"A08"}, "330402", set()),
    ],
)
def test_specialty_and_region_are_prefixes(codes, region, slots):
    assert fitting(FIT._replace(specialties=frozenset(codes), region=region), ASKED) == slots


def test_who_has_no_drawn_specialty_is_neither_candidate_nor_omitted():
    stranger = FIT._replace(expert="E2", specialties=frozenset({"B0101"}))
    eligible, omitted = sort_out([FIT, stranger], ASKED)
    assert ([one.expert for one in eligible], omitted) == (["E1"], [])


members = st.builds(
    Member,
    expert=st.uuids().map(str),
    state=st.sampled_from(["active", "active", "suspended", "exited"]),
    term_from=st.sampled_from([None, date(2025, 1, 1), date(2025, 7, 1)]),
    term_to=st.sampled_from([None, date(2025, 6, 2), date(2025, 12, 31)]),
    specialties=st.frozensets(st.sampled_from(["A080104", "A060101", "B0101"]), min_size=1),
    region=st.sampled_from(["330402", "330106"]),
    employer=st.sampled_from(["OWNER", "RIVAL", "SUB2", "OFFICE", "U1", "U2"]),
    ties=st.sampled_from([(), (Tie("kin", "RIVAL"),), (Tie("kin", "U1"),), (Tie("punished"),)]),
    busy=st.booleans(),
    expired=st.frozensets(st.sampled_from(["", "A080104", "A060101"]), max_size=2),
    briefed_on=st.sampled_from([None, date(2025, 1, 1), date(2025, 5, 1)]),
    on_leave=st.booleans(),
    over=st.sampled_from(["", "", *LIMITED]),
)


@given(st.lists(members, max_size=30, unique_by=lambda one: one.expert))
def test_d2_nobody_is_both_in_and_out_and_nobody_is_lost(pool):
    eligible, omitted = sort_out(pool, ASKED)
    inside, outside = {one.expert for one in eligible}, {expert for expert, _ in omitted}
    concerned = {one.expert for one in pool if one.specialties & {"A080104", "A060101"}}
    assert inside & outside == set()
    assert inside | outside == concerned
    assert all(one.slots for one in eligible)
    one_by_one = {one.expert: omission(one, ASKED) for one in pool if one.expert in concerned}
    assert dict(omitted) == {expert: reason for expert, reason in one_by_one.items() if reason}
    assert {reason for _, reason in omitted} <= set(REASONS)


@pytest.mark.parametrize(
    ("expired", "slots"),
    [
        ({"A080104"}, {"2"}),
        ({"A060101"}, {"1"}),
        ({"A0802"}, {"1", "2"}),
        ({"A080104", "A060101"}, set()),
        ({""}, set()),
    ],
)
def test_a_proof_that_has_run_out_takes_its_own_specialty_away(expired, slots):
    both = FIT._replace(specialties=frozenset({"A080104", "A060101"}))
    one = both._replace(expired=frozenset(expired))
    assert fitting(one, ASKED) == slots
    assert omission(one, ASKED) == ("" if slots else "certificate_expired")


@pytest.mark.parametrize("briefed_on", [None, date(2020, 1, 1)])
def test_rules_that_ask_for_no_briefing_leave_nobody_out_for_it(briefed_on):
    asked = replace(ASKED, briefed_since=None)
    assert omission(FIT._replace(briefed_on=briefed_on), asked) == ""
