"""`docs/evaluation.md` names every method, benchmark, formula and rounding, and no other."""

import pytest

from evaluation.domain import plan, pricing
from evaluation.services import plans
from tests.docs.source import code_of, rows

PAGE = "docs/evaluation.md"
SECTIONS = {
    "Methods": plan.METHODS,
    "Benchmarks": pricing.BENCHMARKS,
    "Formulae": pricing.FORMULAE | pricing.ROUNDINGS,
}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_lists_exactly_what_the_code_knows(section):
    told = {code_of(row[0]): row[1] for row in rows(PAGE, under=section)}
    assert told == SECTIONS[section]


def test_the_keys_of_a_plan_are_those_that_are_asked_for():
    told = {code_of(row[0]) for row in rows(PAGE, under="Plan")}
    assert told == plans.KEYS | {"method", "trim_from"}
