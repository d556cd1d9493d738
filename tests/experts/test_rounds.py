"""Rounds: contributions, opening, running, 补抽. Nobody chooses, nobody re-rolls (D6)."""

import inspect
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Outgoing
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import SYSTEM
from audit_log.models import Checkpoint
from audit_log.selectors import trail
from audit_log.services import sealer
from experts.domain.receipt import verify_receipt
from experts.models import Draw, Seat
from experts.selectors import draws as reading
from experts.services import answers, draws, rounds
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    POOL_OWNER,
    REGULATOR,
    TENDERER,
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
    state,
)

pytestmark = pytest.mark.django_db
OPEN = {"actor": CENTRE, "draw": "T-D1"}


def give(actor=REGULATOR, value="6 6 1 3 4 2"):
    return rounds.contribute(actor=actor, draw="T-D1", value=value)


def decline(seat, reason="busy"):
    answers.answer(actor=seat.actor, draw="T-D1", answer="declined", reason=reason)


def test_a_party_contributes_what_he_typed_under_the_party_s_name(dozen):
    commit()
    give(value="  六个骰子 6 6 1 ")
    assert last("draw/T-D1") == {"party": "supervision", "value": "  六个骰子 6 6 1 "}
    give(actor=TENDERER)
    assert last("draw/T-D1")["party"] == "tenderer"


@pytest.mark.parametrize("value", ["12345", "x" * 257, ""])
def test_a_contribution_has_6_to_256_characters(dozen, value):
    commit()
    with pytest.raises(BadInput) as caught:
        give(value=value)
    assert list(caught.value.fields) == ["value"]


@pytest.mark.parametrize("value", ["123456", "骰" * 256])
def test_both_bounds_are_taken(dozen, value):
    commit()
    give(value=value)
    assert last("draw/T-D1")["value"] == value


@pytest.mark.parametrize(
    ("actor", "error"), [(CENTRE, NotAllowed), (POOL_OWNER, NotFound), (SYSTEM, NotAllowed)]
)
def test_nobody_else_contributes(dozen, actor, error):
    commit()
    with pytest.raises(error):
        give(actor=actor)


def test_a_party_contributes_once_per_round_and_again_in_the_next(dozen):
    commit()
    give()
    assert refused(give) == ["party_twice"]
    give(actor=TENDERER)
    rounds.open_round(**OPEN)
    assert refused(give) == ["round_pending"]
    rounds.run_round(**OPEN)
    assert refused(give) == ["no_need"]
    decline(Seat.objects.filter(draw="T-D1").first())
    give()
    assert refused(give) == ["party_twice"]


def test_contributions_wait_for_the_seal_of_the_commitment(dozen, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(sealer, "seal", lambda: None)
        commit()
    assert refused(give) == ["commitment_unsealed"]
    sealer.seal_now()
    assert refused(give) == []


def test_no_contribution_before_the_commitment(dozen):
    world.ask()
    assert refused(give) == ["wrong_state"]


def test_a_round_is_opened_for_the_seats_that_are_open(dozen):
    commit()
    contribute()
    rounds.open_round(**OPEN)
    assert last("draw/T-D1") == {
        "round": 1,
        "needs": {"1": 2, "2": 1},
        "excluded": [],
        "from": "committed",
        "to": "running",
    }
    assert Checkpoint.objects.order_by("size").last().size == trail.standing().entries


def test_after_a_round_is_opened_only_its_result_may_follow(dozen):
    commit()
    seats = draw_round()
    decline(seats[0])
    contribute()
    rounds.open_round(**OPEN)
    assert refused(rounds.open_round, **OPEN) == ["round_pending"]
    given = {"draw": "T-D1", "reason": "系统故障"}
    assert refused(draws.abandon, actor=REGULATOR, **given) == ["round_pending"]
    given = {"actor": seats[1].actor, "draw": "T-D1", "answer": "accepted"}
    assert refused(answers.answer, **given) == ["round_pending"]
    rounds.run_round(**OPEN)
    assert refused(rounds.run_round, **OPEN) == ["round_not_opened"]


def test_a_round_is_run_once_and_its_opening_is_sealed_first(dozen, monkeypatch):
    commit()
    assert refused(rounds.run_round, **OPEN) == ["wrong_state"]
    contribute()
    with monkeypatch.context() as broken:
        broken.setattr(sealer, "seal", lambda: None)
        rounds.open_round(**OPEN)
    assert refused(rounds.run_round, **OPEN) == ["round_unsealed"]
    sealer.seal_now()
    rounds.run_round(**OPEN)
    assert refused(rounds.run_round, **OPEN) == ["round_not_opened"]


def test_supervision_is_waited_for_then_the_round_goes_unwitnessed(dozen):
    commit()
    give(actor=TENDERER)
    with pytest.raises(world.Refused) as caught:
        rounds.open_round(**OPEN)
    [reason] = caught.value.blockers
    assert (reason.rule, reason.code) == ("R09", "witness_awaited")
    jump(timedelta(minutes=29))
    assert refused(rounds.open_round, **OPEN) == ["witness_awaited"]
    jump(timedelta(minutes=2))
    rounds.open_round(**OPEN)
    rounds.run_round(**OPEN)
    [outcome] = reading.outcome("T-D1").rounds
    assert outcome.parties == ("tenderer",)
    assert reading.absences(Draw.objects.get(pk="T-D1")) == {1: ["supervision"]}


def test_a_supplementary_round_reads_no_row_of_the_pool(dozen):
    commit()
    first = draw_round()
    answers.answer(actor=first[0].actor, draw="T-D1", answer="declined", reason="ill")
    with CaptureQueriesContext(connection) as captured:
        [seat] = draw_round()
    assert seat.slot == first[0].slot
    pool = ("experts_expert", "experts_expertspecialty")
    read = [one["sql"] for one in captured if any(f'"{table}"' in one["sql"] for table in pool)]
    assert read == []


def test_a_round_seats_by_handle_and_invites_by_handle(dozen):
    commit()
    seats = draw_round()
    assert [(seat.slot, seat.state, seat.expert) for seat in seats] == [
        ("1", "selected", ""),
        ("1", "selected", ""),
        ("2", "selected", ""),
    ]
    at = trail.lines("draw/T-D1", type="draw.round_run")[0].at
    minutes = {(seat.answer_by - at) // timedelta(minutes=1) for seat in seats}
    assert minutes <= {29, 30}
    waiting = Outgoing.objects.filter(recipient__startswith="T-D1/").order_by("pk")
    rows = [(row.template, row.recipient, row.values) for row in waiting]
    assert sorted(rows) == sorted(("invitation", seat.actor.id, {}) for seat in seats)


def test_a_supplementary_round_fills_what_was_declined_from_the_same_roster(dozen):
    commit()
    first = draw_round()
    accept(*first[1:])
    decline(first[0])
    assert (needs(), state()) == ({"1": 1}, "running")
    [second] = draw_round()
    assert (second.slot, second.round) == ("1", 2)
    assert second.candidate not in {seat.candidate for seat in first}
    accept(second)
    assert state() == "filled"
    assert refused(rounds.open_round, **OPEN) == ["no_need"]
    verify_receipt(reading.receipt("T-D1"))


def test_who_declined_is_never_drawn_again_and_an_empty_roster_is_told(district):
    enter(*(application(number) for number in (1, 2, 3)))
    commit()
    seats = draw_round()
    decline(seats[0])
    give()
    with pytest.raises(world.Refused) as caught:
        rounds.open_round(**OPEN)
    assert [one.code for one in caught.value.blockers] == ["exhausted"]


def test_colleagues_do_not_sit_together(district):
    same = {"employer": world.employer(1)}
    enter(application(1, **same), application(2, **same), application(3), application(4))
    commit()
    draw_round()
    names = world.Named.of()
    seated = [names.employer(seat.candidate) for seat in reading.seats("T-D1")]
    assert len(set(seated)) == len(seated) == 3


def test_the_same_draw_is_run_again_from_its_receipt(dozen):
    commit()
    seats = draw_round()
    accept(*seats[:2])
    decline(seats[2])
    draw_round()
    outcome = verify_receipt(reading.receipt("T-D1"))
    assert [one.number for one in outcome.rounds] == [1, 2]
    assert set(outcome.rounds[0].selected) == {seat.candidate for seat in seats}
    assert all(one.parties == ("supervision", "tenderer") for one in outcome.rounds)
    assert [one.witnessed for one in outcome.rounds] == [False, False]
    assert outcome.short == {}


def test_d6_no_list_of_names_can_be_handed_in():
    expected = {
        rounds.open_round: ["actor", "draw"],
        rounds.run_round: ["actor", "draw"],
        rounds.contribute: ["actor", "draw", "value"],
    }
    assert {act: list(inspect.signature(act).parameters) for act in expected} == expected


def test_d6_a_list_in_the_call_is_an_error_and_changes_nothing(dozen):
    commit()
    contribute()
    rounds.open_round(**OPEN)
    with pytest.raises(TypeError):
        rounds.run_round(**OPEN, selected=["c0001", "c0002", "c0003"])
    assert not Seat.objects.filter(draw="T-D1").exists()


def test_two_draws_with_equal_requests_do_not_draw_alike(dozen):
    results = set()
    for number in range(1, 7):
        code = f"T-D{number}"
        commit(code, case=f"T-CASE-{number}")
        names = world.Named.of(code)
        results.add(frozenset(names.expert[seat.candidate] for seat in draw_round(code)))
    assert len(results) > 1


def test_an_act_on_a_draw_nobody_asked_for_is_not_found(district):
    with pytest.raises(NotFound):
        rounds.open_round(**OPEN)
    with pytest.raises(NotFound):
        rounds.run_round(**OPEN)
    assert not Draw.objects.filter(pk="T-D1").exists()
