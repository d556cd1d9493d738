"""`docs/events.md` lists every event type, its name, and the keys that its entries really have."""

import re

import pytest

from audit_log.catalogue import EVENTS
from audit_log.domain import canonical
from audit_log.models import Entry
from tests.docs.source import APPS, code_of, modules, rows, text

PAGE = "docs/events.md"
RESERVED = "Reserved"
COMMON = {"from", "to", "refs"}
"""Keys that any entry may have; the page says when."""
KEY = re.compile(r"`(\w+)`(\??)")


def listed() -> list[list[str]]:
    """The rows of the catalogue, without the reserved types that are listed again."""
    return [row for row in rows(PAGE) if row not in rows(PAGE, under=RESERVED)]


def keys(cell: str) -> tuple[set[str], set[str]]:
    """Return the keys that must and those that may be there."""
    found = KEY.findall(cell)
    return {name for name, mark in found if not mark}, {name for name, _ in found}


def data_of_ladder() -> dict[str, list[set[str]]]:
    """Return type → the keys of each of its entries in the ladder."""
    found: dict[str, list[set[str]]] = {}
    for type, body in Entry.objects.values_list("type", "body"):
        found.setdefault(type, []).append(set(canonical.loads(bytes(body))["data"]))
    return found


def written() -> set[str]:
    """The types that some module other than the catalogues names."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for name, path in modules(APPS)
        if not name.endswith(".events")
    )
    return {type for type in EVENTS if f'"{type}"' in source}


def test_the_page_lists_exactly_the_types_and_names_of_the_catalogue():
    assert {code_of(row[0]): row[1] for row in listed()} == EVENTS


def test_no_type_stands_there_twice():
    types = [row[0] for row in listed()]
    assert len(types) == len(set(types))


def test_reserved_are_exactly_the_types_that_nothing_writes():
    assert {code_of(row[0]) for row in rows(PAGE, under=RESERVED)} == EVENTS.keys() - written()


@pytest.mark.parametrize("row", listed(), ids=lambda row: code_of(row[0]))
def test_a_cell_lists_keys_and_nothing_else(row):
    assert ", ".join(f"`{name}`{mark}" for name, mark in KEY.findall(row[2])) == row[2]


def test_entries_of_every_state_have_the_listed_keys(ladder):
    page = {code_of(row[0]): keys(row[2]) for row in listed()}
    wrong = [
        (type, sorted(found - COMMON))
        for type, entries in data_of_ladder().items()
        for found in entries
        if not page[type][0] <= found - COMMON <= page[type][1]
    ]
    assert wrong == []


def test_common_keys_are_explained_once_and_stand_in_no_row():
    intro = text(PAGE).partition("\n## ")[0]
    assert [key for key in sorted(COMMON) if f"`{key}`" not in intro] == []
    assert [row[0] for row in listed() if keys(row[2])[1] & COMMON] == []
