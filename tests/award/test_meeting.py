"""The award meeting: sealed list, quorum, sealed ballots, count; nobody sees a vote before."""

import pytest

from accounts.acts import ACTS
from accounts.services.gate import NotAllowed, NotFound
from audit_log.domain.entry import SYSTEM
from audit_log.selectors import trail
from audit_log.services import envelopes, reconciling
from award.models import BallotRound
from award.selectors import award, blockers
from award.services import deciding, meeting, objections, speaking
from tests.award.acting import (
    BING,
    DING,
    JIA,
    REASON,
    REASONS,
    YI,
    after_publicity,
    attend,
    bad_input,
    cast_all,
    elect,
    entry,
    last,
    members,
    open_round,
    play,
    project,
    refused,
    two_lots,
    types,
    vote,
)

pytestmark = pytest.mark.django_db


def begun(ladder, cast):
    """A project whose award has just been called."""
    code = ladder["candidates_public"]
    after_publicity(code)
    ref = meeting.begin_award(actor=cast["zbr1"], project=code)
    return code, ref


def test_an_award_begins_when_publicity_is_over(ladder, cast):
    code = ladder["candidates_public"]
    with refused("publicity_running"):
        meeting.begin_award(actor=cast["zbr1"], project=code)
    assert project(code).state == "candidates_public"


def test_an_award_does_not_begin_over_an_objection(ladder, cast):
    code = ladder["candidates_public"]
    objections.object(actor=cast["tbr"], project=code, text="业绩认定有误")
    after_publicity(code)
    with refused("objection_open"):
        meeting.begin_award(actor=cast["zbr1"], project=code)


def test_beginning_opens_the_sealed_list_and_seats_it(ladder, cast):
    code, ref = begun(ladder, cast)
    seats = project(code).parts.exclude(relation="seated").order_by("person")
    assert entry(ref)["data"] == {
        "session": 1, "order": 1, "from": "candidates_public", "to": "awarding",
    }  # fmt: skip
    assert types(code, ref.n - 1) == [
        "award_members_closed", "award_begun", "award_members_opened",
    ]  # fmt: skip
    opened = last(code, "award_members_opened")
    assert opened["commitment"] == project(code).annex
    assert opened["content"]["leader"] == "dbwy1"
    assert [(one.person, one.relation, one.leader) for one in seats] == [
        *((actor.id, "ballot", actor.id == "dbwy1") for actor in members(cast)),
        ("jdz", "watch", False),
    ]


def test_before_the_opening_nobody_can_read_who_decides(ladder, cast):
    lines = trail.lines(f"project/{ladder['candidates_public']}")
    assert [line for line in lines if "dbwy1" in str(line.value)] == []
    with pytest.raises(NotFound):
        meeting.attend_award(actor=cast["dbwy1"], project=ladder["candidates_public"])


def test_members_and_observers_sign_in_once(ladder, cast):
    code, _ = begun(ladder, cast)
    ref = meeting.attend_award(actor=cast["jdz"], project=code)
    assert entry(ref)["data"] == {"member": "jdz", "relation": "watch"}
    with refused("signed_in"):
        meeting.attend_award(actor=cast["jdz"], project=code)


def test_no_round_without_every_member(ladder, cast):
    code, _ = begun(ladder, cast)
    for actor in members(cast)[:-2]:
        meeting.attend_award(actor=actor, project=code)
    with refused("members_absent") as caught:
        meeting.open_ballot(actor=cast["zbr1"], project=code)
    assert caught.value.blockers[0].rule == "R27"
    assert caught.value.blockers[0].message == "还差 2 位定标委员到会"


def test_a_round_asks_what_the_plan_says(ladder, cast):
    code = ladder["awarding"]
    filed = last(code, "award_paper_filed")
    ref = meeting.open_ballot(actor=cast["zbr1"], project=code)
    name = f"{code}-B1-1"
    assert entry(ref)["data"] == {
        "round": {"code": name, "from": "", "to": "open"},
        "session": 1,
        "number": 1,
        "method": "round_elimination",
        "eligible": sorted([JIA, YI, BING]),
        "seats": 2,
        "kind": "ballot/1/1",
        "papers": [{"paper": "price_review", "evidence": filed["evidence"]}],
    }
    with refused("round_open"):
        meeting.open_ballot(actor=cast["zbr1"], project=code)


@pytest.mark.parametrize(
    ("choices", "reason", "code"),
    [
        ([JIA], REASON, "wrong_count"),
        ([JIA, YI, BING], REASON, "wrong_count"),
        ([JIA, JIA], REASON, "duplicate_name"),
        ([JIA, DING], REASON, "not_eligible"),
        ([JIA, YI], "好", "reason_too_short"),
        ([JIA, YI], REASON + ",可电询 13957301234", "personal_data"),
    ],
)
def test_an_invalid_ballot_is_sent_back(ladder, cast, choices, reason, code):
    project_code = ladder["awarding"]
    one = open_round(cast, project_code)
    with bad_input(code):
        meeting.cast_ballot(
            actor=cast["dbwy1"], project=project_code, choices=choices, reason=reason
        )
    assert envelopes.current(one.stream, one.kind) == {}


@pytest.mark.parametrize("account", ["jdz", "zbr1", "jyzx1", "jw", "zjj"])
def test_only_members_vote(ladder, cast, account):
    open_round(cast, ladder["awarding"])
    with pytest.raises(NotAllowed):
        meeting.cast_ballot(
            actor=cast[account], project=ladder["awarding"], choices=[JIA, YI], reason=REASON
        )


def test_a_member_votes_once_and_in_time(ladder, cast):
    code = ladder["awarding"]
    ballot = {"project": code, "choices": [JIA, YI], "reason": REASON}
    with refused("no_open_round"):
        meeting.cast_ballot(actor=cast["dbwy1"], **ballot)
    open_round(cast, code)
    meeting.cast_ballot(actor=cast["dbwy1"], **ballot)
    with refused("already_voted") as caught:
        meeting.cast_ballot(actor=cast["dbwy1"], **ballot | {"choices": [BING, YI]})
    assert not {JIA, YI, BING} & set(str(caught.value).split())
    for actor in members(cast)[1:]:
        meeting.cast_ballot(actor=actor, **ballot)
    meeting.close_ballot(actor=cast["zbr1"], project=code)
    with refused("no_open_round"):
        meeting.cast_ballot(actor=cast["dbwy1"], **ballot)


def test_nothing_tells_a_vote_before_the_close(ladder, cast):
    """R28: what rows and entries say does not depend on the choice."""
    code = ladder["awarding"]
    open_round(cast, code)
    ref = meeting.cast_ballot(actor=cast["dbwy1"], project=code, choices=[JIA, YI], reason=REASON)
    assert entry(ref)["data"].keys() == {"commitment", "kind", "author", "replaces"}
    assert BallotRound.objects.get(project=code).result is None
    (view,) = award.round_views(project(code))
    assert (view.cast, view.due, view.result) == (1, 7, None)
    assert award.record(project(code))["rounds"] == []


def test_a_round_closes_when_all_have_voted(ladder, cast):
    code = ladder["awarding"]
    open_round(cast, code)
    for actor in members(cast)[:4]:
        meeting.cast_ballot(actor=actor, project=code, choices=[JIA, YI], reason=REASON)
    with refused("ballots_missing") as caught:
        meeting.close_ballot(actor=cast["zbr1"], project=code)
    assert caught.value.blockers[0].message == "还差 3 位定标委员未投票"
    assert BallotRound.objects.get(project=code).state == "open"


def test_the_close_lists_then_opens_then_counts(ladder, cast):
    code = ladder["awarding"]
    one = open_round(cast, code)
    cast_all(cast, code, [JIA, YI], [JIA, BING], [JIA, YI])
    sealed = envelopes.current(one.stream, one.kind)
    ref = meeting.close_ballot(actor=cast["zbr1"], project=code)
    assert types(code, ref.n - 8) == ["ballots_closed", *["ballot_opened"] * 7, "round_counted"]
    closed, counted = last(code, "ballots_closed"), entry(ref)["data"]
    assert closed == {
        "kind": one.kind,
        "commitments": sorted(sealed.values()),
        "round": {"code": one.pk, "from": "open", "to": "closed"},
    }
    row = BallotRound.objects.get(pk=one.pk)
    assert counted == {
        "round": {"code": one.pk, "from": "closed", "to": "decided"},
        "tally": [
            {"bidder": org, "votes": votes} for org, votes in sorted([(JIA, 7), (YI, 6), (BING, 1)])
        ],
        "kept": sorted([JIA, YI]),
        "tie": [],
        "winner": "",
        "result": counted["result"],
        "alike": [[member.id for member in members(cast)]],
    }
    assert row.state == "decided"
    assert trail.document(counted["result"]) == row.result


def test_every_opened_ballot_is_the_one_that_was_sealed(ladder, cast):
    code = ladder["awarding"]
    vote(cast, code, [JIA, YI], [YI, BING], [JIA, BING])
    opened = trail.openings(f"project/{code}", "project.ballot_opened", "ballot/1/1")
    assert {member: content["chosen"] for member, content in opened.items()} == {
        "dbwy1": [JIA, YI],
        "dbwy2": [YI, BING],
        **{f"dbwy{k}": [JIA, BING] for k in range(3, 8)},
    }


def test_rounds_lead_to_one_name(ladder, cast):
    code = ladder["awarding"]
    final = elect(cast, code, YI, JIA)
    assert (final.number, final.eligible, final.seats) == (2, sorted([JIA, YI]), 1)
    assert last(code, "round_counted")["winner"] == YI
    with refused("winner_found"):
        meeting.open_ballot(actor=cast["zbr1"], project=code)


def test_a_tie_is_voted_again_among_the_tied(ladder, cast):
    code = ladder["awarding"]
    tied = vote(cast, code, [JIA, YI], [JIA, YI], [JIA, YI], [JIA, BING], [JIA, BING],
                [JIA, BING], [YI, BING])  # fmt: skip
    assert (tied.state, last(code, "round_counted")["tie"]) == ("tied", sorted([YI, BING]))
    again = open_round(cast, code)
    assert (again.number, again.eligible, again.seats) == (2, sorted([YI, BING]), 1)


def test_a_tie_that_only_a_lottery_breaks_waits_for_one(cast):
    job = play(cast, "T-LOT", "awarding", plan={"tie_chain": ["lottery"], "max_revotes": 0})
    code = job.lots[0][0]
    tied = vote(cast, code, [JIA, YI], [JIA, YI], [JIA, YI], [JIA, BING], [JIA, BING],
                [JIA, BING], [YI, BING])  # fmt: skip
    assert tied.state == "tied"
    for act in (meeting.open_ballot, deciding.decide):
        with refused("lottery_needed"):
            act(
                actor=cast["zbr1"],
                project=code,
                **({"reasons": REASONS} if act is deciding.decide else {}),
            )


@pytest.mark.parametrize(
    ("methods", "given"),
    [
        ([{"method": "rank_points"}], {"choices": [YI, JIA, BING]}),
        ([{"method": "pairwise"}], {"choices": [YI, BING, JIA]}),
        (
            [{"method": "cumulative", "points": 3}],
            {"points": [{"bidder": YI, "points": 3}, {"bidder": JIA, "points": 0}]},
        ),
        ([{"method": "deliberation", "decided_by": "chair"}], {"choices": [YI]}),
        ([{"method": "direct_vote", "majority": True}], {"choices": [YI]}),
        (
            [{"method": "factor_scoring", "scoring": "sum"}],
            {
                "scores": [
                    {"bidder": org, "factor": "performance", "score": points}
                    for org, points in ((JIA, "80"), (YI, "95.5"), (BING, "70"))
                ]
            },
        ),
    ],
)
def test_each_method_takes_its_own_ballot(cast, methods, given):
    factor = steps_factor(methods[0]["method"])
    job = play(
        cast, "T-WAY", "awarding", plan={"methods": methods, "rounds": None, "factors": [factor]}
    )
    code = job.lots[0][0]
    for actor in reversed(members(cast)):
        speaking.speak(actor=actor, project=code, statement="方案针对性强")
    open_round(cast, code)
    assert award.ballot_form(project(code)).field == next(iter(given))
    for actor in members(cast):
        meeting.cast_ballot(actor=actor, project=code, reason=REASON, **given)
    meeting.close_ballot(actor=cast["zbr1"], project=code)
    assert award.outcome(project(code)).winner == YI


def steps_factor(method):
    factor = {
        "factor": "performance",
        "name": "标后履约评价",
        "group": "capability",
        "evidence": "contract_record",
    }
    return factor | ({"max": "100"} if method == "factor_scoring" else {})


def test_a_price_competition_needs_no_ballot(cast):
    way = [{"method": "price_competition", "price_rule": "lowest"}]
    job = play(cast, "T-PRICE", "awarding", plan={"methods": way, "rounds": None})
    code = job.lots[0][0]
    with refused("winner_found"):
        meeting.open_ballot(actor=cast["zbr1"], project=code)
    prices = {row.bid.bidder_id: row.bid.price_fen for row in award.standing(project(code))}
    assert award.next_step(project(code)).winner == min(prices, key=prices.get)


def test_the_second_lot_waits_for_the_first_and_names_its_decision(cast):
    """兼投不兼中: the winner of lot 1 leaves lot 2 before its ballots, with lot 1 as evidence."""
    job = play(cast, "T-TWO", "awarding", case=two_lots())
    first, second = (code for code, _ in job.lots)
    with refused("earlier_lot_open"):
        meeting.begin_award(actor=cast["zbr1"], project=second)
    elect(cast, first, JIA, YI)
    decided = deciding.decide(actor=cast["zbr1"], project=first, reasons=REASONS)
    begun_at = meeting.begin_award(actor=cast["zbr1"], project=second)
    assert entry(begun_at)["data"]["refs"] == [decided.as_data()]
    left = last(second, "candidate_left")
    assert left == {"bidder": JIA, "reason": "won_other_lot", "refs": [decided.as_data()]}
    attend(cast, second)
    assert open_round(cast, second).eligible == sorted([YI, BING])
    assert reconciling.reconcile().faults == []


def test_blockers_are_what_the_service_refuses_by(ladder, cast):
    row = ladder.project("awarding")
    assert [one.code for one in blockers.decide(row)] == ["round_needed"]
    assert blockers.open_ballot(row) == []
    assert [one.code for one in blockers.close_ballot(row)] == ["no_open_round"]
    assert [one.code for one in blockers.begin_award(row)] == ["wrong_state"]


def test_who_is_on_no_list_does_not_sign_in(ladder):
    with pytest.raises(NotAllowed):
        meeting.attend_award(actor=SYSTEM, project=ladder["awarding"])


def test_the_ballot_is_offered_to_who_has_not_voted(ladder, cast):
    code, act = ladder["awarding"], ACTS["project.cast_ballot"]
    assert act.allowed(cast["dbwy1"], project(code)) is False
    assert act.initial(cast["dbwy1"], project(code)) == {}
    open_round(cast, code)
    assert act.initial(cast["dbwy1"], project(code)) == {"choices": []}
    meeting.cast_ballot(actor=cast["dbwy1"], project=code, choices=[JIA, YI], reason=REASON)
    assert [act.allowed(cast[name], project(code)) for name in ("dbwy1", "dbwy2", "jdz")] == [
        False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("methods", "blank"),
    [
        (
            [{"method": "cumulative"}],
            {"points": [{"bidder": org, "points": 0} for org in sorted([JIA, YI, BING])]},
        ),
        (
            [{"method": "factor_scoring", "scoring": "sum"}],
            {
                "scores": [
                    {"bidder": org, "factor": "performance", "score": ""}
                    for org in sorted([JIA, YI, BING])
                ]
            },
        ),
    ],
)
def test_a_blank_ballot_suggests_nothing(cast, methods, blank):
    factor = steps_factor(methods[0]["method"])
    plan = {"methods": methods, "rounds": None, "factors": [factor]}
    code = play(cast, "T-WAY", "awarding", plan=plan).lots[0][0]
    open_round(cast, code)
    form = ACTS["project.cast_ballot"]
    assert form.initial(cast["dbwy1"], project(code)) == blank
    given = {"reason": REASON, **blank}
    assert form.fields(data=given).is_valid() is (methods[0]["method"] == "cumulative")


def test_signing_in_is_offered_until_it_is_done(ladder, cast):
    code, _ = begun(ladder, cast)
    act = ACTS["project.attend_award"]
    assert act.allowed(cast["jdz"], project(code)) is True
    meeting.attend_award(actor=cast["jdz"], project=code)
    assert act.allowed(cast["jdz"], project(code)) is False
