"""The statistics that are published of draws, and the laws of a consistent sampler.

Chi-square's quantiles are those of the printed tables; all samples have fixed seeds.
"""

import hashlib
import random
from math import comb, log2

import pytest

from experts.domain import fairness
from experts.domain.draw import Standing, run_round
from experts.domain.fairness import Sample
from tests.experts.ceremony import one_slot

NAMES = [f"c{number:04d}" for number in range(1, 21)]


def seed(number):
    return hashlib.sha256(f"laws/{number}".encode()).digest()


def draw(names, count, key):
    """The handles drawn with a seed, in order."""
    selected, _ = run_round(one_slot(names, count), Standing(), {"1": count}, key)
    return [row["candidate"] for row in selected]


@pytest.mark.parametrize("number", range(5))
def test_the_draw_obeys_the_laws_of_a_consistent_sampler(number):
    """What RFC 3797 gives by its ordered list, tickets give without an order of the list."""
    whole = draw(NAMES, len(NAMES), seed(number))
    gone, part = whole[number], NAMES[::2]
    assert draw(NAMES, len(NAMES), seed(number)) == whole  # anyone gets the same
    assert draw(NAMES, 7, seed(number)) == whole[:7]  # fewer are the first of more
    assert draw([n for n in NAMES if n != gone], 19, seed(number)) == [
        name for name in whole if name != gone
    ]  # who is taken out reorders nobody
    assert draw(part, 10, seed(number)) == [name for name in whole if name in part]
    other = bytes([seed(number)[0] ^ 1]) + seed(number)[1:]
    assert draw(NAMES, len(NAMES), other) != whole  # one bit of the seed changes the order


@pytest.mark.parametrize(
    ("statistic", "freedom", "p"),
    [(3.841, 1, 0.05), (7.815, 3, 0.05), (11.345, 3, 0.01), (16.919, 9, 0.05), (0.0, 3, 1.0)],
)
def test_probabilities_are_those_of_the_tables(statistic, freedom, p):
    assert fairness.chi_square_p(statistic, freedom) == pytest.approx(p, abs=5e-5)


def samples(number, drawing):
    """Two hundred draws of all sizes, positions by `drawing(size, count)`."""
    chance = random.Random(number)
    sizes = [(size := chance.randint(4, 30), chance.randint(1, min(size, 5))) for _ in range(200)]
    return [Sample(size, tuple(drawing(size, count, n))) for n, (size, count) in enumerate(sizes)]


def fair(size, count, number):
    names = NAMES[:size] if size <= len(NAMES) else [f"c{n:04d}" for n in range(1, size + 1)]
    return [names.index(name) for name in draw(names, count, seed(number))]


def test_fair_draws_of_all_sizes_are_found_fair():
    found = samples(1, fair)
    assert sum(fairness.singles(found).observed) == sum(len(one.drawn) for one in found)
    assert fairness.singles(found).p > 0.01
    assert fairness.pairs(found).p > 0.01


def test_d1_a_window_of_neighbours_and_a_favoured_place_are_found():
    def window(size, count, number):
        start = number % (size - count + 1)
        return range(start, start + count)

    assert fairness.pairs(samples(1, window)).p < 1e-6
    assert fairness.singles(samples(1, lambda size, count, _: range(count))).p < 1e-6


def test_of_few_draws_nothing_is_said():
    found = fairness.singles([Sample(8, (0, 1))])
    assert (found.observed, found.expected, found.p) == ((2, 0, 0, 0), (0.5,) * 4, None)
    assert fairness.pairs([]).p is None


def test_quarters_share_out_every_position_once():
    for size in range(1, 30):
        places = [fairness.quarter(position, size) for position in range(size)]
        assert [places.count(cell) for cell in range(4)] == fairness.quarters(size)


@pytest.mark.parametrize("slots", [[(20, 3)], [(20, 3), (1, 1)], [(100_000, 7), (500, 5)]])
def test_d19_a_seed_needs_the_bits_of_all_choices_and_sixty_four(slots):
    bits = sum(log2(comb(n, k)) for n, k in slots)
    assert fairness.entropy_needed(slots) - 64 == pytest.approx(bits, abs=1)
    assert fairness.entropy_needed(slots) - 64 >= bits
