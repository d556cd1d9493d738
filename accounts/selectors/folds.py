"""How accounts and organisations follow from their streams (audit_log.folds)."""

from typing import Any

from audit_log.folds import Entries

Rows = dict[str, dict[str, Any]]

ORGANISATIONS = "organisations"
"""The stream `system/organisations`: a body has none of its own."""
_BODY = ("name", "region", "trades", "group_head")


def users_told(entries: Entries) -> Rows:
    """Return the account of one stream."""
    row: dict[str, Any] = {}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "account.created":
                row = {"title": data["title"], "role": data["role"], "org_id": data["org"]}
                row |= {"is_active": True}
            case "account.disabled":
                row["is_active"] = False
            case "account.enabled":
                row["is_active"] = True
    return {entries[0]["stream"].partition("/")[2]: row}


def reports_told(entries: Entries) -> Rows:
    """Return the report of one stream, of which no more is told than that it is there."""
    return {entries[0]["stream"].partition("/")[2]: {}}


def organisations_told(entries: Entries) -> Rows:
    """Return credit code → organisation, as it was registered last."""
    return {
        entry["data"]["code"]: {column: entry["data"][column] for column in _BODY}
        for entry in entries
        if entry["type"] == "account.organisation_registered"
    }


def relations_told(entries: Entries) -> Rows:
    """Return `child parent day` → the relation of two bodies, as it was told last."""
    told = [entry["data"] for entry in entries if entry["type"] == "account.bodies_related"]
    return {
        f"{one['child']} {one['parent']} {one['valid_from']}": {
            "valid_to": one["valid_to"],
            "evidence": one["evidence"],
        }
        for one in told
    }


def relation_key(row: Any) -> str:
    """How a relation is named among those of the stream."""
    return f"{row.child} {row.parent} {row.valid_from.isoformat()}"
