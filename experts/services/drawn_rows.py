"""Who may not be in a list drawn elsewhere, and under which code everyone in it goes."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from accounts.services import vault
from accounts.services.gate import BadInput
from experts.domain import drawn_lists as lists
from experts.domain import eligibility, pool_rows
from experts.domain.pool_columns import TITLES
from experts.models import Draw, Expert
from experts.selectors import drawn_lists, pool, rules
from experts.selectors.blockers import LISTED
from experts.services import rosters
from rulebook.domain.blockers import Blocker, blocker, collect, refuse

COLUMNS = {
    "name": "name",
    "id_number": "id_number",
    "phone": "phone",
    "employer": "employer",
    "title": "title",
    "specialty": "main",
    "region": "region",
}
"""Field of a line → the column of a list of experts that is read the same way."""
Row = Mapping[str, Any]


def check(row: Draw, drawn: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the lines as they are kept; raise BadInput or Refused naming what is wrong by line."""
    read = _read(row, drawn)
    counted = lists.miscounted((one["slot"] for one in read), drawn_lists.open_seats(row))
    refuse(_miscounted(counted))
    refuse([found for number, one in enumerate(read, 1) for found in _recused(row, number, one)])
    refuse(colleagues(row, read))
    return read


def codes(row: Draw, numbers: Iterable[str]) -> dict[str, str]:
    """Identity number → the code under which a person goes: his own where he is known here.

    One who stands in another draw's list that is not over goes by that list's code.
    """
    wanted = list(numbers)
    tags = vault.tags(wanted)
    held = vault.holders(tags.values())
    listed = {
        one.person["id_number"]: one.expert
        for draw in Draw.objects.filter(origin=row.origin, state__in=LISTED)
        for one in rosters.listed_before(draw)
    }
    return {
        number: held.get(tags[number]) or listed.get(number) or f"W{secrets.token_hex(5)}"
        for number in wanted
    }


def _read(row: Draw, drawn: Sequence[Row]) -> list[dict[str, Any]]:
    """Every line read strictly; what is wrong is said by line and field, not by content."""
    found, wrong = [], []
    for number, one in enumerate(drawn, start=1):
        cells = {column: one.get(field) for field, column in COLUMNS.items()}
        cells["region"] = one.get("region") or row.region
        line = pool_rows.read_some(number, cells)
        wrong += [f"第 {number} 行{fault.column}:{fault.message}" for fault in line.faults]
        found.append(
            {"slot": one["slot"]}
            | {field: line.values.get(column, "") for field, column in COLUMNS.items()}
        )
    if not wrong:
        wrong = list(_twice(row, found))
    if wrong:
        raise BadInput("drawn_malformed", "录入的名单有误", {"drawn": ";".join(wrong)})
    return found


def _twice(row: Draw, read: Sequence[Row]) -> Iterator[str]:
    """Lines that name one person twice, or one whom an earlier list of this draw named."""
    earlier = {one.person["id_number"] for one in rosters.listed_before(row)}
    for number, one in enumerate(read, start=1):
        if one["id_number"] in earlier:
            yield f"第 {number} 行{TITLES['id_number']}:与前面一行的身份证件号码相同"
        earlier.add(one["id_number"])


def _miscounted(counted: Mapping[str, tuple[int, int]]) -> list[Blocker]:
    return [
        Blocker("list_miscounted", f"席位 {slot} 应录入 {wanted} 人,录入了 {listed} 人")
        for slot, (wanted, listed) in counted.items()
    ]


def _recused(row: Draw, number: int, one: Row) -> list[Blocker]:
    """R03 and R06 for one line: of the slot's specialty and region, and nobody who must not sit."""
    profile, facts = rules.of_draw(row), rules.facts_of(row)
    slot = next(slot for slot in pool.slots_of(row) if slot.slot == one["slot"])
    if not lists.fits(one["specialty"], one["region"], slot):
        message = f"第 {number} 行的专业或者地区不符合席位 {slot.slot} 的要求"
        return collect(blocker(profile, "R03", "list_misfits", message, facts))
    held = vault.holders(vault.tags([one["id_number"]]).values())
    known = Expert.objects.filter(pk__in=held.values()).first()
    reason = pool.would_omit(row, known, one["specialty"], one["region"], one["employer"])
    if not reason:
        return []
    name = eligibility.REASONS[reason]
    message = f"第 {number} 行的专家不能参加:{name};请在省级系统补抽后按新的记录表录入"
    return collect(blocker(profile, "R06", "list_recused", message, facts))


def colleagues(row: Draw, read: Sequence[Row]) -> list[Blocker]:
    """One of an employer, with those who hold a seat already (R03, one_per_employer)."""
    if not row.request["one_per_group"]:
        return []
    seated = set(
        row.seats.filter(state__in=("accepted", "signed_in")).values_list("candidate", flat=True)
    )
    orgs = [one.org for one in rosters.listed_before(row) if one.candidate in seated]
    orgs += [one["employer"] for one in read]
    shared = sum(count for count in Counter(orgs).values() if count > 1)
    if not shared:
        return []
    message = f"名单中有 {shared} 人的工作单位与他人相同,本次抽取同一单位只能有一人"
    return [Blocker("list_colleagues", message, "R03")]
