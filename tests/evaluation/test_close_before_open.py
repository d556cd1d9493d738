"""Bids and sheets: the list of what counts is sealed before anything is opened."""

import pytest

from audit_log.models import Checkpoint
from audit_log.selectors import trail
from audit_log.services import envelopes
from config.demo import job as steps
from evaluation.selectors import bids, blockers, scores
from evaluation.services import bidding, committee, scoring
from tests.evaluation.tender import last, lot, refused, tender
from tests.evaluation.test_scoring_service import open_sheets, seal, seal_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(ladder):
    """Bids are in and the deadline has come."""
    job = tender(ladder, steps.hand_in_bids)
    steps.wait_until(lot(job).deadline)
    return job


@pytest.fixture
def scored(ladder):
    """Every sheet is in."""
    job = tender(ladder, steps.start_evaluation)
    seal_all(job)
    return job


def places(job, kind):
    """The log indices of a lot's entries of a type."""
    return [line.index for line in trail.lines(lot(job).stream, type=f"project.{kind}")]


def checkpoint_between(closed, opened):
    """Some checkpoint covers the close and no opening (formats.md section 2)."""
    return Checkpoint.objects.filter(size__gt=closed, size__lte=min(opened)).exists()


def given(job):
    return {"actor": job.cast["jyzx1"], "project": lot(job).pk}


def test_a_checkpoint_lies_between_the_close_of_the_bids_and_their_opening(due):
    bidding.open_bids(**given(due))
    (closed,) = places(due, "bids_closed")
    assert checkpoint_between(closed, places(due, "bid_opened"))


def test_a_checkpoint_lies_between_the_close_of_the_sheets_and_their_opening(scored):
    open_sheets(scored)
    (closed,) = places(scored, "score_sheets_closed")
    assert checkpoint_between(closed, places(scored, "score_sheet_opened"))


def test_an_opening_of_bids_that_was_interrupted_goes_on_where_it_stopped(due):
    bidding._close(**given(due))
    assert (lot(due).state, places(due, "bid_opened")) == ("tendering", [])
    assert blockers.open_bids(lot(due)) == []
    bidding.open_bids(**given(due))
    assert lot(due).state == "opened"
    assert [len(places(due, kind)) for kind in ("bids_closed", "bid_opened", "opened")] == [1, 4, 1]
    with refused("wrong_state"):
        bidding.open_bids(**given(due))


def test_an_opening_of_sheets_that_was_interrupted_goes_on_where_it_stopped(scored):
    scoring._close(**given(scored))
    assert (scores.closed(lot(scored)), scores.opened(lot(scored))) == (True, False)
    assert blockers.open_sheets(lot(scored)) == []
    open_sheets(scored)
    counted = ("score_sheets_closed", "score_sheet_opened", "totals_computed")
    assert [len(places(scored, kind)) for kind in counted] == [1, 5, 1]
    with refused("sheets_opened"):
        open_sheets(scored)


def test_no_bid_is_taken_after_the_close(due):
    bidding._close(**given(due))
    with refused("bids_closed"):
        bidding.submit_bid(actor=due.cast["tbr"], project=lot(due).pk, price_fen=1)


def test_no_sheet_is_taken_and_no_bid_rejected_after_the_close(scored):
    scoring._close(**given(scored))
    with refused("scoring_closed"):
        seal(scored)
    assert [one.code for one in blockers.reject_bid(lot(scored))] == ["scoring_closed"]


def test_the_envelopes_themselves_refuse_what_comes_late(due):
    bidding._close(**given(due))
    with pytest.raises(envelopes.EnvelopeError):
        envelopes.seal(
            lot(due), "project.bid_sealed", due.cast["tbr"], kind=bids.KIND, content={"late": 1}
        )


def test_a_member_who_leaves_after_the_close_does_not_stop_the_opening(scored):
    scoring._close(**given(scored))
    leaver = next(member for member in scored.members if member.role == "expert")
    committee.declare(actor=leaver, project=lot(scored).pk, conflict=True)
    with refused("sheets_unopened"):
        scoring.start_evaluation(**given(scored))
    open_sheets(scored)
    told = last(scored, "score_sheet_not_opened")
    assert (told["author"], told["not_opened"]) == (leaver.id, "R07")
    assert places(scored, "totals_computed") == []
    stayed = sorted(member.id for member in scored.members if member != leaver)
    assert list(scores.sheets(lot(scored))) == stayed
