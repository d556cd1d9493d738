"""States of objections and ballot rounds as the project's stream tells them."""

from typing import Any


def objection_states(entries: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return objection code → state after the entries of one project stream."""
    return _told(entries, "objection")


def round_states(entries: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return ballot round code → state after the entries of one project stream."""
    return _told(entries, "round")


def _told(entries: list[dict[str, Any]], key: str) -> dict[str, dict[str, str]]:
    told = (entry["data"].get(key) for entry in entries)
    return {part["code"]: {"state": part["to"]} for part in told if isinstance(part, dict)}
