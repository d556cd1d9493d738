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
                rows.append(_draft("candidates", data, by))
            case "project.awarded":
                rows.append(_draft("result", data, by))
            case "project.notice_drafted":
                rows.append(_draft(data["notice_kind"], data, by))
            case "project.candidates_published":
                _release(rows, "candidates", entry)
            case "project.result_published":
                _release(rows, "result", entry)
            case "project.notice_released":
                _release(rows, data["notice_kind"], entry)
            case "project.clarified":
                _release(rows, "clarify", entry)
            case "project.notice_returned":
                for row in _open(rows, data["notice_kind"])[-1:]:
                    row["returned_for"] = data["reason"]
            case "project.notified":
                for sent in data["notices"]:
                    kind = "award" if sent["to"] == data["winner"] else "lost"
                    row = _notice(kind, sent["notice"], by, sent["to"])
                    rows.append(row | {"released_by": by, "released_at": entry["at"]})
    return _numbered(rows)


def _notice(kind: str, body: str, by: str, to: str = "") -> Row:
    row: Row = {"kind": kind, "to": to, "body": body, "prepared_by": by}
    row |= {"hits": [], "explanation": "", "returned_for": "", "serial": None}
    return row | {"released_by": "", "released_at": None, "public_until": None}


def _draft(kind: str, data: Row, by: str) -> Row:
    row = _notice(kind, data["notice"], by)
    return row | {"hits": data.get("hits", []), "explanation": data.get("explanation", "")}


def _open(rows: list[Row], kind: str) -> list[Row]:
    """Drafts of the kind that neither went out nor back."""
    drafts = (row for row in rows if row["kind"] == kind and row["released_at"] is None)
    return [row for row in drafts if not row["returned_for"]]


def _release(rows: list[Row], kind: str, entry: Row) -> None:
    """The newest draft of the kind goes out."""
    for row in _open(rows, kind)[-1:]:
        row["released_by"], row["released_at"] = entry["actor"]["id"], entry["at"]
        row["public_until"] = entry["data"].get("public_until")
        row["serial"] = entry["data"]["serial"]


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


def complaints_told(entries: Entries) -> Rows:
    """Return complaint code → the complaint."""
    rows: Rows = {}
    for entry in entries:
        data = entry["data"]
        if "complaint" not in data:
            continue
        code, state = data["complaint"]["code"], data["complaint"]["to"]
        row = rows.get(code, {}) | _complaint(entry["type"], data, entry)
        rows[code] = row | {"state": state} | places_told(entry)
    return rows


def _complaint(type: str, data: Row, entry: Row) -> Row:
    match type:
        case "project.complaint_filed":
            row = {"bidder": entry["actor"]["org"], "text": data["commitment"]}
            row |= {"objection": data["objection_code"], "filed_at": entry["at"]}
            row |= {name: data[name] for name in ("matter", "known_on", "accept_due")}
            row |= {"accepted_at": None, "decide_due": None, "paused_on": None}
            return row | {"paused_days": 0, "answer": "", "outcome": ""}
        case "project.complaint_refused":
            return {"answer": data["answer"]}
        case "project.complaint_accepted":
            return {"accepted_at": entry["at"], "decide_due": data["decide_due"]}
        case "project.complaint_clock_stopped":
            return {"paused_on": data["paused_on"]}
        case "project.complaint_clock_resumed":
            columns = {name: data[name] for name in ("paused_days", "decide_due")}
            return columns | {"paused_on": None}
        case "project.complaint_decided":
            return {"answer": data["answer"], "outcome": data["outcome"]}
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
