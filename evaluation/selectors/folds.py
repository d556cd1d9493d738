"""How the rows of a project, its people, bids and candidates follow from its stream.

Pure functions over entries (audit_log.folds); each tells every column that is not a key.
"""

from typing import Any

from audit_log.folds import Entries

Row = dict[str, Any]
Rows = dict[str, Row]

_REGISTERED = (
    "title",
    "group",
    "lot",
    "order",
    "region",
    "trade",
    "supervisor",
    "compulsory",
    "funds",
    "regime",
    "ceiling_fen",
    "profile",
    "rules",
    "evaluation_plan",
)
_AT_FIRST: Row = {
    "deadline": None,
    "award_plan": "",
    "annex": "",
    "draw": "",
    "evaluation_round": 0,
    "report": "",
    "reported_at": None,
    "public_until": None,
    "award_session": 0,
    "winner": "",
    "suspended_from": "",
}
_NO_AWARD: Row = {"winner": "", "public_until": None}
"""What stays of a decision that has fallen (award.services.reopening)."""
_STAMPS = (
    "signed_in_at",
    "promised_at",
    "briefed_at",
    "declared_at",
    "sealed_at",
    "confirmed_at",
    "finished_at",
)
_OF_ROUND = ("sealed_at", "confirmed_at", "finished_at")
_STEPS = {
    "project.member_promised": "promised_at",
    "project.member_briefed": "briefed_at",
    "project.report_signed": "confirmed_at",
    "project.consent_deemed": "confirmed_at",
}
SEATED, BALLOT, WATCH = "seated", "ballot", "watch"


BEGINNING = (
    "project.evaluation_started",
    "project.recheck_requested",
    "project.reconfirmed",
    "project.upheld",
)
"""Entries that may begin an evaluation round."""


def begins_round(entry: Row) -> bool:
    """Whether an entry begins an evaluation round (evaluation.services.scoring.begin_round).

    A committee that changed before its sheets were closed goes on in the same round.
    """
    match entry["type"]:
        case "project.evaluation_started":
            return "resumed" not in entry["data"]
        case "project.recheck_requested" | "project.reconfirmed":
            return True
        case "project.upheld":
            return bool(entry["data"]["outcome"] == "reevaluate")
    return False


def projects_told(entries: Entries) -> Rows:
    """Return the project of one stream."""
    row: Row = {}
    for entry in entries:
        data = entry["data"]
        row |= _project(entry["type"], data, entry["at"])
        if begins_round(entry):
            row["evaluation_round"] = row.get("evaluation_round", 0) + 1
        if "to" in data:
            row["state"] = data["to"]
    return {_id(entries): row}


def _project(type: str, data: Row, at: str) -> Row:
    """The columns that one entry sets, besides state and evaluation round."""
    match type:
        case "project.registered":
            named = {"tenderer_id": data["tenderer"], "retender_of": data.get("retender_of", "")}
            return _AT_FIRST | named | {column: data[column] for column in _REGISTERED}
        case "project.award_plan_fixed":
            return {"award_plan": data["plan"]}
        case "project.award_members_sealed":
            return {"annex": data["commitment"]}
        case "project.tender_published":
            return {"deadline": data["deadline"]}
        case "project.clarified":
            return {"deadline": data["deadline"], "award_plan": data["plan"]}
        case "project.draw_started":
            return {"draw": data["draw"]}
        case "project.report_submitted":
            return {"report": data["report"], "reported_at": at}
        case "project.candidates_published" | "project.result_published":
            return {"public_until": data["public_until"]}
        case "project.suspended":
            return {"suspended_from": data["from"]}
        case "project.resumed":
            return {"suspended_from": ""}
        case "project.upheld":
            return _NO_AWARD | {"suspended_from": ""}
        case "project.reconfirmed":
            return _NO_AWARD
        case "project.award_begun":
            return {"award_session": data["session"]}
        case "project.awarded":
            return {"winner": data["bidder"]}
        case "project.winner_lost":
            return _NO_AWARD | {"award_session": data["session"]}
    return {}


def parts_told(entries: Entries) -> Rows:
    """Return `relation person` → the person's part in the project of one stream."""
    parts: Rows = {}
    for entry in entries:
        _come_and_go(parts, entry)
        _evaluate(parts, entry)
        _meet(parts, entry)
    return parts


def part_key(relation: str, person: str) -> str:
    """How a part is named among those of its project."""
    return f"{relation} {person}"


def _come_and_go(parts: Rows, entry: Row) -> None:
    """Who takes and leaves a seat of the evaluation committee, and who leads it."""
    data = entry["data"]
    key = part_key(SEATED, str(data.get("member", "")))
    match entry["type"]:
        case "project.representative_appointed":
            parts[key] = _part("representative")
        case "project.member_signed_in":
            if data["kind"] == "expert":
                parts[key] = _part("expert", data["handle"])
            _set(parts, key, "signed_in_at", entry["at"])
        case "project.member_declared":
            _set(parts, key, "declared_at", entry["at"])
            if data["conflict"]:
                parts.pop(key, None)
        case "project.member_left":
            parts.pop(key, None)
        case "project.draw_started":
            for drawn in [name for name, part in parts.items() if part["kind"] == "expert"]:
                del parts[drawn]
        case "project.leader_elected":
            _set_all(parts, (SEATED,), "leader", False)
            _set(parts, key, "leader", True)


def _evaluate(parts: Rows, entry: Row) -> None:
    """The steps of the committee's work."""
    data, at = entry["data"], entry["at"]
    if (step := _STEPS.get(entry["type"])) is not None:
        _set(parts, part_key(SEATED, data["member"]), step, at)
    if begins_round(entry):
        kept = {one["member"]: "sealed_at" for one in data.get("carried", ())}
        for key in [name for name in parts if name.partition(" ")[0] == SEATED]:
            for stamp in _OF_ROUND:
                if kept.get(key.partition(" ")[2]) != stamp:
                    _set(parts, key, stamp, None)
    match entry["type"]:
        case "project.score_sheet_sealed":
            _set(parts, part_key(SEATED, data["author"]), "sealed_at", at)
        case "project.bid_rejected":
            _set_all(parts, (SEATED,), "sealed_at", None)
        case "project.report_submitted":
            _set_all(parts, (SEATED,), "finished_at", at)


def _meet(parts: Rows, entry: Row) -> None:
    """The award meeting: its list is opened, everyone signs in, for each session anew."""
    data = entry["data"]
    match entry["type"]:
        case "project.award_members_opened":
            content = data["content"]
            for person in content["members"]:
                leads = person == content["leader"]
                parts[part_key(BALLOT, person)] = _part("appointed") | {"leader": leads}
            for person in content["observers"]:
                parts[part_key(WATCH, person)] = _part("appointed")
        case "project.award_member_replaced":
            before = parts.pop(part_key(BALLOT, data["member"]), _part("appointed"))
            parts[part_key(BALLOT, data["replacement"])] = _part("appointed") | {
                "leader": before["leader"]
            }
        case "project.award_begun":
            _set_all(parts, (BALLOT, WATCH), "signed_in_at", None)
        case "project.winner_lost" if data.get("to") == "awarding":
            _set_all(parts, (BALLOT, WATCH), "signed_in_at", None)
        case "project.member_attended":
            _set(parts, part_key(data["relation"], data["member"]), "signed_in_at", entry["at"])


def bids_told(entries: Entries) -> Rows:
    """Return bidder → his bid as opened."""
    rows: Rows = {}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "project.bid_opened":
                content, receipt = data["content"], data["author"].rpartition("/")[2]
                row = {"receipt": receipt, "price_fen": content["price_fen"], "rejected_for": ""}
                rows[content["bidder"]] = row
            case "project.bid_rejected":
                reason = f"{data['name']}:{data['reason']}"[:200]
                _set(rows, data["bidder"], "rejected_for", reason)
    return rows


def candidates_told(entries: Entries) -> Rows:
    """Return bidder → his candidacy in the present evaluation round."""
    rows: Rows = {}
    for entry in entries:
        data = entry["data"]
        if begins_round(entry):
            rows = {}
        match entry["type"]:
            case "project.totals_computed":
                rows = {}
                for one in data["named"]:
                    row = {"rank": one["rank"], "total": one["total"]}
                    rows[one["bidder"]] = row | {"remarks": {}, "left_for": ""}
            case "project.candidates_remarked":
                for one in data["candidates"]:
                    remarks = {name: text for name, text in one.items() if name != "bidder"}
                    _set(rows, one["bidder"], "remarks", remarks)
            case "project.candidate_left" | "project.winner_lost":
                _set(rows, data["bidder"], "left_for", data["reason"])
    return rows


def _part(kind: str, handle: str = "") -> Row:
    return {"kind": kind, "handle": handle, "leader": False, **dict.fromkeys(_STAMPS)}


def _set(rows: Rows, key: str, column: str, value: Any) -> None:
    """Set a column of a row that is there; entries of a damaged stream may name another."""
    if key in rows:
        rows[key] = rows[key] | {column: value}


def _set_all(parts: Rows, relations: tuple[str, ...], column: str, value: Any) -> None:
    for key in parts:
        if key.partition(" ")[0] in relations:
            _set(parts, key, column, value)


def _id(entries: Entries) -> str:
    return str(entries[0]["stream"]).partition("/")[2]
