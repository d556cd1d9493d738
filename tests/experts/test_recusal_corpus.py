"""D8: the corpus of recusal. Every pair of a person and a party has its verdict stated here.

The engine is given codes, days and shares, never a name: what the bodies are called stands in the
left column for the reader alone.
"""

from datetime import date
from fractions import Fraction

import pytest

from accounts.domain.groups import Edge, Groups
from experts.domain.recusal import (
    KINDS,
    RECORDABLE,
    RULES,
    Check,
    Party,
    Person,
    Terms,
    Tie,
    employments,
    years_before,
)
from tests.rulebook.facts import NATIONAL, WATER, ZJ, with_value

DAY = date(2025, 6, 3)
CODE = {
    "川西建设": "915100000000000001",
    "川西建设集团": "915100000000000002",
    "川西建设集团有限公司": "915100000000000002",  # the same body under its full name
    "四川川西建设工程": "915100000000000003",
    "川建": "915100000000000001",  # 川西建设 by its alias
    "蜀信控股": "915100000000000009",
    "蜀信路桥": "915100000000000010",
    "蜀信隧道": "915100000000000011",
    "旧主集团": "915100000000000012",
    "城投公司": "913304000000000001",
    "代理公司": "913304000000000002",
    "建设局": "113304000000000003",
}
EDGES = [
    Edge(CODE["蜀信路桥"], CODE["蜀信控股"]),
    Edge(CODE["蜀信隧道"], CODE["蜀信路桥"], date(2020, 1, 1)),
    Edge(CODE["四川川西建设工程"], CODE["旧主集团"], date(2018, 1, 1), date(2024, 12, 31)),
]


def tie(kind, name="", since=None, until=None, share=None):
    return Tie(kind, CODE[name] if name else "", since, until, share)


def check(*parties, profile=NATIONAL, day=DAY):
    named = [Party(CODE[name], role) for name, role in parties]
    return Check(tuple(named), Groups(EDGES, day), Terms.of(profile), day)


def verdict(*ties, against, role="bidder", profile=NATIONAL, day=DAY):
    """(kind, ground, level, by group) of the first hit, or None."""
    hits = check((against, role), profile=profile, day=day).hits(Person("E1", ties))
    return (hits[0].kind, hits[0].ground, hits[0].level, hits[0].by_group) if hits else None


OWN = ("employer", "H3", "block", False)
GROUP = ("employer", "H3", "block", True)
FORMER = ("former_employer", "H5", "block", False)

EMPLOYERS = [
    # where he works        who bids                verdict
    ("川西建设", "川西建设", OWN),
    ("川西建设", "川西建设集团", None),  # one name within the other: two bodies, no relation
    ("川西建设集团", "川西建设", None),
    ("川西建设集团", "川西建设集团有限公司", OWN),  # two names, one code
    ("川建", "川西建设", OWN),  # an alias
    ("四川川西建设工程", "川西建设", None),
    ("蜀信路桥", "蜀信控股", GROUP),  # daughter and parent
    ("蜀信控股", "蜀信路桥", GROUP),
    ("蜀信隧道", "蜀信控股", GROUP),  # two levels up
    ("蜀信隧道", "蜀信路桥", GROUP),
    ("四川川西建设工程", "旧主集团", None),  # sold half a year ago
    ("城投公司", "川西建设", None),
]


@pytest.mark.parametrize(("works_at", "bids", "expected"), EMPLOYERS)
def test_d8_present_employers(works_at, bids, expected):
    assert verdict(tie("employer", works_at), against=bids) == expected


def test_d8_a_group_counts_as_it_stands_on_the_day():
    sold = tie("employer", "四川川西建设工程")
    assert verdict(sold, against="旧主集团", day=date(2024, 12, 31)) == GROUP
    assert verdict(sold, against="旧主集团", day=date(2025, 1, 1)) is None


PAST = [
    # left on              who bids       verdict
    (date(2025, 6, 2), "川西建设", FORMER),
    (date(2022, 6, 3), "川西建设", FORMER),  # three years ago to the day
    (date(2022, 6, 2), "川西建设", None),
    (date(2024, 1, 1), "川西建设集团", None),
]


@pytest.mark.parametrize(("left", "bids", "expected"), PAST)
def test_d8_past_employers_within_the_window_and_outside(left, bids, expected):
    for kind in ("employer", "former_employer"):
        past = tie(kind, "川西建设", date(2015, 1, 1), left)
        assert verdict(past, against=bids) == expected


def test_d8_a_past_employer_s_group_counts_too():
    past = tie("employer", "蜀信隧道", date(2015, 1, 1), date(2024, 1, 1))
    assert verdict(past, against="蜀信控股") == ("former_employer", "H5", "block", True)


def test_the_window_is_the_profile_s():
    past = tie("employer", "川西建设", None, date(2021, 1, 1))
    assert verdict(past, against="川西建设") is None
    wider = with_value(NATIONAL, "recusal_years", value=5)
    assert verdict(past, against="川西建设", profile=wider) == FORMER


OTHERS = [
    # tie                                                     who bids     verdict
    (("kin", "川西建设"), "川西建设", ("kin", "H1", "block", False)),
    (("kin", "川西建设"), "川西建设集团", None),
    (("kin", "蜀信路桥"), "蜀信控股", None),  # of the daughter's head, not of the parent's
    (("director", "川西建设"), "川西建设", ("director", "H5", "block", False)),
    (("declared", "川西建设"), "川西建设", ("declared", "H3", "block", False)),
    (("cooperation", "川西建设"), "川西建设", ("cooperation", "H3", "warn", False)),
    (("winner_pair", "川西建设"), "川西建设", ("winner_pair", "H3", "warn", False)),
    (("punished", ""), "川西建设", ("punished", "H4", "block", False)),
]


@pytest.mark.parametrize(("given", "bids", "expected"), OTHERS)
def test_other_ties_count_for_the_body_they_name(given, bids, expected):
    assert verdict(tie(*given), against=bids) == expected


EXPIRY = [
    # from                until                  kin    director (three years after its end)
    (None, None, True, True),
    (date(2025, 6, 3), None, True, True),
    (date(2025, 6, 4), None, False, False),
    (None, date(2025, 6, 3), True, True),
    (None, date(2025, 6, 2), False, True),
    (None, date(2022, 6, 2), False, False),
]


@pytest.mark.parametrize(("since", "until", "kin", "director"), EXPIRY)
def test_a_tie_counts_within_its_days_and_a_lasting_one_for_the_window_after(
    since, until, kin, director
):
    found = [
        verdict(tie(kind, "川西建设", since, until), against="川西建设") is not None
        for kind in ("kin", "director")
    ]
    assert found == [kin, director]


@pytest.mark.parametrize(
    ("share", "least", "counts"),
    [
        (Fraction(1, 1000), "0/1", True),
        (Fraction(1, 20), "1/20", True),
        (Fraction(49, 1000), "1/20", False),
        (None, "1/20", True),  # not known: it counts until it is
    ],
)
def test_a_share_counts_from_the_profile_s_part_on(share, least, counts):
    profile = with_value(NATIONAL, "recusal_share", value=least)
    held = tie("shareholder", "川西建设", share=share)
    assert (verdict(held, against="川西建设", profile=profile) is not None) == counts


ROLES = [
    # tie                               as what     verdict
    (("employer", "城投公司"), "tenderer", ("employer", "H6", "block", False)),
    (("employer", "城投公司"), "agency", ("employer", "H6", "block", False)),
    (("employer", "城投公司"), "supervisor", ("supervisor", "H2", "block", False)),
    (("employer", "城投公司"), "named", OWN),
    (("supervisor", "城投公司"), "supervisor", ("supervisor", "H2", "block", False)),
    (("former_employer", "城投公司"), "tenderer", None),
    (("former_employer", "城投公司"), "named", FORMER),
    (("kin", "城投公司"), "tenderer", ("kin", "H1", "block", False)),
]


@pytest.mark.parametrize(("given", "role", "expected"), ROLES)
def test_the_people_of_tenderer_agency_and_supervision(given, role, expected):
    assert verdict(tie(*given), against="城投公司", role=role) == expected


def test_a_department_has_no_group():
    edges = [Edge(CODE["建设局"], CODE["城投公司"])]
    parties = (Party(CODE["建设局"], "supervisor"),)
    one = Check(parties, Groups(edges, DAY), Terms.of(NATIONAL), DAY)
    assert one.hits(Person("E1", (tie("employer", "城投公司"),))) == []


def test_a_body_in_two_capacities_hits_in_both_and_a_block_comes_first():
    profile = with_value(NATIONAL, "recusal_tenderer", level="warn")
    both = check(("城投公司", "tenderer"), ("城投公司", "bidder"), profile=profile)
    hits = both.hits(Person("E1", (tie("employer", "城投公司"),)))
    assert [(hit.role, hit.level) for hit in hits] == [("bidder", "block"), ("tenderer", "warn")]
    assert both.blocking(Person("E1", (tie("employer", "城投公司"),))) == hits[0]


def test_a_kind_that_the_profile_switches_off_is_no_ground():
    profile = with_value(NATIONAL, "recusal_kin", value=False)
    assert verdict(tie("kin", "川西建设"), against="川西建设", profile=profile) is None


@pytest.mark.parametrize("profile", [NATIONAL, ZJ, WATER], ids=lambda one: one.code)
def test_every_kind_has_its_row_with_a_basis_and_a_level_in_every_profile(profile):
    assert [name for name in RULES if not profile.rule(name).basis] == []
    assert Terms.of(profile).levels.keys() == set(RULES)
    assert set(profile.rule("R06").params) >= set(RULES)


def test_the_kinds_that_are_recorded_are_a_closed_list():
    assert set(KINDS) - set(RECORDABLE) == {"employer", "colleague"}
    assert all(one.ground in {"H1", "H2", "H3", "H4", "H5", "H7"} for one in KINDS.values())


def person(code, *ties):
    return Person(code, ties)


PAIRS = [
    # the other's ties                            level of one_per_employer   verdict
    ((tie("employer", "川西建设"),), "block", ["colleague"]),
    ((tie("employer", "川西建设"),), "warn", []),
    ((tie("employer", "川西建设集团"),), "block", []),
    ((tie("employer", "川西建设", None, date(2025, 6, 2)),), "block", []),  # left yesterday
    ((Tie("member", "E1"),), "block", ["member"]),
    ((Tie("member", "E9"),), "block", []),
    ((Tie("member", "E1", None, date(2025, 6, 2)),), "block", []),
]


@pytest.mark.parametrize(("ties", "level", "expected"), PAIRS)
def test_d9_two_of_one_committee_by_a_rule_that_is_hard_where_the_profile_says_so(
    ties, level, expected
):
    profile = with_value(NATIONAL, "one_per_employer", level=level)
    profile = with_value(profile, "recusal_member", level=level)
    one = check(profile=profile)
    first, second = person("E1", tie("employer", "川西建设")), person("E2", *ties)
    for pair in ((first, second), (second, first)):
        assert [hit.kind for hit in one.between(*pair) if hit.blocks] == expected
    assert list(one.crowd([first, second])) == (["E2"] if expected else [])


def test_of_three_colleagues_the_first_stays():
    profile = with_value(NATIONAL, "one_per_employer", level="block")
    here = [person(code, tie("employer", "川西建设")) for code in ("E1", "E2", "E3")]
    assert list(check(profile=profile).crowd(here)) == ["E2", "E3"]


def test_employers_follow_one_another_without_a_gap():
    told = [
        (date(2020, 1, 1), "A"),
        (date(2021, 1, 1), "A"),
        (date(2023, 5, 1), "B"),
        (date(2025, 1, 1), "A"),
    ]
    assert employments(told) == (
        Tie("employer", "A", None, date(2023, 4, 30)),
        Tie("employer", "B", date(2023, 5, 1), date(2024, 12, 31)),
        Tie("employer", "A", date(2025, 1, 1), None),
    )
    assert employments([]) == ()


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2025, 6, 3), date(2022, 6, 3)), (date(2024, 2, 29), date(2021, 2, 28))],
)
def test_years_are_counted_to_the_day(day, expected):
    assert years_before(day, 3) == expected
