"""Reading a draw that was made elsewhere: what may be entered, confirmed or sent back now."""

from typing import Any, cast

from audit_log.selectors import trail
from experts.domain.draw import Standing, needs
from experts.domain.manifest import Manifest
from experts.models import Draw
from experts.selectors import pool
from rulebook.domain.blockers import Blocker

OPEN = ("approved", "running")


def entering(draw: Draw) -> list[Blocker]:
    """The draw was made elsewhere, seats are open, and no list waits for its confirmation."""
    if wrong := _elsewhere(draw):
        return wrong
    if draw.state not in OPEN:
        return [_wrong_state(draw)]
    if draw.lists.filter(state="entered").exists():
        return [Blocker("list_waiting", "已有录入的名单待复核")]
    return [] if open_seats(draw) else [Blocker("no_need", "各席位均已有人,不需要再抽取")]


def confirming(draw: Draw) -> list[Blocker]:
    """A list waits for its confirmation."""
    if wrong := _elsewhere(draw):
        return wrong
    if not draw.lists.filter(state="entered").exists():
        return [Blocker("no_list", "没有待复核的名单")]
    return [] if draw.state in OPEN else [_wrong_state(draw)]


def open_seats(draw: Draw) -> dict[str, int]:
    """Seats that are open, by slot; slots without any are left out."""
    known = manifest(draw)
    if known is None:
        return {slot.slot: slot.count for slot in pool.slots_of(draw)}
    return needs(known, Standing.of(events(draw)))


def manifest(draw: Draw) -> Manifest | None:
    """The manifest of the lists confirmed so far."""
    return document(draw.manifest) if draw.manifest else None


def document(sha256: str) -> Manifest:
    """A manifest by its hash."""
    return cast(Manifest, trail.document(sha256))


def events(draw: Draw) -> list[dict[str, Any]]:
    """The draw's entries."""
    return trail.events(draw.stream)


def _elsewhere(draw: Draw) -> list[Blocker]:
    return [] if draw.is_external else [Blocker("drawn_here", "本次抽取在本机进行,不录入外部名单")]


def _wrong_state(draw: Draw) -> Blocker:
    message = f"抽取现为“{draw.get_state_display()}”,不能办理这一事项"
    return Blocker("wrong_state", message)
