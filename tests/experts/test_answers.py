"""Answers to invitations, and what fills a draw (formats.md section 4, docs/lifecycle.md)."""

from datetime import timedelta

import pytest

from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from experts.models import Draw, Seat
from experts.selectors import draws as reading
from experts.services import answers
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    EVIDENCE,
    REGULATOR,
    TENDERER,
    accept,
    commit,
    draw_round,
    jump,
    last,
    needs,
    reach,
    refused,
    seat_state,
    state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats(dozen):
    commit()
    return draw_round()


def answer(seat, answer, reason="", actor=None):
    given = {"actor": actor or seat.actor, "draw": "T-D1", "answer": answer, "reason": reason}
    return answers.answer(**given)


def record(seat, answer, reason="", evidence=EVIDENCE, actor=CENTRE):
    reach()
    return answers.record_answer(
        actor=actor,
        draw="T-D1",
        candidate=seat.candidate,
        answer=answer,
        reason=reason,
        evidence=evidence,
    )


def test_an_expert_answers_under_his_handle(seats):
    ref = answer(seats[0], "accepted")
    line = trail.line(ref.stream, ref.n)
    assert line.value["actor"] == {
        "id": f"T-D1/{seats[0].candidate}",
        "role": "expert",
        "org": "",
    }
    assert line.value["data"] == {
        "candidate": seats[0].candidate,
        "answer": "accepted",
        "reason": "",
        "evidence": "",
    }
    assert seat_state(seats[0]) == "accepted"


def test_the_last_acceptance_fills_the_draw_in_its_own_entry(seats):
    accept(*seats[:2])
    assert (state(), reading.filled("T-D1")) == ("running", False)
    accept(seats[2])
    assert (state(), reading.filled("T-D1")) == ("filled", True)
    data = last("draw/T-D1")
    assert (data["candidate"], data["from"], data["to"]) == (
        seats[2].candidate,
        "running",
        "filled",
    )


@pytest.mark.parametrize("reason", ["ill", "away", "busy", "conflict", "other"])
def test_a_refusal_has_a_reason_of_the_list(seats, reason):
    answer(seats[0], "declined", reason)
    assert (seat_state(seats[0]), last("draw/T-D1")["reason"]) == ("declined", reason)
    assert needs() == {"1": 1}


@pytest.mark.parametrize(
    ("given", "reason"),
    [("declined", ""), ("declined", "没空"), ("accepted", "ill"), ("declined", "absent")],
)
def test_any_other_reason_is_refused(seats, given, reason):
    with pytest.raises(BadInput) as caught:
        answer(seats[0], given, reason)
    assert caught.value.code == "reason_unknown"
    assert seat_state(seats[0]) == "selected"


@pytest.mark.parametrize("given", ["struck", "no_answer", "maybe"])
def test_an_expert_accepts_or_declines_nothing_else(seats, given):
    with pytest.raises(BadInput) as caught:
        answer(seats[0], given)
    assert caught.value.code == "answer_unknown"


def test_an_answer_is_given_once(seats):
    answer(seats[0], "accepted")
    given = {"actor": seats[0].actor, "draw": "T-D1", "answer": "declined", "reason": "ill"}
    assert refused(answers.answer, **given) == ["wrong_seat_state"]


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (Actor("T-D1/c9999", "expert", ""), NotFound),
        (Actor("T-D2/c0001", "expert", ""), NotFound),
        (Actor("T00001", "expert", ""), NotFound),
        (CENTRE, NotAllowed),
        (TENDERER, NotAllowed),
    ],
)
def test_nobody_else_answers_for_him(seats, actor, error):
    with pytest.raises(error):
        answer(seats[0], "accepted", actor=actor)


def test_an_answer_given_by_voice_has_the_clerk_and_the_recording(seats):
    ref = record(seats[0], "declined", "ill")
    line = trail.line(ref.stream, ref.n)
    assert line.value["actor"]["id"] == CENTRE.id
    assert line.value["data"]["evidence"] == EVIDENCE


@pytest.mark.parametrize("evidence", ["", "录音一", "AB" * 32])
def test_without_a_recording_nothing_is_put_down_for_an_expert(seats, evidence):
    with pytest.raises(BadInput) as caught:
        record(seats[0], "accepted", evidence=evidence)
    assert list(caught.value.fields) == ["evidence"]


def test_nobody_is_put_down_as_silent_before_his_time_is_over(seats):
    given = {"actor": CENTRE, "draw": "T-D1", "candidate": seats[0].candidate}
    given |= {"answer": "no_answer", "evidence": EVIDENCE}
    assert refused(answers.record_answer, **given) == ["too_early"]
    jump(timedelta(minutes=31))
    assert refused(answers.record_answer, **given) == ["not_contacted"]
    reach()
    assert refused(answers.record_answer, **given) == ["too_early"]
    jump(timedelta(minutes=31))
    answers.record_answer(**given)
    assert seat_state(seats[0]) == "no_answer"
    assert needs() == {"1": 1}


def test_nobody_is_absent_before_the_time_of_the_evaluation(seats):
    accept(*seats)
    given = {"actor": CENTRE, "draw": "T-D1", "candidate": seats[0].candidate}
    given |= {"answer": "no_answer", "reason": "absent", "evidence": EVIDENCE}
    assert refused(answers.record_answer, **given) == ["too_early"]
    jump(timedelta(hours=21))
    answers.record_answer(**given)
    data = last("draw/T-D1")
    assert (data["answer"], data["reason"]) == ("no_answer", "absent")
    assert (data["from"], data["to"]) == ("filled", "running")
    assert seat_state(seats[0]) == "absent"


def test_an_absent_expert_is_replaced_by_the_next_round(seats):
    accept(*seats)
    jump(timedelta(hours=21))
    record(seats[0], "no_answer", "absent")
    [new] = draw_round()
    accept(new)
    assert state() == "filled"
    assert reading.outcome("T-D1").seated["1"] == sorted([seats[1].candidate, new.candidate])


def test_a_recorded_answer_is_of_the_list(seats):
    with pytest.raises(BadInput) as caught:
        record(seats[0], "struck")
    assert caught.value.code == "answer_unknown"


def test_only_the_centre_records(seats):
    for actor in (REGULATOR, TENDERER, seats[0].actor):
        with pytest.raises(NotAllowed):
            record(seats[0], "accepted", actor=actor)


def test_a_candidate_who_was_not_drawn_has_no_seat(seats):
    drawn = {seat.candidate for seat in seats}
    other = min(set(world.Named.of().expert) - drawn)
    with pytest.raises(NotFound):
        record(Seat(draw_id="T-D1", candidate=other), "accepted")


def test_progress_tells_counts_and_handles(seats):
    accept(*seats[:2])
    answer(seats[2], "declined", "ill")
    found = reading.progress("T-D1")
    assert (found.round, found.pending, found.unwitnessed) == (1, False, (1,))
    assert found.needs == {"2": 1}
    assert found.seated == {"1": sorted(seat.candidate for seat in seats[:2]), "2": []}
    assert found.parties == frozenset()
    world.contribute()
    assert reading.progress("T-D1").parties == {"supervision", "tenderer"}


def test_an_invitation_shows_time_and_place_and_no_project(seats):
    found = reading.invitation(seats[0].actor.id)
    row = Draw.objects.get(pk="T-D1")
    assert (found.held_at, found.place, found.state) == (row.held_at, "评标一室", "selected")
    assert found.actor == seats[0].actor
    assert row.case not in str(found)
    assert reading.invitation("T-D1/c9999") is None
    assert reading.invitation("T-D1") is None
