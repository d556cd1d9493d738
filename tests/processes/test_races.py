"""Two operating-system processes take the same edge at the same moment (D16).

One does it and the trail tells of it once; the other is refused in a way that a user can read.
"""

import pytest

from tests.architecture import machines
from tests.architecture.machines import MODELS
from tests.processes.races import ORDERED, RACES, UNRACED
from tests.processes.stage import Result, Stage

# `django_db` lets the test database be made; the races have one of their own.
pytestmark = [pytest.mark.processes, pytest.mark.django_db]


@pytest.fixture(scope="module")
def results(stage: Stage) -> dict[str, Result | AssertionError]:
    """Run every race in order; one that cannot be led up to keeps its error."""
    return {name: _run(stage, name) for name in RACES}


def _run(stage: Stage, name: str) -> Result | AssertionError:
    try:
        return stage.race(name)
    except AssertionError as error:
        return error


def test_every_race_has_a_name_of_its_own():
    assert len(RACES) == len(ORDERED)


def test_every_edge_is_raced_or_says_why_not():
    edges = {
        (model.__name__, edge.name, edge.source, edge.target)
        for model in MODELS
        for edge in machines.edges(model)
    }
    raced = {(e.machine, e.name, e.source, e.target) for race in ORDERED for e in race.edges}
    assert raced | set(UNRACED) == edges
    assert raced & set(UNRACED) == set()


@pytest.mark.parametrize("name", RACES)
def test_d16_one_process_takes_the_edge_and_the_other_is_refused(results, name):
    result = results[name]
    if isinstance(result, AssertionError):
        raise result
    race = RACES[name]
    assert result.outcomes == ["done", "refused"]
    assert result.after["told"] - result.before["told"] == 1
    assert result.before["states"] == {e.machine: e.source for e in reversed(race.edges)}
    assert result.after["states"] == {e.machine: e.target for e in race.edges}


def test_the_processes_did_collide(results):
    collided = [one.collided for one in results.values() if isinstance(one, Result)]
    assert sum(collided) > len(collided) / 4


def test_afterwards_log_and_rows_are_whole(results, stage):
    assert stage.workers[0].do("verify") == []
