"""条例第四十八条第三款: what is void, what counts on, who reads what; lots that are out already."""

import pytest

from accounts.services import people
from accounts.services.gate import BadInput, Barred
from audit_log.domain.entry import SYSTEM
from audit_log.selectors import trail
from audit_log.services import reconciling
from award.selectors import blockers as award_blockers
from config.demo import case as cases
from config.demo import job as steps
from config.demo.job import Job
from desk.selectors import cases as pages
from desk.selectors import timeline
from evaluation.models import Part, Project
from evaluation.selectors import blockers, scores
from evaluation.services import committee, reporting, scoring
from experts.models import AccountConflict, Draw, ExpertConflict
from experts.selectors import conflicts as recorded
from experts.services import conflicts
from tests.desk.doors import sign_in, text_of
from tests.evaluation import recusing
from tests.evaluation.recusing import DOCUMENT, bidder, seat_next, tie
from tests.evaluation.tender import last, lot, play, refused, tender
from tests.evaluation.test_scoring_service import open_sheets, orgs, reject, seal, seal_all, sheet
from tests.scenarios import case_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(ladder):
    return tender(ladder, steps.score)


def expert_of(job, place=0):
    return [member for member in job.members if member.role == "expert"][place]


def leave(job, member, **given):
    committee.declare(actor=member, project=lot(job).pk, conflict=True, **given)


def replaced(job, member):
    """He leaves, another takes his seat, and the evaluation goes on; the new member."""
    leave(job, member)
    found = seat_next(job)
    recusing.go_on(job)
    job.members = [one for one in job.members if one != member] + [found]
    return found


def test_a_second_void_carries_on_what_was_carried_and_what_was_new(scored, tmp_path):
    first = replaced(scored, expert_of(scored))
    seal(scored, first)
    open_sheets(scored)
    replaced(scored, expert_of(scored))
    kinds = {one["member"]: one["kind"] for one in last(scored, "evaluation_started")["carried"]}
    assert kinds.pop(first.id) == "score_sheet/2"
    assert set(kinds.values()) == {"score_sheet/1"}
    seal(scored, scored.members[-1])
    open_sheets(scored)
    assert sorted(scores.sheets(lot(scored))) == sorted(one.id for one in scored.members)
    assert len(scores.voided(lot(scored))) == 2
    recusing.verified(scored, tmp_path)


def test_who_leaves_before_he_has_scored_has_no_sheet_to_void(scored, tmp_path):
    second = replaced(scored, expert_of(scored))
    third = replaced(scored, second)
    assert [one["round"] for one in scores.voided(lot(scored))] == [1]
    assert last(scored, "evaluation_started")["resumed"] is True
    seal(scored, third)
    open_sheets(scored)
    assert last(scored, "totals_computed")["round"] == 2
    recusing.verified(scored, tmp_path)


def test_one_who_stayed_may_still_be_found_out_while_the_new_sheet_is_awaited(scored, tmp_path):
    new = replaced(scored, expert_of(scored))
    stayed = expert_of(scored)
    newest = replaced(scored, stayed)
    void = last(scored, "sheet_voided")
    assert (void["member"], void["kind"], void["round"]) == (stayed.id, "score_sheet/1", 2)
    for member in (new, newest):
        seal(scored, member)
    open_sheets(scored)
    assert stayed.id not in scores.sheets(lot(scored))
    recusing.verified(scored, tmp_path)


def test_a_bid_rejected_in_the_new_round_makes_everybody_score_anew(scored, tmp_path):
    replaced(scored, expert_of(scored))
    scored_bids = orgs(scored)
    leader = Part.objects.filter(project=lot(scored), leader=True).exists()
    if not leader:
        first = scored.members[0]
        committee.elect_leader(actor=first, project=lot(scored).pk, member=first.id)
    reject(scored, scored_bids[0])
    with refused("sheets_missing"):
        open_sheets(scored)
    seal_all(scored, sheet(scored, bidders=scored_bids[1:]))
    open_sheets(scored)
    assert scores.told(lot(scored)).carried == {}
    recusing.verified(scored, tmp_path)


def test_who_replaces_another_reads_no_sheet_before_his_own_is_open(scored):
    new = replaced(scored, expert_of(scored))
    old = scored.members[0]
    row = lot(scored)
    told = [one for one in timeline.of(row) if one.value["type"].endswith("score_sheet_opened")]
    computed = [one for one in timeline.of(row) if one.value["type"].endswith("totals_computed")]
    assert {timeline.readable(new, one) for one in [*told, *computed]} == {False}
    assert pages.read(new, row).voided == ()
    assert {timeline.readable(scored.cast["jyzx1"], one) for one in told} == {True}
    seal(scored, new)
    open_sheets(scored)
    row = lot(scored)
    assert {timeline.readable(who, one) for who in (new, old) for one in told} == {True}


def test_the_page_shows_a_void_sheet_struck_through(scored):
    leaver = expert_of(scored)
    leave(scored, leaver)
    page = text_of(sign_in(scored.cast["jyzx1"]).get(f"/project/{lot(scored).pk}/"))
    assert f"<s>{leaver.id}</s>" in page
    total = next(iter(scores.voided_totals(lot(scored))))[1][0][1]
    assert f"{total}</s>" in page
    assert "含已作废的评分,待重新汇总" in page


def test_a_declared_bidder_goes_on_record_for_later_draws(scored):
    member = expert_of(scored)
    leave(scored, member, bidder=bidder(scored), relation="kin")
    one = ExpertConflict.objects.get(person=member.id)
    assert (one.kind, one.source, one.recorded_by) == ("kin", "sign_in", member.id)
    assert one.tag == recorded.tag_of(bidder(scored))
    assert bidder(scored) not in str(trail.events(f"expert/{member.id}"))
    assert bidder(scored) not in str(last(scored, "member_declared"))
    assert reconciling.reconcile().faults == []


def test_a_declared_tie_of_the_representative_goes_on_record_of_his_account(scored):
    member = scored.cast["zbdb"]
    leave(scored, member, bidder=bidder(scored))
    one = AccountConflict.objects.get(person="zbdb")
    assert (one.kind, one.source) == ("declared", "sign_in")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"conflict": False, "bidder": "JIA"}, "conflict_denied"),
        ({"conflict": True, "bidder": "91330499DM0000000X"}, "bidder_unknown"),
        ({"conflict": True, "relation": "kin"}, "relation_unknown"),
        ({"conflict": True, "bidder": "JIA", "relation": "punished"}, "relation_unknown"),
    ],
)
def test_what_is_declared_fits_together(scored, given, code):
    given = given | ({"bidder": bidder(scored)} if given.get("bidder") == "JIA" else {})
    with pytest.raises(BadInput) as bad:
        committee.declare(actor=expert_of(scored), project=lot(scored).pk, **given)
    assert bad.value.code == code
    assert not ExpertConflict.objects.exists()


# --- lots whose report is out


@pytest.fixture
def two_lots(ladder):
    """Both lots scored, the first one's report is out."""
    data = case_data(3)
    data["lots"].append({**data["lots"][0], "lot": "2"})
    job = Job("T-2L", cases.parse(data), ladder.cast, refusals=[], objection=False)
    play(job, steps.score)
    code = "T-2L-1"
    rows = Project.objects.get(pk=code).candidates.values_list("bid__bidder_id", flat=True)
    remark = dict.fromkeys(("strengths", "weaknesses", "risks"), "评语")
    leader = job.members[steps.LEADER]
    reporting.remark_candidates(
        actor=leader, project=code, candidates=[{"bidder": org} | remark for org in rows]
    )
    for member in job.members:
        reporting.sign_report(actor=member, project=code, agree=True)
    reporting.submit_report(actor=job.cast["jyzx1"], project=code)
    return job


def first_lot():
    return Project.objects.get(pk="T-2L-1")


def test_a_report_stands_where_nothing_on_record_concerns_its_lot(two_lots):
    member = expert_of(two_lots)
    committee.declare(actor=member, project="T-2L-2", conflict=True)
    assert Part.objects.filter(project="T-2L-1", person=member.id).exists()
    assert scores.void_counted(first_lot()) == 0


def test_a_report_that_rests_on_a_void_sheet_is_not_published_and_is_redone(two_lots, tmp_path):
    member = expert_of(two_lots)
    tie(two_lots, member.id, "kin", bidder(two_lots))
    committee.declare(actor=member, project="T-2L-2", conflict=True)
    assert not Part.objects.filter(project="T-2L-1", person=member.id).exists()
    assert scores.void_counted(first_lot()) == 1
    found = [one.code for one in award_blockers.publish_candidates(first_lot())]
    assert found == ["replaced_sheets_counted"]
    new = seat_next(two_lots, "T-2L-2")
    reporting.request_recheck(
        actor=two_lots.cast["zbr1"], project="T-2L-1", reason="原成员应当回避,重新评审"
    )
    assert [one.code for one in blockers.seal_sheet(first_lot())] == ["committee_changed"]
    with refused("not_promised", "not_briefed", "not_declared"):
        scoring.start_evaluation(actor=two_lots.cast["jyzx1"], project="T-2L-1")
    recusing.swear_in(new, "T-2L-1")
    scoring.start_evaluation(actor=two_lots.cast["jyzx1"], project="T-2L-1")
    told = trail.last_event(first_lot().stream, "project.evaluation_started")["data"]
    assert new.id in told["members"]
    assert told["round"] == 2
    recusing.verified(two_lots, tmp_path)


# --- representatives


def test_a_representative_with_a_tie_to_a_bidder_is_not_appointed(ladder):
    job = tender(ladder, steps.open_bids)
    given = {"kind": "kin", "party": bidder(job), "source": "register", "evidence": DOCUMENT}
    people.create_user(
        actor=SYSTEM, code="zbdb9", title="招标人代表", role="tenderer_rep",
        org=job.cast["zbr1"].org, password="correct horse battery",
    )  # fmt: skip
    conflicts.record_official(actor=job.cast["jyzx1"], account="zbdb9", **given)
    with refused("recusal"):
        committee.appoint_representative(
            actor=job.cast["zbr1"], project=lot(job).pk, member="zbdb9"
        )


def test_a_representative_found_out_leaves_and_another_is_appointed(ladder, tmp_path):
    job = tender(ladder, steps.start_evaluation)
    given = {"kind": "kin", "party": bidder(job), "source": "register", "evidence": DOCUMENT}
    conflicts.record_official(actor=job.cast["jyzx1"], account="zbdb", **given)
    with pytest.raises(Barred):
        seal(job, job.cast["zbdb"])
    recusing.recheck(job)
    assert last(job, "member_left") == {"member": "zbdb", "handle": ""}
    people.create_user(
        actor=SYSTEM, code="zbdb9", title="招标人代表", role="tenderer_rep",
        org=job.cast["zbr1"].org, password="correct horse battery",
    )  # fmt: skip
    committee.appoint_representative(actor=job.cast["zbr1"], project=lot(job).pk, member="zbdb9")
    assert Draw.objects.get(pk=job.draw).state == "filled"
    recusing.verified(job, tmp_path)
