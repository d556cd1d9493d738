"""Objections: receipt, suspension as a state, the term of the answer, effect of an upheld one."""

import pytest

from accounts.acts import ACTS
from accounts.services.gate import NotAllowed, NotFound
from audit_log.selectors import trail
from audit_log.services import reconciling
from award.models import Objection
from award.selectors import blockers
from award.services import halting, objections
from evaluation.domain.lifecycle import MAIN_LINE, ORDERABLE
from evaluation.services import proofs
from tests.award.acting import (
    YI,
    after_publicity,
    bad_input,
    bidder,
    entry,
    last,
    play,
    project,
    refused,
    types,
    until,
)
from tests.scenarios import later

pytestmark = pytest.mark.django_db

TEXT = "对第二候选人的业绩认定有异议,请复核合同金额"
ANSWER = "经核对合同原件,业绩认定符合招标文件要求"
ORDER = "南建监〔2025〕9号"


@pytest.fixture
def code(ladder):
    return ladder["candidates_public"]


def hand_in(cast, code, actor=None):
    objections.object(actor=actor or cast["tbr"], project=code, text=TEXT)
    return Objection.objects.filter(project=code).order_by("-received_at")[0].pk


def review(cast, code, one, accept=True, reason=""):
    return objections.review_objection(
        actor=cast["zbr1"], project=code, objection=one, accept=accept, reason=reason
    )


def answer(cast, code, one, upheld=False):
    return objections.answer_objection(
        actor=cast["zbr1"], project=code, objection=one, upheld=upheld, answer=ANSWER
    )


def state(one):
    return Objection.objects.get(pk=one).state


def suspended(cast, code):
    one = hand_in(cast, code)
    review(cast, code, one)
    return one


def test_the_receipt_proves_the_objection_and_does_not_tell_it(cast, code):
    ref = objections.object(actor=cast["tbr"], project=code, text=TEXT)
    one = Objection.objects.get(project=code)
    assert entry(ref)["data"] == {
        "objection": {"code": f"{code}-O1", "from": "", "to": "submitted"},
        "commitment": one.text,
        "kind": f"objection/{code}-O1",
        "author": "tbr",
        "replaces": None,
        "stage": "candidates_public",
        "answer_due": one.answer_due.isoformat(),
    }
    assert [line for line in trail.lines(f"project/{code}") if TEXT in str(line.value)] == []
    assert (one.bidder, one.state) == (cast["tbr"].org, "submitted")


def test_objections_are_numbered(cast, code):
    assert hand_in(cast, code) == f"{code}-O1"
    assert hand_in(cast, code, bidder(YI)) == f"{code}-O2"


def test_an_objection_comes_while_candidates_are_public(cast, code):
    after_publicity(code)
    with refused("objection_out_of_time"):
        objections.object(actor=cast["tbr"], project=code, text=TEXT)


@pytest.mark.parametrize("rung", ["evaluating", "reported", "awarding", "notified"])
def test_elsewhere_there_is_nothing_to_object_to(ladder, cast, rung):
    with refused("wrong_state"):
        objections.object(actor=cast["tbr"], project=ladder[rung], text=TEXT)


@pytest.mark.parametrize("account", ["zbr1", "jyzx1", "zjj", "jw"])
def test_only_who_bids_objects(cast, code, account):
    with pytest.raises(NotAllowed):
        objections.object(actor=cast[account], project=code, text=TEXT)


def test_accepting_the_first_suspends_the_project(cast, code):
    one = hand_in(cast, code)
    ref = review(cast, code, one)
    assert types(code, ref.n) == ["objection_accepted", "suspended"]
    assert last(code, "suspended") == {
        "because": one, "from": "candidates_public", "to": "suspended",
    }  # fmt: skip
    row = project(code)
    assert (row.state, row.suspended_from, state(one)) == (
        "suspended", "candidates_public", "accepted",
    )  # fmt: skip


def test_a_second_objection_is_taken_while_suspended_and_must_be_answered_too(cast, code):
    first = suspended(cast, code)
    second = hand_in(cast, code, bidder(YI))
    assert types(code, review(cast, code, second).n) == ["objection_accepted"]
    answer(cast, code, first)
    with refused("objection_open"):
        halting.resume(actor=cast["zbr1"], project=code)
    answer(cast, code, second)
    ref = halting.resume(actor=cast["zbr1"], project=code)
    assert entry(ref)["data"] == {
        "because": first, "from": "suspended", "to": "candidates_public",
    }  # fmt: skip
    assert reconciling.reconcile().faults == []


def test_refusing_takes_a_reason_and_suspends_nothing(cast, code):
    one = hand_in(cast, code)
    with bad_input("reason_missing"):
        review(cast, code, one, accept=False)
    ref = review(cast, code, one, accept=False, reason="异议人不是本项目的利害关系人")
    told = trail.document(entry(ref)["data"]["answer"])
    assert told == {"v": 1, "text": "异议人不是本项目的利害关系人"}
    assert (project(code).state, state(one)) == ("candidates_public", "refused")


@pytest.mark.parametrize(
    ("days", "noted"),
    [(3, None), (30, [{"rule": "R17", "code": "objection_answer_late"}])],
)
def test_a_late_answer_is_noted(cast, code, days, noted):
    one = suspended(cast, code)
    received = Objection.objects.get(pk=one)
    until(received.answer_due) if days == 3 else later(days=days)
    assert entry(answer(cast, code, one))["data"].get("noted") == noted


def test_an_answer_names_no_person(cast, code):
    one = suspended(cast, code)
    with bad_input("personal_data"):
        objections.answer_objection(
            actor=cast["zbr1"], project=code, objection=one, upheld=False,
            answer="请联系 13957301234",
        )  # fmt: skip
    assert state(one) == "accepted"


def test_an_objection_is_answered_once(cast, code):
    one = suspended(cast, code)
    answer(cast, code, one)
    with refused("wrong_state"):
        answer(cast, code, one)


def test_only_the_objector_withdraws(cast, code):
    one = suspended(cast, code)
    with pytest.raises(NotFound):
        objections.withdraw_objection(actor=bidder(YI), project=code, objection=one)
    objections.withdraw_objection(actor=cast["tbr"], project=code, objection=one)
    halting.resume(actor=cast["zbr1"], project=code)
    assert (state(one), project(code).state) == ("withdrawn", "candidates_public")


def test_an_upheld_objection_must_have_its_effect(cast, code):
    one = suspended(cast, code)
    answer(cast, code, one, upheld=True)
    with refused("upheld_waiting"):
        halting.resume(actor=cast["zbr1"], project=code)


def test_upheld_means_evaluating_again(cast, code):
    one = suspended(cast, code)
    answer(cast, code, one, upheld=True)
    before = project(code).evaluation_round
    ref = halting.uphold(actor=cast["zbr1"], project=code, because=one, outcome="reevaluate")
    row = project(code)
    assert entry(ref)["data"] == {
        "because": one, "outcome": "reevaluate", "basis": "complaint_effects",
        "from": "suspended", "to": "evaluating",
    }  # fmt: skip
    assert (row.evaluation_round, row.public_until, row.suspended_from) == (before + 1, None, "")
    assert row.candidates.count() == 0


def test_upheld_may_mean_failure(cast, code):
    one = suspended(cast, code)
    answer(cast, code, one, upheld=True)
    halting.uphold(actor=cast["zbr1"], project=code, because=one, outcome="fail")
    assert project(code).state == "failed"


@pytest.mark.parametrize("because", ["nothing", "{one}"])
def test_only_what_was_upheld_has_an_effect(cast, code, because):
    one = suspended(cast, code)
    answer(cast, code, one)
    with bad_input("ground_unknown"):
        halting.uphold(
            actor=cast["zbr1"], project=code, because=because.format(one=one), outcome="fail"
        )


@pytest.mark.parametrize("rung", [state for state in MAIN_LINE if state in ORDERABLE])
def test_the_regulator_stops_and_lifts_from_every_running_state(ladder, cast, rung):
    code = ladder[rung]
    halting.order_suspension(actor=cast["zjj"], project=code, document=ORDER)
    assert project(code).state == "suspended"
    with refused("order_stands"):
        halting.resume(actor=cast["zbr1"], project=code)
    halting.resume(actor=cast["zjj"], project=code)
    assert (project(code).state, project(code).suspended_from) == (rung, "")
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize(
    "rung", ["registered", "contracted", "archived", "failed", "terminated", "suspended"]
)
def test_what_does_not_run_is_not_stopped(ladder, cast, rung):
    with refused("wrong_state"):
        halting.order_suspension(actor=cast["zjj"], project=ladder[rung], document=ORDER)


def test_the_result_may_be_objected_to_while_it_is_public(cast):
    job = play(cast, "T-OBJ", "result_public")
    code = job.lots[0][0]
    one = suspended(cast, code)
    assert Objection.objects.get(pk=one).stage == "result_public"
    answer(cast, code, one, upheld=True)
    halting.uphold(actor=cast["zbr1"], project=code, because=one, outcome="reevaluate")
    row = project(code)
    assert (row.state, row.winner) == ("evaluating", "")
    assert row.awards.filter(active=True).count() == 0


@pytest.mark.parametrize(
    ("asked", "before", "after"),
    [
        (blockers.review_objection, ["no_objection"], []),
        (blockers.answer_objection, ["no_objection"], ["no_objection"]),
        (blockers.withdraw_objection, ["no_objection"], ["no_objection"]),
    ],
)
def test_pages_say_why_there_is_nothing_to_do(cast, code, asked, before, after):
    assert [one.code for one in asked(project(code))] == before
    hand_in(cast, code)
    assert [one.code for one in asked(project(code))] == after


def test_forms_name_the_objection_that_waits(cast, code):
    one = suspended(cast, code)
    row, other = project(code), bidder(YI)
    assert ACTS["project.answer_objection"].initial(cast["zbr1"], row) == {"objection": one}
    assert ACTS["project.review_objection"].initial(cast["zbr1"], row) == {}
    withdraw = ACTS["project.withdraw_objection"]
    assert (withdraw.allowed(cast["tbr"], row), withdraw.allowed(other, row)) == (True, False)
    assert (withdraw.initial(cast["tbr"], row), withdraw.initial(other, row)) == (
        {"objection": one}, {},
    )  # fmt: skip


def test_the_regulator_carries_out_its_own_order(cast, code):
    halting.order_suspension(actor=cast["zjj"], project=code, document=ORDER)
    with bad_input("ground_unknown"):
        halting.uphold(actor=cast["zbr1"], project=code, because=ORDER, outcome="fail")
    with bad_input("outcome_unknown"):
        halting.uphold(actor=cast["zjj"], project=code, because=ORDER, outcome="ignore")
    halting.uphold(actor=cast["zjj"], project=code, because=ORDER, outcome="fail")
    assert project(code).state == "failed"


@pytest.mark.parametrize("objection", ["NO-O1", "{other}-O1"])
def test_an_objection_belongs_to_its_project(ladder, cast, code, objection):
    suspended(cast, code)
    with pytest.raises(NotFound):
        review(cast, ladder["awarding"], objection.format(other=code))


@pytest.mark.parametrize("account", ["zbr1", "zjj", "jw"])
def test_who_decides_reads_the_text_and_the_reading_is_an_entry(cast, code, account):
    one = hand_in(cast, code)
    ref, text = objections.read_objection(actor=cast[account], project=code, objection=one)
    told = entry(ref)
    assert (text, told["type"], told["actor"]["id"]) == (TEXT, "project.objection_read", account)
    commitment = Objection.objects.get(pk=one).text
    assert told["data"] == {"objection_code": one, "commitment": commitment}
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize("account", ["tbr", "jyzx1"])
def test_nobody_else_reads_an_objection(cast, code, account):
    one = hand_in(cast, code)
    with pytest.raises(NotAllowed):
        objections.read_objection(actor=cast[account], project=code, objection=one)
    assert types(code)[-1] == "objection_submitted"


def test_the_objector_proves_what_he_wrote(cast, code):
    one = hand_in(cast, code)
    _, proof = proofs.own_envelope(actor=cast["tbr"], project=code, kind=f"objection/{one}")
    assert proof["content"] == {"text": TEXT}
    assert proof["commitment"] == Objection.objects.get(pk=one).text
