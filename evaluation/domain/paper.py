"""Paper sheets: typed twice by two persons and compared cell by cell."""

from collections.abc import Mapping
from typing import Any

from evaluation.domain.scoring import parse_score

Cell = tuple[str, str]
"""(Bidder, factor), or (bidder, column) of a sheet without scores."""


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Cell]:
    """Return the cells in which two valid sheets differ, in order; scores compare as numbers."""
    one, other = _cells(first), _cells(second)
    return sorted(cell for cell in one.keys() | other.keys() if one.get(cell) != other.get(cell))


def _cells(content: Mapping[str, Any]) -> dict[Cell, Any]:
    found: dict[Cell, Any] = {
        (line["bidder"], line["factor"]): parse_score(line["score"])
        for line in content.get("scores", ())
    }
    for line in content.get("verdicts", ()):
        found |= {(line["bidder"], name): line[name] for name in ("verdict", "opinion")}
    return found
