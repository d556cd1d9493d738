"""`audit_log.testing.reset` empties a database of the tests and leaves its guards standing."""

import pytest

from tests.processes.stage import Worker

pytestmark = [pytest.mark.processes, pytest.mark.django_db]
KEPT = {"django_content_type", "auth_permission"}
"""Django fills them after every flush."""


def test_reset_empties_every_table_and_lays_the_triggers_again(copy):
    worker = Worker(copy)
    try:
        counts = worker.do("reset")
        missing = worker.do("unguarded")
    finally:
        worker.stop()
    assert {table for table, rows in counts.items() if rows} <= KEPT
    assert {"audit_log_entry", "evaluation_project", "experts_expert"} <= set(counts)
    assert missing == []
