"""Evaluation: rejected bids, sealed sheets, their opening, totals, ties, replaced members."""

import pytest

from accounts.services.gate import BadInput, NotAllowed
from audit_log.models import Entry, Envelope
from audit_log.selectors import trail
from config.demo import job as steps
from config.demo.job import Job
from evaluation.models import Bid, Candidate, Part
from evaluation.selectors import blockers, scores
from evaluation.selectors import committee as reading
from evaluation.services import committee, deliberating, projects, scoring
from tests.evaluation.tender import last, lot, play, refused, tender
from tests.evaluation.test_committee import seat_a_replacement
from tests.scenarios import small_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def evaluating(ladder):
    """Evaluation has started; no sheet is in."""
    return tender(ladder, steps.start_evaluation)


@pytest.fixture
def scored(ladder):
    """The sheets are open."""
    return tender(ladder, steps.score)


def orgs(job):
    return sorted(bidder.org for bidder in job.case.lots[0].bidders)


def sheet(job, points="80", bidders=None):
    rows = bidders if bidders is not None else orgs(job)
    return [{"bidder": bidder, "factor": "total", "score": points} for bidder in rows]


def seal(job, member=None, rows=None):
    member = member or job.members[0]
    rows = sheet(job) if rows is None else rows
    return scoring.seal_sheet(actor=member, project=lot(job).pk, scores=rows)


def seal_all(job, rows=None):
    for member in job.members:
        seal(job, member, rows)


def open_sheets(job):
    return scoring.open_sheets(actor=job.cast["jyzx1"], project=lot(job).pk)


GROUND = {"item": "compliance", "reason": "未按要求提交投标保证金"}


def reject(job, bidder, **changes):
    """Every member is for it, and the leader announces it."""
    for member in job.members:
        against = [{**GROUND, "bidder": bidder}]
        deliberating.review(actor=member, project=lot(job).pk, against=against)
    return announce(job, bidder, **changes)


def announce(job, bidder, **changes):
    leader = job.members[steps.LEADER]
    return scoring.reject_bid(actor=leader, project=lot(job).pk, bidder=bidder, **GROUND | changes)


def test_a_sheet_is_sealed_and_no_score_of_it_can_be_read(evaluating):
    ref = seal(evaluating, rows=sheet(evaluating, "77.3131"))
    member = evaluating.members[0]
    told = last(evaluating, "score_sheet_sealed")
    assert {key: told[key] for key in ("kind", "author", "replaces")} == {
        "kind": "score_sheet/1", "author": member.id, "replaces": None,
    }  # fmt: skip
    body = bytes(Entry.objects.get(stream=ref.stream, n=ref.n).body).decode()
    assert "77.3131" not in body
    assert scores.sheets(lot(evaluating)) == {}
    assert scores.result(lot(evaluating)) is None
    assert Part.objects.get(project=lot(evaluating), person=member.id).sealed_at is not None


def test_a_member_may_seal_again_until_the_opening(evaluating):
    seal(evaluating)
    first = last(evaluating, "score_sheet_sealed")["commitment"]
    seal(evaluating, rows=sheet(evaluating, "90"))
    assert last(evaluating, "score_sheet_sealed")["replaces"] == first
    seal_all(evaluating, sheet(evaluating, "70"))
    open_sheets(evaluating)
    opened = scores.sheets(lot(evaluating))
    assert opened[evaluating.members[0].id] == {"scores": sheet(evaluating, "70")}
    with refused("sheets_opened"):
        seal(evaluating)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows[1:], "missing_score"),
        (lambda rows: [*rows, rows[0]], "duplicate_score"),
        (lambda rows: [{**rows[0], "score": "100.01"}, *rows[1:]], "score_over_max"),
        (lambda rows: [{**rows[0], "score": "8e1"}, *rows[1:]], "not_a_number"),
        (lambda rows: [{**rows[0], "factor": "smile"}, *rows[1:]], "unknown_factor"),
        (lambda rows: [{**rows[0], "bidder": "X"}, *rows[1:]], "unknown_bidder"),
        (lambda rows: [{"bidder": "X"}, *rows], "malformed_row"),
    ],
)
def test_a_faulty_sheet_is_refused_row_by_row_without_repeating_a_score(evaluating, change, code):
    with pytest.raises(BadInput) as caught:
        seal(evaluating, rows=change(sheet(evaluating, "63.9")))
    assert caught.value.code == code
    assert "63.9" not in f"{caught.value} {caught.value.fields}"
    assert not Envelope.objects.filter(kind="score_sheet/1", stream=lot(evaluating).stream).exists()


def test_sheets_open_only_when_every_members_is_in_and_all_together(evaluating):
    for missing, member in zip(range(5, 0, -1), evaluating.members, strict=True):
        with refused("sheets_missing"):
            open_sheets(evaluating)
        message = str(blockers.open_sheets(lot(evaluating))[0])
        assert message.startswith(f"还差 {missing} 位专家未提交评分")
        seal(evaluating, member)
    open_sheets(evaluating)
    kinds = [event["type"] for event in trail.events(lot(evaluating).stream)[-7:]]
    assert kinds == [
        "project.score_sheets_closed",
        *["project.score_sheet_opened"] * 5,
        "project.totals_computed",
    ]


def test_the_centre_opens_sheets_and_seals_none(evaluating):
    center = evaluating.cast["jyzx1"]
    with pytest.raises(NotAllowed):
        seal(evaluating, center)
    with pytest.raises(NotAllowed):
        scoring.open_sheets(actor=evaluating.members[0], project=lot(evaluating).pk)


def test_totals_are_the_exact_mean_of_all_sheets_and_name_the_candidates(scored):
    told = last(scored, "totals_computed")
    document = trail.document(told["result"])
    best = document["totals"][0]
    first = max(scored.case.lots[0].bidders, key=lambda bidder: bidder.scores[0])
    assert (best["bidder"], best["sum"], best["count"], best["total"], best["rank"]) == (
        first.org, "448.6", 5, "89.72", 1,
    )  # fmt: skip
    assert {row["member"] for row in best["members"]} == {m.id for m in scored.members}
    names = Candidate.objects.filter(project=lot(scored)).order_by("bid__bidder_id")
    assert told["candidates"] == [candidate.bid.bidder_id for candidate in names]
    assert [candidate.rank for candidate in names] == [None] * 3
    assert {candidate.bid.bidder_id: candidate.total for candidate in names}[first.org] == "89.72"
    assert (told["round"], document["unresolved"], document["aggregation"]) == (1, [], "mean")


def test_a_rejected_bid_is_not_scored_and_voids_the_sheets_before(evaluating):
    gone, *left = orgs(evaluating)
    seal_all(evaluating)
    reject(evaluating, gone)
    assert last(evaluating, "bid_rejected") == {
        "bidder": gone, "item": "compliance", "name": "符合性审查",
        "reason": "未按要求提交投标保证金", "votes": 5, "count": 5,
    }  # fmt: skip
    rejected = Bid.objects.get(project=lot(evaluating), bidder=gone)
    assert rejected.rejected_for == "符合性审查:未按要求提交投标保证金"
    with refused("sheets_missing"):
        open_sheets(evaluating)
    with pytest.raises(BadInput):
        seal(evaluating)
    seal_all(evaluating, sheet(evaluating, bidders=left))
    open_sheets(evaluating)
    assert [row["bidder"] for row in scores.result(lot(evaluating))["totals"]] == left


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"item": "beauty"}, "item_unknown"), ({"bidder": "X"}, "bidder_unknown"),
     ({"reason": ""}, "reason_missing"), ({"reason": "长" * 151}, "reason_missing")],
)  # fmt: skip
def test_a_bid_is_rejected_under_a_published_item_with_a_reason(evaluating, changes, code):
    for member in evaluating.members:
        against = [{**GROUND, "bidder": orgs(evaluating)[0]}]
        deliberating.review(actor=member, project=lot(evaluating).pk, against=against)
    with pytest.raises(BadInput) as caught:
        announce(evaluating, **{"bidder": orgs(evaluating)[0]} | changes)
    assert caught.value.code == code


def test_a_bid_is_rejected_once(evaluating):
    reject(evaluating, orgs(evaluating)[0])
    with pytest.raises(BadInput) as caught:
        announce(evaluating, orgs(evaluating)[0])
    assert caught.value.code == "bidder_unknown"


def test_a_price_above_the_ceiling_is_settled_before_anybody_scores(evaluating):
    over = Bid.objects.get(project=lot(evaluating), bidder=orgs(evaluating)[0])
    Bid.objects.filter(pk=over.pk).update(price_fen=lot(evaluating).ceiling_fen + 1)
    with refused("ceiling_exceeded"):
        seal(evaluating)
    reject(evaluating, over.bidder_id, reason="投标报价高于最高投标限价")
    seal(evaluating, rows=sheet(evaluating, bidders=orgs(evaluating)[1:]))


def test_when_every_bid_is_rejected_the_tender_has_failed(evaluating):
    with refused("bids_left"):
        projects.fail(
            actor=evaluating.cast["zbr1"], project=lot(evaluating).pk, reason="否决全部投标"
        )
    for bidder in orgs(evaluating):
        reject(evaluating, bidder)
    with refused("all_rejected"):
        seal(evaluating, rows=[])
    projects.fail(actor=evaluating.cast["zbr1"], project=lot(evaluating).pk, reason="否决全部投标")
    assert (lot(evaluating).state, last(evaluating, "failed")["basis"]) == ("failed", "")


def test_a_tie_at_the_cut_goes_to_the_lower_price_as_published(evaluating):
    seal_all(evaluating)
    open_sheets(evaluating)
    cheap = Bid.objects.filter(project=lot(evaluating)).order_by("price_fen", "bidder_id")
    expected = sorted(bid.bidder_id for bid in cheap[:3])
    assert last(evaluating, "totals_computed")["candidates"] == expected
    assert [tie["rule"] for tie in scores.result(lot(evaluating))["ties"]] == ["lower_price"]


def test_a_tie_the_rules_leave_open_names_nobody_until_it_is_settled(ladder):
    evaluating = tender(ladder, steps.start_evaluation, same_price=True)
    seal_all(evaluating)
    open_sheets(evaluating)
    assert scores.tied(lot(evaluating)) == orgs(evaluating)
    assert last(evaluating, "totals_computed")["candidates"] == []
    assert not Candidate.objects.filter(project=lot(evaluating)).exists()
    assert [found.code for found in blockers.sign_report(lot(evaluating))] == ["tie_unresolved"]
    order = [*orgs(evaluating)[1:], orgs(evaluating)[0]]
    leader = evaluating.members[steps.LEADER]
    given = {"actor": leader, "project": lot(evaluating).pk, "reason": "现场公开抽签"}
    with pytest.raises(BadInput) as caught:
        scoring.settle_tie(**given, order=order[:2])
    assert caught.value.code == "order_incomplete"
    scoring.settle_tie(**given, order=order)
    told = last(evaluating, "totals_computed")
    assert (told["candidates"], told["reason"]) == (orgs(evaluating)[1:], "现场公开抽签")
    assert Candidate.objects.filter(project=lot(evaluating)).count() == 3
    with refused("no_tie"):
        scoring.settle_tie(**given, order=order)


def test_there_is_no_tie_to_settle_while_the_sheets_are_closed(evaluating):
    with refused("sheets_closed"):
        scoring.settle_tie(
            actor=evaluating.members[0], project=lot(evaluating).pk, order=[], reason="抽签"
        )


def test_r07_one_who_leaves_before_the_opening_is_replaced_in_the_same_round(evaluating):
    leaver = next(member for member in evaluating.members if member.role == "expert")
    seal_all(evaluating)
    sealed = trail.events(lot(evaluating).stream, "project.score_sheet_sealed")
    commitment = next(
        one["data"]["commitment"] for one in sealed if one["data"]["author"] == leaver.id
    )
    committee.declare(actor=leaver, project=lot(evaluating).pk, conflict=True)
    void = {"member": leaver.id, "kind": "score_sheet/1", "commitment": commitment}
    assert last(evaluating, "sheet_voided") == void | {"round": 1, "basis": "R07"}
    with refused("committee_changed"):
        open_sheets(evaluating)
    member = seat_a_replacement(evaluating)
    scoring.start_evaluation(actor=evaluating.cast["jyzx1"], project=lot(evaluating).pk)
    told = last(evaluating, "evaluation_started")
    assert (told["round"], told["resumed"], "to" in told) == (1, True, False)
    assert (leaver.id in told["members"], member.id in told["members"]) == (False, True)
    evaluating.members = [m for m in evaluating.members if m != leaver] + [member]
    with refused("sheets_missing"):
        open_sheets(evaluating)
    seal(evaluating, member)
    open_sheets(evaluating)
    kept = last(evaluating, "score_sheet_not_opened")
    assert (kept["commitment"], kept["not_opened"]) == (commitment, "R07")
    assert sorted(scores.sheets(lot(evaluating))) == told["members"]
    assert not reading.recomposed(lot(evaluating))


def test_evaluation_starts_once_with_one_committee(evaluating):
    with refused("wrong_state"):
        scoring.start_evaluation(actor=evaluating.cast["jyzx1"], project=lot(evaluating).pk)


def test_the_last_lot_decides_alone_about_its_sheets(ladder):
    first = tender(ladder, steps.score)
    second = Job("T-3", small_case(3), ladder.cast, refusals=[], objection=False)
    play(second, steps.start_evaluation)
    assert scores.opened(lot(first)) is True
    assert scores.opened(lot(second)) is False
