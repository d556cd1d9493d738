"""What the demonstration ends with follows from the case file, whatever the file claims."""

import pytest

from audit_log.selectors import trail
from audit_log.services import reconciling
from award.models import Notice
from config.demo import case as cases
from config.demo import job as steps
from config.demo import show
from config.demo.job import Job
from rulebook.domain.blockers import Refused
from tests.demo.files import (
    NAMES,
    candidates,
    lot,
    only,
    play,
    real,
    states,
    tender,
    winners,
    with_swapped_scores,
)

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD, LAST = NAMES


def failure(job, place):
    code, _ = job.lots[place]
    return trail.last_event(f"project/{code}", "project.failed")["data"]


@pytest.mark.parametrize(
    ("one", "other"), [("投标人54", "投标人04"), ("投标人51", "投标人54")], ids=["out", "within"]
)
def test_swapping_the_scores_of_two_bidders_swaps_them_among_the_candidates(ladder, one, other):
    data = only(real(), "A")
    before = candidates(play(ladder, data, "T-1", steps.score))
    after = candidates(play(ladder, with_swapped_scores(data, one, other), "T-2", steps.score))
    named = {one: other, other: one}
    assert before == {"投标人54": "89.18", "投标人51": "86.75", "投标人40": "86.72"}
    assert after == {named.get(name, name): total for name, total in before.items()}


def ballots(one, other):
    """Four for `one` in both rounds, three for `other`; the third candidate goes out first."""
    third = next(name for name in NAMES[:3] if name not in (one, other))
    first = [[one, other]] * 5 + [[other, third], [one, third]]
    return [first, [[one]] * 4 + [[other]] * 3]


@pytest.mark.parametrize(
    ("one", "other"), [(FIRST, THIRD), (THIRD, FIRST), (SECOND, THIRD), (THIRD, SECOND)]
)
def test_swapping_the_ballots_of_the_file_swaps_the_winner(ladder, one, other):
    job = play(ladder, tender(lot("一", ballots=ballots(one, other))), until=steps.award)
    assert (winners(job), states(job)) == ([one], ["awarded"])


def test_a_ballot_of_the_file_for_someone_who_is_out_is_refused_not_bent(ladder):
    data = tender(lot("一", ballots=[*ballots(FIRST, THIRD)[:1], [[SECOND]] * 7]))
    with pytest.raises(Exception, match="选票中有不属于本轮候选范围的名称"):
        play(ladder, data, until=steps.award)


@pytest.mark.parametrize("claim", [{"winner": LAST}, {"winner": "", "award_amount_yuan": "1"}, {}])
def test_the_winner_a_file_names_changes_nothing(ladder, claim):
    assert winners(play(ladder, tender(lot("一", **claim)), until=steps.award)) == [FIRST]


def test_a_case_never_seen_before_runs_to_the_notice(ladder):
    lots = [lot("一"), lot("二", shift=1), lot("三")]
    job = play(ladder, tender(*lots))
    assert states(job) == ["notified"] * 3
    # 兼投不兼中: the best of 三 has won 一 by then, so the second best gets it.
    assert winners(job) == [FIRST, LAST, SECOND]
    assert candidates(job) == {FIRST: "90.98", SECOND: "86.25", THIRD: "81.75"}
    sent = Notice.objects.filter(project__group="T", kind="award", released_at__isnull=False)
    prices = [trail.document(one.body)["winner"]["price_fen"] for one in sent.order_by("pk")]
    assert prices == [912_345_678, 876_543_210, 900_000_000]
    assert reconciling.reconcile().faults == []


def test_lots_whose_names_do_not_fit_a_code_are_numbered():
    case = cases.parse(tender(lot("A"), lot("二"), lot("1")))
    assert [code for code, _ in Job("T", case, {}).lots] == ["T-1", "T-2", "T-3"]
    assert [code for code, _ in Job("T", cases.parse(real()), {}).lots] == ["T-A", "T-B"]


def test_a_lot_of_fewer_than_three_bidders_fails_and_the_others_go_on(ladder):
    told = []
    data = tender(lot("一", few=2), lot("二"))
    case = cases.parse(data)
    show.register_bidders(case)
    job = Job("T", case, ladder.cast, say=told.append, refusals=[], objection=True)
    steps.play(job)
    assert (states(job), winners(job)) == (["failed", "notified"], ["", FIRST])
    assert failure(job, 0)["basis"] == "R33"
    assert "一 标段招标失败:投标人少于三个,应当重新招标" in told


def test_a_tender_without_any_lot_left_ends_there(ladder):
    job = play(ladder, tender(lot("一", few=2), lot("二", few=1)))
    assert states(job) == ["failed", "failed"]
    assert reconciling.reconcile().faults == []


def test_a_lot_whose_bids_are_all_rejected_fails_in_the_evaluation(ladder):
    rejected = [{"bidder": name, "reason": "未按要求盖章"} for name in NAMES]
    job = play(ladder, tender(lot("一", bidders=[], rejected=rejected), lot("二")))
    assert (states(job), winners(job)) == (["failed", "notified"], ["", FIRST])


def test_a_lot_whose_candidates_have_all_won_others_fails_and_the_next_goes_on(ladder):
    few = {"few": 3}
    last = lot("五", shift=3)
    job = play(ladder, tender(*(lot(name, **few) for name in "一二三四"), last))
    assert states(job) == [*["notified"] * 3, "failed", "notified"]
    assert winners(job) == [FIRST, SECOND, THIRD, "", LAST]
    assert failure(job, 3)["basis"] == "R20"


def test_a_tie_of_score_and_price_is_put_in_order_by_the_committee(ladder):
    data = lot("一")
    for row in data["bidders"][2:]:
        row.update(price_yuan="8888888", scores=["80", "80", "80", "80", "80"])
    job = play(ladder, tender(data))
    assert (states(job), sorted(candidates(job))) == (["notified"], sorted([FIRST, SECOND, LAST]))


def test_a_panel_that_the_rules_forbid_is_refused(ladder):
    data = tender(lot("一"))
    data["panel"]["experts"] = 3
    for row in data["lots"][0]["bidders"]:
        row["scores"].pop()
    with pytest.raises(Refused, match="评标委员会"):
        play(ladder, data)
