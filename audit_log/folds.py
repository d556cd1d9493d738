"""How live rows follow from entries: what `reconcile` and `replay` fold streams with.

Each app registers one fold per table; a table or a column that no entry tells stands on the exempt
list with its reason, so that nothing is left out silently.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

Entries = list[dict[str, Any]]
Told = Mapping[str, Mapping[str, Any]]
"""Row key → column → value, as JSON has it: dates and times as text, bytes as hex."""


def states_only(entries: Entries) -> Told:
    """The least that an owner's stream tells: its state, under the stream's own id."""
    state = None
    for entry in entries:
        state = entry["data"].get("to", state)
    return {entries[0]["stream"].partition("/")[2]: {"state": state} if state else {}}


@dataclass(frozen=True)
class Fold:
    """One table: which stream kind tells its rows, by which key, and which columns are not told."""

    model: type[models.Model]
    kind: str
    told: Callable[[Entries], Told] = states_only
    stream: Callable[[Any], str] = lambda row: str(row.stream)
    key: Callable[[Any], str] = lambda row: str(row.pk)
    untold: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.model._meta.db_table


FOLDS: dict[str, Fold] = {}
EXEMPT: dict[str, str] = {}
"""Table → why no entry tells its rows."""


def register(*folds: Fold) -> None:
    """Add tables; called from each app's `ready`."""
    for fold in folds:
        FOLDS[fold.table] = fold


def exempt(model: type[models.Model], reason: str) -> None:
    """Say why a table is not told by the trail."""
    EXEMPT[model._meta.db_table] = reason
