"""What would make a draw possible that cannot fill its slots: each way tried by itself.

The widenings are those in use: the region first, then the parent specialty; besides
them what only the rules can allow: colleagues together, and more evaluations in a year.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from experts.domain.eligibility import Asked, Member, sort_out
from experts.domain.feasibility import Shortage, feasibility
from experts.domain.freeze import SlotRequest

KINDS = {
    "region": "放宽地区",
    "specialty": "放宽专业",
    "one_per_group": "允许同一单位有两人以上",
    "limits": "不计次数上限",
    "together": "以上各项同时放宽",
}
_LEVELS = (5, 3, 1)
"""Lengths of the specialty codes above the fourth level."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One way: of what `kind`, for which slot, and to which wider region or specialty.

    `slot` and `to` are "" where the whole draw is meant.
    """

    kind: str
    slot: str = ""
    to: str = ""


def parent(specialty: str) -> str:
    """Return the specialty one level up; that of the first level is its own."""
    return next((specialty[:size] for size in _LEVELS if size < len(specialty)), specialty)


def widest(slots: Iterable[SlotRequest]) -> tuple[SlotRequest, ...]:
    """Return the slots with their parent specialties: whoever a widening could bring is in them."""
    return tuple(replace(slot, specialty=parent(slot.specialty)) for slot in slots)


def sufficient(
    members: Sequence[Member], asked: Asked, shortages: Sequence[Shortage], *, one_per_group: bool
) -> list[Relaxation]:
    """Return every way that suffices by itself, of a slot the narrowest; else all together.

    `members` are those of the `widest` slots; [] where nothing of this suffices.
    """
    short = {name for one in shortages for name in one.among}
    found: list[Relaxation] = []
    for way in _ways(asked, short, one_per_group):
        known = any((way.kind, way.slot) == (one.kind, one.slot) for one in found)
        if not known and _suffices(members, asked, (way,), one_per_group):
            found.append(way)
    every = tuple(_ways(asked, short, one_per_group))
    if not found and _suffices(members, asked, every, one_per_group):
        return [Relaxation("together")]
    return found


def _ways(asked: Asked, short: set[str], one_per_group: bool) -> Iterator[Relaxation]:
    for slot in asked.slots:
        if slot.slot in short:
            for size in range(len(slot.region) - 1, -1, -1):
                if size % 2 == 0:  # province, city and district have two digits each
                    yield Relaxation("region", slot.slot, slot.region[:size])
            if (wider := parent(slot.specialty)) != slot.specialty:
                yield Relaxation("specialty", slot.slot, wider)
    if one_per_group:
        yield Relaxation("one_per_group")
    yield Relaxation("limits")


def _suffices(
    members: Sequence[Member], asked: Asked, ways: Sequence[Relaxation], one_per_group: bool
) -> bool:
    slots = {slot.slot: slot for slot in asked.slots}
    kinds = {way.kind for way in ways}
    for way in ways:
        if way.slot:
            slot = slots[way.slot]
            region, specialty = way.kind == "region", way.kind == "specialty"
            slots[way.slot] = replace(
                slot,
                region=way.to if region else slot.region,
                specialty=way.to if specialty else slot.specialty,
            )
    people = [one._replace(over="") for one in members] if "limits" in kinds else members
    relaxed = replace(asked, slots=tuple(slots.values()))
    eligible, _ = sort_out(people, relaxed)
    alone = one_per_group and "one_per_group" not in kinds
    return not feasibility(relaxed.slots, eligible, one_per_group=alone)
