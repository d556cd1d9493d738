"""Scores from paper: typed by one, typed again by a second, sealed by the member as his own."""

import pytest

from accounts.services.gate import BadInput, NotAllowed
from audit_log.selectors import trail
from audit_log.services import envelopes, reconciling, sealer, verification
from config.demo import job as steps
from evaluation.domain.paper import differences
from evaluation.selectors import scores as opened
from evaluation.services import paper, scoring
from tests.desk.doors import sign_in, text_of
from tests.evaluation import tender
from tests.experts.world import refused

pytestmark = pytest.mark.django_db
SCAN = "5c" * 32
CHANGED = {"score": "79.99"}


@pytest.fixture
def job(ladder):
    """A tender of which everyone sits and nobody has scored."""
    return tender.tender(ladder, steps.start_evaluation)


def rows_of(job, **first):
    """A whole sheet, its first cell as wished."""
    bidders = tender.lot(job).bids.order_by("bidder_id").values_list("bidder_id", flat=True)
    factor = tender.lot(job).evaluation_plan["factors"][0]["factor"]
    rows = [{"bidder": one, "factor": factor, "score": "80.00"} for one in bidders]
    return [rows[0] | first, *rows[1:]]


def given(job, **more):
    code, member = tender.lot(job).pk, job.members[0].id
    return {"project": code, "member": member, "sheet": SCAN, "scores": rows_of(job)} | more


def enter(job, **more):
    return paper.enter(actor=job.cast["jyzx1"], **given(job, **more))


def confirm(job, actor="jyzx2", **more):
    return paper.confirm(actor=job.cast[actor], **given(job, **more))


def adopt(job):
    return paper.adopt(actor=job.members[0], project=tender.lot(job).pk)


def test_the_sheet_becomes_the_members_own_with_its_scan_told_beside_it(job):
    enter(job)
    second = confirm(job)
    adopt(job)
    row, member = tender.lot(job), job.members[0]
    told = trail.last_event(row.stream, "project.score_sheet_sealed")
    assert told["actor"]["id"] == told["data"]["author"] == member.id
    assert set(told["data"]) == {"commitment", "kind", "author", "replaces", "refs"}
    assert told["data"]["refs"] == [{"stream": row.stream, "n": second.n, "hash": second.hash}]
    assert trail.line(row.stream, second.n).value["data"]["sheet"] == SCAN
    assert row.parts.get(person=member.id).sealed_at == row.audit_at
    _, proof = scoring_proof(row, member)
    assert proof["content"] == {"scores": rows_of(job)}


def scoring_proof(row, member):
    return envelopes.proof_of_own(row, "project.own_envelope_read", member, kind=opened.kind(row))


def test_it_counts_as_every_other_sheet_and_the_log_verifies(job):
    enter(job)
    confirm(job)
    adopt(job)
    row = tender.lot(job)
    for member in job.members[1:]:
        scoring.seal_sheet(actor=member, project=row.pk, scores=rows_of(job))
    scoring.open_sheets(actor=job.cast["jyzx1"], project=row.pk)
    assert opened.sheets(tender.lot(job))[job.members[0].id] == {"scores": rows_of(job)}
    sealer.seal_now()
    assert verification.verify().faults + reconciling.reconcile().faults == []


def test_a_difference_is_refused_by_its_cell_and_tells_no_score(job):
    enter(job)
    with pytest.raises(BadInput) as bad:
        confirm(job, scores=rows_of(job, **CHANGED))
    cell = rows_of(job)[0]
    assert bad.value.code == "paper_differs"
    assert list(bad.value.fields) == [f"{cell['bidder']}/{cell['factor']}"]
    assert "80" not in str(bad.value.fields)
    assert "79" not in str(bad.value.fields)
    confirm(job, scores=[row | {"score": "80.0"} for row in rows_of(job)])


def test_the_second_person_is_another_one_with_the_same_paper(job):
    enter(job)
    assert refused(confirm, job=job, actor="jyzx1") == ["same_person"]
    with pytest.raises(BadInput) as other:
        confirm(job, sheet="d0" * 32)
    assert other.value.code == "sheet_differs"


def test_a_faulty_sheet_is_refused_before_it_is_sealed(job):
    with pytest.raises(BadInput) as bad:
        enter(job, scores=rows_of(job)[1:])
    assert bad.value.code == "missing_score"


def test_nobody_but_the_member_seals_it_and_only_when_confirmed(job):
    code = tender.lot(job).pk
    enter(job)
    assert refused(adopt, job=job) == ["no_paper"]
    confirm(job)
    with pytest.raises(NotAllowed):
        paper.adopt(actor=job.cast["jyzx1"], project=code)
    with pytest.raises(BadInput):
        paper.adopt(actor=job.members[1], project=code)


def test_what_was_typed_wrongly_is_returned_and_typed_anew(job):
    code = tender.lot(job).pk
    enter(job, scores=rows_of(job, **CHANGED))
    with pytest.raises(BadInput) as twice:
        enter(job)
    assert twice.value.code == "member_unknown"
    back = {"actor": job.cast["jyzx2"], "project": code, "member": job.members[0].id}
    paper.send_back(**back)
    enter(job)
    confirm(job)
    adopt(job)
    assert refused(paper.send_back, **back) == ["no_paper"]


def test_a_rejected_bid_voids_what_waits(job):
    enter(job)
    lot = tender.lot(job)
    steps.reject(job, lot.pk, {rows_of(job)[0]["bidder"]: "未按要求提交投标保证金"})
    assert refused(confirm, job=job) == ["no_paper"]


def test_pages_show_who_typed_and_no_score(job):
    enter(job, scores=rows_of(job, score="83.21"))
    code = tender.lot(job).pk
    page = text_of(sign_in(job.cast["jyzx2"]).get(f"/project/{code}/"))
    assert "待复核" in page
    form = text_of(sign_in(job.cast["jyzx2"]).get(f"/project/{code}/confirm-paper-sheet/"))
    assert "83.21" not in page + form


def test_sheets_without_scores_differ_by_verdict_and_opinion():
    one = {"verdicts": [{"bidder": "a", "verdict": "pass", "opinion": "符合"}]}
    other = {"verdicts": [{"bidder": "a", "verdict": "fail", "opinion": "符合"}]}
    assert differences(one, other) == [("a", "verdict")]
    assert differences(one, one) == []
