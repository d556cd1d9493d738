"""The evaluation report as a document: composed from facts alone, so the same facts give its bytes.

Its items follow 《评标委员会和评标方法暂行规定》第四十二条.
"""

from typing import Any

from audit_log.domain.entry import format_time
from audit_log.selectors import trail
from audit_log.services import attachments
from evaluation.models import Part, Project
from evaluation.selectors import clarifications, committee, deliberation, scores, seats


def compose(row: Project) -> dict[str, Any]:
    """Return the report of the current round; people by code, money in fen, scores as strings."""
    return {
        "v": 1,
        "project": {"code": row.pk, "title": row.title, "group": row.group, "lot": row.lot},
        "tenderer": row.tenderer_id,
        "round": row.evaluation_round,
        "rules": {"profile": row.profile, "content": row.rules},
        "evaluation_plan": attachments.keep_document(row.evaluation_plan),
        "ceiling_fen": row.ceiling_fen,
        "bids": [
            {"bidder": bid.bidder_id, "price_fen": bid.price_fen, "rejected": bid.rejected_for}
            for bid in row.bids.order_by("bidder_id")
        ],
        "committee": [_member(part) for part in committee.members(row)],
        **_unverifiable(row),
        "voided": scores.voided(row),
        **_deliberation(row),
        "totals": scores.result_hash(row),
        "candidates": candidates(row, remarks=True),
        "signatures": signatures(row),
    }


def _unverifiable(row: Project) -> dict[str, Any]:
    """That the experts were drawn elsewhere or chosen, so that nobody takes them for drawn here."""
    origin, note = seats.mark(row.draw)
    return {"draw": {"code": row.draw, "origin": origin, "note": note}} if note else {}


def _deliberation(row: Project) -> dict[str, Any]:
    """Abnormal scores and how they were judged, clarifications; where there were any."""
    judged = [
        {key: data[key] for key in ("about", "bidder", "factor", "accepted", "replaced", "reason")}
        | {"explanation": said.explained.get(cell, "")}
        for said in [deliberation.said(row)]
        for cell, data in said.judged.items()
    ]
    asked = [one.as_data() for one in clarifications.of(row)]
    told = {"judged": judged, "clarifications": asked}
    return {name: rows for name, rows in told.items() if rows}


def candidates(row: Project, *, remarks: bool = False) -> list[dict[str, Any]]:
    """The recommended candidates: by rank, unranked ones by bidder."""
    return [
        {"bidder": one.bid.bidder_id, "rank": one.rank, "total": one.total}
        | ({"remarks": one.remarks} if remarks else {})
        for one in row.candidates.select_related("bid").order_by("rank", "bid__bidder_id")
    ]


def signatures(row: Project) -> list[dict[str, Any]]:
    """Who agreed, dissented or is deemed to agree in this round, in the order of signing."""
    told = ("project.report_signed", "project.consent_deemed")
    events = trail.events(row.stream, "project.totals_computed", *told)
    computed = [event["n"] for event in events if event["type"] == "project.totals_computed"]
    return [
        _signature(event["data"])
        for event in events
        if event["type"] in told and event["n"] > max(computed, default=-1)
    ]


def _signature(data: dict[str, Any]) -> dict[str, Any]:
    if "notice" in data:
        return {"member": data["member"], "agree": True, "dissent": "", "notice": data["notice"]}
    return {key: data[key] for key in ("member", "agree", "dissent")}


def _member(part: Part) -> dict[str, Any]:
    stamps = {name: getattr(part, name) for name in Part.STAMPS}
    times = {name: format_time(moment) for name, moment in stamps.items() if moment}
    return {"member": part.person, "kind": part.kind, "leader": part.leader, "times": times}
