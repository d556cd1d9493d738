"""A ground of recusal that comes up at each of five times: state, entries; the case verifies."""

import pytest

from audit_log.models import Envelope
from audit_log.selectors import trail
from audit_log.services import envelopes
from config.demo import job as steps
from evaluation.models import Part
from evaluation.selectors import blockers
from evaluation.services import committee, scoring
from experts.models import Draw, Expert, Seat
from experts.services import rosters
from tests.evaluation import recusing
from tests.evaluation.recusing import behind, bidder, end, kinds, seat_next, seats, tie
from tests.evaluation.tender import last, lot, refused, tender
from tests.evaluation.test_scoring_service import open_sheets, orgs, seal_all

pytestmark = pytest.mark.django_db


def draw_of(job):
    return Draw.objects.get(pk=job.draw)


def streams(job):
    return lot(job).stream, f"draw/{job.draw}"


def marks(job):
    return [end(stream) for stream in streams(job)]


def since(job, before):
    return [kinds(stream, n) for stream, n in zip(streams(job), before, strict=True)]


def test_before_the_freeze_he_is_no_candidate_and_the_sealed_omissions_say_why(ladder, tmp_path):
    job = tender(ladder, steps.request_draw)
    expert = Expert.objects.filter(state="active").order_by("pk")[0].pk
    tie(job, expert, "punished")
    steps.commit_draw(job)
    known = rosters.identities_of(draw_of(job)).values()
    assert expert not in {one.expert for one in known}
    committed = trail.last_event(f"draw/{job.draw}", "draw.committed")
    sealed = Envelope.objects.get(pk=committed["data"]["omissions"])
    _, content = envelopes.newest_of(sealed.stream, sealed.kind)
    assert {"expert": expert, "reason": "punished"} in content["omitted"]
    assert (lot(job).state, draw_of(job).state) == ("drawing", "committed")
    recusing.report_and_verify(job, tmp_path, steps.commit_draw)


def test_between_draw_and_opening_a_check_strikes_him_under_his_handle(ladder, tmp_path):
    job = tender(ladder, steps.draw_experts)
    seat = seats(job, "accepted")[0]
    tie(job, behind(job, seat), "punished")
    before = marks(job)
    recusing.recheck(job)
    assert since(job, before) == [["recusal_rechecked"], ["answered"]]
    told = trail.last_event(seat.stream, "draw.answered")["data"]
    assert (told["candidate"], told["answer"], told["reason"]) == (seat.candidate, "struck", "H4")
    assert last(job, "recusal_rechecked") == {"draw": job.draw, "basis": "R06"}
    assert (lot(job).state, draw_of(job).state) == ("drawing", "running")
    steps.draw_experts(job)
    recusing.report_and_verify(job, tmp_path, steps.draw_experts)


def test_at_the_opening_a_tie_to_a_bidder_comes_to_light_and_not_before(ladder, tmp_path):
    job = tender(ladder, steps.draw_experts)
    seat = seats(job, "accepted")[0]
    tie(job, behind(job, seat), "kin", bidder(job))
    before = marks(job)
    recusing.recheck(job)
    assert since(job, before) == [["recusal_rechecked"], []]
    steps.open_bids(job)
    told = trail.events(f"draw/{job.draw}", "draw.answered")
    struck = [one["data"] for one in told if one["data"]["answer"] == "struck"]
    assert [(one["candidate"], one["reason"]) for one in struck] == [(seat.candidate, "H1")]
    assert Seat.objects.get(pk=seat.pk).state == "struck"
    assert (lot(job).state, draw_of(job).state, draw_of(job).round) == ("opened", "filled", 2)
    recusing.report_and_verify(job, tmp_path, steps.open_bids)


def test_at_the_sign_in_he_is_turned_away_and_stays_unknown(ladder, tmp_path):
    job = tender(ladder, steps.open_bids)
    seat = seats(job, "accepted")[0]
    expert = behind(job, seat)
    tie(job, expert, "director", bidder(job))
    before = marks(job)
    with refused("recusal"):
        committee.sign_in_expert(actor=seat.actor, group=job.code)
    assert since(job, before) == [[], ["answered"]]
    told = trail.last_event(seat.stream, "draw.answered")
    assert (told["data"]["reason"], told["actor"]["id"]) == ("H5", "system")
    assert (lot(job).state, draw_of(job).state) == ("opened", "running")
    assert not Part.objects.filter(project=lot(job), person=expert).exists()
    assert expert not in str(trail.events(seat.stream))
    steps.draw_experts(job)
    recusing.report_and_verify(job, tmp_path, steps.open_bids)


@pytest.fixture
def scored(ladder):
    """The sheets are open, each member gave other points."""
    return tender(ladder, steps.score)


def leaves_by_declaring(job, member):
    given = {"conflict": True, "bidder": bidder(job), "relation": "kin"}
    committee.declare(actor=member, project=lot(job).pk, **given)
    return ["member_declared", "sheet_voided"]


def leaves_by_being_found_out(job, member):
    tie(job, member.id, "kin", bidder(job))
    recusing.recheck(job)
    return ["member_left", "sheet_voided", "recusal_rechecked"]


@pytest.mark.parametrize("leave", [leaves_by_declaring, leaves_by_being_found_out])
def test_after_the_sheets_are_open_his_is_void_and_his_replacement_s_alone_is_new(
    scored, tmp_path, leave
):
    job = scored
    leaver = next(member for member in job.members if member.role == "expert")
    first = last(job, "totals_computed")
    before = marks(job)
    expected = leave(job, leaver)
    assert since(job, before) == [expected, ["answered"]]
    void = last(job, "sheet_voided")
    assert (void["member"], void["kind"], void["round"]) == (leaver.id, "score_sheet/1", 1)
    told = trail.last_event(f"draw/{job.draw}", "draw.answered")["data"]
    assert (told["answer"], told["reason"]) == ("struck", "replaced")
    assert (lot(job).state, draw_of(job).state) == ("evaluating", "running")
    assert [one.code for one in _blocked(job)] == ["committee_changed"]

    before = marks(job)
    member = seat_next(job)
    recusing.go_on(job)
    started = last(job, "evaluation_started")
    stayed = sorted(one.id for one in job.members if one != leaver)
    assert (started["round"], [one["member"] for one in started["carried"]]) == (2, stayed)
    assert lot(job).candidates.count() == 0
    waiting = Part.objects.filter(project=lot(job), relation="seated", sealed_at=None)
    assert list(waiting.values_list("person", flat=True)) == [member.id]

    rows = [{"bidder": org, "factor": "total", "score": "66.6"} for org in orgs(job)]
    scoring.seal_sheet(actor=member, project=lot(job).pk, scores=rows)
    open_sheets(job)
    second = last(job, "totals_computed")
    totals = {row["bidder"]: row for row in trail.document(second["result"])["totals"]}
    once = {row["bidder"]: row for row in trail.document(first["result"])["totals"]}
    for org in orgs(job):
        each = {one["member"]: one["total"] for one in totals[org]["members"]}
        old = {one["member"]: one["total"] for one in once[org]["members"]}
        assert each == {who: old[who] for who in stayed} | {member.id: "66.6"}
    assert since(job, before)[0] == [
        "member_signed_in", "member_promised", "member_briefed", "member_declared",
        "evaluation_started", "score_sheet_sealed", "score_sheets_closed", "score_sheet_opened",
        "totals_computed",
    ]  # fmt: skip

    job.members = [one for one in job.members if one != leaver] + [member]
    _lead(job)
    steps.report(job)
    report = trail.document(lot(job).report)
    assert [one["member"] for one in report["voided"]] == [leaver.id]
    assert leaver.id not in {one["member"] for one in report["committee"]}
    recusing.verified(job, tmp_path)


def _blocked(job):
    return blockers.sign_report(lot(job))


def _lead(job):
    """The committee elects again where its leader left."""
    committee.elect_leader(actor=job.members[0], project=lot(job).pk, member=job.members[0].id)


def test_while_the_sheets_are_sealed_his_stays_sealed_for_ever(ladder, tmp_path):
    job = tender(ladder, steps.start_evaluation)
    leaver = next(member for member in job.members if member.role == "expert")
    seal_all(job)
    leaves_by_being_found_out(job, leaver)
    member = seat_next(job)
    recusing.go_on(job)
    rows = [{"bidder": org, "factor": "total", "score": "66.6"} for org in orgs(job)]
    scoring.seal_sheet(actor=member, project=lot(job).pk, scores=rows)
    open_sheets(job)
    told = trail.events(lot(job).stream, "project.score_sheet_opened")
    assert leaver.id not in {one["data"]["author"] for one in told}
    assert last(job, "score_sheet_not_opened")["author"] == leaver.id
    assert last(job, "totals_computed")["round"] == 1
    recusing.verified(job, tmp_path)
