"""D3: handles, and with them the order anyone sees, are a uniform permutation of the eligible.

A sort by a random comparison is not; here every order of four people comes equally often. The
secrets are fixed, so the test always gives the same figure.
"""

import hashlib
from collections import Counter
from itertools import permutations

from experts.domain.freeze import Eligible, identities

PEOPLE = [Eligible(f"E{place}", f"ORG{place}", frozenset({"1"})) for place in range(4)]
DRAWS = 4800
CHI_SQUARE_23_AT_999 = 49.73


def order(number):
    secret = hashlib.sha256(b"order %d" % number).digest()
    return tuple(one.expert for one in identities(draw="D", eligible=PEOPLE, secret=secret))


def test_d3_every_order_of_handles_is_equally_likely():
    seen = Counter(map(order, range(DRAWS)))
    assert set(seen) == set(permutations(one.expert for one in PEOPLE))
    expected = DRAWS / 24
    assert sum((n - expected) ** 2 / expected for n in seen.values()) < CHI_SQUARE_23_AT_999


def test_d3_the_order_does_not_depend_on_how_the_pool_was_listed():
    secret = bytes(range(32))
    one = identities(draw="D", eligible=PEOPLE, secret=secret)
    assert identities(draw="D", eligible=PEOPLE[::-1], secret=secret) == one
