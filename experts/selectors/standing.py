"""States of seats as the draw's stream tells them."""

from typing import Any

_BY_REASON = {"absent": "absent", "replaced": "replaced"}


def seat_states(entries: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return candidate → seat state after the entries of one draw stream."""
    states: dict[str, str] = {}
    for entry in entries:
        data = entry["data"]
        match entry["type"]:
            case "draw.round_run":
                states |= {seat["candidate"]: "selected" for seat in data["selected"]}
            case "draw.answered":
                answer = _BY_REASON.get(data["reason"], data["answer"])
                states[data["candidate"]] = answer
            case "draw.candidate_opened":
                states[data["content"]["candidate"]] = "signed_in"
            case "draw.closed":
                seated = (name for names in data["seated"].values() for name in names)
                states |= dict.fromkeys(seated, "served")
    return {candidate: {"state": state} for candidate, state in states.items()}
