"""How likely a share as high as one person's is, if he judged as the others do (Fisher, exact)."""

from fractions import Fraction
from math import comb

STRIKING = Fraction(1, 100)
"""Below this chance a share is shown as striking: a reason to look, and no finding."""


def chance(hits: int, of: int, other_hits: int, other_of: int) -> Fraction:
    """Return the one-sided chance of `hits` or more among `of`, all margins given.

    R. A. Fisher, The Design of Experiments, section 11 (the hypergeometric tail), exact. Raise
    ValueError where there are more hits than cases.
    """
    if not (0 <= hits <= of and 0 <= other_hits <= other_of):
        raise ValueError("more hits than cases")
    everyone, marked = of + other_of, hits + other_hits
    most = min(of, marked)
    ways = sum(comb(marked, k) * comb(everyone - marked, of - k) for k in range(hits, most + 1))
    return Fraction(ways, comb(everyone, of))
