"""在库与出库: who leaves the pool, on what ground, and who may come back."""

from datetime import timedelta

import pytest

from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.selectors import trail
from experts.domain.lifecycle import EXPERT
from experts.models import Expert
from experts.selectors import career
from experts.selectors import pool as reading
from experts.services import pool
from rulebook.domain.blockers import Refused
from tests.experts.world import (
    EVIDENCE,
    POOL_OWNER,
    REGULATOR,
    STRANGERS,
    TERM,
    application,
    enter,
)

pytestmark = pytest.mark.django_db
CODE = "T00001"
DECIDED = {"actor": REGULATOR, "expert": CODE, "ground": "inquiry", "decision": EVIDENCE}
TEST = {"score": 80, "material": EVIDENCE}
ACTS = {
    "review": (pool.review, {"actor": REGULATOR, "approve": True}, {"applied"}),
    "pass_test": (pool.pass_test, {"actor": POOL_OWNER, **TERM}, {"testing"}),
    "suspend": (pool.suspend, DECIDED, {"active"}),
    "fail_test": (pool.fail_test, {"actor": POOL_OWNER, **TEST}, {"testing"}),
    "renew": (pool.renew, {"actor": POOL_OWNER, **TERM}, {"active", "suspended"}),
    "resume": (pool.resume, {"actor": REGULATOR}, {"suspended"}),
    "exit": (pool.exit, {"actor": POOL_OWNER, "ground": "age"}, {"active", "suspended"}),
    "reapply": (pool.reapply, {"actor": POOL_OWNER}, {"exited", "rejected"}),
    "disqualify": (pool.disqualify, DECIDED | {"ground": "grave"}, {"active", "suspended"}),
}


def do(name, **changes):
    act, given, _ = ACTS[name]
    return act(**({"expert": CODE} | given | changes))


def state():
    return Expert.objects.get(pk=CODE).state


WAYS = {
    "applied": [],
    "rejected": [("review", {"approve": False, "ground": "years"})],
    "testing": [("review", {})],
    "active": [("review", {}), ("pass_test", {})],
    "suspended": [("review", {}), ("pass_test", {}), ("suspend", {})],
    "exited": [("review", {}), ("pass_test", {}), ("exit", {})],
    "disqualified": [("review", {}), ("pass_test", {}), ("disqualify", {})],
}


@pytest.mark.parametrize("start", WAYS)
def test_every_act_works_from_its_states_and_from_no_other(district, start):
    pool.apply(actor=POOL_OWNER, **application(1))
    for name, changes in WAYS[start]:
        do(name, **changes)
    assert state() == start
    for name, (_, _, sources) in ACTS.items():
        if start not in sources:
            with pytest.raises(Refused) as caught:
                do(name)
            [reason] = caught.value.blockers
            assert (name, reason.code) == (name, "wrong_state")
            assert EXPERT[start] in reason.message
    assert state() == start


@pytest.fixture
def active(district):
    enter(application(1))


def test_a_suspension_keeps_its_ground_and_its_document(active):
    last = career.today() + timedelta(days=90)
    do("suspend", ground="recusal", until=last)
    assert trail.events(f"expert/{CODE}")[-1]["data"] == {
        "ground": "recusal",
        "basis": "TL71",
        "decision": EVIDENCE,
        "until": last.isoformat(),
        "from": "active",
        "to": "suspended",
    }
    assert Expert.objects.get(pk=CODE).suspended_until == last
    do("resume")
    row = Expert.objects.get(pk=CODE)
    assert (row.state, row.suspended_until) == ("active", None)


@pytest.mark.parametrize(
    ("ground", "days", "code"),
    [("recusal", None, "end_missing"), ("inquiry", -1, "end_past"), ("recusal", -1, "end_past")],
)
def test_a_suspension_ends_on_a_day_to_come(active, ground, days, code):
    until = None if days is None else career.today() + timedelta(days=days)
    with pytest.raises(BadInput) as caught:
        do("suspend", ground=ground, until=until)
    assert (caught.value.code, list(caught.value.fields)) == (code, ["until"])
    assert state() == "active"


@pytest.mark.parametrize("name", ["suspend", "disqualify", "exit"])
def test_a_ground_is_of_the_list(active, name):
    with pytest.raises(BadInput) as caught:
        do(name, ground="他人举报")
    assert (caught.value.code, state()) == ("ground_unknown", "active")


@pytest.mark.parametrize("document", ["", "AB" * 32, "ab" * 31])
def test_a_decision_is_a_document(active, document):
    with pytest.raises(BadInput) as caught:
        do("suspend", decision=document)
    assert list(caught.value.fields) == ["decision"]


def test_who_left_applies_anew_and_his_term_is_over(active):
    do("exit")
    do("reapply")
    row = Expert.objects.get(pk=CODE)
    assert (row.state, row.term_from, row.term_to) == ("applied", None, None)


@pytest.mark.parametrize(
    ("name", "actor", "error"),
    [
        ("suspend", POOL_OWNER, NotAllowed),
        ("exit", REGULATOR, NotAllowed),
        ("suspend", STRANGERS, NotFound),
    ],
)
def test_each_act_is_one_office_s(active, name, actor, error):
    with pytest.raises(error):
        do(name, actor=actor)
    assert state() == "active"


def test_the_pool_is_counted_by_state(active):
    before = reading.counts()
    do("exit")
    after = reading.counts()
    assert after["exited"] == before.get("exited", 0) + 1
    assert after.get("active", 0) == before["active"] - 1


def test_nobody_is_found_by_an_unknown_code(district):
    with pytest.raises(NotFound):
        do("exit", expert="T99999")
    with pytest.raises(NotFound):
        reading.get("T99999")
