"""How notices, objections, ballot rounds and awards follow from a project's stream.

Pure functions over entries (audit_log.folds); each tells every column that is not a key.
"""

from typing import Any

from audit_log.folds import Entries, places_told

Row = dict[str, Any]
Rows = dict[str, Row]


def notices_told(entries: Entries) -> Rows:
    """Return number → notice, in the order in which they were drawn up."""
    rows: list[Row] = []
    for entry in entries:
        data, by = entry["data"], entry["actor"]["id"]
        match entry["type"]:
            case "project.candidates_drafted":
                rows.append(_notice("candidates", data["notice"], by))
            case "project.awarded":
                rows.append(_notice("result", data["notice"], by))
            case "project.candidates_published":
                _release(rows, "candidates", entry)
            case "project.result_published":
                _release(rows, "result", entry)
            case "project.notified":
                for sent in data["notices"]:
                    kind = "award" if sent["to"] == data["winner"] else "lost"
                    row = _notice(kind, sent["notice"], by, sent["to"])
                    rows.append(row | {"released_by": by, "released_at": entry["at"]})
    return _numbered(rows)


def _notice(kind: str, body: str, by: str, to: str = "") -> Row:
    row = {"kind": kind, "to": to, "body": body, "prepared_by": by}
    return row | {"released_by": "", "released_at": None, "public_until": None}


def _release(rows: list[Row], kind: str, entry: Row) -> None:
    """The newest draft of the kind goes out."""
    drafts = [row for row in rows if row["kind"] == kind and row["released_at"] is None]
    for row in drafts[-1:]:
        row["released_by"], row["released_at"] = entry["actor"]["id"], entry["at"]
        row["public_until"] = entry["data"]["public_until"]


def objections_told(entries: Entries) -> Rows:
    """Return objection code → the objection."""
    rows: Rows = {}
    for entry in entries:
        data = entry["data"]
        if "objection" not in data:
            continue
        code, state = data["objection"]["code"], data["objection"]["to"]
        row = rows.get(code, {}) | _objection(entry["type"], data, entry)
        rows[code] = row | {"state": state} | places_told(entry)
    return rows


def _objection(type: str, data: Row, entry: Row) -> Row:
    match type:
        case "project.objection_submitted":
            row = {"bidder": entry["actor"]["org"], "text": data["commitment"]}
            row |= {"stage": data["stage"], "answer_due": data["answer_due"]}
            return row | {"received_at": entry["at"], "answered_at": None, "answer": ""}
        case "project.objection_refused":
            return {"answer": data["answer"]}
        case "project.objection_answered":
            return {"answer": data["answer"], "answered_at": entry["at"]}
    return {}


def rounds_told(entries: Entries) -> Rows:
    """Return ballot round code → the round; its result by the hash of the document."""
    rows: Rows = {}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "project.round_opened":
                change = {name: data[name] for name in ("session", "number", "eligible", "seats")}
                change |= {"result": None}
            case "project.ballots_closed":
                change = {}
            case "project.round_counted":
                change = {"result": data["result"]}
            case _:
                continue
        code, state = data["round"]["code"], data["round"]["to"]
        rows[code] = rows.get(code, {}) | change | {"state": state} | places_told(entry)
    return rows


def awards_told(entries: Entries) -> Rows:
    """Return number → decision; all but the last have ended."""
    rows: list[Row] = []
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "project.awarded":
                row = {"bid_id": bid_key(_id(entries), data["bidder"]), "active": True}
                row |= {"reasons": data["reasons"], "decided_at": entry["at"], "ended_for": ""}
                rows.append(row)
            case "project.winner_lost":
                _end(rows, data["reason"])
            case "project.upheld":
                _end(rows, "upheld")
            case "project.reconfirmed":
                _end(rows, "reconfirmed")
    return _numbered(rows)


def bid_key(project: str, bidder: str) -> str:
    """How a bid is named where another row rests on it."""
    return f"{project} {bidder}"


def _end(rows: list[Row], reason: str) -> None:
    for row in rows:
        if row["active"]:
            row |= {"active": False, "ended_for": reason}


def _numbered(rows: list[Row]) -> Rows:
    return {str(number): row for number, row in enumerate(rows, start=1)}


def _id(entries: Entries) -> str:
    return str(entries[0]["stream"]).partition("/")[2]
