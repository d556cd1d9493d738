"""Signing in and closing: an identity opens at its owner's sign-in, the draw with the report."""

from datetime import timedelta

import pytest

from accounts.services.gate import NotFound
from audit_log.models import Entry
from audit_log.selectors import trail
from audit_log.services import reconciling
from experts.models import Draw, Seat
from experts.selectors import draws as reading
from experts.services import answers, draws, rosters
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    EVIDENCE,
    REGULATOR,
    accept,
    commit,
    draw_round,
    jump,
    last,
    needs,
    reach,
    refused,
    seat_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats(dozen):
    commit()
    return draw_round()


def decline(seat, reason):
    answers.answer(actor=seat.actor, draw="T-D1", answer="declined", reason=reason)


def record_silence(seat):
    answers.record_answer(
        actor=CENTRE,
        draw="T-D1",
        candidate=seat.candidate,
        answer="no_answer",
        evidence=EVIDENCE,
    )


def sign_in(seat):
    return draws.sign_in(actor=seat.actor, draw="T-D1")


def test_signing_in_opens_his_identity_and_no_other(seats):
    accept(*seats)
    ref, code = sign_in(seats[0])
    names = world.Named.of()
    assert code == names.expert[seats[0].candidate]
    content = last("draw/T-D1")["content"]
    assert content["candidate"] == seats[0].candidate
    assert (content["expert"], content["org"]) == (code, names.employer(seats[0].candidate))
    assert ref.n == len(trail.events("draw/T-D1")) - 1
    assert reading.seated_experts("T-D1") == [code]
    assert [one.expert for one in reading.outcome("T-D1").opened] == [code]
    assert reading.handle_of("T-D1", code) == seats[0].candidate


def test_who_has_not_accepted_does_not_sign_in(seats):
    assert refused(sign_in, seat=seats[0]) == ["wrong_seat_state"]
    accept(*seats)
    sign_in(seats[0])
    assert refused(sign_in, seat=seats[0]) == ["wrong_seat_state"]


def test_before_sign_in_no_entry_anywhere_tells_who_was_drawn(dozen):
    commit()
    before = Entry.objects.order_by("pk").last().pk
    accept(*draw_round())
    names = world.Named.of()
    drawn = {names.expert[seat.candidate] for seat in reading.seats("T-D1")}
    since = Entry.objects.filter(pk__gt=before)
    assert set(since.values_list("stream", flat=True)) == {"draw/T-D1"}
    bodies = [bytes(body) for body in since.values_list("body", flat=True)]
    assert [code for code in drawn if any(code.encode() in body for body in bodies)] == []
    assert reading.seated_experts("T-D1") == []


def test_a_draw_closes_when_everyone_has_signed_in(seats):
    accept(*seats)
    sign_in(seats[0])
    given = {"actor": CENTRE, "draw": "T-D1"}
    assert refused(draws.close, **given) == ["not_signed_in"]
    sign_in(seats[1])
    sign_in(seats[2])
    assert reading.all_signed_in("T-D1")
    draws.close(**given)
    data = last("draw/T-D1")
    by_slot = {"1": sorted(s.candidate for s in seats[:2]), "2": [seats[2].candidate]}
    assert data == {"seated": by_slot, "short": {}, "from": "filled", "to": "closed"}
    assert {seat_state(seat) for seat in seats} == {"served"}
    assert reading.outcome("T-D1").closed
    assert reading.filled("T-D1")
    assert reconciling.reconcile().faults == []


def test_a_closed_draw_takes_nothing_more(seats):
    accept(*seats)
    for seat in seats:
        sign_in(seat)
    draws.close(actor=CENTRE, draw="T-D1")
    given = {"draw": "T-D1", "reason": "系统故障"}
    assert refused(draws.abandon, actor=REGULATOR, **given) == ["wrong_state"]
    assert refused(sign_in, seat=seats[0])[0] == "wrong_state"
    assert refused(draws.close, actor=CENTRE, draw="T-D1") == ["wrong_state"]


def test_a_whole_ceremony_with_refusals_silence_and_rounds_holds_to_its_receipt(dozen):
    commit()
    first = draw_round()
    accept(first[0])
    decline(first[1], "ill")
    reach()
    jump(timedelta(minutes=31))
    record_silence(first[2])
    assert needs() == {"1": 1, "2": 1}
    second = draw_round()
    decline(second[0], "away")
    accept(second[1])
    accept(*draw_round())
    for seat in Seat.objects.filter(draw="T-D1", state="accepted"):
        sign_in(seat)
    draws.close(actor=CENTRE, draw="T-D1")
    outcome = reading.outcome("T-D1")
    assert len(outcome.rounds) == 3
    assert (outcome.closed, outcome.short, outcome.pending) == (True, {}, None)
    assert {one.expert for one in outcome.opened} == set(reading.seated_experts("T-D1"))
    assert Draw.objects.get(pk="T-D1").round == 3
    assert reconciling.reconcile().faults == []


def test_no_handle_and_no_person_is_found_that_is_not_there(seats):
    with pytest.raises(NotFound):
        rosters.identity_of(reading.get("T-D1"), "c9999")
    for expert in ("", "T00001"):
        with pytest.raises(NotFound):
            reading.handle_of("T-D1", expert)
    with pytest.raises(NotFound):
        reading.get("T-D9")
