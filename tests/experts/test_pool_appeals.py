"""申诉: filed, accepted, decided by two persons, neither of them the one who punished."""

from datetime import timedelta

import pytest

from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import reconciling
from experts.models import Expert, ExpertAppeal
from experts.selectors import career
from experts.services import appeals, pool, sweep
from tests.experts import world
from tests.experts.world import (
    EVIDENCE,
    POOL_OWNER,
    REGULATOR,
    SECOND,
    application,
    enter,
    refused,
)

pytestmark = pytest.mark.django_db
CODE, APPEAL = "T00001", "T00001-a1"
HIMSELF = Actor(CODE, "expert", "")
THIRD = Actor("t-regulator-3", "regulator", REGULATOR.org)
STEPS = {
    "appeal": (appeals.appeal, {"actor": HIMSELF, "ground": "facts", "letter": EVIDENCE}),
    "review": (appeals.review_appeal, {"actor": REGULATOR, "appeal": APPEAL, "accept": True}),
    "draft": (
        appeals.draft_appeal,
        {"actor": SECOND, "appeal": APPEAL, "outcome": "upheld", "decision": EVIDENCE},
    ),
    "decide": (appeals.decide_appeal, {"actor": THIRD, "appeal": APPEAL, "agree": True}),
}
BEFORE = {
    "appeal": [],
    "review": ["appeal"],
    "draft": ["appeal", "review"],
    "decide": ["appeal", "review", "draft"],
}


@pytest.fixture
def punished(district):
    enter(application(1))
    until = career.today() + timedelta(days=30)
    pool.suspend(actor=REGULATOR, expert=CODE, ground="recusal", decision=EVIDENCE, until=until)


def do(step, **changes):
    act, given = STEPS[step]
    return act(**({"expert": CODE} | given | changes))


def up_to(step):
    for before in BEFORE[step]:
        do(before)


def state():
    return Expert.objects.get(pk=CODE).state


def appeal():
    return ExpertAppeal.objects.get(pk=APPEAL)


def test_an_appeal_that_is_upheld_annuls_what_it_was_against(punished):
    up_to("decide")
    do("decide")
    row = Expert.objects.get(pk=CODE)
    assert (row.state, row.suspended_until, appeal().state) == ("active", None, "upheld")
    assert world.last(f"expert/{CODE}") == {
        "ground": "appeal",
        "basis": "XZCF7",
        "because": APPEAL,
        "decision": EVIDENCE,
        "from": "suspended",
        "to": "active",
    }
    assert reconciling.reconcile().faults == []


def test_an_appeal_that_is_not_upheld_leaves_everything_as_it_is(punished):
    up_to("draft")
    do("draft", outcome="not_upheld")
    do("decide")
    assert (state(), appeal().state) == ("suspended", "not_upheld")


def test_a_disqualification_is_undone_by_an_appeal_alone(punished):
    pool.disqualify(actor=REGULATOR, expert=CODE, ground="grave", decision=EVIDENCE)
    assert not hasattr(pool, "annul")
    up_to("decide")
    do("decide")
    row = Expert.objects.get(pk=CODE)
    assert (row.state, row.suspended_until) == ("suspended", career.today() + timedelta(days=30))
    assert [one["type"] for one in trail.events(row.stream)][-2:] == [
        "expert.annulled",
        "expert.suspended",
    ]
    assert reconciling.reconcile().faults == []


def test_a_suspension_that_is_over_by_then_does_not_come_back(punished):
    pool.disqualify(actor=REGULATOR, expert=CODE, ground="grave", decision=EVIDENCE)
    up_to("decide")
    world.jump(timedelta(days=31))
    do("decide")
    assert state() == "active"


def test_two_persons_decide(punished):
    up_to("decide")
    given = {"expert": CODE, "appeal": APPEAL, "agree": True}
    assert refused(appeals.decide_appeal, actor=SECOND, **given) == ["same_person"]
    assert (state(), appeal().state) == ("suspended", "drafted")


@pytest.mark.parametrize("step", ["draft", "decide"])
def test_nobody_decides_on_his_own_decision(punished, step):
    up_to(step)
    act, given = STEPS[step]
    told = refused(act, **({"expert": CODE} | given | {"actor": REGULATOR}))
    assert (told, state()) == (["own_decision"], "suspended")


def test_the_second_person_may_send_the_draft_back(punished):
    up_to("decide")
    do("decide", agree=False)
    row = appeal()
    assert (row.state, row.proposal, row.drafted_by, row.decision) == ("accepted", "", "", "")
    do("draft", actor=THIRD, outcome="not_upheld")
    do("decide", actor=SECOND)
    assert (state(), appeal().state) == ("suspended", "not_upheld")
    assert reconciling.reconcile().faults == []


def test_an_appeal_may_be_refused_on_a_ground_of_the_list(punished):
    up_to("review")
    with pytest.raises(BadInput):
        do("review", accept=False, ground="无理")
    do("review", accept=False, ground="late")
    assert appeal().state == "refused"
    do("appeal", ground="severity")
    assert ExpertAppeal.objects.get(pk="T00001-a2").state == "filed"


def test_one_appeal_at_a_time_against_what_stands(punished):
    do("appeal")
    act, given = STEPS["appeal"]
    assert refused(act, expert=CODE, **given) == ["appeal_open"]
    enter(application(2))
    him = given | {"actor": Actor("T00002", "expert", "")}
    assert refused(act, expert="T00002", **him) == ["wrong_state"]


def test_a_suspension_that_ended_meanwhile_is_not_annulled_again(punished):
    up_to("decide")
    world.jump(timedelta(days=31))
    assert sweep.lift() == 1
    do("decide")
    assert (state(), appeal().state) == ("active", "upheld")
    assert world.last(f"expert/{CODE}")["appeal"]["to"] == "upheld"


def test_another_punishment_is_not_annulled_with_it(punished):
    up_to("decide")
    pool.resume(actor=REGULATOR, expert=CODE)
    pool.suspend(actor=REGULATOR, expert=CODE, ground="inquiry", decision=EVIDENCE)
    do("decide")
    assert (state(), appeal().state) == ("suspended", "upheld")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("at", STEPS)
def test_each_step_works_once_and_in_its_place(punished, step, at):
    up_to(at)
    if step == at:
        do(step)
        return
    act, given = STEPS[step]
    if at == "appeal":
        with pytest.raises(NotFound):
            do(step)
    else:
        code = "appeal_open" if step == "appeal" else "wrong_part_state"
        assert refused(act, **({"expert": CODE} | given)) == [code]


@pytest.mark.parametrize(
    ("step", "actor", "error"),
    [
        ("appeal", REGULATOR, NotAllowed),
        ("appeal", Actor("T00009", "expert", ""), NotFound),
        ("review", POOL_OWNER, NotAllowed),
        ("draft", POOL_OWNER, NotAllowed),
        ("decide", HIMSELF, NotAllowed),
        ("decide", world.STRANGERS, NotFound),
    ],
)
def test_each_step_is_one_office_s(punished, step, actor, error):
    up_to(step)
    with pytest.raises(error):
        do(step, actor=actor)
