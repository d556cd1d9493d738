"""Who reads what in which phase: the table as the law has it."""

import pytest

from accounts.domain import roles as r
from audit_log.catalogue import EVENTS
from desk.domain import audience
from evaluation.domain.lifecycle import MAIN_LINE

TENDERER_SIDE = (r.TENDERER, r.AWARD_MEMBER, r.OBSERVER)


def readers(circle: str, state: str) -> set[str]:
    return {role for role in r.ROLES if audience.may_read(circle, role, state)}


@pytest.mark.parametrize("state", MAIN_LINE[:3])
def test_nobody_reads_bids_before_the_opening(state):
    assert readers(audience.BIDS, state) == {r.SYSTEM}


def test_bids_are_read_out_at_the_opening():
    assert readers(audience.BIDS, "opened") == set(r.ROLES) - {r.AUDIT_ADMIN}


@pytest.mark.parametrize("role", TENDERER_SIDE)
def test_the_tenderer_reads_scores_from_the_report_on(role):
    from_when = [state for state in MAIN_LINE if audience.may_read(audience.SCORES, role, state)]
    assert tuple(from_when) == MAIN_LINE[MAIN_LINE.index("reported") :]


@pytest.mark.parametrize("role", TENDERER_SIDE)
def test_the_committee_is_secret_until_there_is_a_winner(role):
    from_when = [state for state in MAIN_LINE if audience.may_read(audience.COMMITTEE, role, state)]
    assert tuple(from_when) == MAIN_LINE[MAIN_LINE.index("awarded") :]


@pytest.mark.parametrize("circle", [audience.SCORES, audience.COMMITTEE, audience.AWARD])
@pytest.mark.parametrize("state", MAIN_LINE)
def test_a_bidder_never_reads_scores_committee_or_ballots(circle, state):
    assert not audience.may_read(circle, r.BIDDER, state)


@pytest.mark.parametrize("role", [r.EXPERT, r.TENDERER_REP])
@pytest.mark.parametrize("state", MAIN_LINE)
def test_an_evaluator_never_reads_ballots(role, state):
    assert not audience.may_read(audience.AWARD, role, state)


def test_a_suspended_project_is_read_as_where_it_was_stopped():
    assert not audience.may_read(audience.BIDS, r.TENDERER, "suspended", "tendering")
    assert audience.may_read(audience.BIDS, r.TENDERER, "suspended", "candidates_public")


@pytest.mark.parametrize("state", MAIN_LINE)
def test_that_a_bid_came_in_is_told_after_the_opening_only(state):
    told = audience.is_told("project.bid_sealed", state)
    assert told == (MAIN_LINE.index(state) >= MAIN_LINE.index("opened"))


def test_the_table_names_declared_events_only():
    assert set(audience.CIRCLES) - set(EVENTS) == set()
