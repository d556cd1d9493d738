"""The report: remarks, signatures, dissent, submission, recheck."""

import pytest

from accounts.services.gate import BadInput
from audit_log.domain import canonical
from audit_log.selectors import trail
from config.demo import case as cases
from config.demo import job as steps
from config.demo.job import Job
from evaluation.models import Candidate, Part
from evaluation.selectors import blockers, scores
from evaluation.services import committee, projects, report, reporting, scoring
from experts.models import Draw, Seat
from tests.evaluation.tender import last, lot, plan, play, refused, tender
from tests.scenarios import case_data

pytestmark = pytest.mark.django_db
WORDS = {"strengths": "方案完整", "weaknesses": "工期偏紧", "risks": "雨季施工"}


@pytest.fixture
def scored(ladder):
    """The sheets are open, the candidates known."""
    return tender(ladder, steps.score)


def candidates(job):
    rows = Candidate.objects.filter(project=lot(job)).order_by("bid__bidder_id")
    return [row.bid.bidder_id for row in rows]


def remark(job, bidders=None, **changes):
    rows = [{"bidder": bidder, **WORDS, **changes} for bidder in bidders or candidates(job)]
    leader = job.members[steps.LEADER]
    return reporting.remark_candidates(actor=leader, project=lot(job).pk, candidates=rows)


def sign(job, members=None, **given):
    for member in members or job.members:
        reporting.sign_report(
            actor=member, project=lot(job).pk, **{"agree": True, "dissent": ""} | given
        )


def submit(job):
    return reporting.submit_report(actor=job.cast["jyzx1"], project=lot(job).pk)


def test_every_candidate_gets_remarks_and_they_stand_in_the_trail(scored):
    remark(scored)
    rows = last(scored, "candidates_remarked")["candidates"]
    assert rows == [{"bidder": bidder, **WORDS} for bidder in candidates(scored)]
    kept = Candidate.objects.filter(project=lot(scored)).values_list("remarks", flat=True)
    assert list(kept) == [WORDS] * 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda bidders: {"bidders": bidders[:2]}, "remarks_incomplete"),
        (lambda bidders: {"bidders": [*bidders[:2], bidders[0]]}, "remarks_incomplete"),
        (lambda bidders: {"risks": " "}, "risks_missing"),
        (lambda bidders: {"risks": "长" * 501}, "risks_missing"),
    ],
)
def test_remarks_are_complete_or_refused(scored, change, code):
    with pytest.raises(BadInput) as caught:
        remark(scored, **change(candidates(scored)))
    assert caught.value.code == code


def test_under_separation_the_report_is_signed_with_remarks_only(scored):
    with refused("remarks_missing"):
        sign(scored)
    remark(scored)
    sign(scored, scored.members[:1])
    with refused("report_signed"):
        remark(scored)


def test_nothing_is_signed_before_the_sheets_are_open(ladder):
    job = tender(ladder, steps.start_evaluation)
    assert [found.code for found in blockers.sign_report(lot(job))] == ["sheets_closed"]
    with refused("sheets_closed"):
        sign(job)


def test_each_member_signs_once_or_dissents_in_writing(scored):
    remark(scored)
    sign(scored, scored.members[:1])
    with refused("step_done"):
        sign(scored, scored.members[:1])
    with pytest.raises(BadInput) as caught:
        sign(scored, scored.members[1:2], agree=False, dissent=" ")
    assert caught.value.code == "dissent_missing"
    sign(scored, scored.members[1:2], agree=False, dissent="不同意候选人的推荐顺序")
    told = last(scored, "report_signed")
    assert (told["member"], told["agree"]) == (scored.members[1].id, False)
    assert trail.attachment(told["dissent"]).decode() == "不同意候选人的推荐顺序"


def test_the_report_waits_for_everyone(scored):
    remark(scored)
    sign(scored, scored.members[:-1])
    with refused("report_unsigned"):
        submit(scored)
    sign(scored, scored.members[-1:])
    submit(scored)
    assert lot(scored).state == "reported"


def test_the_report_is_composed_of_facts_alone_and_always_of_the_same_bytes(scored):
    remark(scored)
    sign(scored, scored.members[:-1])
    sign(scored, scored.members[-1:], agree=False, dissent="尺度不一")
    submit(scored)
    row, told = lot(scored), last(scored, "report_submitted")
    document = trail.document(row.report)
    assert told["report"] == row.report
    assert canonical.dumps(report.compose(row)) == trail.attachment(row.report)
    assert told["candidates"] == [
        {"bidder": one["bidder"], "rank": None, "total": one["total"]}
        for one in document["candidates"]
    ]
    assert document["totals"] == scores.result_hash(row)
    signed = [(one["member"], one["agree"]) for one in document["signatures"]]
    assert signed == [(m.id, m != scored.members[-1]) for m in scored.members]
    assert [set(one["times"]) for one in document["committee"]] == [set(Part.STAMPS)] * 5


def test_with_the_report_the_draw_is_closed_and_named_as_evidence(scored):
    remark(scored)
    sign(scored)
    submit(scored)
    closed = trail.lines(f"draw/{scored.draw}", type="draw.closed")[-1]
    reference = {"stream": f"draw/{scored.draw}", "n": closed.value["n"], "hash": closed.hash}
    assert last(scored, "report_submitted")["refs"] == [reference]
    assert Draw.objects.get(pk=scored.draw).state == "closed"
    states = Seat.objects.filter(draw=scored.draw).values_list("state", flat=True)
    assert set(states) == {"served"}


def test_a_recheck_is_a_new_round_of_the_same_committee(ladder):
    job = tender(ladder, steps.report)
    members = last(job, "evaluation_started")["members"]
    given = {"actor": job.cast["zbr1"], "project": lot(job).pk}
    reporting.request_recheck(**given, reason="请复核业绩得分的计算")
    told = last(job, "recheck_requested")
    assert (told["from"], told["to"]) == ("reported", "evaluating")
    assert (lot(job).evaluation_round, candidates(job), scores.opened(lot(job))) == (2, [], False)
    with refused("wrong_state"):
        reporting.request_recheck(**given, reason="再次复核")
    first = scores.result(lot(job), 1)
    play(job, steps.report, after=steps.start_evaluation)
    assert lot(job).state == "reported"
    assert last(job, "score_sheets_closed")["kind"] == "score_sheet/2"
    assert sorted(scores.sheets(lot(job))) == sorted(scores.sheets(lot(job), 1)) == members
    assert scores.result(lot(job)) == first
    assert "refs" not in last(job, "report_submitted")


@pytest.fixture
def two_lots(ladder):
    """A group of two lots, both with their sheets open."""
    data = case_data(3)
    data["lots"].append({**data["lots"][0], "lot": "2"})
    job = Job("T-2L", cases.parse(data), ladder.cast, refusals=[], objection=False)
    return play(job, steps.score)


def report_on(job, code):
    rows = Candidate.objects.filter(project=code).order_by("bid__bidder_id")
    remarks = [{"bidder": row.bid.bidder_id, **WORDS} for row in rows]
    leader = job.members[steps.LEADER]
    reporting.remark_candidates(actor=leader, project=code, candidates=remarks)
    for member in job.members:
        reporting.sign_report(actor=member, project=code, agree=True)
    return reporting.submit_report(actor=job.cast["jyzx1"], project=code)


def test_the_draw_of_a_group_stays_open_until_its_last_lot_has_reported(two_lots):
    report_on(two_lots, "T-2L-2")
    assert Draw.objects.get(pk=two_lots.draw).state == "filled"
    assert "refs" not in last_of("T-2L-2", "report_submitted")
    report_on(two_lots, "T-2L-1")
    assert Draw.objects.get(pk=two_lots.draw).state == "closed"
    assert len(last_of("T-2L-1", "report_submitted")["refs"]) == 1


def last_of(code, kind):
    return trail.last_event(f"project/{code}", f"project.{kind}")["data"]


def test_a_last_lot_that_fails_closes_the_draw_the_others_used(ladder):
    data = case_data(3)
    data["lots"].append({**data["lots"][0], "lot": "2"})
    job = Job("T-2L", cases.parse(data), ladder.cast, refusals=[], objection=False)
    play(job, steps.start_evaluation)
    for code, lot_ in job.lots:
        for member in job.members:
            rows = [
                {"bidder": bidder.org, "factor": "total", "score": "80"} for bidder in lot_.bidders
            ]
            scoring.seal_sheet(actor=member, project=code, scores=rows)
    scoring.open_sheets(actor=job.cast["jyzx1"], project="T-2L-1")
    report_on(job, "T-2L-1")
    every = {bidder.org: "未实质性响应招标文件" for bidder in job.case.lots[1].bidders}
    steps.reject(job, "T-2L-2", every)
    projects.fail(actor=job.cast["zbr1"], project="T-2L-2", reason="否决全部投标")
    closed = trail.lines(f"draw/{job.draw}", type="draw.closed")[-1]
    assert closed.value["actor"]["role"] == "system"
    assert last_of("T-2L-2", "failed")["refs"][0]["hash"] == closed.hash


def test_ranked_candidates_carry_their_rank_into_the_report(ladder):
    job = tender(ladder, steps.start_evaluation)
    row = lot(job)
    row.evaluation_plan = plan()
    row.regime = "ranked_first"
    row.save()
    play(job, steps.score, after=steps.start_evaluation)
    sign(job)
    submit(job)
    told = last(job, "report_submitted")["candidates"]
    assert [one["rank"] for one in told] == [1, 2, 3]
    assert told[0]["total"] == "89.72"


def test_a_draw_with_an_open_seat_is_not_closed_by_a_lot_that_ends(ladder):
    data = case_data(3)
    data["lots"].append({**data["lots"][0], "lot": "2"})
    job = Job("T-2L", cases.parse(data), ladder.cast, refusals=[], objection=False)
    play(job, steps.sign_in)
    scoring.start_evaluation(actor=job.cast["jyzx1"], project="T-2L-1")
    for member in job.members:
        rows = [
            {"bidder": bidder.org, "factor": "total", "score": "80"}
            for bidder in job.case.lots[0].bidders
        ]
        scoring.seal_sheet(actor=member, project="T-2L-1", scores=rows)
    scoring.open_sheets(actor=job.cast["jyzx1"], project="T-2L-1")
    report_on(job, "T-2L-1")
    expert = next(member for member in job.members if member.role == "expert")
    committee.declare(actor=expert, project="T-2L-2", conflict=True)
    projects.terminate(actor=job.cast["zbr1"], project="T-2L-2", reason="该标段不再建设")
    assert Draw.objects.get(pk=job.draw).state == "running"
    assert Part.objects.filter(project="T-2L-1", person=expert.id).exists()
