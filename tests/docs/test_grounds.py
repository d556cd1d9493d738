"""`docs/grounds.md` is the closed table of the code, and the table fits the machine."""

from experts.domain.edges import BASES, EDGES
from experts.models import Expert
from tests.architecture import machines
from tests.docs.source import code_of, rows

PAGE = "docs/grounds.md"


def test_the_page_lists_exactly_the_grounds_of_the_code():
    listed = [
        (code_of(row[0]), code_of(row[1]), row[2], code_of(row[3]))
        for row in rows(PAGE, under="Grounds")
    ]
    assert listed == [
        (edge, code, one.name, one.basis)
        for edge, table in EDGES.items()
        for code, one in table.grounds.items()
    ]


def test_the_page_lists_exactly_the_bases_of_the_code():
    listed = [(code_of(row[0]), row[1], code_of(row[2])) for row in rows(PAGE, under="Bases")]
    assert listed == [(key, one.citation, one.sure) for key, one in BASES.items()]


def test_every_edge_of_the_machine_has_grounds_and_no_other():
    assert set(EDGES) == {edge.name for edge in machines.edges(Expert)}


def test_every_ground_has_a_basis_and_every_basis_a_ground():
    used = {one.basis for table in EDGES.values() for one in table.grounds.values()}
    assert used == set(BASES)
