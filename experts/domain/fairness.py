"""Whether draws were uniform: chi-square over where the drawn stand in their lists.

A list is cut into quarters by position. Of a draw of k out of n every quarter's share of the drawn
is hypergeometric, the pair drawn first is one of n(n−1)/2 with equal chances; draws of any n and k
add up, since what is compared is the sum of deviations with the sum of their covariances.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise

QUARTERS = 4
PAIRS = tuple(combinations_with_replacement(range(QUARTERS), 2))
LEAST = 5
"""Expected count per cell below which chi-square says nothing (Cochran's rule)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One draw from one list: `size` candidates, the positions (from 0) in the order drawn."""

    size: int
    drawn: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """Observed and expected counts by cell; `statistic` and `p` where there are enough."""

    observed: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    freedom: int
    p: float | None


def entropy_needed(slots: Iterable[tuple[int, int]]) -> int:
    """Bits a seed needs for draws of k out of n: the sum of log2 C(n, k) rounded up, and 64.

    RFC 3797 section 3.3: enough to reach every selection, with a margin against prediction.
    """
    choices = math.prod(math.comb(n, min(k, n)) for n, k in slots)
    return (choices - 1).bit_length() + 64


def chi_square_p(statistic: float, freedom: int) -> float:
    """Return the probability of a chi-square at least this large, Q(freedom/2, statistic/2).

    Series below, continued fraction above (Abramowitz and Stegun 6.5.29, 6.5.31).
    """
    a, x = freedom / 2, statistic / 2
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for n in range(1, 10_000):
            term *= x / (a + n)
            total += term
            if term < total * 1e-15:
                break
        return max(0.0, 1 - front * total)
    fraction = 0.0
    for n in range(200, 0, -1):
        fraction = n * (n - a) / (x + 2 * n + 1 - a - fraction)
    return front / (x + 1 - a - fraction)


def singles(samples: Iterable[Sample]) -> Test:
    """How often each quarter of the lists was drawn from, against k·n_i/n."""
    tally = _Tally(QUARTERS)
    for one in samples:
        counts, k, n = quarters(one.size), len(one.drawn), one.size
        observed = [0] * QUARTERS
        for position in one.drawn:
            observed[quarter(position, n)] += 1
        spread = k * (n - k) / (n - 1) if n > 1 else 0.0
        tally.add(observed, [k * count / n for count in counts], [c / n for c in counts], spread)
    return tally.test()


def pairs(samples: Iterable[Sample]) -> Test:
    """In which quarters the two drawn first stand, where at least two were drawn."""
    tally = _Tally(len(PAIRS))
    for one in samples:
        if len(one.drawn) < 2:
            continue
        counts, every = quarters(one.size), math.comb(one.size, 2)
        chances = [
            (math.comb(counts[i], 2) if i == j else counts[i] * counts[j]) / every for i, j in PAIRS
        ]
        found = tuple(sorted(quarter(position, one.size) for position in one.drawn[:2]))
        tally.add([int(pair == found) for pair in PAIRS], chances, chances, 1.0)
    return tally.test()


def quarter(position: int, size: int) -> int:
    """The quarter of a list of `size` in which a position stands, from 0."""
    return position * QUARTERS // size


def quarters(size: int) -> list[int]:
    """How many positions each quarter of a list has."""
    edges = [-(-size * cell // QUARTERS) for cell in range(QUARTERS + 1)]
    return [high - low for low, high in pairwise(edges)]


class _Tally:
    """Deviations of independent draws and their covariance, added up cell by cell."""

    def __init__(self, cells: int) -> None:
        self.observed = [0] * cells
        self.expected = [0.0] * cells
        self.covariance = [[0.0] * cells for _ in range(cells)]

    def add(
        self,
        observed: Sequence[int],
        expected: Sequence[float],
        chances: Sequence[float],
        spread: float,
    ) -> None:
        """One draw, whose counts have the covariance spread·(diag(p) − p pᵀ)."""
        for i, count in enumerate(observed):
            self.observed[i] += count
            self.expected[i] += expected[i]
            for j, chance in enumerate(chances):
                own = chances[i] if i == j else 0.0
                self.covariance[i][j] += spread * (own - chances[i] * chance)

    def test(self) -> Test:
        """Dᵀ C⁻¹ D over all cells but the last, which follows from the others."""
        freedom = len(self.observed) - 1
        deviations = [o - e for o, e in zip(self.observed, self.expected, strict=True)][:freedom]
        enough = min(self.expected) >= LEAST
        weights = _solved([row[:freedom] for row in self.covariance[:freedom]], deviations)
        statistic = sum(d * w for d, w in zip(deviations, weights, strict=True)) if enough else 0.0
        p = chi_square_p(statistic, freedom) if enough else None
        return Test(tuple(self.observed), tuple(self.expected), statistic, freedom, p)


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive definite system by elimination; zeros where it has no rank."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        if rows[at][at] <= 0:
            return [0.0] * size
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            rows[below] = [b - factor * a for a, b in zip(rows[at], rows[below], strict=True)]
    found = [0.0] * size
    for at in reversed(range(size)):
        rest = sum(rows[at][k] * found[k] for k in range(at + 1, size))
        found[at] = (rows[at][size] - rest) / rows[at][at]
    return found
