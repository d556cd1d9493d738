"""一标一评: deductions add up to a proposal that a person decides; an upheld appeal takes back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.services.gate import BadInput, NotAllowed
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.services import reconciling
from experts.models import Expert, ExpertMeasure, ExpertRating
from experts.selectors import career, rules
from experts.services import appeals, pool, ratings
from rulebook.domain.blockers import Refused
from rulebook.domain.rules import dump_profile
from rulebook.seeding import bundled_profiles
from rulebook.services import publishing
from tests.experts import world
from tests.experts.world import CENTRE, EVIDENCE, POOL_OWNER, REGULATOR, SECOND, TENDERER

pytestmark = pytest.mark.django_db
CODE = "T00001"
HIMSELF = Actor(CODE, "expert", "")
THIRD = Actor("t-regulator-3", "regulator", REGULATOR.org)


@pytest.fixture
def expert(district):
    world.enter(world.application(1))


def rate(actor, case, *items, evidence=EVIDENCE):
    return ratings.record(
        actor=actor, expert=CODE, case=case, handle="c0001", items=items, evidence=evidence
    )


def rated_nine():
    """Three cases, three points each: the sum proposes a suspension."""
    for number in range(1, 4):
        rate(CENTRE, f"C-{number}", "phone")


def proposals():
    return list(
        ExpertMeasure.objects.order_by("code").values_list("code", "kind", "points", "state")
    )


def decide(actor=SECOND, measure=f"{CODE}-m1", **given):
    given = {"adopt": True, "decision": EVIDENCE} | given
    return ratings.decide(actor=actor, expert=CODE, measure=measure, **given)


def appeal(rating):
    """An appeal against a rating, upheld by two who did not rate."""
    code = f"{CODE}-a{Expert.objects.get(pk=CODE).appeals.count() + 1}"
    about = {"expert": CODE, "appeal": code}
    appeals.appeal(actor=HIMSELF, expert=CODE, ground="facts", letter=EVIDENCE, rating=rating)
    appeals.review_appeal(actor=REGULATOR, accept=True, **about)
    appeals.draft_appeal(actor=SECOND, outcome="upheld", decision=EVIDENCE, **about)
    return appeals.decide_appeal(actor=THIRD, agree=True, **about)


def standing():
    row = Expert.objects.get(pk=CODE)
    return row.state, row.suspended_until


def test_the_points_are_the_profiles_and_the_entry_names_the_rule(expert):
    rate(CENTRE, "C-1", "late", "phone")
    assert world.last(f"expert/{CODE}") == {
        "basis": "rating_items",
        "profile": rules.of_pool(world.REGION).label,
        "rating": {
            "code": f"{CODE}-r1",
            "case": "C-1",
            "handle": "c0001",
            "aspect": "trading_center",
            "items": [{"item": "late", "points": 1}, {"item": "phone", "points": 3}],
            "points": 4,
            "evidence": EVIDENCE,
            "rated_on": career.today().isoformat(),
            "to": "counted",
        },
    }


def test_a_side_deducts_for_what_is_its_own_and_shows_a_record(expert):
    with pytest.raises(BadInput) as foreign:
        rate(TENDERER, "C-1", "phone")
    with pytest.raises(BadInput) as bare:
        rate(CENTRE, "C-1", "phone", evidence="")
    assert (foreign.value.code, bare.value.code) == ("items_unknown", "evidence_malformed")
    rate(TENDERER, "C-1", evidence="")
    assert ExpertRating.objects.get().points == 0


def test_a_sum_proposes_the_measure_whose_threshold_it_reaches_once(expert):
    rate(CENTRE, "C-1", "phone")
    assert proposals() == []
    rate(CENTRE, "C-2", "phone")
    assert proposals() == [(f"{CODE}-m1", "talk", 6, "proposed")]
    rate(CENTRE, "C-3", "late")
    assert proposals() == [(f"{CODE}-m1", "talk", 7, "proposed")]
    rate(REGULATOR, "C-3", "disclosure")
    assert proposals() == [(f"{CODE}-m1", "exit", 19, "proposed")]
    assert standing() == ("active", None)


def test_what_was_decided_is_not_proposed_again_and_a_graver_one_is(expert):
    rated = [rate(CENTRE, f"C-{number}", "phone") for number in (1, 2)]
    decide()
    assert world.last(rated[0].stream)["measure"]["to"] == "adopted"
    rate(CENTRE, "C-3", "late")
    assert len(proposals()) == 1
    rate(CENTRE, "C-4", "disorder")
    assert proposals()[1:] == [(f"{CODE}-m2", "suspend", 9, "proposed")]


def test_deductions_older_than_the_period_do_not_count(expert):
    national = bundled_profiles()["national"]
    shorter = replace(national.rules["rating_days"], value=30)
    newer = replace(national, version=2, rules={**national.rules, "rating_days": shorter})
    publishing.publish_profile(actor=SYSTEM, content=dump_profile(newer))
    rate(CENTRE, "C-1", "phone")
    world.jump(timedelta(days=31))
    rate(CENTRE, "C-2", "phone")
    assert proposals() == []
    rate(CENTRE, "C-3", "phone")
    assert proposals() == [(f"{CODE}-m1", "talk", 6, "proposed")]


def test_a_suspension_is_adopted_by_the_pools_own_edge(expert):
    rated_nine()
    until = career.today() + timedelta(days=90)
    decide(until=until)
    assert standing() == ("suspended", until)
    told = world.last(f"expert/{CODE}")
    assert {key: told[key] for key in ("from", "to", "ground", "basis", "until")} == {
        "from": "active",
        "to": "suspended",
        "ground": "rating",
        "basis": "O26",
        "until": until.isoformat(),
    }
    assert told["measure"]["to"] == "adopted"
    assert reconciling.reconcile().faults == []


def test_whoever_adopts_needs_the_right_to_the_edge(expert):
    rated_nine()
    with pytest.raises(NotAllowed):
        decide(POOL_OWNER, until=career.today())
    rate(REGULATOR, "C-4", "disclosure")
    with pytest.raises(NotAllowed):
        decide(SECOND)
    decide(POOL_OWNER)
    assert standing() == ("exited", None)


def test_who_deducted_does_not_decide(expert):
    rate(REGULATOR, "C-1", "objective")
    rate(REGULATOR, "C-2", "objective")
    assert world.refused(lambda: decide(REGULATOR)) == ["same_person"]
    decide(SECOND, adopt=False)
    assert world.refused(decide) == ["wrong_part_state"]
    assert (proposals()[0][3], standing()) == ("dismissed", ("active", None))


def test_an_upheld_appeal_takes_the_rating_and_its_proposal_back(expert):
    rated_nine()
    appeal(f"{CODE}-r1")
    assert proposals() == [(f"{CODE}-m1", "talk", 6, "proposed")]
    appeal(f"{CODE}-r2")
    assert proposals() == [(f"{CODE}-m1", "talk", 3, "lapsed")]
    states = ExpertRating.objects.order_by("code").values_list("state", flat=True)
    assert list(states) == ["annulled", "annulled", "counted"]
    assert reconciling.reconcile().faults == []


def test_an_appeal_is_against_a_deduction_of_ones_own_once(expert):
    rate(TENDERER, "C-1", evidence="")
    file = {"actor": HIMSELF, "expert": CODE, "ground": "facts", "letter": EVIDENCE}
    with pytest.raises(Refused):
        appeals.appeal(**file, rating=f"{CODE}-r1")
    rate(CENTRE, "C-1", "late")
    with pytest.raises(BadInput) as unnamed:
        appeals.appeal(**file)
    with pytest.raises(BadInput) as full:
        appeals.appeal(**file, rating=f"{CODE}-r1")
    assert (unnamed.value.code, full.value.code) == ("rating_missing", "rating_unknown")
    appeals.appeal(**file, rating=f"{CODE}-r2")
    assert world.refused(appeals.appeal, **file, rating=f"{CODE}-r2") == ["appeal_open"]


def test_the_rater_does_not_decide_the_appeal(expert):
    rate(REGULATOR, "C-1", "objective")
    about = {"expert": CODE, "appeal": f"{CODE}-a1"}
    appeals.appeal(actor=HIMSELF, expert=CODE, ground="facts", letter=EVIDENCE, rating=f"{CODE}-r1")
    appeals.review_appeal(actor=SECOND, accept=True, **about)
    draft = {"outcome": "upheld", "decision": EVIDENCE, **about}
    assert world.refused(appeals.draft_appeal, actor=REGULATOR, **draft) == ["own_decision"]


def test_a_proposal_may_be_turned_down_when_he_has_left(expert):
    rated_nine()
    pool.exit(actor=POOL_OWNER, expert=CODE, ground="voluntary")
    assert world.refused(lambda: decide(until=career.today())) == ["wrong_state"]
    decide(adopt=False)
    assert proposals()[0][3] == "dismissed"
