"""The next round by itself, where answers have run out and nobody is there."""

from datetime import timedelta

import pytest

from accounts.models import Outgoing
from accounts.services.outbox import send_due
from audit_log.selectors import trail
from experts.domain.receipt import verify_receipt
from experts.models import Draw, Seat
from experts.selectors import draws as reading
from experts.services import answers, rounds, supplements
from tests.accounts.channels import Phone
from tests.experts.world import CENTRE, REGULATOR, accept, commit, draw_round, jump, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats(dozen):
    Outgoing.objects.filter(status="waiting").update(status="dropped")
    commit()
    return draw_round()


def decline(seat: Seat) -> None:
    answers.answer(actor=seat.actor, draw="T-D1", answer="declined", reason="ill")


def contribute() -> None:
    rounds.contribute(actor=REGULATOR, draw="T-D1", value="6 6 1 3 4 2")


def run() -> int:
    """How many rounds of this draw came by themselves."""
    before = Draw.objects.get(pk="T-D1").round
    supplements.run_due()
    return Draw.objects.get(pk="T-D1").round - before


def test_it_comes_when_nobody_is_waited_for_and_the_centre_has_not_opened_it(seats):
    decline(seats[0])
    contribute()
    jump(timedelta(minutes=6))
    assert run() == 0
    accept(*seats[1:])
    assert run() == 0
    jump(timedelta(minutes=5))
    assert (run(), run()) == (1, 0)
    opened, ran = trail.events("draw/T-D1")[-2:]
    assert [one["type"] for one in (opened, ran)] == ["draw.round_opened", "draw.round_run"]
    assert {one["actor"]["id"] for one in (opened, ran)} == {"system"}
    verify_receipt(reading.receipt("T-D1"))


def test_it_waits_for_supervision_as_a_round_does_that_somebody_opens(seats):
    decline(seats[0])
    accept(*seats[1:])
    jump(timedelta(minutes=6))
    assert run() == 0
    jump(timedelta(minutes=25))
    assert run() == 1


def test_with_nobody_watching_silence_leads_to_the_next_round_and_it_is_invited(seats):
    send_due(channels=Phone().channels)
    accept(*seats[1:])
    jump(timedelta(minutes=31))
    assert answers.lapse() == 1
    contribute()
    jump(timedelta(minutes=5))
    assert run() == 1
    [asked] = Seat.objects.filter(draw="T-D1", round=2)
    phone = Phone()
    send_due(channels=phone.channels)
    assert [text.count("是否参加") for text in (m.text for m in phone.got)].count(1) == 1
    run_at = trail.lines("draw/T-D1", type="draw.round_run")[-1].at
    asked = Seat.objects.get(pk=asked.pk)
    assert (asked.answer_by - run_at) // timedelta(minutes=1) == 10
    accept(asked)
    assert state() == "filled"


def test_the_first_round_and_one_that_a_person_opened_are_left_to_people(dozen):
    commit()
    contribute()
    jump(timedelta(minutes=40))
    assert run() == 0
    rounds.open_round(actor=CENTRE, draw="T-D1")
    assert run() == 0
    assert trail.events("draw/T-D1")[-1]["type"] == "draw.round_opened"
