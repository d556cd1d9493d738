"""Complaints: who may file what, the regulator's clock and its stops, what an upheld one does."""

from datetime import date, timedelta

import pytest

from accounts.services.gate import NotAllowed, NotFound
from audit_log.selectors import trail
from audit_log.services import reconciling
from award.models import Complaint, Objection
from award.selectors import grounds
from award.selectors.rules import local_day, today
from award.services import complaints, deciding, halting, objections, publicity
from evaluation.services import proofs
from rulebook.selectors import profiles
from tests.award.acting import (
    YI,
    after_publicity,
    bad_input,
    bidder,
    entry,
    project,
    refused,
    types,
    until,
)
from tests.scenarios import later

pytestmark = pytest.mark.django_db

TEXT = "评标委员会对第二候选人的业绩认定与招标文件不符,请求查处"
ANSWER = "经查阅评标资料和合同原件,处理意见如上"
DOCUMENT = "南建监决〔2025〕3号"


@pytest.fixture
def code(ladder):
    return ladder["candidates_public"]


def file(cast, code, actor=None, matter="procedure", known_on=None, objection=""):
    ref = complaints.complain(
        actor=actor or cast["tbr"], project=code, matter=matter, known_on=known_on or today(),
        text=TEXT, objection=objection,
    )  # fmt: skip
    return entry(ref)["data"]["complaint"]["code"]


def accept(cast, code, one):
    return complaints.review_complaint(actor=cast["zjj"], project=code, complaint=one, accept=True)


def decide(cast, code, one, upheld=True, outcome="reevaluate"):
    return complaints.decide_complaint(
        actor=cast["zjj"], project=code, complaint=one, upheld=upheld, outcome=outcome,
        document=DOCUMENT, answer=ANSWER,
    )  # fmt: skip


def accepted(cast, code, **given):
    one = file(cast, code, **given)
    accept(cast, code, one)
    return one


def newest(code):
    """The data of the newest entry of the project."""
    return trail.lines(f"project/{code}")[-1].value["data"]


def row(one):
    return Complaint.objects.get(pk=one)


def working(since, days):
    return profiles.calendar().add_working_days(since, days)


def answered_objection(cast, code):
    objections.object(actor=cast["tbr"], project=code, text="对业绩认定有异议,请复核合同金额")
    told = {"actor": cast["zbr1"], "project": code, "objection": f"{code}-O1"}
    objections.review_objection(**told, accept=True)
    objections.answer_objection(**told, upheld=False, answer=ANSWER)
    halting.resume(actor=cast["zbr1"], project=code)
    return f"{code}-O1"


def test_the_receipt_proves_the_complaint_and_does_not_tell_it(cast, code):
    one = file(cast, code)
    said = newest(code)
    assert said == {
        "complaint": {"code": f"{code}-C1", "from": "", "to": "filed"},
        "commitment": row(one).text,
        "kind": f"complaint/{code}-C1",
        "author": "tbr",
        "replaces": None,
        "matter": "procedure",
        "known_on": today().isoformat(),
        "objection_code": "",
        "accept_due": working(today(), 3).isoformat(),
        "calendar": profiles.calendar().version,
    }
    assert [line for line in trail.lines(f"project/{code}") if TEXT in str(line.value)] == []
    _, proof = proofs.own_envelope(actor=cast["tbr"], project=code, kind=f"complaint/{one}")
    assert proof["content"] == {"text": TEXT}


def test_about_the_result_one_objects_first(cast, code):
    with refused("objection_first"):
        file(cast, code, matter="result")
    with bad_input("objection_unknown"):
        file(cast, code, matter="result", objection=f"{code}-O1")
    objection = answered_objection(cast, code)
    with bad_input("objection_unknown"):
        file(cast, code, actor=bidder(YI), matter="result", objection=objection)
    one = file(cast, code, matter="result", objection=objection)
    assert (row(one).objection, Objection.objects.get(pk=objection).state) == (
        objection, "complained",
    )  # fmt: skip
    assert reconciling.reconcile().faults == []


def test_an_objection_left_unanswered_opens_the_way_too(cast, code):
    objections.object(actor=cast["tbr"], project=code, text="对业绩认定有异议,请复核合同金额")
    objection = Objection.objects.get(project=code)
    with bad_input("objection_unknown"):
        file(cast, code, matter="result", objection=objection.pk)
    until(objection.answer_due + timedelta(days=1))
    file(cast, code, matter="result", objection=objection.pk)
    assert Objection.objects.get(pk=objection.pk).state == "submitted"


@pytest.mark.parametrize(("days", "noted"), [(10, None), (14, ["complaint_late"])])
def test_ten_days_from_knowing_then_the_complaint_is_noted_late(cast, code, days, noted):
    known, calendar = today(), profiles.calendar()
    until(calendar.roll(known + timedelta(days=10)) if days == 10 else known + timedelta(days=days))
    file(cast, code, known_on=known)
    said = newest(code).get("noted")
    assert (said and [one["code"] for one in said]) == noted


def test_nobody_knows_of_it_tomorrow(cast, code):
    with bad_input("date_ahead"):
        file(cast, code, known_on=today() + timedelta(days=1))
    with bad_input("matter_unknown"):
        file(cast, code, matter="weather")


@pytest.mark.parametrize("account", ["zbr1", "jyzx1", "zjj", "jw"])
def test_only_who_bids_complains(cast, code, account):
    with pytest.raises(NotAllowed):
        file(cast, code, actor=cast[account])


@pytest.mark.parametrize("account", ["zbr1", "jyzx1", "jw", "tbr"])
def test_only_the_regulator_of_the_trade_decides(cast, code, account):
    one = file(cast, code)
    with pytest.raises(NotAllowed):
        complaints.review_complaint(actor=cast[account], project=code, complaint=one, accept=True)
    assert row(one).state == "filed"


def test_a_complaint_alone_stops_nothing(cast, code):
    accepted(cast, code)
    assert project(code).state == "candidates_public"


def test_it_is_refused_on_a_listed_ground_with_reasons(cast, code):
    one = file(cast, code)
    told = {"actor": cast["zjj"], "project": code, "complaint": one, "accept": False}
    with refused("refusal_unlawful"):
        complaints.review_complaint(**told, ground="dull", reason=ANSWER)
    with bad_input("reason_missing"):
        complaints.review_complaint(**told, ground="no_facts")
    said = entry(complaints.review_complaint(**told, ground="no_facts", reason=ANSWER))["data"]
    assert (said["ground"], said["basis"]) == ("no_facts", "complaint_refusals")
    assert trail.document(said["answer"]) == {"v": 1, "text": ANSWER}
    assert row(one).state == "refused"


@pytest.mark.parametrize(("days", "noted"), [(3, None), (4, ["complaint_acceptance_late"])])
def test_three_working_days_to_accept(cast, code, days, noted):
    one = file(cast, code)
    until(working(today(), days))
    said = entry(accept(cast, code, one))["data"].get("noted")
    assert (said and [reason["code"] for reason in said]) == noted


@pytest.mark.parametrize(("days", "noted"), [(30, None), (31, ["complaint_decision_late"])])
def test_thirty_working_days_to_decide(cast, code, days, noted):
    one = accepted(cast, code)
    assert row(one).decide_due == working(today(), 30)
    until(working(today(), days))
    said = entry(decide(cast, code, one, upheld=False))["data"].get("noted")
    assert (said and [reason["code"] for reason in said]) == noted


def test_the_clock_stands_still_during_an_appraisal(cast, code):
    one = accepted(cast, code)
    since = local_day(row(one).accepted_at)
    given = {"actor": cast["zjj"], "project": code, "complaint": one}
    with bad_input("reason_unknown"):
        complaints.stop_complaint_clock(**given, reason="holiday")
    until(date(2025, 9, 26))
    complaints.stop_complaint_clock(**given, reason="appraisal")
    with refused("wrong_state"):
        decide(cast, code, one)
    until(date(2025, 10, 13))  # 28–30 September, 9–11 and 13 October were worked
    said = entry(complaints.resume_complaint_clock(**given))["data"]
    days = profiles.calendar().working_days(date(2025, 9, 26), date(2025, 10, 13))
    assert (said["paused_days"], said["decide_due"]) == (
        days, working(since, 30 + days).isoformat(),
    )  # fmt: skip
    assert days == 7
    assert reconciling.reconcile().faults == []


def test_dismissed_it_changes_nothing(cast, code):
    one = accepted(cast, code)
    said = entry(decide(cast, code, one, upheld=False))["data"]
    assert (said["outcome"], said["basis"], said["document"]) == ("", "R18", DOCUMENT)
    assert (row(one).state, project(code).state) == ("not_upheld", "candidates_public")


def test_upheld_it_stops_the_project_until_it_is_carried_out(cast, code):
    one = accepted(cast, code)
    ref = decide(cast, code, one, outcome="reevaluate")
    assert types(code, ref.n) == ["complaint_decided", "suspended"]
    for account in ("zbr1", "zjj"):
        with refused("upheld_waiting"):
            halting.resume(actor=cast[account], project=code)
    with bad_input("outcome_differs"):
        halting.uphold(actor=cast["zbr1"], project=code, because=one, outcome="fail")
    before = project(code).evaluation_round
    said = entry(
        halting.uphold(actor=cast["zbr1"], project=code, because=one, outcome="reevaluate")
    )["data"]
    assert said["basis"] == "complaint_effects"
    assert (project(code).state, project(code).evaluation_round) == ("evaluating", before + 1)
    assert reconciling.reconcile().faults == []


def test_upheld_the_tender_may_be_void(cast, code):
    one = accepted(cast, code)
    decide(cast, code, one, outcome="fail")
    halting.uphold(actor=cast["zjj"], project=code, because=one, outcome="fail")
    assert project(code).state == "failed"


def test_what_is_put_right_goes_on(cast, code):
    one = accepted(cast, code)
    decide(cast, code, one, outcome="correct")
    assert (project(code).state, grounds.upheld_without_effect(project(code))) == (
        "candidates_public", [],
    )  # fmt: skip


def test_an_upheld_complaint_says_what_is_to_be_done(cast, code):
    one = accepted(cast, code)
    with refused("effect_unlawful"):
        decide(cast, code, one, outcome="")


@pytest.mark.parametrize("outcome", ["reevaluate", "fail"])
def test_after_the_contract_nothing_is_evaluated_anew(ladder, cast, outcome):
    code = ladder["contracted"]
    one = accepted(cast, code)
    with refused("wrong_state"):
        decide(cast, code, one, outcome=outcome)
    decide(cast, code, one, outcome="correct")
    assert project(code).state == "contracted"


def test_under_a_notice_an_upheld_complaint_takes_the_award_away(ladder, cast):
    code = ladder["notified"]
    one = accepted(cast, code)
    decide(cast, code, one, outcome="reevaluate")
    halting.uphold(actor=cast["zjj"], project=code, because=one, outcome="reevaluate")
    row = project(code)
    assert (row.state, row.winner, row.awards.filter(active=True).count()) == ("evaluating", "", 0)


def test_before_the_opening_nobody_is_known_to_bid(ladder, cast):
    with pytest.raises(NotFound):
        file(cast, ladder["tendering"])


def test_the_complainant_withdraws_and_nobody_else_does(cast, code):
    one = accepted(cast, code)
    with pytest.raises(NotFound):
        complaints.withdraw_complaint(actor=bidder(YI), project=code, complaint=one)
    complaints.withdraw_complaint(actor=cast["tbr"], project=code, complaint=one)
    with refused("wrong_state"):
        decide(cast, code, one)
    assert row(one).state == "withdrawn"


@pytest.mark.parametrize("account", ["zjj", "jw"])
def test_regulator_and_commission_read_it_and_the_reading_is_an_entry(cast, code, account):
    one = file(cast, code)
    ref, text = complaints.read_complaint(actor=cast[account], project=code, complaint=one)
    assert text == TEXT
    assert entry(ref)["data"] == {"complaint_code": one, "commitment": row(one).text}


@pytest.mark.parametrize("account", ["zbr1", "jyzx1", "tbr"])
def test_the_tenderer_never_reads_a_complaint(cast, code, account):
    one = file(cast, code)
    with pytest.raises(NotAllowed):
        complaints.read_complaint(actor=cast[account], project=code, complaint=one)


def test_a_decision_names_no_person(cast, code):
    one = accepted(cast, code)
    with bad_input("personal_data"):
        complaints.decide_complaint(
            actor=cast["zjj"], project=code, complaint=one, upheld=False,
            document=DOCUMENT, answer="请联系 13957301234",
        )  # fmt: skip


def test_while_a_complaint_is_heard_the_award_may_go_on(ladder, cast):
    """Only an order or an upheld complaint stops: the law leaves it to the regulator (条例62)."""
    code = ladder["result_public"]
    accepted(cast, code)
    after_publicity(code)
    publicity.notify(actor=cast["zbr1"], project=code)
    later(days=1)
    price = project(code).bids.get(bidder_id=project(code).winner).price_fen
    deciding.contract(actor=cast["zbr1"], project=code, signed_on=today(), price_fen=price)
    assert project(code).state == "contracted"
