"""The eligible set of a draw, computed from the pool as it stands and provable from the trail."""

from datetime import timedelta

import pytest

from accounts.services import people
from audit_log.domain.entry import format_time
from audit_log.selectors import trail
from audit_log.services import clock, sealer
from experts.models import Draw, Expert
from experts.selectors import pool as reading
from experts.services import draws, pool
from tests.experts import world
from tests.experts.world import (
    BUILDING,
    ENERGY,
    EVIDENCE,
    REGULATOR,
    TENDERER,
    application,
    ask,
    commit,
    enter,
    jump,
)

pytestmark = pytest.mark.django_db


def of(**changes):
    """(codes of the eligible, omissions) for a draw with these changes."""
    ask("T-D9", case="T-OTHER", **changes)
    eligible, omitted = reading.eligible(Draw.objects.get(pk="T-D9"))
    return sorted(one.expert for one in eligible), dict(omitted)


def test_everyone_eligible_is_a_candidate_in_his_slot(dozen):
    ask()
    eligible, omitted = reading.eligible(Draw.objects.get(pk="T-D1"))
    assert sorted((one.expert, sorted(one.slots)) for one in eligible) == [
        (code, ["1" if int(code[1:]) % 2 else "2"]) for code in dozen
    ]
    assert omitted == []


def test_everyone_left_out_has_a_reason(district):
    far = application(2, region=world.ELSEWHERE)
    pool.import_expert(actor=world.POOL_OWNER, from_pool="省库", **far, **world.TERM)
    enter(
        application(1),
        application(3, employer=TENDERER.org),
        application(4, employer=REGULATOR.org),
        application(5, employer=world.DAUGHTER),
        application(6, employer=world.HEAD),
        application(7),
        application(8),
    )
    pool.suspend(actor=REGULATOR, expert="T00007", ground="inquiry", decision=EVIDENCE)
    recusal = [{"org": world.DAUGHTER, "reason": "agency"}]
    eligible, omitted = of(recusal=recusal)
    assert eligible == ["T00001", "T00008"]
    assert omitted == {
        "T00002": "region",
        "T00003": "same_unit_as_tenderer",
        "T00004": "supervising_department",
        "T00005": "employer_recused",
        "T00006": "group_recused",
        "T00007": "not_active",
    }


def test_a_term_is_looked_at_on_the_day_of_the_evaluation(district):
    last = (clock.now() + timedelta(days=30)).date()
    term = {"term_from": last - timedelta(days=300), "term_to": last}
    pool.import_expert(actor=world.POOL_OWNER, from_pool="省库", **application(1), **term)
    assert of(held_at=clock.now() + timedelta(days=33))[1] == {"T00001": "out_of_term"}


def test_a_department_supervises_its_own_trade_only(district):
    enter(application(1, employer=REGULATOR.org))
    people.register_organisation(
        code=world.credit_code(77), name="水利局", region=world.CITY, trades=["water"]
    )
    enter(application(3, employer=world.credit_code(77)))
    assert of() == (["T00003"], {"T00001": "supervising_department"})


def test_the_whole_pool_is_read_in_a_few_queries(dozen, django_assert_max_num_queries):
    ask()
    row = Draw.objects.get(pk="T-D1")
    with django_assert_max_num_queries(12):
        reading.eligible(row)


def replayed(size):
    """Every expert with a drawn specialty as the first `size` entries of the log tell of him."""
    experts = {}
    for stream in sorted(
        {f"expert/{code}" for code in Expert.objects.values_list("pk", flat=True)}
    ):
        for line in trail.lines(stream):
            if line.index is not None and line.index < size:
                experts.setdefault(stream.partition("/")[2], {}).update(line.value["data"])
    drawn = (BUILDING, ENERGY)
    return {code: told for code, told in experts.items() if set(told["specialties"]) & set(drawn)}


def test_candidates_and_omissions_are_the_pool_as_the_log_tells_it_at_the_stated_size(dozen):
    pool.suspend(actor=REGULATOR, expert="T00003", ground="inquiry", decision=EVIDENCE)
    pool.exit(actor=world.POOL_OWNER, expert="T00004", ground="age")
    sealer.seal_now()
    row = commit()
    committed = world.last("draw/T-D1")
    told = replayed(committed["pool"]["size"])
    candidates = set(world.Named.of().expert.values())
    omitted = {code for code, data in told.items() if data["to"] != "active"}
    assert omitted == {"T00003", "T00004"}
    assert candidates | omitted == set(told)
    assert candidates & omitted == set()
    assert committed["pool"]["rules"] == row.request["rules"]


def test_a_draw_waits_until_the_pool_is_sealed_as_it_stands(dozen):
    ask()
    draws.review(actor=world.CENTRE, draw="T-D1", approve=True)
    pool.suspend(actor=REGULATOR, expert="T00003", ground="inquiry", decision=EVIDENCE)
    assert world.refused(draws.commit, actor=world.CENTRE, draw="T-D1") == ["pool_unsealed"]
    sealer.seal_now()
    draws.commit(actor=world.CENTRE, draw="T-D1")
    assert world.state() == "committed"


def test_the_trail_tells_the_request_completely(dozen):
    held_at = clock.now() + timedelta(hours=20)
    ask(held_at=held_at)
    jump(timedelta(minutes=1))
    data = world.last("draw/T-D1")
    assert data == {
        "origin": "owner",
        "kind": "experts",
        "serial": 0,
        "case": "T-CASE",
        "attempt": 1,
        "tenderer": TENDERER.org,
        "trade": "construction",
        "region": world.REGION,
        "held_at": format_time(held_at),
        "place": "评标一室",
        "slots": world.SLOTS,
        "recusal": [],
        "one_per_group": True,
        "hours": 8,
        "rules": world.rules(),
        "to": "requested",
    }
