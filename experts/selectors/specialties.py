"""The bundled code list of specialties."""

import json
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent.parent / "data" / "specialties.json"


@cache
def codes() -> tuple[str, ...]:
    """Every code of every level that the list at hand has, in its order."""
    tree = json.loads(LIST.read_text(encoding="utf-8"))
    return tuple(item["code"] for item in tree["items"])


@cache
def listed() -> frozenset[str]:
    """The same codes, for looking one up."""
    return frozenset(codes())
