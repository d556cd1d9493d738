"""The ladder in a database with its roles apart."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from tests.postgresql.installation import Installation, doors, installed


@pytest.fixture(scope="module")
def copied(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Installation]:
    """A copy of the ladder with its keys: one role's until roles.sql was run."""
    with copy_of_the_ladder(django_db_blocker, tmp_path_factory.mktemp("copied")) as one:
        yield one


@pytest.fixture(scope="module")
def spoiled(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Installation]:
    """Another, to be left in a bad state."""
    with copy_of_the_ladder(django_db_blocker, tmp_path_factory.mktemp("spoiled")) as one:
        yield one


@contextmanager
def copy_of_the_ladder(blocker, home: Path) -> Iterator[Installation]:
    shutil.copytree(settings.KEY_DIR, home / "keys")
    with blocker.unblock():
        connections.close_all()  # a template must have no sessions
        with installed(home, connections["default"].settings_dict["NAME"]) as one:
            yield one


@pytest.fixture
def divided(db, copied) -> Iterator[Installation]:
    """The copy with three doors that lead to it: aliases named like the roles."""
    with doors(copied):
        yield copied
