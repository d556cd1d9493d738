"""An author proves what he sealed; to everybody else there is nothing."""

import pytest

from accounts.services.gate import NotFound
from audit_log.domain import envelope
from audit_log.selectors import trail
from config.demo import job as steps
from evaluation.services import bidding, proofs
from tests.evaluation.tender import last, lot, tender
from tests.evaluation.test_scoring_service import seal, sheet

pytestmark = pytest.mark.django_db


def recomputed(proof):
    """The commitment as an outsider computes it from the proof."""
    parts = {key: proof[key] for key in ("kind", "stream", "author", "content")}
    return envelope.commit(salt=bytes.fromhex(proof["salt"]), **parts)


@pytest.fixture
def evaluating(ladder):
    return tender(ladder, steps.start_evaluation)


def own(job, actor, kind="score_sheet/1"):
    return proofs.own_envelope(actor=actor, project=lot(job).pk, kind=kind)


def test_a_member_gets_what_proves_his_own_newest_sheet_and_the_reading_is_an_entry(evaluating):
    member = evaluating.members[0]
    seal(evaluating, member, sheet(evaluating, "70"))
    seal(evaluating, member, sheet(evaluating, "81.5"))
    sealed = last(evaluating, "score_sheet_sealed")["commitment"]
    ref, proof = own(evaluating, member)
    assert (proof["commitment"], recomputed(proof)) == (sealed, sealed)
    assert proof["content"] == {"scores": sheet(evaluating, "81.5")}
    told = trail.line(ref.stream, ref.n).value
    assert (told["type"], told["actor"]["id"]) == ("project.own_envelope_read", member.id)
    assert told["data"] == {"commitment": sealed, "kind": "score_sheet/1"}


def test_nobody_else_gets_anything(evaluating):
    seal(evaluating, evaluating.members[0])
    others = [evaluating.members[1], *(evaluating.cast[name] for name in ("jyzx1", "zbr1", "jw"))]
    for actor in others:
        with pytest.raises(NotFound):
            own(evaluating, actor)


def test_a_bidder_proves_his_bid_and_the_entry_does_not_name_him(ladder):
    job = tender(ladder, steps.publish_tender)
    bidder = job.cast["tbr"]
    _, receipt = bidding.submit_bid(actor=bidder, project=lot(job).pk, price_fen=12_345)
    ref, proof = own(job, bidder, "bid/1")
    assert (proof["content"]["price_fen"], recomputed(proof)) == (12_345, proof["commitment"])
    actor = trail.line(ref.stream, ref.n).value["actor"]
    assert actor == {"id": f"bid/{lot(job).pk}/{receipt}", "role": "bidder", "org": ""}
