"""A list of experts drawn elsewhere, as it is entered, and the manifest it makes here.

Handles stand in random order and tell nothing of the record sheet's; an employer is a group number.
The manifest has the shape of one that is drawn from (formats.md section 4), with nobody in it but
those who were drawn, so that what follows (answers, sign-in, closing) is read in one way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experts.domain.freeze import SlotRequest
from experts.domain.manifest import Candidate, Manifest, Slot, filling_order

ENTERED = "draw.list_entered"
CONFIRMED = "draw.list_confirmed"
RETURNED = "draw.list_returned"
RETURNS = {"differs": "与记录表不一致", "sheet": "记录表有误或者已经更换"}
"""Ground of sending a list back → its name."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One who was drawn: handle, slot, code, and what is the vault's once he has signed in.

    `salt` and `commitment` (hex) are those of his identity in the manifest.
    """

    candidate: str
    slot: str
    expert: str
    org: str
    title: str
    specialty: str
    region: str
    person: Mapping[str, str]
    salt: str = ""
    commitment: str = ""

    def as_data(self) -> dict[str, Any]:
        """For the encrypted list."""
        return {key: getattr(self, key) for key in self.__slots__} | {"person": dict(self.person)}


def handle(number: int, place: int) -> str:
    """The handle of the place-th (in random order) of the list with that number, both from 1."""
    return f"x{number}-{place:02d}"


def fits(specialty: str, region: str, slot: SlotRequest) -> bool:
    """Whether specialty and region are those the slot asked for."""
    return specialty.startswith(slot.specialty) and region.startswith(slot.region)


def miscounted(slots: Iterable[str], needs: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Slot → (open seats, persons listed), where the two differ."""
    listed = list(slots)
    names = sorted({*needs, *listed})
    counts = {name: (needs.get(name, 0), listed.count(name)) for name in names}
    return {name: pair for name, pair in counts.items() if pair[0] != pair[1]}


def manifest_of(
    about: Mapping[str, Any],
    slots: Sequence[SlotRequest],
    before: Manifest | None,
    drawn: Iterable[Drawn],
    groups: Mapping[str, str],
) -> Manifest:
    """The manifest of everyone listed so far. `about` has draw, project, attempt, one_per_group."""
    earlier = {slot["slot"]: slot["candidates"] for slot in before["slots"]} if before else {}
    found: list[Slot] = []
    people = list(drawn)
    for slot in slots:
        fresh: list[Candidate] = [
            {"candidate": one.candidate, "group": groups[one.org], "id": one.commitment}
            for one in people
            if one.slot == slot.slot
        ]
        candidates = sorted([*earlier.get(slot.slot, []), *fresh], key=lambda c: c["candidate"])
        found.append(
            {
                "slot": slot.slot,
                "specialty": slot.specialty,
                "region": slot.region,
                "count": slot.count,
                "candidates": candidates,
            }
        )
    found.sort(key=lambda slot: filling_order(slot, about["one_per_group"]))
    return {
        "v": 1,
        "draw": about["draw"],
        "project": about["project"],
        "attempt": about["attempt"],
        "one_per_group": about["one_per_group"],
        "slots": found,
    }
