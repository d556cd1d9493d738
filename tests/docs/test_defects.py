"""Defects of other products (features.md, D1–D20): each has tests that are named after it."""

import re
from collections import Counter

from tests.docs.source import ROOT

NAMED = re.compile(r"^ *def test_d(\d+)_\w+\(", re.M)
KNOWN = range(1, 21)
SHOWN = {4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17}
"""Those that have such tests at least; the others are added as their parts are."""


def shown() -> Counter[int]:
    """Defect → how many tests are named after it."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    return Counter(int(number) for text in texts for number in NAMED.findall(text))


def test_each_defect_is_shown_to_be_impossible_by_a_test_of_its_name():
    assert SHOWN - shown().keys() == set()


def test_no_test_is_named_after_a_defect_that_is_none():
    assert shown().keys() - set(KNOWN) == set()
