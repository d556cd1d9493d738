"""How ratings and the measures they propose follow from an expert's stream (audit_log.folds)."""

from typing import Any

from audit_log.folds import Entries, places_told

Rows = dict[str, dict[str, Any]]
_RATING = ("case", "handle", "aspect", "items", "points", "evidence", "rated_on")
_MEASURE = ("kind", "points", "proposed_on")
_DECIDED = ("adopted", "dismissed")


def ratings_told(entries: Entries) -> Rows:
    """Return code → rating."""
    found: Rows = {}
    for entry in entries:
        told = entry["data"].get("rating")
        if not told:
            continue
        if entry["type"] == "expert.rated":
            claim = {name: told[name] for name in _RATING}
            claim |= {"profile": entry["data"]["profile"], "rated_by": entry["actor"]["id"]}
            found[told["code"]] = claim | {"entry": entry["n"]}
        found[told["code"]] |= {"state": told["to"]} | places_told(entry)
    return found


def measures_told(entries: Entries) -> Rows:
    """Return code → proposed measure."""
    found: Rows = {}
    for entry in entries:
        told = entry["data"].get("measure")
        if not told:
            continue
        row = found.setdefault(told["code"], {"decided_by": ""})
        row |= {name: told[name] for name in _MEASURE} | places_told(entry)
        row |= {"state": told["to"]}
        if told["to"] in _DECIDED:
            row["decided_by"] = entry["actor"]["id"]
    return found
