"""Draws from a list that is no secret: bidders who tie, lots, agencies (formats.md section 4).

The engine is the one that draws experts. Only the list differs: a candidate stands under his public
number and no identity is sealed, so the manifest needs neither handles nor salts, and the first
round is the result: nobody answers, nothing is drawn again.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from experts.domain.manifest import Manifest

EXPERTS: Final = "experts"
LOTTERY: Final = "lottery"
LIST: Final = "list"
KINDS: Final = {EXPERTS: "评标专家", LOTTERY: "投标人抽签", LIST: "公开名单抽签"}
SLOT: Final = "1"
NUMBER: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""How a public number is written (formats.md section 4, handles)."""


def sound(items: Sequence[str], count: int) -> bool:
    """Whether `count` can be drawn from these public numbers, each of which stands once."""
    written = all(isinstance(item, str) and NUMBER.fullmatch(item) for item in items)
    return written and len(set(items)) == len(items) and 1 <= count <= len(items)


def public_request(
    items: Sequence[str], count: int, rules: str, *, subject: str = ""
) -> dict[str, Any]:
    """Return what a draw from a public list asks for, as row and trail keep it."""
    return {
        "slots": [{"slot": SLOT, "specialty": "", "region": "", "count": count}],
        "recusal": [],
        "one_per_group": True,
        "rules": rules,
        "items": sorted(items),
        "subject": subject,
    }


def public_manifest(
    *, draw: str, project: str, attempt: int, items: Sequence[str], count: int
) -> Manifest:
    """Return the manifest: one slot, every item of its own group, under its public number."""
    return {
        "v": 1,
        "draw": draw,
        "project": project,
        "attempt": attempt,
        "one_per_group": True,
        "slots": [
            {
                "slot": SLOT,
                "specialty": "",
                "region": "",
                "count": count,
                "candidates": [
                    {"candidate": item, "group": f"g{place}", "id": ""}
                    for place, item in enumerate(sorted(items), start=1)
                ],
            }
        ],
    }
