"""A stage of two processes on a committed copy of the ladder."""

from collections.abc import Iterator

import pytest

from tests.processes.copies import Copy, copied
from tests.processes.stage import Stage, standing


@pytest.fixture(scope="module")
def copy(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Copy]:
    with django_db_blocker.unblock(), copied(tmp_path_factory.mktemp("copy")) as one:
        yield one


@pytest.fixture(scope="module")
def stage(copy) -> Iterator[Stage]:
    with standing(copy) as one:
        yield one
