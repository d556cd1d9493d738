"""One line of a list of experts: its cells by themselves, and what several of them decide."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from experts.domain.pool_cells import READERS
from experts.domain.pool_columns import plain
from experts.domain.pool_faults import Line
from experts.domain.specialties import is_listed


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is held to. `covers` says whether the body that hands it in answers for a region.

    `least_years` None: the years were judged by the pool's owner.
    """

    specialties: Set[str]
    covers: Callable[[str], bool]
    least_years: int | None


def read(number: int, cells: Mapping[str, object], asked: Asked) -> Line:
    """Read a line from its cells by column key; every fault of it is found at once."""
    line = Line(number, cells=cells)
    for key, column in READERS.items():
        column(line, key, cells.get(key))
    _across(line, asked)
    return line


def read_some(number: int, cells: Mapping[str, object]) -> Line:
    """Read only the columns that are given, each by itself."""
    line = Line(number, cells=cells)
    for key, cell in cells.items():
        READERS[key](line, key, cell)
    return line


def is_blank(cells: Mapping[str, object]) -> bool:
    """Whether a line holds nothing at all."""
    return all(
        cell is None or (isinstance(cell, str) and not plain(cell)) for cell in cells.values()
    )


def _across(line: Line, asked: Asked) -> None:
    """What several columns, or the list's own conditions, decide."""
    known = line.values
    if (region := known.get("region")) and not asked.covers(region):
        line.fault("region", "region_outside")
    if asked.least_years is not None and known.get("years", asked.least_years) < asked.least_years:
        line.fault("years", "years_few")
    begins, ends = known.get("term_from"), known.get("term_to")
    if begins and ends and ends < begins:
        line.fault("term_to", "term_backwards")
    codes = [known.get("main"), *known.get("others", ())]
    for key, held in (("main", codes[:1]), ("others", codes[1:])):
        if any(code and not is_listed(code, asked.specialties) for code in held):
            line.fault(key, "specialty_unknown")
    if len(set(codes)) != len(codes):
        line.fault("others", "specialty_twice")
