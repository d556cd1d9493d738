"""Nobody is favoured: the statistics of many draws, each with its own published seed.

Defects D1 and D3 of known systems are repeated here as well, to show that the same statistic
finds them. Seeds are fixed, so nothing here passes or fails by chance.
"""

import hashlib
from collections import Counter
from functools import cmp_to_key
from itertools import combinations, permutations

import pytest

from experts.domain.draw import Standing, run_round
from tests.experts.ceremony import one_slot

NAMES = [f"c{number:04d}" for number in range(1, 11)]
CRITICAL = {9: 27.877, 23: 49.728, 44: 78.750}  # 0.999 quantiles of chi-square by freedom


def draw(names, count, number):
    """The handles drawn with the seed of this number, in the order they were drawn."""
    seed = hashlib.sha256(f"fairness/{number}".encode()).digest()
    selected, short = run_round(one_slot(names, count), Standing(), {"1": count}, seed)
    assert short == {}
    return [row["candidate"] for row in selected]


def chi_square(counts, outcomes, expected):
    return sum((counts[outcome] - expected) ** 2 / expected for outcome in outcomes)


def pair_statistic(samples):
    pairs = list(combinations(NAMES, 2))
    counts = Counter(tuple(sorted(sample)) for sample in samples)
    return chi_square(counts, pairs, len(samples) / len(pairs)), CRITICAL[len(pairs) - 1]


def order_statistic(samples):
    orders = list(permutations(NAMES[:4]))
    counts = Counter(tuple(sample) for sample in samples)
    return chi_square(counts, orders, len(samples) / len(orders)), CRITICAL[len(orders) - 1]


def test_d1_every_candidate_is_drawn_equally_often():
    draws, count = 9000, 3
    drawn = Counter(name for number in range(draws) for name in draw(NAMES, count, number))
    statistic = chi_square(drawn, NAMES, draws * count / len(NAMES))
    # Drawing without replacement narrows the spread by (N − k)/(N − 1).
    statistic *= (len(NAMES) - 1) / (len(NAMES) - count)
    assert statistic < CRITICAL[len(NAMES) - 1]


def test_d1_every_pair_is_drawn_equally_often():
    statistic, limit = pair_statistic([draw(NAMES, 2, number) for number in range(9000)])
    assert statistic < limit


def test_d1_the_pair_statistic_finds_a_contiguous_window():
    windows = [NAMES[number % 8 : number % 8 + 2] for number in range(9000)]
    statistic, limit = pair_statistic(windows)
    assert statistic > limit


@pytest.mark.parametrize("name", [NAMES[0], NAMES[-1]])
def test_d1_the_first_and_the_last_record_can_be_drawn(name):
    firsts = {draw(NAMES, 1, number)[0] for number in range(200)}
    assert name in firsts


def test_d1_as_many_as_there_are_can_be_drawn():
    assert sorted(draw(NAMES, len(NAMES), 1)) == NAMES


def test_d3_every_order_is_equally_likely():
    statistic, limit = order_statistic([draw(NAMES[:4], 4, number) for number in range(9600)])
    assert statistic < limit


def test_d3_the_order_statistic_finds_a_sort_by_coin():
    def sort_by_coin(number):
        coins = iter(hashlib.sha256(f"coin/{number}".encode()).digest())
        return sorted(NAMES[:4], key=cmp_to_key(lambda one, other: next(coins) - 127.5))

    statistic, limit = order_statistic([sort_by_coin(number) for number in range(9600)])
    assert statistic > limit
