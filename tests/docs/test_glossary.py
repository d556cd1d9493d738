"""`docs/glossary.md` gives every role and every state its Chinese name, and no other."""

import pytest

from accounts.domain.roles import ROLES
from award.domain.lifecycle import BALLOT_ROUND, OBJECTION
from award.domain.terms import METHODS
from evaluation.domain.lifecycle import FUNDS, PROJECT, REGIMES, TRADES
from evaluation.domain.rooms import BOOKING, ROOM, SITES
from experts.domain.lifecycle import (
    APPEAL,
    CHANGE,
    CONFLICT,
    DRAW,
    DRAWN_LIST,
    EXPERT,
    INTAKE,
    MEASURE,
    RATING,
    SEAT,
)
from experts.domain.modes import MODES
from experts.domain.ratings import ASPECTS, ITEMS, MEASURES
from experts.domain.recusal import KINDS
from tests.docs.source import code_of, rows

PAGE = "docs/glossary.md"
SECTIONS = {
    "Roles": ROLES,
    "Project states": PROJECT,
    "Expert states": EXPERT,
    "Change states": CHANGE,
    "Appeal states": APPEAL,
    "Rating states": RATING,
    "Measure states": MEASURE,
    "Measures": MEASURES,
    "Raters": ASPECTS,
    "Rating items": ITEMS,
    "Draw states": DRAW,
    "Seat states": SEAT,
    "Drawn list states": DRAWN_LIST,
    "Intake states": INTAKE,
    "Pool modes": MODES,
    "Conflict states": CONFLICT,
    "Conflict kinds": {kind: one.name for kind, one in KINDS.items()},
    "Room states": ROOM,
    "Booking states": BOOKING,
    "Sites": SITES,
    "Objection states": OBJECTION,
    "Ballot round states": BALLOT_ROUND,
    "Regimes": REGIMES,
    "Funds": FUNDS,
    "Trades": TRADES,
    "Award methods": METHODS,
}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_lists_exactly_what_the_code_knows(section):
    told = [(code_of(row[0]), row[1]) for row in rows(PAGE, under=section)]
    assert told == list(SECTIONS[section].items())


def test_terms_stand_in_the_order_of_the_alphabet_and_have_a_chinese_name():
    terms = rows(PAGE, under="Terms")
    names = [code_of(row[0]) for row in terms]
    assert names == sorted(names)
    assert [row for row in terms if not row[1]] == []
