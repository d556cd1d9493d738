"""What evaluation wrote on its unusual ways is recomputed by the verifier that shares no code."""

import pytest

from audit_log.services import reconciling, sealer
from audit_log.verifier import verify
from config.demo import job as steps
from desk.services import bundle
from evaluation.services import committee, reporting, scoring
from tests.evaluation.tender import lot, play, tender
from tests.evaluation.test_committee import seat_a_replacement
from tests.evaluation.test_scoring_service import open_sheets, orgs, reject, seal_all, sheet

pytestmark = pytest.mark.django_db


def plain(ladder):
    return tender(ladder, steps.report)


def rejected_late(ladder):
    job = tender(ladder, steps.start_evaluation)
    seal_all(job)
    gone, *left = orgs(job)
    reject(job, gone)
    seal_all(job, sheet(job, bidders=left))
    open_sheets(job)
    return job


def tie_settled(ladder):
    job = tender(ladder, steps.start_evaluation, same_price=True)
    seal_all(job)
    open_sheets(job)
    scoring.settle_tie(
        actor=job.members[steps.LEADER],
        project=lot(job).pk,
        order=list(reversed(orgs(job))),
        reason="现场公开抽签",
    )
    return job


def member_replaced(ladder):
    job = tender(ladder, steps.start_evaluation)
    leaver = next(member for member in job.members if member.role == "expert")
    seal_all(job)
    committee.declare(actor=leaver, project=lot(job).pk, conflict=True)
    member = seat_a_replacement(job)
    scoring.start_evaluation(actor=job.cast["jyzx1"], project=lot(job).pk)
    job.members = [one for one in job.members if one != leaver] + [member]
    seal_all(job)
    open_sheets(job)
    return job


def rechecked(ladder):
    job = tender(ladder, steps.report)
    reporting.request_recheck(
        actor=job.cast["zbr1"], project=lot(job).pk, reason="请复核得分的计算"
    )
    return play(job, steps.report, after=steps.start_evaluation)


@pytest.mark.parametrize(
    "way", [plain, rejected_late, tie_settled, member_replaced, rechecked], ids=lambda f: f.__name__
)
def test_the_stand_alone_verifier_finds_nothing_wrong(ladder, tmp_path, way):
    job = way(ladder)
    sealer.seal()
    path = bundle.write(tmp_path / "case.zip", project=lot(job).pk)
    report = verify.verify(str(path), None, False)
    assert report.ok, "\n".join(report.lines())
    assert reconciling.reconcile().faults == []
