"""How a profile follows from its stream (audit_log.folds)."""

from typing import Any

from audit_log.folds import Entries

_COLUMNS = ("version", "parent", "content", "effective_from")


def profiles_told(entries: Entries) -> dict[str, dict[str, Any]]:
    """Return the profile, or the calendar, of one stream: newest version, draft and state."""
    row: dict[str, Any] = {}
    for entry in entries:
        data = entry["data"]
        row |= {column: data[column] for column in _COLUMNS if column in data}
        row |= {"state": data.get("to", "published"), "draft": "", "drafted_by": ""}
        if entry["type"] == "rules.proposed":
            row |= {"draft": data["draft"], "drafted_by": entry["actor"]["id"]}
    return {entries[0]["stream"].partition("/")[2]: row}
