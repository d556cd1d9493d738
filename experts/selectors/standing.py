"""How the rows of pool and draw follow from their streams (audit_log.folds)."""

from typing import Any

from audit_log.folds import Entries, places_told
from experts.domain.modes import OWNER
from experts.domain.public_lists import EXPERTS

_BY_REASON = {"absent": "absent", "replaced": "replaced"}
_PERSON = ("employer", "region", "title", "years", "recommended_by", "briefed_on")
_CASE = ("kind", "serial", "case", "attempt", "tenderer", "trade", "region", "held_at", "place")
_INTAKE = ("mode", "from_pool", "complete", "trial", "region", "commitment")
_REQUEST = ("slots", "recusal", "one_per_group", "hours", "rules", "items", "subject")

_CLAIM = ("kind", "commitment", "evidence", "source", "share", "valid_from", "valid_to")
_BY = {
    "conflict_recorded": "recorded_by",
    "conflict_confirmed": "confirmed_by",
    "conflict_release_asked": "release_by",
    "conflict_release_refused": "release_by",
    "conflict_lifted": "lifted_by",
}
"""Entry → the column that names who wrote it."""

Rows = dict[str, dict[str, Any]]


def experts_told(entries: Entries) -> Rows:
    """Return the expert of one stream with every column."""
    row: dict[str, Any] = {"term_from": None, "term_to": None, "suspended_until": None}
    row |= {"recommended_by": "", "briefed_on": None, "from_pool": ""}
    for entry in entries:
        data = entry["data"]
        if entry["type"] == "expert.reapplied":
            row |= {"term_from": None, "term_to": None}
        if "to" in data:
            row["suspended_until"] = data.get("until")
        row |= _taken(data, *_PERSON, "term_from", "term_to", "from_pool") | _state(data)
    return {_id(entries): row}


def specialties_told(entries: Entries) -> Rows:
    """Return specialty code → whether it is the main one, for the expert of one stream."""
    told: list[str] = []
    for entry in entries:
        told = entry["data"].get("specialties", told)
    return {code: {"main": place == 0} for place, code in enumerate(told)}


def persons_told(entries: Entries) -> Rows:
    """Return whether the person behind the expert of one stream was erased from the vault."""
    return {_id(entries): {"erased": any(one["type"] == "expert.erased" for one in entries)}}


def conflicts_told(entries: Entries) -> Rows:
    """Return code → conflict of one person, from his stream."""
    rows: Rows = {}
    for entry in entries:
        kind, data = entry["type"].partition(".")[2], entry["data"]
        if kind not in _BY:
            continue
        code, by = data["conflict"]["code"], _BY[kind]
        row = rows.setdefault(code, dict.fromkeys(_BY.values(), ""))
        row |= _taken(data, *_CLAIM) | {"state": data["conflict"]["to"]} | places_told(entry)
        row |= {by: "" if kind == "conflict_release_refused" else entry["actor"]["id"]}
        row |= {"tag": row["commitment"]}
    return rows


def draws_told(entries: Entries) -> Rows:
    """Return the draw of one stream with every column an entry can tell."""
    row: dict[str, Any] = {"origin": OWNER, "manifest": "", "chain": 0, "round": 0}
    row |= {"kind": EXPERTS, "serial": 0}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "draw.requested":
                row |= _taken(data, "origin", *_CASE) | {"request": _taken(data, *_REQUEST)}
            case "draw.committed":
                row |= _taken(data, "manifest", "chain")
            case "draw.list_confirmed" | "draw.appointed":
                row |= _taken(data, "manifest")
            case "draw.round_opened":
                row |= _taken(data, "round")
        row |= _state(data)
    return {_id(entries): row}


def seats_told(entries: Entries) -> Rows:
    """Return candidate → his seat after the entries of one draw stream; a public list has none."""
    seats: Rows = {}
    if entries[0]["data"].get("kind", EXPERTS) != EXPERTS:
        return seats
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "draw.round_run":
                for one in data["selected"]:
                    seat = {"slot": one["slot"], "round": data["round"], "expert": ""}
                    seats[one["candidate"]] = seat | {"state": "selected"} | places_told(entry)
            case "draw.list_confirmed" | "draw.appointed":
                state = "accepted" if entry["type"] == "draw.list_confirmed" else "selected"
                for one in data["selected"]:
                    seat = {"slot": one["slot"], "round": data["number"], "expert": ""}
                    seats[one["candidate"]] = seat | {"state": state} | places_told(entry)
            case "draw.answered":
                state = _BY_REASON.get(data["reason"], data["answer"])
                seats[data["candidate"]] |= {"state": state} | places_told(entry)
            case "draw.candidate_opened":
                content = data["content"]
                seat = seats[content["candidate"]]
                seat |= {"expert": content["expert"], "state": "signed_in"} | places_told(entry)
            case "draw.closed":
                for name in (name for names in data["seated"].values() for name in names):
                    seats[name] |= {"state": "served"} | places_told(entry)
    return seats


def lists_told(entries: Entries) -> Rows:
    """Return number → the list of persons who were drawn elsewhere or chosen, for one draw."""
    lists: Rows = {}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "draw.list_entered":
                found = _taken(data, "sheet", "drawn_at", "manifest")
                found |= {"entered_by": entry["actor"]["id"], "state": "entered"}
                lists[str(data["number"])] = found | places_told(entry)
            case "draw.appointment_asked":
                found = _taken(data, "sheet", "manifest") | {"drawn_at": data["asked_at"]}
                found |= {"entered_by": entry["actor"]["id"], "state": "entered"}
                lists[str(data["number"])] = found | places_told(entry)
            case "draw.list_confirmed" | "draw.appointed":
                lists[str(data["number"])] |= {"state": "confirmed"} | places_told(entry)
            case "draw.list_returned" | "draw.appointment_refused":
                lists[str(data["number"])] |= {"state": "returned"} | places_told(entry)
    return lists


def intakes_told(entries: Entries) -> Rows:
    """Return the import of one stream; streams of the system's that are none tell nothing."""
    row: dict[str, Any] = {}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "system.intake_received":
                row = {"rows": 0, "faults": 0, "counts": {}} | _taken(data, *_INTAKE)
                row |= {"as_of": data["as_of"] or None}
            case "system.intake_checked" | "system.intake_refused" | "system.intake_done":
                row |= _taken(data, "rows", "faults", "counts", "region")
        row |= _state(data) if row else {}
    return {_id(entries): row} if row else {}


def _taken(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: data[key] for key in keys if key in data}


def _state(data: dict[str, Any]) -> dict[str, Any]:
    return {"state": data["to"]} if "to" in data else {}


def _id(entries: Entries) -> str:
    return str(entries[0]["stream"]).partition("/")[2]
