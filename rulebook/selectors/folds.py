"""How the current version of a profile follows from its stream (audit_log.folds)."""

from typing import Any

from audit_log.folds import Entries

_COLUMNS = ("version", "parent", "content", "effective_from")


def profiles_told(entries: Entries) -> dict[str, dict[str, Any]]:
    """Return the profile, or the calendar, of one stream in its newest version."""
    row = {column: entries[-1]["data"][column] for column in _COLUMNS}
    return {entries[0]["stream"].partition("/")[2]: row}
