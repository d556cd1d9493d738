"""The ladder itself: every rung stands, every entry verifies, every row equals its fold."""

from audit_log.services import reconciling, verification
from evaluation.domain.lifecycle import PROJECT


def test_there_is_a_project_in_every_state(ladder):
    assert {ladder.project(state).state for state in ladder.jobs} == set(PROJECT)


def test_the_whole_log_verifies_from_inside(ladder):
    assert verification.verify().faults == []


def test_replay_of_every_stream_equals_the_live_rows(ladder):
    assert reconciling.reconcile().faults == []
