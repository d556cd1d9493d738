"""A striking share is an exact chance (Fisher), computed here a second time by counting draws."""

from fractions import Fraction
from itertools import combinations

import pytest

from experts.domain.outliers import STRIKING, chance


def counted(hits, of, other_hits, other_of):
    """Every way to hand the marked cases out, by brute force."""
    marked = hits + other_hits
    hands = list(combinations(range(of + other_of), of))
    return Fraction(sum(sum(case < marked for case in hand) >= hits for hand in hands), len(hands))


@pytest.mark.parametrize("table", [(3, 4, 1, 4), (0, 3, 2, 5), (4, 4, 0, 5), (2, 5, 2, 3)])
def test_the_chance_is_the_share_of_all_ways(table):
    assert chance(*table) == counted(*table)


def test_what_could_not_be_otherwise_is_certain():
    assert chance(2, 5, 0, 0) == 1
    assert chance(0, 9, 4, 9) == 1


def test_one_who_deducts_always_beside_peers_who_never_do_is_striking():
    assert chance(6, 6, 0, 6) == Fraction(1, 924) < STRIKING
    assert chance(2, 6, 0, 6) > STRIKING


def test_more_hits_than_cases_are_refused():
    with pytest.raises(ValueError, match="more hits than cases"):
        chance(3, 2, 0, 1)
