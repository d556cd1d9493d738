"""A committed copy of the ladder, for shells and processes of their own."""

from collections.abc import Iterator

import pytest

from tests.processes.copies import Copy, copied


@pytest.fixture(scope="module")
def copy(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Copy]:
    with django_db_blocker.unblock(), copied(tmp_path_factory.mktemp("copy")) as one:
        yield one
