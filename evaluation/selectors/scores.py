"""Score sheets after their opening, read from the trail; before it nobody reads one."""

from typing import Any

from audit_log.selectors import trail
from audit_log.services import envelopes
from evaluation.models import Project


def kind(row: Project, number: int = 0) -> str:
    """The envelope kind of an evaluation round's sheets; the current round where none is given."""
    return f"score_sheet/{number or row.evaluation_round}"


def sheets(row: Project, number: int = 0) -> dict[str, dict[str, Any]]:
    """Return member → opened sheet of a round; empty before the opening."""
    return trail.openings(row.stream, "project.score_sheet_opened", kind(row, number))


def result(row: Project, number: int = 0) -> dict[str, Any] | None:
    """The newest result document of a round, or None while its sheets are closed."""
    found = _computed(row, number or row.evaluation_round)
    return None if found is None else trail.document(found["result"])


def result_hash(row: Project) -> str:
    """SHA-256 of the current round's result document, "" while its sheets are closed."""
    found = _computed(row, row.evaluation_round)
    return "" if found is None else found["result"]


def closed(row: Project) -> bool:
    """Whether the current round's sheets are listed, so that none can be handed in any more."""
    return envelopes.is_closed(row.stream, kind(row))


def opened(row: Project) -> bool:
    """Whether the current round's sheets have been opened."""
    return _computed(row, row.evaluation_round) is not None


def tied(row: Project) -> list[str]:
    """Bidders whose tie for a candidate's place the published rules leave open."""
    document = result(row)
    return [] if document is None else list(document["unresolved"])


def _computed(row: Project, number: int) -> dict[str, Any] | None:
    found = trail.last_event(row.stream, "project.totals_computed")
    data: dict[str, Any] | None = found and found["data"]
    if data is None or data["round"] == number:
        return data
    earlier = trail.events(row.stream, "project.totals_computed")
    rounds = [event["data"] for event in earlier if event["data"]["round"] == number]
    return rounds[-1] if rounds else None
