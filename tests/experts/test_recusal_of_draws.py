"""Recusal within a draw: tried out, at the freeze, between rounds; officials who are locked out."""

from datetime import date, timedelta

import pytest

from accounts.services import people
from accounts.services.gate import Barred, NotAllowed
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.selectors import trail
from audit_log.services import clock, sealer
from experts.domain.receipt import verify_receipt
from experts.models import Draw
from experts.selectors import draws as reading
from experts.selectors import pool as pool_reading
from experts.selectors import recusal
from experts.services import conflicts, draws, previews, rounds
from rulebook.domain.rules import dump_profile
from rulebook.seeding import bundled_profiles
from rulebook.services import publishing
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    EVIDENCE,
    POOL_OWNER,
    REGULATOR,
    TENDERER,
    accept,
    application,
    ask,
    commit,
    contribute,
    credit_code,
    draw_round,
    enter,
    last,
    refused,
    seat_state,
)

pytestmark = pytest.mark.django_db
NAMED = credit_code(700)
COMMISSION = Actor("t-commission", "commission", credit_code(8))
RECUSAL = [{"org": NAMED, "reason": "控股股东"}]


@pytest.fixture(autouse=True)
def commission(db):
    people.register_organisation(code=COMMISSION.org, name="纪委", region=world.CITY)


def record(number, kind="kin", party=NAMED, **more):
    given = {"kind": kind, "party": party, "source": "register", "evidence": EVIDENCE} | more
    conflicts.record_expert(actor=POOL_OWNER, expert=f"T{number:05d}", **given)
    sealer.seal_now()


def omitted(code="T-D1"):
    return dict(pool_reading.eligible(Draw.objects.get(pk=code))[1])


def handle_of(number):
    return next(h for h, code in world.Named.of().expert.items() if code == f"T{number:05d}")


def test_the_freeze_leaves_out_each_with_the_kind_of_his_tie(dozen):
    soon = clock.now().date() + timedelta(days=30)
    record(1, "kin")
    record(2, "director", valid_to=soon - timedelta(days=400))
    record(3, "shareholder", share="0.5")
    record(4, "punished", party="")
    record(5, "declared")
    record(6, "former_employer", valid_to=soon - timedelta(days=200))
    record(7, "kin", party=credit_code(701))  # another body
    record(8, "kin", valid_to=date(2020, 1, 1))  # expired
    record(9, "cooperation")  # noted, no more
    ask(recusal=RECUSAL)
    assert omitted() == {
        "T00001": "kin",
        "T00002": "director",
        "T00003": "shareholder",
        "T00004": "punished",
        "T00005": "declared",
        "T00006": "former_employer",
    }


def test_a_lifted_conflict_leaves_nobody_out_and_one_being_lifted_does(dozen):
    record(1)
    ask(recusal=RECUSAL)
    one = {"expert": "T00001", "conflict": "T00001-H1"}
    conflicts.ask_release_of_expert(actor=POOL_OWNER, **one, ground="error", decision=EVIDENCE)
    assert omitted() == {"T00001": "kin"}
    conflicts.lift_of_expert(actor=REGULATOR, **one, approve=True)
    assert omitted() == {}


def preview(actor=CENTRE):
    return previews.preview_recusal(actor=actor, draw="T-D1")


def test_a_trial_gives_counts_by_reason_and_is_counted(dozen):
    record(1, "kin")
    record(2, "director")
    record(4, "punished", party="")
    record(9, "cooperation")
    ask(recusal=RECUSAL)
    preview()
    told = last("draw/T-D1")
    assert told == {
        "trial": 1,
        "eligible": 9,
        "counts": [{"reason": "punished", "count": 1}, {"reason": "recused", "count": 2}],
        "remarks": [{"reason": "cooperation", "count": 1}],
    }
    preview()
    assert (last("draw/T-D1")["trial"], reading.trials("T-D1")) == (2, 2)
    assert not any(code in str(trail.events("draw/T-D1")) for code in dozen)


def test_once_bids_are_open_a_trial_names_the_reasons(dozen):
    record(1, "kin")
    ask(recusal=RECUSAL)
    draws.recheck(actor=CENTRE, draw="T-D1", orgs=[world.employer(3)])
    preview()
    assert last("draw/T-D1")["counts"] == [
        {"reason": "employer_recused", "count": 1},
        {"reason": "kin", "count": 1},
    ]


def test_the_list_of_who_is_the_commission_s_and_its_reading_is_counted_too(dozen):
    record(1)
    ask(recusal=RECUSAL)
    for actor in (CENTRE, TENDERER, REGULATOR):
        with pytest.raises(NotAllowed):
            previews.read_recusals(actor=actor, draw="T-D1")
    with pytest.raises(NotAllowed):
        preview(COMMISSION)
    ref, found = previews.read_recusals(actor=COMMISSION, draw="T-D1")
    assert found == [("T00001", "kin")]
    assert trail.events("draw/T-D1")[-1]["n"] == ref.n
    assert last("draw/T-D1") == {"trial": 1, "omitted": 1}


def test_after_the_freeze_nothing_is_tried_out(dozen):
    commit()
    assert refused(preview) == ["wrong_state"]
    assert refused(previews.read_recusals, actor=COMMISSION, draw="T-D1") == ["wrong_state"]


def test_a_draw_that_was_tried_out_is_replayed_by_its_receipt(dozen):
    ask()
    preview()
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
    preview()
    draws.commit(actor=CENTRE, draw="T-D1")
    accept(*draw_round())
    assert verify_receipt(reading.receipt("T-D1")).attempt == 1


def test_who_is_put_on_record_after_the_freeze_is_not_drawn_and_the_reason_is_masked(dozen):
    commit(recusal=RECUSAL)
    handle = handle_of(1)
    record(1)
    contribute()
    rounds.open_round(actor=CENTRE, draw="T-D1")
    assert last("draw/T-D1")["excluded"] == [{"candidate": handle, "reason": "recused"}]
    rounds.run_round(actor=CENTRE, draw="T-D1")
    assert handle not in {seat.candidate for seat in reading.seats("T-D1")}
    verify_receipt(reading.receipt("T-D1"))


def test_who_is_put_on_record_while_a_round_hangs_open_is_struck_with_its_result(district):
    enter(*(application(number) for number in (1, 3, 2)))
    commit(recusal=RECUSAL)
    handle = handle_of(2)
    contribute()
    rounds.open_round(actor=CENTRE, draw="T-D1")
    record(2, "punished", party="")
    rounds.run_round(actor=CENTRE, draw="T-D1")
    assert {seat.candidate: seat.state for seat in reading.seats("T-D1")}[handle] == "struck"
    assert last("draw/T-D1", "draw.answered")["reason"] == "H4"


def test_the_group_of_a_bidder_at_any_depth_is_struck(dozen):
    commit()
    seats = draw_round()
    accept(*seats)
    top, middle = credit_code(710), credit_code(711)
    employer = world.Named.of().employer(seats[0].candidate)
    from accounts.services import bodies

    since = {"valid_from": date(2024, 1, 1), "evidence": EVIDENCE}
    bodies.relate(actor=POOL_OWNER, child=middle, parent=top, **since)
    bodies.relate(actor=POOL_OWNER, child=employer, parent=middle, **since)
    assert draws.recheck(actor=CENTRE, draw="T-D1", orgs=[top]) == 1
    assert seat_state(seats[0]) == "struck"


def test_nothing_is_looked_up_while_nothing_has_come_up_since_the_freeze(dozen):
    commit()
    assert recusal.as_frozen(Draw.objects.get(pk="T-D1"))
    record(1, "kin", party=credit_code(701))
    assert not recusal.as_frozen(Draw.objects.get(pk="T-D1"))


def strict_rules():
    """A province whose profile makes ties between members a hard rule."""
    content = dump_profile(bundled_profiles()["zj"])
    strict = [
        {"id": "recusal_member", "value": True, "level": "block", "sure": "profile"},
        {"id": "one_per_employer", "value": True, "level": "block", "sure": "profile"},
    ]
    content |= {"version": 2, "rules": [*content["rules"], *strict]}
    publishing.publish_profile(actor=SYSTEM, content=content)
    return world.rules()


def test_d9_a_tie_between_members_is_hard_within_the_round_where_the_profile_says_so(district):
    enter(*(application(number) for number in (1, 3, 2)))
    rules = strict_rules()
    record(1, "member", party="T00003")
    commit(rules=rules)
    seats = draw_round()
    states = {seat_state(seat) for seat in seats if seat.slot == "1"}
    assert sorted(states) == ["selected", "struck"]
    entries = [event["type"] for event in trail.events("draw/T-D1")[-2:]]
    assert entries == ["draw.round_run", "draw.answered"]
    assert last("draw/T-D1")["reason"] == "H7"
    verify_receipt(reading.receipt("T-D1"))


def test_d9_colleagues_cannot_be_asked_for_where_the_rule_is_hard(dozen):
    rules = strict_rules()
    assert refused(ask, rules=rules, one_per_group=False) == ["colleagues_allowed"]


# --- officials


@pytest.fixture
def clerk(dozen):
    people.create_user(
        actor=SYSTEM, code=CENTRE.id, title="经办", role="trading_center", org=CENTRE.org,
        password="correct horse battery",
    )  # fmt: skip
    return CENTRE


def locked(party):
    conflicts.declare_official(actor=CENTRE, account=CENTRE.id, kind="kin", party=party)


def test_an_official_tied_to_the_tenderer_is_locked_out_of_its_draw(clerk):
    ask()
    locked(TENDERER.org)
    with pytest.raises(Barred):
        draws.review(actor=CENTRE, draw="T-D1", approve=True)
    colleague = Actor("t-centre-2", "trading_center", CENTRE.org)
    draws.review(actor=colleague, draw="T-D1", approve=True)


def test_a_lock_tells_nobody_who_bids_before_the_bids_are_open(clerk):
    bidder = credit_code(720)
    locked(bidder)
    ask()
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
    draws.recheck(actor=SYSTEM, draw="T-D1", orgs=[bidder])
    with pytest.raises(Barred):
        draws.commit(actor=CENTRE, draw="T-D1")


def test_a_lock_ends_with_its_release_and_his_own_body_is_no_party_to_him(clerk):
    ask()
    locked(TENDERER.org)
    one = {"account": CENTRE.id, "conflict": "t-centre-H1"}
    conflicts.ask_release_of_official(actor=REGULATOR, **one, ground="ended", decision=EVIDENCE)
    with pytest.raises(Barred):
        draws.review(actor=CENTRE, draw="T-D1", approve=True)
    conflicts.lift_of_official(actor=world.SECOND, **one, approve=True)
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
