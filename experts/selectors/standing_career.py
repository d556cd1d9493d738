"""How the rows beside an expert's own follow from his stream (audit_log.folds)."""

from typing import Any

from audit_log.folds import Entries, places_told

Rows = dict[str, dict[str, Any]]
_PAPER = ("expires", "commitment")
_TRAINING = ("kind", "material", "score", "held_on")
_ASSESSMENT = ("score", "grade", "proposal", "evidence")
_CHANGE = ("facts", "phone", "valid_from")
_APPEAL = ("against", "ground", "letter")


def documents_told(entries: Entries) -> Rows:
    """Return kind/specialty → the newest paper of that kind."""
    return {
        f"{one['kind']}/{one['specialty']}": _taken(one, _PAPER)
        for entry in entries
        for one in entry["data"].get("documents", ())
    }


def trainings_told(entries: Entries) -> Rows:
    """Return number → training."""
    told = (entry["data"] for entry in entries if entry["type"] == "expert.trained")
    return {str(data["number"]): _taken(data, _TRAINING) for data in told}


def assessments_told(entries: Entries) -> Rows:
    """Return year → assessment."""
    told = (entry["data"] for entry in entries if entry["type"] == "expert.assessed")
    return {str(data["year"]): _taken(data, _ASSESSMENT) for data in told}


def leaves_told(entries: Entries) -> Rows:
    """Return code → leave; one that was taken back before it began is gone."""
    found: Rows = {}
    for entry in entries:
        data = entry["data"]
        if entry["type"] == "expert.leave_declared":
            found[data["leave"]] = {"first": data["first"], "last": data["last"]}
        elif entry["type"] == "expert.leave_ended" and data["last"]:
            found[data["leave"]]["last"] = data["last"]
        elif entry["type"] == "expert.leave_ended":
            del found[data["leave"]]
    return found


def changes_told(entries: Entries) -> Rows:
    """Return code → report of a change."""
    found: Rows = {}
    for entry in entries:
        told = entry["data"].get("change")
        if not told:
            continue
        if told["to"] == "reported":
            found[told["code"]] = _taken(told, _CHANGE) | {"reported_by": entry["actor"]["id"]}
        found[told["code"]] |= {"state": told["to"]} | places_told(entry)
    return found


def appeals_told(entries: Entries) -> Rows:
    """Return code → appeal."""
    blank = {"proposal": "", "decision": "", "drafted_by": ""}
    found: Rows = {}
    for entry in entries:
        told = entry["data"].get("appeal")
        if not told:
            continue
        match entry["type"]:
            case "expert.appealed":
                found[told["code"]] = _taken(told, _APPEAL) | blank
            case "expert.appeal_drafted":
                drafted = _taken(told, ("proposal", "decision"))
                found[told["code"]] |= drafted | {"drafted_by": entry["actor"]["id"]}
            case "expert.appeal_returned":
                found[told["code"]] |= blank
        found[told["code"]] |= {"state": told["to"]} | places_told(entry)
    return found


def _taken(told: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: told[key] for key in keys}
