"""Recusal after the draw: struck, replaced, excluded; by credit code and group (R06, R07)."""

from datetime import timedelta

import pytest

from accounts.models import Organisation
from accounts.services.gate import BadInput, NotAllowed
from audit_log.domain.entry import SYSTEM
from experts.domain.receipt import verify_receipt
from experts.models import Draw
from experts.selectors import draws as reading
from experts.selectors import pool as pool_reading
from experts.services import answers, draws, rounds
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    REGULATOR,
    accept,
    application,
    commit,
    contribute,
    draw_round,
    enter,
    jump,
    last,
    needs,
    refused,
    seat_state,
    state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats(dozen):
    commit()
    return draw_round()


def strike(seat, reason="H3", actor=CENTRE):
    given = {"draw": "T-D1", "candidate": seat.candidate, "reason": reason}
    return draws.strike(actor=actor, **given)


def recheck(*orgs):
    return draws.recheck(actor=CENTRE, draw="T-D1", orgs=list(orgs))


def employer_of(seat):
    return world.Named.of().employer(seat.candidate)


@pytest.mark.parametrize(
    ("reason", "before", "after"),
    [
        ("H1", "recused", "H1"),
        ("H2", "H2", "H2"),
        ("H3", "recused", "H3"),
        ("H4", "H4", "H4"),
        ("H5", "recused", "H5"),
        ("H6", "H6", "H6"),
    ],
)
def test_a_ground_that_tells_who_bids_is_masked_until_bids_are_open(seats, reason, before, after):
    strike(seats[0], reason)
    assert last("draw/T-D1")["reason"] == before
    jump(timedelta(hours=21))
    strike(seats[1], reason)
    assert last("draw/T-D1")["reason"] == after
    assert [seat_state(seat) for seat in seats[:2]] == ["struck", "struck"]


def test_a_ground_is_of_the_list_and_the_act_is_the_centre_s(seats):
    with pytest.raises(BadInput):
        strike(seats[0], "认识投标人")
    with pytest.raises(NotAllowed):
        strike(seats[0], actor=REGULATOR)
    assert seat_state(seats[0]) == "selected"


def test_striking_one_who_accepted_opens_his_seat_again(seats):
    accept(*seats)
    assert state() == "filled"
    strike(seats[0])
    assert (state(), needs(), reading.filled("T-D1")) == ("running", {"1": 1}, False)
    accept(*draw_round())
    assert state() == "filled"
    verify_receipt(reading.receipt("T-D1"))


@pytest.mark.parametrize("reason", ["H3", "replaced"])
def test_one_who_has_signed_in_is_replaced(seats, reason):
    accept(*seats)
    draws.sign_in(actor=seats[0].actor, draw="T-D1")
    strike(seats[0], reason, actor=SYSTEM)
    data = last("draw/T-D1")
    assert (data["answer"], data["reason"]) == ("struck", "replaced")
    assert seat_state(seats[0]) == "replaced"
    assert reading.seated_experts("T-D1") == []
    assert needs() == {"1": 1}


def test_one_who_declined_cannot_be_struck(seats):
    answers.answer(actor=seats[0].actor, draw="T-D1", answer="declined", reason="ill")
    assert refused(strike, seat=seats[0]) == ["wrong_seat_state"]


def test_opened_bids_strike_who_works_for_a_bidder(seats):
    accept(*seats)
    assert recheck(employer_of(seats[0]), world.credit_code(555)) == 1
    assert [seat_state(seat) for seat in seats] == ["struck", "accepted", "accepted"]
    data = last("draw/T-D1")
    assert (data["answer"], data["reason"], data["evidence"]) == ("struck", "H3", "")


def test_opened_bids_strike_who_works_for_a_bidder_s_group(seats):
    employer = employer_of(seats[0])
    Organisation.objects.create(
        code=employer, name="子公司", region="331002", group_head=world.HEAD
    )
    assert recheck(world.DAUGHTER) == 1
    assert seat_state(seats[0]) == "struck"


def test_bidders_nobody_works_for_strike_nobody(seats):
    n = Draw.objects.get(pk="T-D1").audit_n
    assert recheck(world.credit_code(555)) == 0
    assert Draw.objects.get(pk="T-D1").audit_n == n


def test_a_hit_found_after_sign_in_ends_his_part(seats):
    accept(*seats)
    draws.sign_in(actor=seats[2].actor, draw="T-D1")
    assert recheck(employer_of(seats[2])) == 1
    assert seat_state(seats[2]) == "replaced"


def test_later_lots_add_their_bidders_and_nobody_is_struck_twice(seats):
    accept(*seats)
    first, second = employer_of(seats[0]), employer_of(seats[1])
    assert recheck(first) == 1
    assert recheck(second) == 1
    assert recheck(first, second) == 0


def test_the_undrawn_of_a_bidder_are_excluded_from_the_next_round(seats):
    accept(*seats)
    names = world.Named.of()
    drawn = {seat.candidate for seat in seats}
    rest = sorted(set(names.expert) - drawn)[:3]
    recheck(employer_of(seats[0]), *(names.employer(handle) for handle in rest))
    contribute()
    rounds.open_round(actor=CENTRE, draw="T-D1")
    excluded = last("draw/T-D1")["excluded"]
    assert excluded == [{"candidate": handle, "reason": "H3"} for handle in rest]
    rounds.run_round(actor=CENTRE, draw="T-D1")
    assert not set(rest) & {seat.candidate for seat in reading.seats("T-D1")}
    verify_receipt(reading.receipt("T-D1"))


def test_an_exclusion_is_told_once(seats):
    accept(*seats)
    names = world.Named.of()
    spare = min(set(names.expert) - {seat.candidate for seat in seats})
    recheck(names.employer(spare), employer_of(seats[0]))
    [new] = draw_round()
    answers.answer(actor=new.actor, draw="T-D1", answer="declined", reason="ill")
    contribute()
    rounds.open_round(actor=CENTRE, draw="T-D1")
    assert last("draw/T-D1")["excluded"] == []


def test_bids_open_while_a_round_hangs_open_and_its_result_brings_the_check(dozen):
    commit()
    contribute()
    rounds.open_round(actor=CENTRE, draw="T-D1")
    everyone = [world.employer(number) for number in range(1, 13)]
    assert recheck(*everyone) == 0
    rounds.run_round(actor=CENTRE, draw="T-D1")
    assert {seat.state for seat in reading.seats("T-D1")} == {"struck"}
    assert needs() == {"1": 2, "2": 1}
    verify_receipt(reading.receipt("T-D1"))


def test_bidders_known_before_the_commitment_are_left_out_of_the_roster(dozen):
    world.ask()
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
    assert recheck(world.employer(1)) == 0
    _, omitted = pool_reading.eligible(Draw.objects.get(pk="T-D1"))
    assert omitted == [("T00001", "employer_recused")]


def test_a_recheck_of_a_committed_draw_shows_in_its_first_round(dozen):
    commit()
    assert recheck(world.employer(1)) == 0
    names = world.Named.of()
    handle = next(h for h, expert in names.expert.items() if expert == "T00001")
    contribute()
    rounds.open_round(actor=CENTRE, draw="T-D1")
    assert last("draw/T-D1")["excluded"] == [{"candidate": handle, "reason": "H3"}]


def test_the_recusal_check_takes_a_group_of_colleagues_as_one(district):
    enter(
        application(1, employer=world.DAUGHTER),
        application(3, employer=world.SISTER),
        application(5),
        application(7),
        application(2),
    )
    commit()
    seats = draw_round()
    hits = {seat.candidate for seat in seats} & {
        handle
        for handle, expert in world.Named.of().expert.items()
        if expert in ("T00001", "T00003")
    }
    assert recheck(world.HEAD) == len(hits)
