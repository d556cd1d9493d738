"""Member list and ballots: what counts is sealed before anything is opened."""

import pytest

from audit_log.models import Checkpoint
from audit_log.selectors import trail
from award.models import BallotRound
from award.selectors import award, blockers
from award.services import meeting
from tests.award.acting import (
    JIA,
    REASON,
    YI,
    after_publicity,
    cast_all,
    last,
    open_round,
    project,
    refused,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(ladder, cast):
    """A project whose award may begin, and what every act of it takes."""
    after_publicity(ladder["candidates_public"])
    return {"actor": cast["zbr1"], "project": ladder["candidates_public"]}


@pytest.fixture
def voted(ladder, cast):
    """A round in which every ballot is in."""
    open_round(cast, ladder["awarding"])
    cast_all(cast, ladder["awarding"], [JIA, YI])
    return {"actor": cast["zbr1"], "project": ladder["awarding"]}


def places(code, kind):
    return [line.index for line in trail.lines(f"project/{code}", type=f"project.{kind}")]


def checkpoint_between(code, closed, opened):
    (first,), later = places(code, closed), places(code, opened)
    return Checkpoint.objects.filter(size__gt=first, size__lte=min(later)).exists()


def test_a_checkpoint_lies_between_the_close_of_the_list_and_its_opening(called):
    meeting.begin_award(**called)
    assert checkpoint_between(called["project"], "award_members_closed", "award_members_opened")


def test_a_checkpoint_lies_between_the_close_of_the_ballots_and_their_opening(voted):
    meeting.close_ballot(**voted)
    assert checkpoint_between(voted["project"], "ballots_closed", "ballot_opened")


def test_a_beginning_that_was_interrupted_goes_on_where_it_stopped(called):
    meeting._close_list(**called)
    code = called["project"]
    assert (project(code).state, places(code, "award_members_opened")) == ("candidates_public", [])
    assert blockers.begin_award(project(code)) == []
    meeting.begin_award(**called)
    assert project(code).state == "awarding"
    counted = ("award_members_closed", "award_members_opened", "award_begun")
    assert [len(places(code, kind)) for kind in counted] == [1, 1, 1]


def test_a_count_that_was_interrupted_goes_on_where_it_stopped(voted):
    meeting._close(**voted)
    code = voted["project"]
    assert BallotRound.objects.get(project=code).state == "closed"
    assert award.record(project(code))["rounds"] == []
    assert blockers.close_ballot(project(code)) == []
    for act in (blockers.open_ballot, blockers.decide, blockers.reconfirm, blockers.fail):
        assert [one.code for one in act(project(code))] == ["ballots_closed"]
    meeting.close_ballot(**voted)
    assert BallotRound.objects.get(project=code).state == "decided"
    counted = ("ballots_closed", "ballot_opened", "round_counted")
    assert [len(places(code, kind)) for kind in counted] == [1, 7, 1]
    assert last(code, "round_counted")["kept"] == sorted([JIA, YI])
    with refused("no_open_round"):
        meeting.close_ballot(**voted)


def test_no_ballot_is_taken_after_the_close(voted, cast):
    meeting._close(**voted)
    with refused("ballots_closed"):
        meeting.cast_ballot(
            actor=cast["dbwy1"], project=voted["project"], choices=[JIA, YI], reason=REASON
        )
