"""A request that cannot be met is explained before anything is committed."""

import pytest

from experts.domain.feasibility import Shortage, feasibility
from experts.domain.freeze import Eligible, SlotRequest


def slots(**counts):
    return [SlotRequest(name, "A08", "3304", count) for name, count in counts.items()]


def people(*lines):
    """Experts from lines such as "A:s,t" – employer and slots."""
    return [
        Eligible(f"E{number}", org, frozenset(fits.split(",")))
        for number, (org, fits) in enumerate(line.split(":") for line in lines)
    ]


@pytest.mark.parametrize(
    ("asked", "eligible", "shortages"),
    [
        ({"s": 1}, ["A:s"], []),
        ({"s": 1}, [], [Shortage("s", 1, 0, ("s",))]),
        ({"s": 2}, ["A:s", "A:s"], [Shortage("s", 2, 1, ("s",))]),
        ({"s": 2}, [":s", ":s"], []),
        # The free one moves: s takes B so that t can have A.
        ({"s": 1, "t": 1}, ["A:s,t", "B:s"], []),
        # Each slot alone has enough, both together have not.
        ({"s": 2, "t": 1}, ["A:s,t", "B:s,t"], [Shortage("t", 3, 2, ("s", "t"))]),
        # A slot that shares nobody with them is not blamed.
        (
            {"r": 1, "s": 1, "t": 1},
            ["A:s,t", "B:r"],
            [Shortage("t", 2, 1, ("s", "t"))],
        ),
        ({"s": 2, "t": 2}, [], [Shortage("s", 2, 0, ("s",)), Shortage("t", 2, 0, ("t",))]),
    ],
)
def test_where_employers_sit_once(asked, eligible, shortages):
    assert feasibility(slots(**asked), people(*eligible), one_per_group=True) == shortages


def test_colleagues_count_as_two_where_they_may_sit_together():
    assert feasibility(slots(s=2), people("A:s", "A:s"), one_per_group=False) == []
