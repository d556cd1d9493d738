import pytest

from tests.experts import world


@pytest.fixture
def district(db, settings):
    """The bodies, the rules and the clock of a district of its own."""
    world.found()
    return world


@pytest.fixture
def dozen(district):
    """Twelve experts in the pool, each of an employer of his own; their codes."""
    return world.enter_dozen()
