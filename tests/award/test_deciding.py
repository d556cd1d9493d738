"""The decision, and what may become of it: loss of the winner, return, failure, contract."""

import pytest
from django.db import IntegrityError, transaction

from accounts.acts import ACTS
from audit_log.selectors import trail
from audit_log.services import reconciling
from award.models import Award, Notice
from award.services import deciding, meeting, objections, publicity
from tests.award.acting import (
    BING,
    DING,
    JIA,
    REASONS,
    YI,
    after_publicity,
    attend,
    bad_input,
    elect,
    entry,
    last,
    open_round,
    play,
    project,
    refused,
    two_lots,
    types,
    vote,
)
from tests.scenarios import later

pytestmark = pytest.mark.django_db

DEPARTURE = "该候选人标后履约评价明显优于其他候选人,择优确定"


def decide(cast, code, **more):
    return deciding.decide(
        actor=cast["zbr1"], project=code, reasons=more.pop("reasons", REASONS), **more
    )


def lose(cast, code, reason="gave_up", **more):
    return deciding.lose_winner(actor=cast["zbr1"], project=code, reason=reason, **more)


def won(cast, code, winner, other):
    """Elect, decide and publish."""
    elect(cast, code, winner, other)
    decide(cast, code, departure_reasons=DEPARTURE)
    publicity.publish_result(actor=cast["jyzx2"], project=code)
    return code


def test_no_decision_before_the_rounds_have_a_winner(ladder, cast):
    code = ladder["awarding"]
    with refused("round_needed"):
        decide(cast, code)
    open_round(cast, code)
    with refused("round_open"):
        decide(cast, code)


def test_the_decision_follows_the_ballots(ladder, cast):
    code = ladder["awarding"]
    elect(cast, code, JIA, YI)
    ref = decide(cast, code)
    row, said = project(code), entry(ref)["data"]
    price = row.bids.get(bidder_id=JIA).price_fen
    assert {key: said[key] for key in said.keys() - {"noted"}} == {
        "bidder": JIA,
        "price_fen": price,
        "session": 1,
        "reasons": REASONS,
        "departs_from_order": False,
        "plan": row.award_plan,
        "basis": "round_elimination",
        "notice": Notice.objects.get(project=code, kind="result").body,
        "from": "awarding",
        "to": "awarded",
    }
    decision = Award.objects.get(project=code)
    assert (row.winner, decision.bid.bidder_id, decision.active) == (JIA, JIA, True)
    assert reconciling.reconcile().faults == []
    with refused("wrong_state"):
        decide(cast, code)


def test_departing_from_the_evaluation_takes_reasons_of_its_own(ladder, cast):
    code = ladder["awarding"]
    elect(cast, code, BING, JIA)
    with bad_input("departure_unexplained"):
        decide(cast, code)
    said = entry(decide(cast, code, departure_reasons=DEPARTURE))["data"]
    assert (said["departs_from_order"], said["reasons"]) == (True, f"{REASONS}\n{DEPARTURE}")


@pytest.mark.parametrize(
    ("reasons", "code"),
    [("好", "text_too_short"), (f"{REASONS}联系 13957301234", "personal_data"),
     (f"{REASONS}dbwy2 力荐", "personal_data")],
)  # fmt: skip
def test_reasons_are_given_and_name_nobody(ladder, cast, reasons, code):
    elect(cast, ladder["awarding"], JIA, YI)
    with bad_input(code):
        decide(cast, ladder["awarding"], reasons=reasons)


def test_a_late_decision_is_noted(ladder, cast):
    code = ladder["awarding"]
    elect(cast, code, JIA, YI)
    later(days=40)
    said = entry(decide(cast, code))["data"]
    assert {"rule": "decision_days", "code": "decision_late"} in said["noted"]


def test_two_decisions_cannot_be_in_force(ladder):
    first = Award.objects.get(project=ladder["awarded"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(
            project=first.project, bid=first.bid, reasons="二", decided_at=first.decided_at
        )


def test_the_next_by_result_takes_the_losers_place(ladder, cast):
    """NEXT_BY_RESULT: the order of the award vote, not of the evaluation."""
    code = ladder["awarding"]
    vote(cast, code, [BING, YI])
    vote(cast, code, [BING], [BING], [BING], [BING], [YI])
    decide(cast, code, departure_reasons=DEPARTURE)
    publicity.publish_result(actor=cast["jyzx2"], project=code)
    ref = lose(cast, code)
    assert entry(ref)["data"] == {
        "bidder": BING, "reason": "gave_up", "rule": "NEXT_BY_RESULT", "session": 1,
        "from": "result_public", "to": "awarded",
    }  # fmt: skip
    row, said = project(code), last(code, "awarded")
    assert (row.winner, said["bidder"], said["basis"]) == (YI, YI, "next_by_result")
    assert row.candidates.get(bid__bidder_id=BING).left_for == "gave_up"
    assert list(row.awards.order_by("pk").values_list("active", "ended_for")) == [
        (False, "gave_up"), (True, ""),
    ]  # fmt: skip
    result = publicity.publish_result(actor=cast["jyzx2"], project=code)
    assert trail.document(entry(result)["data"]["notice"])["winner"]["bidder"] == YI
    assert reconciling.reconcile().faults == []


def test_losses_go_on_until_nobody_is_left(ladder, cast):
    code = won(cast, ladder["awarding"], JIA, YI)
    for expected in (YI, BING):
        lose(cast, code)
        assert project(code).winner == expected
        publicity.publish_result(actor=cast["jyzx2"], project=code)
    lose(cast, code)
    assert (project(code).state, project(code).winner) == ("failed", "")


def test_the_remaining_are_voted_on_anew_where_the_plan_says_so(cast):
    job = play(cast, "T-REV", "awarding", plan={"withdrawal": "REVOTE_REMAINING"})
    code = won(cast, job.lots[0][0], JIA, YI)
    lose(cast, code, "no_performance_bond")
    row = project(code)
    assert (row.state, row.award_session, row.winner) == ("awarding", 2, "")
    with refused("members_absent"):
        meeting.open_ballot(actor=cast["zbr1"], project=code)
    attend(cast, code)
    again = open_round(cast, code)
    assert (again.pk, again.eligible) == (f"{code}-B2-1", sorted([YI, BING]))
    assert reconciling.reconcile().faults == []


def test_a_second_session_ends_in_a_decision(cast):
    job = play(cast, "T-REV", "awarding", plan={"withdrawal": "REVOTE_REMAINING"})
    code = won(cast, job.lots[0][0], JIA, YI)
    lose(cast, code)
    attend(cast, code)
    vote(cast, code, [BING])
    said = entry(decide(cast, code, departure_reasons=DEPARTURE))["data"]
    assert (said["bidder"], said["session"]) == (BING, 2)
    publicity.publish_result(actor=cast["jyzx2"], project=code)


def test_the_tender_fails_where_the_plan_says_so(cast):
    job = play(cast, "T-RET", "awarding", plan={"withdrawal": "RETENDER"})
    code = won(cast, job.lots[0][0], JIA, YI)
    lose(cast, code)
    assert project(code).state == "failed"


def test_what_the_plan_decides_is_no_choice(ladder, cast):
    code = won(cast, ladder["awarding"], JIA, YI)
    with refused("plan_decides"):
        lose(cast, code, retender=True)


@pytest.mark.parametrize("reason", ["won_other_lot", "too_dear", ""])
def test_a_winner_is_lost_for_a_reason_of_the_law(ladder, cast, reason):
    code = won(cast, ladder["awarding"], JIA, YI)
    with bad_input("reason_unknown"):
        lose(cast, code, reason)
    assert project(code).winner == JIA


def test_a_winner_may_be_lost_after_the_notice(ladder, cast):
    code = won(cast, ladder["awarding"], JIA, YI)
    after_publicity(code)
    publicity.notify(actor=cast["zbr1"], project=code)
    lose(cast, code, "force_majeure")
    assert (project(code).state, project(code).winner) == ("awarded", YI)


def test_a_lot_lost_and_found_again_passes_over_winners_of_other_lots(cast):
    """兼投不兼中 holds for the next in order as well; his leaving names the other decision."""
    job = play(cast, "T-TWO", "awarding", case=two_lots())
    first, second = (code for code, _ in job.lots)
    won(cast, first, JIA, YI)
    meeting.begin_award(actor=cast["zbr1"], project=second)
    attend(cast, second)
    vote(cast, second, [YI])
    other = decide(cast, second)
    lose(cast, first)
    assert project(first).winner == BING
    assert last(first, "candidate_left") == {
        "bidder": YI, "reason": "won_other_lot", "refs": [other.as_data()],
    }  # fmt: skip
    assert reconciling.reconcile().faults == []


def test_the_last_candidate_needs_no_ballot_and_none_at_all_is_a_failure(cast):
    rejected = [
        {"bidder": name, "reason": "投标文件未加盖公章"} for name in ("乙方建设", "丙方建设")
    ]
    case = two_lots({"bidder": "甲方建设", "scores": ["90", "91", "92", "90", "91"]})
    case["lots"][1]["rejected"] = rejected
    job = play(cast, "T-ONE", "awarding", case=case)
    first, second = (code for code, _ in job.lots)
    elect(cast, first, JIA, YI)
    decide(cast, first)
    meeting.begin_award(actor=cast["zbr1"], project=second)
    attend(cast, second)
    for act in (meeting.open_ballot, deciding.decide):
        with refused("no_candidate"):
            act(actor=cast["zbr1"], project=second, **_reasons(act))
    ref = deciding.fail(actor=cast["zbr1"], project=second, reason="候选人均已在其他标段中标")
    assert entry(ref)["data"]["to"] == "failed"


def _reasons(act):
    return {"reasons": REASONS} if act is deciding.decide else {}


def test_a_tender_whose_candidates_are_all_gone_fails_while_they_are_public(ladder, cast):
    code = ladder["candidates_public"]
    bidders = [one.bid.bidder_id for one in project(code).candidates.select_related("bid")]
    gone = [{"bidder": bidder, "reason": "gave_up"} for bidder in bidders]
    with refused("candidates_left"):
        deciding.fail(actor=cast["zbr1"], project=code, reason="候选人放弃中标", skipped=gone[1:])
    ref = deciding.fail(actor=cast["zbr1"], project=code, reason="候选人均放弃中标", skipped=gone)
    assert entry(ref)["data"] == {
        "reason": "候选人均放弃中标", "basis": "R20", "from": "candidates_public", "to": "failed",
    }  # fmt: skip
    assert reconciling.reconcile().faults == []


def test_an_award_with_candidates_does_not_fail(ladder, cast):
    with refused("candidates_left"):
        deciding.fail(actor=cast["zbr1"], project=ladder["awarding"], reason="不想继续了")


@pytest.mark.parametrize("rung", ["candidates_public", "awarding", "result_public"])
def test_a_changed_candidate_goes_back_to_the_committee(ladder, cast, rung):
    code = ladder[rung]
    before = project(code).evaluation_round
    ref = deciding.reconfirm(actor=cast["zbr1"], project=code, reason="候选人财务状况发生较大变化")
    row = project(code)
    assert entry(ref)["data"] == {
        "reason": "候选人财务状况发生较大变化", "basis": "R23", "from": rung, "to": "evaluating",
    }  # fmt: skip
    assert (row.evaluation_round, row.winner, row.public_until) == (before + 1, "", None)
    assert row.awards.filter(active=True).count() == 0
    assert reconciling.reconcile().faults == []


def test_nothing_goes_back_in_the_middle_of_a_ballot(ladder, cast):
    open_round(cast, ladder["awarding"])
    with refused("round_open"):
        deciding.reconfirm(
            actor=cast["zbr1"], project=ladder["awarding"], reason="候选人财务状况变化"
        )


def test_the_contract_is_at_the_price_of_the_bid(ladder, cast):
    code = ladder["notified"]
    row = project(code)
    price = row.bids.get(bidder_id=row.winner).price_fen
    day = row.audit_at.date()
    with refused("price_differs"):
        deciding.contract(actor=cast["zbr1"], project=code, signed_on=day, price_fen=price - 1)
    with bad_input("date_ahead"):
        deciding.contract(
            actor=cast["zbr1"], project=code, signed_on=day.replace(year=2030), price_fen=price
        )
    later(days=60)
    ref = deciding.contract(actor=cast["zbr1"], project=code, signed_on=day, price_fen=price)
    assert entry(ref)["data"] == {
        "date": day.isoformat(), "price_fen": price, "from": "notified", "to": "contracted",
        "noted": [{"rule": "R25", "code": "contract_late"}],
    }  # fmt: skip


@pytest.fixture(params=["ranked_first", "authorised"])
def ranked(request, cast):
    """A tender that awards by rank, with its publicity over."""
    job = play(cast, "T-RANK", "candidates_public", regime=request.param)
    after_publicity(job.lots[0][0])
    return job.lots[0][0]


def confirm(cast, code, *skipped):
    rows = [{"bidder": org, "reason": reason} for org, reason in skipped]
    return deciding.confirm_first(
        actor=cast["zbr1"], project=code, reasons="依评标报告推荐排名确定", skipped=rows
    )


def test_the_first_ranked_wins(cast, ranked):
    with refused("not_separated"):
        meeting.begin_award(actor=cast["zbr1"], project=ranked)
    said = entry(confirm(cast, ranked))["data"]
    assert (said["bidder"], said["basis"], said["plan"]) == (JIA, "rank", "")
    publicity.publish_result(actor=cast["jyzx2"], project=ranked)
    assert project(ranked).state == "result_public"


def test_a_better_ranked_is_passed_over_for_a_reason_of_the_law_only(cast, ranked):
    with bad_input("reason_unknown"):
        confirm(cast, ranked, (JIA, "too_dear"))
    with bad_input("no_other_lot"):
        confirm(cast, ranked, (JIA, "won_other_lot"))
    with bad_input("not_candidate"):
        confirm(cast, ranked, (DING, "gave_up"))
    said = entry(confirm(cast, ranked, (JIA, "gave_up")))["data"]
    assert (said["bidder"], said["departs_from_order"]) == (YI, False)
    assert last(ranked, "candidate_left") == {"bidder": JIA, "reason": "gave_up"}


def test_with_all_passed_over_nobody_is_awarded(cast, ranked):
    with refused("no_candidate"):
        confirm(cast, ranked, *((org, "gave_up") for org in (JIA, YI, BING)))
    assert "candidate_left" not in types(ranked)


def test_an_objection_stops_the_award_by_rank(cast, ranked):
    objection = play(cast, "T-STOP", "candidates_public", regime="ranked_first").lots[0][0]
    objections.object(actor=cast["tbr"], project=objection, text="业绩认定有误")
    after_publicity(objection)
    with refused("objection_open"):
        confirm(cast, objection)


@pytest.mark.parametrize(
    ("retender", "winner", "state"), [(False, YI, "awarded"), (True, "", "failed")]
)
def test_by_rank_the_tenderer_takes_the_next_or_tenders_anew(cast, ranked, retender, winner, state):
    """条例第五十五条 leaves the choice."""
    confirm(cast, ranked)
    publicity.publish_result(actor=cast["jyzx2"], project=ranked)
    lose(cast, ranked, retender=retender)
    assert (project(ranked).winner, project(ranked).state) == (winner, state)


def test_the_winner_of_another_lot_is_passed_over_with_its_decision(cast):
    job = play(cast, "T-PAIR", "candidates_public", regime="ranked_first", case=two_lots())
    first, second = (code for code, _ in job.lots)
    after_publicity(second)
    decided = confirm(cast, first)
    confirm(cast, second, (JIA, "won_other_lot"))
    assert project(second).winner == YI
    assert last(second, "candidate_left")["refs"] == [decided.as_data()]


def test_who_won_another_lot_meanwhile_is_not_awarded(cast):
    """兼投不兼中 holds even where both lots were being voted on."""
    job = play(cast, "T-TWO", "awarding", case=two_lots())
    first, second = (code for code, _ in job.lots)
    won(cast, first, JIA, YI)
    meeting.begin_award(actor=cast["zbr1"], project=second)
    attend(cast, second)
    vote(cast, second, [YI])
    lose(cast, first)
    assert project(first).winner == YI
    with refused("won_other_lot"):
        decide(cast, second)


def test_a_later_lot_waits_while_an_earlier_is_open_again(cast):
    job = play(cast, "T-TWO", "awarding", case=two_lots(), plan={"withdrawal": "REVOTE_REMAINING"})
    first, second = (code for code, _ in job.lots)
    won(cast, first, JIA, YI)
    meeting.begin_award(actor=cast["zbr1"], project=second)
    attend(cast, second)
    vote(cast, second, [YI])
    lose(cast, first)
    with refused("earlier_lot_open"):
        decide(cast, second)


def test_by_rank_the_tender_fails_when_nobody_is_left(cast, ranked):
    confirm(cast, ranked, (JIA, "gave_up"), (YI, "gave_up"))
    publicity.publish_result(actor=cast["jyzx2"], project=ranked)
    lose(cast, ranked)
    assert project(ranked).state == "failed"


def test_before_the_award_a_tender_fails_as_evaluation_says(ladder, cast):
    with refused("bids_left"):
        deciding.fail(actor=cast["zbr1"], project=ladder["evaluating"], reason="全部否决")


def test_a_lot_under_ballot_does_not_fail(ladder, cast):
    open_round(cast, ladder["awarding"])
    with refused("round_open"):
        deciding.fail(actor=cast["zbr1"], project=ladder["awarding"], reason="不想继续了")


def test_an_award_by_rank_is_none_of_a_meeting(ladder, cast):
    after_publicity(ladder["candidates_public"])
    with refused("separated"):
        confirm(cast, ladder["candidates_public"])


@pytest.mark.parametrize(("rung", "reasons"), [("awarding", ["candidates_left"])])
def test_pages_say_why_a_tender_does_not_fail(ladder, rung, reasons):
    asked = ACTS["project.fail"].blockers
    assert [one.code for one in asked(ladder.project(rung))] == reasons
    assert [one.code for one in asked(ladder.project("evaluating"))] == ["bids_left"]


@pytest.mark.parametrize(
    ("act", "offered"), [("begin_award", False), ("decide", False), ("confirm_first", True)]
)
def test_each_regime_offers_its_own_way(ladder, cast, ranked, act, offered):
    declared = ACTS[f"project.{act}"]
    by_rank, separated = project(ranked), ladder.project("candidates_public")
    assert declared.allowed(cast["zbr1"], by_rank) is offered
    assert declared.allowed(cast["zbr1"], separated) is not offered
