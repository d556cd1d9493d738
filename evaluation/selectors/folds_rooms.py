"""How rooms, bookings and sites follow from their streams (audit_log.folds)."""

from typing import Any

from audit_log.domain.entry import format_time, parse_time
from audit_log.folds import Entries, places_told
from evaluation.domain.rooms import STEP

Rows = dict[str, dict[str, Any]]
_ROOM = ("name", "org", "region", "seats")
_SITE = ("kind", "place", "slots")


def rooms_told(entries: Entries) -> Rows:
    """Return the room of one stream; streams of the system's that are none tell nothing."""
    row: dict[str, Any] = {}
    for entry in entries:
        if entry["type"] == "system.room_registered":
            row = {name: entry["data"][name] for name in _ROOM}
        if row:
            row["state"] = entry["data"]["to"]
    return {str(entries[0]["stream"]).partition("/")[2]: row} if row else {}


def bookings_told(entries: Entries) -> Rows:
    """Return code → booking of one project."""
    found: Rows = {}
    for entry in entries:
        told = entry["data"].get("booking")
        if not told:
            continue
        if entry["type"] == "project.room_booked":
            row = {"room_id": told["room"], "booked_by": entry["actor"]["id"]}
            found[told["code"]] = row | {name: told[name] for name in ("starts", "ends")}
        found[told["code"]] |= {"state": told["to"]} | places_told(entry)
    return found


def room_slots_told(entries: Entries) -> Rows:
    """Return room and begin → the booking that holds this half hour."""
    found: Rows = {}
    for code, booking in bookings_told(entries).items():
        if booking["state"] != "booked":
            continue
        begin, end = parse_time(booking["starts"]), parse_time(booking["ends"])
        for place in range((end - begin) // STEP):
            hour = begin + place * STEP
            found[slot_key(booking["room_id"], format_time(hour))] = {"booking_id": code}
    return found


def sites_told(entries: Entries) -> Rows:
    """Return number → site, as last arranged."""
    told = [entry for entry in entries if entry["type"] == "project.sites_arranged"]
    sites = told[-1]["data"]["sites"] if told else []
    return {
        str(site["number"]): {name: site[name] for name in _SITE} | {"org_id": site["org"]}
        for site in sites
    }


def slot_key(room: str, starts: str) -> str:
    """What names a half hour of a room in a project's stream."""
    return f"{room} {starts}"
