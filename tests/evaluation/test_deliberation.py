"""The committee's deliberation: reviews, few bids, more time, abnormal scores, deemed consent."""

from fractions import Fraction

import pytest

from accounts.services.gate import BadInput
from audit_log.domain.entry import SYSTEM
from audit_log.selectors import trail
from audit_log.services import reconciling, sealer
from audit_log.verifier import verify
from config.demo import job as steps
from desk.services import bundle
from evaluation.domain.deviation import compared, replaced
from evaluation.models import Candidate, Part
from evaluation.selectors import deliberation, scores
from evaluation.services import clarifying, deliberating, projects, reporting, scoring
from rulebook.domain.rules import dump_profile
from rulebook.seeding import bundled_profile
from rulebook.services.publishing import publish_profile
from tests.evaluation.tender import last, lot, play, refused, tender
from tests.evaluation.test_reporting import remark, sign, submit
from tests.evaluation.test_scoring_service import open_sheets, orgs, seal_all, sheet

db = pytest.mark.django_db


@pytest.fixture
def evaluating(ladder):
    return tender(ladder, steps.start_evaluation)


def acting(job, place=steps.LEADER):
    return {"actor": job.members[place], "project": lot(job).pk}


def review(job, place, *bidders, item="compliance"):
    against = [{"bidder": one, "item": item, "reason": "未实质性响应"} for one in bidders]
    return deliberating.review(**acting(job, place), against=against)


def announce(job, bidder):
    return scoring.reject_bid(
        **acting(job), bidder=bidder, item="compliance", reason="未实质性响应招标文件"
    )


# ------------------------------------------------------------------------------- rejection by vote


@db
def test_a_bid_is_rejected_once_more_than_half_of_the_members_are_for_it(evaluating):
    gone = orgs(evaluating)[0]
    for place in (0, 1):
        review(evaluating, place, gone)
    with refused("rejection_not_carried"):
        announce(evaluating, gone)
    review(evaluating, 2, gone)
    with refused("rejection_due"):
        seal_all(evaluating)
    announce(evaluating, gone)
    told = last(evaluating, "bid_rejected")
    assert (told["votes"], told["count"]) == (3, 5)
    seal_all(evaluating, sheet(evaluating, bidders=orgs(evaluating)[1:]))


@db
def test_a_later_review_of_a_member_replaces_his_earlier_one(evaluating):
    gone = orgs(evaluating)[0]
    for place in (0, 1, 2):
        review(evaluating, place, gone)
    review(evaluating, 2)
    with refused("rejection_not_carried"):
        announce(evaluating, gone)


@db
@pytest.mark.parametrize(
    ("against", "code"),
    [
        ([("nobody", "compliance", "理由")], "review_unknown"),
        ([("first", "beauty", "理由")], "review_unknown"),
        ([("first", "compliance", " ")], "reason_missing"),
        ([("first", "compliance", "甲"), ("first", "compliance", "乙")], "review_twice"),
    ],
)
def test_a_review_names_bids_and_published_items_only(evaluating, against, code):
    first = orgs(evaluating)[0]
    rows = [
        {"bidder": first if bidder == "first" else bidder, "item": item, "reason": reason}
        for bidder, item, reason in against
    ]
    with pytest.raises(BadInput) as caught:
        deliberating.review(**acting(evaluating), against=rows)
    assert caught.value.code == code


# ---------------------------------------------------------------------------- fewer than three bids


def down_to_two(job):
    every = dict.fromkeys(orgs(job)[:2], "未按要求签字盖章")
    steps.reject(job, lot(job).pk, every)


@db
def test_with_two_valid_bids_left_the_committee_first_says_whether_they_compete(evaluating):
    with refused("bids_enough"):
        deliberating.judge_competition(**acting(evaluating), sufficient=True, reason="报价合理")
    down_to_two(evaluating)
    left = sheet(evaluating, bidders=orgs(evaluating)[2:])
    with refused("competition_unjudged"):
        seal_all(evaluating, left)
    with refused("leader_records"):
        deliberating.judge_competition(**acting(evaluating, 1), sufficient=True, reason="报价合理")
    deliberating.judge_competition(**acting(evaluating), sufficient=True, reason="报价差异合理")
    seal_all(evaluating, left)
    open_sheets(evaluating)
    assert Candidate.objects.filter(project=lot(evaluating)).count() == 2


@db
def test_without_competition_all_bids_are_rejected_and_the_tender_fails(evaluating):
    down_to_two(evaluating)
    failing = {"actor": evaluating.cast["zbr1"], "project": lot(evaluating).pk}
    with refused("bids_left"):
        projects.fail(**failing, reason="有效投标不足三个")
    deliberating.judge_competition(**acting(evaluating), sufficient=False, reason="报价异常一致")
    with refused("competition_lacking"):
        seal_all(evaluating, sheet(evaluating, bidders=orgs(evaluating)[2:]))
    projects.fail(**failing, reason="有效投标明显缺乏竞争")
    assert lot(evaluating).state == "failed"


# ---------------------------------------------------------------------------------------- more time


@db
def test_more_than_a_third_asking_for_time_is_noted_and_the_tenderer_extends_it(evaluating):
    extending = {"actor": evaluating.cast["zbr1"], "project": lot(evaluating).pk}
    with refused("no_time_asked"):
        deliberating.extend_time(**extending, minutes=60, reason="投标文件多")
    deliberating.ask_time(**acting(evaluating, 0), reason="投标文件页数多")
    assert "noted" not in last(evaluating, "time_asked")
    with refused("step_done"):
        deliberating.ask_time(**acting(evaluating, 0), reason="投标文件页数多")
    deliberating.ask_time(**acting(evaluating, 1), reason="需要核对业绩")
    assert last(evaluating, "time_asked")["noted"] == [
        {"rule": "R13", "code": "time_extension_due"}
    ]
    deliberating.extend_time(**extending, minutes=60, reason="同意延长")
    told = last(evaluating, "time_extended")
    assert (told["asked"], told["minutes"]) == (2, 60)
    assert deliberation.said(lot(evaluating)).asking == {}


# ---------------------------------------------------------------------------------- abnormal scores


def sheets_of(*points):
    """The n-th member gives bidder B these points for one factor."""
    return {
        f"e{n}": {"scores": [{"bidder": "B", "factor": "f", "score": one}]}
        for n, one in enumerate(points, 1)
    }


def test_a_score_stands_out_beyond_three_points_or_three_tenths_of_its_mean():
    def found(*points):
        every = compared(sheets_of(*points))
        return [one.member for one in every if one.stands_out(3, Fraction(3, 10))]

    assert found("5", "5", "5", "9") == []
    assert found("5", "5", "5", "9.01") == ["e4"]
    assert found("50", "50", "50", "34") == []
    assert found("50", "50", "50", "20") == ["e4"]


def test_the_mean_of_those_whose_score_stands_is_put_in_its_place():
    sheets, rows = replaced(sheets_of("1", "8", "9", "2"), [("e1", "B", "f"), ("e4", "B", "f")])
    assert [row["score"] for row in rows] == ["8.5000", "8.5000"]
    assert [sheet["scores"][0]["score"] for sheet in sheets.values()] == [
        "8.5000", "8", "9", "8.5000",
    ]  # fmt: skip


@pytest.fixture
def replacing(ladder):
    """A scored tender under a profile by which the mean of the others replaces what is abnormal."""
    rule = {"id": "abnormal_replaced", "value": True, "level": "record", "sure": "profile"}
    own = {"code": "jx", "version": 1, "name": "嘉兴", "parent": "national", "region": "330400"}
    content = {**dump_profile(bundled_profile("national")), **own, "rules": [rule]}
    publish_profile(actor=SYSTEM, content=content)
    return low(tender(ladder, steps.start_evaluation))


@pytest.fixture
def abnormal(ladder):
    """A scored tender under the bundled profile."""
    return low(tender(ladder, steps.start_evaluation))


def low(job):
    """The second member gives the first bidder 10 points where the others give 80."""
    first, *rest = orgs(job)
    for place, member in enumerate(job.members):
        rows = sheet(job, "10" if place == 1 else "80", [first]) + sheet(job, "80", rest)
        scoring.seal_sheet(actor=member, project=lot(job).pk, scores=rows)
    open_sheets(job)
    return job


def cell(job):
    return {"bidder": orgs(job)[0], "factor": "total"}


def doubt(job, *places):
    for place in places:
        about = job.members[1].id
        deliberating.doubt(**acting(job, place), member=about, **cell(job), reason="偏差过大")


def judge(job, accepted):
    return deliberating.judge_score(
        **acting(job), member=job.members[1].id, **cell(job), accepted=accepted, reason="集体认定"
    )


@db
def test_scores_that_stand_out_are_found_per_factor(abnormal):
    (found,) = deliberation.questioned(lot(abnormal))
    assert (found.member, found.bidder, found.score, found.mean) == (
        abnormal.members[1].id, orgs(abnormal)[0], "10", 66,
    )  # fmt: skip


@db
def test_more_than_half_of_the_members_make_a_score_abnormal(abnormal):
    doubt(abnormal, 0, 2)
    assert deliberation.doubted(lot(abnormal)) == []
    doubt(abnormal, 3)
    assert deliberation.doubted(lot(abnormal)) == [
        (abnormal.members[1].id, *cell(abnormal).values())
    ]
    assert last(abnormal, "score_doubted")["noted"] == [{"rule": "R14", "code": "score_abnormal"}]
    with refused("step_done"):
        doubt(abnormal, 3)
    with refused("step_done"):
        doubt(abnormal, 1)


@db
def test_an_accepted_explanation_leaves_the_score_as_it_is(abnormal):
    doubt(abnormal, 0, 2, 3)
    with pytest.raises(BadInput) as caught:
        judge(abnormal, accepted=True)
    assert caught.value.code == "explanation_missing"
    words = "该方案缺少主要工序的施工安排"
    deliberating.explain(**acting(abnormal, 1), **cell(abnormal), explanation=words)
    before = scores.result(lot(abnormal))
    judge(abnormal, accepted=True)
    assert scores.result(lot(abnormal)) == before
    remark(abnormal)
    sign(abnormal)
    submit(abnormal)
    (judged,) = trail.document(lot(abnormal).report)["judged"]
    assert trail.attachment(judged["explanation"]).decode() == words


@db
def test_only_who_gave_the_score_explains_it(abnormal):
    doubt(abnormal, 0, 2, 3)
    with pytest.raises(BadInput) as caught:
        deliberating.explain(**acting(abnormal, 2), **cell(abnormal), explanation="理由")
    assert caught.value.code == "score_not_doubted"


@db
def test_where_the_profile_does_not_say_so_nothing_is_replaced(abnormal):
    doubt(abnormal, 0, 2, 3)
    judge(abnormal, accepted=False)
    assert last(abnormal, "score_judged")["replaced"] is False
    assert "replaced" not in scores.result(lot(abnormal))


@db
def test_the_mean_of_the_others_replaces_a_score_and_all_is_added_up_again(replacing, tmp_path):
    first = orgs(replacing)[0]
    assert first not in last(replacing, "totals_computed")["candidates"]
    doubt(replacing, 0, 2, 3)
    judge(replacing, accepted=False)
    result = scores.result(lot(replacing))
    assert result["replaced"] == [
        {"member": replacing.members[1].id, **cell(replacing), "score": "80.0000"}
    ]
    totals = {line["bidder"]: line["total"] for line in result["totals"]}
    assert totals == dict.fromkeys(orgs(replacing), "80.00")
    sealer.seal()
    path = bundle.write(tmp_path / "case.zip", project=lot(replacing).pk)
    report = verify.verify(str(path), None, False)
    assert report.ok, "\n".join(report.lines())
    assert reconciling.reconcile().faults == []


# ----------------------------------------------------------------------------------- deemed consent


@db
def test_who_neither_signs_nor_dissents_is_deemed_to_consent_with_proof_of_notice(ladder):
    job = tender(ladder, steps.score)
    remark(job)
    sign(job, job.members[1:])
    with refused("report_unsigned"):
        submit(job)
    deeming = {"actor": job.cast["jyzx1"], "project": lot(job).pk, "member": job.members[0].id}
    deeming["notice"] = "7月23日16时当面通知签署并告知不签的后果,在场两人见证"
    reporting.deem_consent(**deeming)
    with pytest.raises(BadInput) as caught:
        reporting.deem_consent(**deeming)
    assert caught.value.code == "member_not_waiting"
    assert Part.objects.get(project=lot(job), person=job.members[0].id).confirmed_at
    submit(job)
    silent = trail.document(lot(job).report)["signatures"][-1]
    assert trail.attachment(silent["notice"]).decode() == deeming["notice"]
    assert (silent["member"], silent["agree"]) == (job.members[0].id, True)
    assert reconciling.reconcile().faults == []


# ---------------------------------------------------------------------------------- clarifications


@db
def test_a_bidder_answers_once_what_the_committee_asked_him_and_the_report_has_both(ladder):
    job = tender(ladder, steps.start_evaluation)
    bidder, other = job.cast["tbr"], next(one for one in orgs(job) if one != job.cast["tbr"].org)
    answering = {"actor": bidder, "project": lot(job).pk, "answer": "单价以大写金额为准"}
    with refused("nothing_asked"):
        clarifying.answer_clarification(**answering, clarification="Q1")
    for org in (other, bidder.org):
        clarifying.ask_clarification(**acting(job), bidder=org, question="大小写金额不一致")
    with pytest.raises(BadInput) as caught:
        clarifying.answer_clarification(**answering, clarification="Q1")
    assert caught.value.code == "clarification_unknown"
    clarifying.answer_clarification(**answering, clarification="Q2")
    with pytest.raises(BadInput):
        clarifying.answer_clarification(**answering, clarification="Q2")
    play(job, steps.report, after=steps.start_evaluation)
    told = trail.document(lot(job).report)["clarifications"]
    assert [(one["clarification"], one["bidder"], bool(one["answer"])) for one in told] == [
        ("Q1", other, False), ("Q2", bidder.org, True),
    ]  # fmt: skip


@db
def test_only_the_leader_asks_and_only_about_a_valid_bid(evaluating):
    with refused("leader_records"):
        clarifying.ask_clarification(
            **acting(evaluating, 1), bidder=orgs(evaluating)[0], question="请说明"
        )
    with pytest.raises(BadInput) as caught:
        clarifying.ask_clarification(**acting(evaluating), bidder="nobody", question="请说明")
    assert caught.value.code == "bidder_unknown"
