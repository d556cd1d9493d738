"""The bundled code list of specialties."""

import json
from functools import cache
from pathlib import Path

from django.db.models import Q

from experts.domain.specialties import following

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


def begins_with(column: str, prefix: str) -> Q:
    """Rows whose code in this column begins so: a range, which an index of any database answers."""
    return Q(**{f"{column}__gte": prefix, f"{column}__lt": following(prefix)})
