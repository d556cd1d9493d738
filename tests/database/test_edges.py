"""The database lets a state change along the machine's edges alone, and only with its entry."""

import pytest

from audit_log.guards import GUARDS
from tests.architecture import machines
from tests.architecture.machines import MODELS, STATES
from tests.database.forging import Row, entry, refused, row_at, undone

pytestmark = pytest.mark.django_db
PLACES = [(model, state) for model in MODELS for state in STATES[model]]
REFUSAL = "guard: no entry for {}"


def test_every_machine_is_guarded():
    guarded = {guard.model for guard in GUARDS.values() if guard.has_state}
    assert guarded == set(MODELS)


@pytest.mark.parametrize(("model", "source"), PLACES)
def test_no_entry_opens_a_pair_of_states_that_is_no_edge(ladder, model, source):
    row = row_at(model, source)
    for target in machines.forbidden(model)[source]:
        with undone():
            head = row.tell(source, target)
            with refused(REFUSAL.format(model._meta.db_table)):
                row.set(target, *head)


@pytest.mark.parametrize(("model", "source"), PLACES)
def test_an_edge_is_open_to_its_entry_and_to_nothing_else(ladder, model, source):
    row = row_at(model, source)
    refusal = REFUSAL.format(model._meta.db_table)
    for edge in (one for one in machines.edges(model) if one.source == source):
        with undone():
            silent = entry(row.row.stream, "project.forged", {})
            for head in (row.head(), silent, (silent[0] + 1, silent[1]), (silent[0], b"\0" * 32)):
                with refused(refusal):
                    row.set(edge.target, *head)
        with undone():
            row.set(edge.target, *row.tell(source, edge.target))


@pytest.mark.parametrize(("model", "state"), PLACES)
def test_a_row_is_born_where_a_life_begins_even_if_an_entry_says_otherwise(ladder, model, state):
    if state in machines.guard(model).births():
        assert Row(model, state).state == state
        return
    with refused(REFUSAL.format(model._meta.db_table)):
        Row(model, state)
