"""The code list of specialties: 公共资源交易评标专家专业分类标准 (发改法规〔2018〕316号).

A code is a letter and two, four or six digits; an expert holds codes of the third level (5
characters) or the fourth (7). The list at hand is not whole: see `is_listed`.
"""

from collections.abc import Set

HOLDABLE = 5
"""Least length of a code that a person may hold."""
WHOLE_TO_THIRD = ("A",)
"""Classes whose third level the list at hand has completely; its second level is complete."""


def is_listed(code: str, listed: Set[str]) -> bool:
    """Whether a well-formed code is in the list as far as the list reaches.

    The fourth level is known by examples only, so a code is held against its second level, in class
    A against its third.
    """
    known_to = 5 if code[:1] in WHOLE_TO_THIRD else 3
    return code[:known_to] in listed


def following(prefix: str) -> str:
    """Return the first code after all those that begin with a prefix: A08 → A09, A09 → A1, C → D.

    It compares alike in any collation, since it has nothing but digits and letters.
    """
    kept = prefix.rstrip("9")
    return kept[:-1] + chr(ord(kept[-1]) + 1)
