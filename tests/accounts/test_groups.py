"""Which bodies belong together: a tree of any depth, by day. Pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.groups import Edge, Groups, fits_tree

DAY = date(2025, 6, 3)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
TREE = [Edge("B", "A"), Edge("C", "B"), Edge("D", "C"), Edge("X", "A"), Edge("Z", "Y")]
"""A over B over C over D, and over X; Y over Z."""


@pytest.mark.parametrize(
    ("one", "other", "related"),
    [
        ("D", "A", True),
        ("D", "X", True),
        ("X", "C", True),
        ("D", "D", True),
        ("Z", "Y", True),
        ("Z", "A", False),
        ("D", "Z", False),
        ("N", "N", True),
        ("N", "A", False),
    ],
)
def test_bodies_are_related_that_have_a_head_in_common_however_deep(one, other, related):
    groups = Groups(TREE, DAY)
    assert groups.related(one, other) == groups.related(other, one) == related


def test_the_relations_of_a_body_are_its_whole_tree():
    groups = Groups(TREE, DAY)
    assert groups.relations("D") == groups.relations("X") == {"A", "B", "C", "D", "X"}
    assert groups.relations("N") == {"N"}
    assert groups.heads("D") == {"A"}


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (DAY, None, True),
        (None, DAY, True),
        (AFTER, None, False),
        (None, BEFORE, False),
    ],
)
def test_a_relation_counts_on_both_its_days_and_between(since, until, holds):
    assert Groups([Edge("B", "A", since, until)], DAY).related("B", "A") == holds


def test_who_was_sold_belongs_to_the_new_owner_from_his_first_day():
    edges = [Edge("B", "OLD", None, BEFORE), Edge("B", "NEW", DAY, None)]
    assert Groups(edges, BEFORE).heads("B") == {"OLD"}
    assert Groups(edges, DAY).heads("B") == {"NEW"}


@pytest.mark.parametrize(
    ("new", "fits"),
    [
        (Edge("E", "D"), True),
        (Edge("B", "Y"), False),  # has a parent in those days
        (Edge("A", "D"), False),  # a ring
        (Edge("A", "A"), False),
        (Edge("A", "Z"), True),
    ],
)
def test_one_parent_at_a_time_and_no_ring(new, fits):
    assert fits_tree(TREE, new) == fits


def test_one_parent_may_follow_another():
    old = Edge("B", "A", None, BEFORE)
    assert fits_tree([old], Edge("B", "Y", DAY, None))
    assert not fits_tree([old], Edge("B", "Y", BEFORE, None))


NAMES = st.sampled_from("ABCDEFGH")
DAYS = st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31))
EDGES = st.lists(st.builds(Edge, NAMES, NAMES, DAYS, DAYS), max_size=12)


@given(EDGES, NAMES, NAMES)
def test_faulty_data_ends_and_stays_symmetric(edges, one, other):
    groups = Groups(edges, DAY)
    assert groups.related(one, other) == groups.related(other, one)
    assert groups.related(one, other) or one not in groups.relations(other)


@given(EDGES)
def test_what_is_let_in_one_by_one_is_a_forest_on_every_day(edges):
    kept: list[Edge] = []
    for edge in edges:
        kept += [edge] if fits_tree(kept, edge) else []
    groups = Groups(kept, DAY)
    for name in "ABCDEFGH":
        assert len(groups.heads(name)) == 1
