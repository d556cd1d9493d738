"""The one catalogue of event types: each app adds its own at start; an unknown type is refused."""

from collections.abc import Mapping

EVENTS: dict[str, str] = {}
"""Event type → its name in Chinese, as timelines show it."""


def register(events: Mapping[str, str]) -> None:
    """Add event types; raise ValueError where one is claimed twice with another name."""
    for kind, title in events.items():
        if EVENTS.setdefault(kind, title) != title:
            raise ValueError(f"event type {kind} is declared twice")


def title(kind: str) -> str:
    """Return the Chinese name of an event type; the type itself where it has been retired."""
    return EVENTS.get(kind, kind)
