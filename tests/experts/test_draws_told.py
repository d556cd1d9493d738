"""Every column of pool and draw follows from the streams, so what is changed unlogged is found."""

import pytest

from audit_log.services import reconciling
from experts.models import Draw, Expert, ExpertSpecialty, Seat
from experts.services import draws, pool
from tests.experts.world import CENTRE, POOL_OWNER, accept, commit, credit_code, draw_round

pytestmark = pytest.mark.django_db


def faults():
    return sorted(
        (fault.where, fault.why.partition(" ")[0]) for fault in reconciling.reconcile().faults
    )


@pytest.fixture
def closed(dozen):
    commit()
    seats = draw_round()
    accept(*seats)
    for seat in seats:
        draws.sign_in(actor=seat.actor, draw="T-D1")
    draws.close(actor=CENTRE, draw="T-D1")
    return seats


def test_a_pool_and_a_draw_follow_from_their_streams(closed):
    assert faults() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("employer", credit_code(1)),
        ("region", "331003"),
        ("title", "院士"),
        ("years", 40),
        ("term_to", "2099-12-31"),
    ],
)
def test_an_expert_changed_without_an_entry_is_found(closed, column, value):
    Expert.objects.filter(pk="T00001").update(**{column: value})
    assert faults() == [("experts_expert T00001", column)]


def test_an_expert_who_left_and_applied_anew_follows_from_his_stream(dozen):
    pool.exit(actor=POOL_OWNER, expert="T00001", ground="health")
    pool.reapply(actor=POOL_OWNER, expert="T00001")
    assert faults() == []


def test_a_specialty_given_or_taken_without_an_entry_is_found(closed):
    ExpertSpecialty.objects.filter(expert="T00001").update(main=False)
    assert faults() == [("experts_expertspecialty T00001 C130101", "main")]
    ExpertSpecialty.objects.filter(expert="T00001").delete()
    assert faults() == [("experts_expertspecialty T00001 C130101", "流水有记录,业务表中没有该行")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("place", "另一处"),
        ("tenderer", credit_code(1)),
        ("manifest", "0" * 64),
        ("chain", 99),
        ("round", 7),
        ("request", {"slots": [], "recusal": [], "one_per_group": False, "rules": ""}),
    ],
)
def test_a_draw_changed_without_an_entry_is_found(closed, column, value):
    Draw.objects.filter(pk="T-D1").update(**{column: value})
    assert faults() == [("experts_draw T-D1", column)]


@pytest.mark.parametrize(("column", "value"), [("slot", "9"), ("round", 2), ("expert", "T99999")])
def test_a_seat_changed_without_an_entry_is_found(closed, column, value):
    Seat.objects.filter(pk=closed[0].pk).update(**{column: value})
    assert faults() == [(f"experts_seat T-D1 {closed[0].candidate}", column)]
