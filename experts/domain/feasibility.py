"""Why a draw cannot fill its slots: found before it is committed, not after it fell short.

Seats are matched with employers (or with persons, where colleagues may sit together). Where the
matching stops, Hall's theorem names the slots that together ask for more than they have to choose
from, so two slots that compete for the same few experts are found as well as one that is too small.
Enough choice is no promise: a draw takes at random and people decline.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from experts.domain.freeze import Eligible, SlotRequest


@dataclass(frozen=True, slots=True)
class Shortage:
    """A slot that cannot be filled whatever is drawn.

    `among` are the slots (itself included, in the order asked) that share its candidates; together
    they need `need` seats and have `distinct` employers (or persons) to choose from.
    """

    slot: str
    need: int
    distinct: int
    among: tuple[str, ...]


def feasibility(
    slots: Sequence[SlotRequest], eligible: Sequence[Eligible], *, one_per_group: bool
) -> list[Shortage]:
    """Return one Shortage per slot that cannot be filled, in the order asked; [] where all can."""
    if _plenty(slots, eligible, one_per_group):
        return []
    matching = _Matching(slots, eligible, one_per_group)
    shortages = []
    for request in slots:
        for _ in range(request.count):
            tried: set[str] = set()
            if not matching.seat(request.slot, tried):
                shortages.append(_shortage(request.slot, tried, slots, matching))
                break
    return shortages


def _plenty(
    slots: Sequence[SlotRequest], eligible: Sequence[Eligible], one_per_group: bool
) -> bool:
    """Whether every slot by itself has as many to choose from as all slots together ask for."""
    need = sum(request.count for request in slots)
    open_slots = {request.slot: set[str]() for request in slots}
    for person in eligible:
        for slot in person.slots & open_slots.keys():
            open_slots[slot].add(person.employer if one_per_group else person.expert)
            if len(open_slots[slot]) >= need:
                del open_slots[slot]
        if not open_slots:
            return True
    return False


class _Matching:
    """Seats matched with choices so far, enlarged one seat at a time along augmenting paths."""

    def __init__(
        self, slots: Sequence[SlotRequest], eligible: Sequence[Eligible], one_per_group: bool
    ) -> None:
        self.choices: dict[str, list[str]] = {
            request.slot: sorted(
                {
                    person.employer if one_per_group else person.expert
                    for person in eligible
                    if request.slot in person.slots
                }
            )
            for request in slots
        }
        self.holder: dict[str, str] = {}

    def seat(self, slot: str, tried: set[str]) -> bool:
        """Give `slot` one more choice, moving others if need be; `tried` collects slots visited."""
        tried.add(slot)
        for choice in self.choices[slot]:
            if choice not in self.holder:
                self.holder[choice] = slot
                return True
        for choice in self.choices[slot]:
            holder = self.holder[choice]
            if holder not in tried and self.seat(holder, tried):
                self.holder[choice] = slot
                return True
        return False


def _shortage(
    slot: str, tried: set[str], slots: Sequence[SlotRequest], matching: _Matching
) -> Shortage:
    among = [request for request in slots if request.slot in tried]
    return Shortage(
        slot=slot,
        need=sum(request.count for request in among),
        distinct=len({choice for name in tried for choice in matching.choices[name]}),
        among=tuple(request.slot for request in among),
    )
