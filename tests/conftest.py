"""The fixed cast, the ladder of projects, and what every test may rely on.

One session fixture builds the installation and the ladder (a project in every state, 60 experts)
through services and commits it; each test then works on top and is rolled back, keys included.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from audit_log import guards
from audit_log.domain.entry import Actor
from tests.scenarios import Ladder

STRANGER = Actor("stranger", "tenderer", "")
"""Someone from another district; no relation to anything."""


def pytest_configure() -> None:
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[Ladder]:
    """Build the ladder once; afterwards every trigger must still stand."""
    with django_db_blocker.unblock():
        ladder = Ladder.build()
    yield ladder
    with django_db_blocker.unblock():
        missing = guards.expected() - guards.standing()
    shutil.rmtree(django_settings.DATA_DIR, ignore_errors=True)
    assert missing == set(), "a test left the database without its triggers"


@pytest.fixture(autouse=True)
def own_keys(request, settings, tmp_path: Path) -> None:
    """Give a database test its own copy of the key folder, since a rollback cannot undo files."""
    marked = request.node.get_closest_marker("django_db") is not None
    if not marked and not {"db", "transactional_db"} & set(request.fixturenames):
        return
    request.getfixturevalue("django_db_setup")  # the ladder's keys are what is copied
    keys = tmp_path / "keys"
    shutil.copytree(settings.KEY_DIR, keys)
    settings.KEY_DIR = keys
    settings.TRAIL_SECOND_STORE = keys / "checkpoint"
    settings.WITNESS_VKEY_FILE = keys / "witness.json"
    settings.TILES_DIR = tmp_path / "tiles"
    settings.WITNESS_DIR = tmp_path / "witness-exchange"


@pytest.fixture
def ladder(db, django_db_setup) -> Ladder:
    """The ladder: `ladder["opened"]` is the code of a project at that state."""
    return django_db_setup


@pytest.fixture
def cast(ladder) -> dict[str, Actor]:
    """The actors by account: `cast["zbr1"]` is the tenderer's clerk."""
    return ladder.cast
