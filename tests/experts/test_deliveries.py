"""Receipts in the draw's stream, and the call list that supervision opens."""

from datetime import timedelta

import pytest

from accounts.domain.messages import Receipt
from accounts.models import Outgoing
from accounts.services import receipts, vault
from accounts.services.gate import BadInput, NotAllowed, NotFound
from accounts.services.outbox import send_due
from audit_log.domain import canonical
from audit_log.selectors import trail
from audit_log.services import reconciling
from experts.domain.receipt import verify_receipt
from experts.models import Draw
from experts.selectors import draws as reading
from experts.selectors import messages
from experts.services import answers, deliveries, rounds
from rulebook.domain.blockers import Refused
from tests.accounts.channels import Phone
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    EVIDENCE,
    REGULATOR,
    STRANGERS,
    accept,
    commit,
    contribute,
    draw_round,
    jump,
    last,
    refused,
    seat_state,
)

pytestmark = pytest.mark.django_db
CALLS = {"actor": REGULATOR, "draw": "T-D1", "reason": "undelivered"}


@pytest.fixture
def seats(dozen):
    Outgoing.objects.filter(status="waiting").update(status="dropped")
    commit()
    return draw_round()


def types() -> list[str]:
    return [event["type"] for event in trail.events("draw/T-D1")]


def receive(phone: Phone, word: str, pressed: str = "") -> None:
    for message in phone.got:
        receipts.take(message.key, "phone", Receipt(word, pressed), phone.channels)


def test_a_receipt_of_delivery_is_told_in_the_stream_and_the_draw_still_re_runs(seats):
    phone = Phone()
    send_due(channels=phone.channels)
    receive(phone, "delivered")
    assert (deliveries.tell(), deliveries.tell()) == (3, 0)
    told = trail.events("draw/T-D1", "draw.delivered")
    assert [one["actor"]["id"] for one in told] == ["system"] * 3
    assert sorted(one["data"]["candidate"] for one in told) == sorted(s.candidate for s in seats)
    data = told[0]["data"]
    assert (data["template"], data["channel"], data["status"]) == (
        "invitation",
        "phone",
        "delivered",
    )
    kept = canonical.loads(trail.attachment(data["receipt"]))
    assert (kept["recipient"], kept["status"]) == (f"T-D1/{data['candidate']}", "delivered")
    verify_receipt(reading.receipt("T-D1"))
    assert reconciling.reconcile().faults == []


def test_the_receipt_of_delivery_is_the_evidence_of_silence(seats):
    phone = Phone()
    send_due(channels=phone.channels)
    receive(phone, "delivered")
    jump(timedelta(minutes=31))
    assert answers.lapse() == 3
    receipt = Outgoing.objects.get(recipient=f"T-D1/{last('draw/T-D1')['candidate']}").receipt
    assert last("draw/T-D1", "draw.answered")["evidence"] == receipt


def test_what_was_not_delivered_makes_nobody_silent(seats):
    phone = Phone()
    send_due(channels=phone.channels)
    receive(phone, "undelivered")
    jump(timedelta(minutes=31))
    assert answers.lapse() == 0


@pytest.mark.parametrize(
    ("key", "told"), [("1", ("accepted", "")), ("2", ("declined", "ill")), ("9", None)]
)
def test_a_key_pressed_in_a_call_is_his_answer_with_the_receipt_as_evidence(seats, key, told):
    phone = Phone()
    send_due(1, phone.channels)
    receive(phone, "delivered", key)
    assert answers.take_pressed() == bool(told)
    assert answers.take_pressed() == 0
    if told:
        entry = trail.events("draw/T-D1", "draw.answered")[-1]
        assert entry["actor"]["id"] == "system"
        assert (entry["data"]["answer"], entry["data"]["reason"]) == told
        kept = canonical.loads(trail.attachment(entry["data"]["evidence"]))
        assert (kept["status"], kept["pressed"]) == ("delivered", key)
    verify_receipt(reading.receipt("T-D1"))


def test_he_hears_which_key_stands_for_what(seats):
    phone = Phone()
    send_due(1, phone.channels)
    assert phone.got[0].spoken.endswith(
        "确认参加请按1。不能参加的,身体原因请按2,外出请按3,工作冲突请按4,"
        "应当回避请按5,其他原因请按6。"
    )


def test_while_a_round_hangs_open_receipts_wait(seats):
    phone = Phone()
    send_due(channels=phone.channels)
    receive(phone, "delivered")
    answers.answer(actor=seats[0].actor, draw="T-D1", answer="declined", reason="ill")
    contribute()
    rounds.open_round(actor=CENTRE, draw="T-D1")
    assert (deliveries.tell(), types()[-1]) == (0, "draw.round_opened")
    rounds.run_round(actor=CENTRE, draw="T-D1")
    assert deliveries.tell() == 3


def test_supervision_opens_the_numbers_of_those_whom_nothing_reached(seats):
    send_due(1, Phone().channels)
    send_due(channels=Phone(refuses=True).channels)
    reached = Outgoing.objects.get(recipient__startswith="T-D1/", status="handed").recipient
    missed = [seat.candidate for seat in seats if seat.actor.id != reached]
    ref, calls = deliveries.open_calls(**CALLS)
    people = world.Named.of().expert
    assert {one.candidate: one.phone for one in calls} == {
        name: vault.reveal(people[name])["phone"] for name in missed
    }
    assert [one for one in calls if "口令" in one.said or "T-" in one.said] == []
    assert last(ref.stream) == {"candidates": missed, "reason": "undelivered"}
    assert messages.shown(Draw.objects.get(pk="T-D1")) == {
        reached.removeprefix("T-D1/"): "已交通道",
        **dict.fromkeys(missed, "已交人工呼叫"),
    }
    verify_receipt(reading.receipt("T-D1"))


def test_who_was_called_is_recorded_with_the_recording_and_his_link_is_passed_on(seats):
    accept(*seats[1:])
    send_due(channels=Phone(refuses=True).channels)
    deliveries.open_calls(**CALLS)
    given = {"actor": CENTRE, "draw": "T-D1", "candidate": seats[0].candidate}
    answers.record_answer(answer="accepted", evidence=EVIDENCE, **given)
    send_due(channels=Phone(refuses=True).channels)
    _, calls = deliveries.open_calls(**CALLS)
    assert [one.said.count("一次性登录口令") for one in calls] == [1, 1, 1]
    assert {seat_state(seat) for seat in seats} == {"accepted"}


def test_nobody_else_opens_it_and_not_without_need_or_reason(seats):
    assert refused(deliveries.open_calls, **CALLS) == ["nobody_to_call"]
    send_due(channels={})
    with pytest.raises(BadInput):
        deliveries.open_calls(**(CALLS | {"reason": "curious"}))
    with pytest.raises(NotAllowed):
        deliveries.open_calls(**(CALLS | {"actor": CENTRE}))
    with pytest.raises(NotFound):
        deliveries.open_calls(**(CALLS | {"actor": STRANGERS}))
    assert "draw.calls_opened" not in types()


def test_a_channel_that_stays_silent_puts_him_on_the_list_too(seats):
    for _ in range(3):
        send_due(channels=Phone(broken=True).channels)
        jump(timedelta(seconds=61))
    _, calls = deliveries.open_calls(**(CALLS | {"reason": "urgent"}))
    assert len(calls) == 3
    assert send_due(channels=Phone().channels) == 0


def test_the_list_is_closed_while_a_round_hangs_open(seats):
    send_due(channels={})
    answers.answer(actor=seats[0].actor, draw="T-D1", answer="declined", reason="ill")
    contribute()
    rounds.open_round(actor=CENTRE, draw="T-D1")
    with pytest.raises(Refused):
        deliveries.open_calls(**CALLS)
