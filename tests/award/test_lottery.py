"""A public lottery among bidders: the plan asks, the draw engine draws, the award follows."""

from datetime import timedelta

import pytest

from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.services import clock, reconciling, sealer
from award.services import deciding, meeting, publicity
from evaluation.services import drawing, lotteries
from experts.domain.receipt import verify_receipt
from experts.models import Draw, Seat
from experts.selectors import draws as drawn
from experts.services import draws, previews, public_draws, rounds
from tests.award.acting import BING, JIA, REASONS, YI, last, play, project, refused, types, vote
from tests.award.lots import TIED, call, committed, decide, draw_lots, tied

pytestmark = pytest.mark.django_db


@pytest.fixture
def tie(cast):
    return tied(cast)


def test_the_lottery_draws_one_of_those_who_tie_and_the_award_is_his(cast, tie):
    draw = draw_lots(cast, tie)
    told = last(tie, "lottery_drawn")
    assert (told["among"], told["seats"]) == (sorted([JIA, YI]), 1)
    outcome = verify_receipt(drawn.receipt(draw))
    assert list(outcome.rounds[0].selected) == told["drawn"]
    assert (outcome.project, outcome.closed, outcome.rounds[0].parties) == (
        tie, True, ("supervision", "tenderer"),
    )  # fmt: skip
    decide(cast, tie)
    assert (project(tie).winner, last(tie, "awarded")["basis"]) == (told["drawn"][0], "lottery")
    assert types(tie)[-4:] == ["lottery_called", "lottery_committed", "lottery_drawn", "awarded"]
    assert reconciling.reconcile().faults == []
    assert not Seat.objects.filter(draw=draw).exists()


def test_nothing_else_is_done_while_a_lottery_runs(cast, tie):
    draw = call(cast, tie)
    with refused("public_list"):
        previews.preview_recusal(actor=cast["jyzx1"], draw=draw)
    for act, given in (
        (meeting.open_ballot, {}),
        (deciding.decide, {"reasons": REASONS}),
        (deciding.reconfirm, {"reason": "对结果不满意"}),
        (meeting.call_lottery, {"held_at": clock.now(), "place": "第三开标室"}),
    ):
        with refused("lottery_running"):
            act(actor=cast["zbr1"], project=tie, **given)


def test_a_lottery_is_only_called_where_the_plan_asks_for_one(ladder, cast):
    code = ladder["awarding"]
    with refused("round_needed"):
        call(cast, code)
    with pytest.raises(NotAllowed):
        meeting.call_lottery(
            actor=cast["jyzx1"], project=code, held_at=clock.now(), place="第三开标室"
        )
    with pytest.raises(NotFound):
        meeting.call_lottery(
            actor=cast["tbr"], project="T-NONE", held_at=clock.now(), place="第三开标室"
        )


def test_a_lottery_that_supervision_abandons_is_called_again_and_names_what_it_replaces(cast, tie):
    first = committed(cast, tie)
    rounds.contribute(actor=cast["zjj"], draw=first, value="三 五 一 六 二 四")
    rounds.open_round(actor=cast["jyzx1"], draw=first)
    rounds.run_round(actor=cast["jyzx1"], draw=first)  # interrupted before the project was told
    draws.abandon(actor=cast["zjj"], draw=first, reason="机房断电,公开重抽")
    second = committed(cast, tie)
    rounds.contribute(actor=cast["zjj"], draw=second, value="三 五 一 六 二 四")
    rounds.open_round(actor=cast["jyzx1"], draw=second)
    rounds.run_round(actor=cast["jyzx1"], draw=second)
    assert "lottery_drawn" not in types(tie)
    lotteries.run_round(actor=cast["jyzx1"], draw=second)  # done again, it only tells the result
    with refused("wrong_state"):
        lotteries.run_round(actor=cast["jyzx1"], draw=second)
    assert [(row.pk, row.serial, row.attempt, row.state) for row in Draw.objects.filter(
        kind="lottery"
    ).order_by("pk")] == [
        (f"{tie}-L1", 1, 1, "abandoned"), (f"{tie}-L2", 1, 2, "closed"),
    ]  # fmt: skip
    assert last(tie, "lottery_drawn")["draw"] == second
    replaced = drawn.receipt(second)["entries"][2]
    assert verify_receipt(drawn.receipt(first)).abandoned
    assert '"replaces":null' not in replaced


def test_equals_behind_a_winner_who_gave_up_are_drawn_for(cast):
    code = play(cast, "T-EQ", "awarding", plan=TIED).lots[0][0]
    vote(cast, code, [JIA], [JIA], [JIA], [YI], [YI], [BING], [BING])
    deciding.decide(actor=cast["zbr1"], project=code, reasons=REASONS)
    publicity.publish_result(actor=cast["jyzx2"], project=code)
    deciding.lose_winner(actor=cast["zbr1"], project=code, reason="gave_up")
    assert project(code).state == "awarding"
    draw_lots(cast, code)
    assert last(code, "lottery_drawn")["among"] == sorted([YI, BING])
    decide(cast, code)
    assert [project(code).winner] == last(code, "lottery_drawn")["drawn"]


def test_a_vote_may_choose_among_whom_lots_are_drawn(cast):
    methods = [{"method": "round_elimination", "keep": 2}, {"method": "direct_lottery"}]
    plan = {**TIED, "methods": methods, "rounds": {"by_candidates": {"3": [2]}}}
    code = play(cast, "T-WAY", "awarding", plan=plan).lots[0][0]
    vote(cast, code, [JIA, BING])
    draw_lots(cast, code)
    told = last(code, "lottery_drawn")
    assert told["among"] == sorted([JIA, BING])
    decide(cast, code)
    assert project(code).winner == told["drawn"][0]


def test_a_list_must_be_sound_and_several_may_be_drawn_from_for_one_case(cast):
    given = {
        "actor": cast["jyzx1"],
        "case": "NH-LOTS",
        "kind": "list",
        "tenderer": "",
        "trade": "construction",
        "region": "330402",
        "held_at": clock.now() + timedelta(days=1),
        "place": "第三开标室",
        "rules": project_rules(cast),
        "subject": "抽取评标标段先后次序",
    }
    for items, count in ((["1", "1"], 1), (["1"], 2), (["甲"], 1), ([], 1)):
        with pytest.raises(BadInput) as caught:
            public_draws.request(**given, draw="NH-LOTS-1", items=items, count=count)
        assert caught.value.code == "list_unsound"
    for n in (1, 2):
        draw = f"NH-LOTS-{n}"
        public_draws.request(**given, draw=draw, items=["3", "1", "2"], count=3)
        draws.review(actor=cast["jyzx1"], draw=draw, approve=True)
        sealer.seal()
        drawing.commit_draw(actor=cast["jyzx1"], draw=draw)
        rounds.contribute(actor=cast["zjj"], draw=draw, value="三 五 一 六 二 四")
        rounds.open_round(actor=cast["jyzx1"], draw=draw)
        lotteries.run_round(actor=cast["jyzx1"], draw=draw)
        found = verify_receipt(drawn.receipt(draw))
        assert (sorted(found.rounds[0].selected), found.closed) == (["1", "2", "3"], True)
    assert [row.serial for row in Draw.objects.filter(kind="list").order_by("pk")] == [1, 2]


def project_rules(cast):
    """The profile that a tender of this trade would pin."""
    return project(play(cast, "T-RULES", "registered").lots[0][0]).rules
