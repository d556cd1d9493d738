"""How the rows of pool and draw follow from their streams (audit_log.folds)."""

from typing import Any

from audit_log.folds import Entries, places_told

_BY_REASON = {"absent": "absent", "replaced": "replaced"}
_PERSON = ("employer", "region", "title", "years", "recommended_by", "briefed_on")
_CASE = ("case", "attempt", "tenderer", "trade", "region", "held_at", "place")
_REQUEST = ("slots", "recusal", "one_per_group", "rules")

Rows = dict[str, dict[str, Any]]


def experts_told(entries: Entries) -> Rows:
    """Return the expert of one stream with every column."""
    row: dict[str, Any] = {"term_from": None, "term_to": None, "suspended_until": None}
    row |= {"recommended_by": "", "briefed_on": None}
    for entry in entries:
        data = entry["data"]
        if entry["type"] == "expert.reapplied":
            row |= {"term_from": None, "term_to": None}
        if "to" in data:
            row["suspended_until"] = data.get("until")
        row |= _taken(data, *_PERSON, "term_from", "term_to") | _state(data)
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


def draws_told(entries: Entries) -> Rows:
    """Return the draw of one stream with every column an entry can tell."""
    row: dict[str, Any] = {"manifest": "", "chain": 0, "round": 0}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "draw.requested":
                row |= _taken(data, *_CASE) | {"request": _taken(data, *_REQUEST)}
            case "draw.committed":
                row |= _taken(data, "manifest", "chain")
            case "draw.round_opened":
                row |= _taken(data, "round")
        row |= _state(data)
    return {_id(entries): row}


def seats_told(entries: Entries) -> Rows:
    """Return candidate → his seat after the entries of one draw stream."""
    seats: Rows = {}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "draw.round_run":
                for one in data["selected"]:
                    seat = {"slot": one["slot"], "round": data["round"], "expert": ""}
                    seats[one["candidate"]] = seat | {"state": "selected"} | places_told(entry)
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


def _taken(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: data[key] for key in keys if key in data}


def _state(data: dict[str, Any]) -> dict[str, Any]:
    return {"state": data["to"]} if "to" in data else {}


def _id(entries: Entries) -> str:
    return str(entries[0]["stream"]).partition("/")[2]
