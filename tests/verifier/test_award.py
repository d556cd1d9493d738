"""The ballots are counted again, and the award follows from the plan and from nothing else."""

import json
from typing import Any

import pytest

from tests.verifier.case import (
    AWARD_PLAN,
    BIDDERS,
    STREAM,
    Case,
    first_fault,
    plan_of,
    told,
)
from tests.verifier.writer import canonical


def count(n: int, **change: Any) -> tuple[dict[str, Any], ...]:
    """The stated counts with that of round n stated otherwise."""
    counts = list(Case.counts)
    counts[n] = {**counts[n], **change}
    return tuple(counts)


PAPERS = ({"paper": "price_review", "evidence": "5a" * 32},)


def test_a_round_lists_what_was_filed_for_it(check):
    assert first_fault(check, told(papers=PAPERS, listed=PAPERS)) == ("", "")


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        ({"counts": count(0, tally=(("B1", 3), ("B2", 2), ("B4", 1)))}, "round_counted", "计票"),
        ({"counts": count(0, tally=(("B1", 2), ("B2", 3)))}, "round_counted", "计票"),
        ({"counts": count(0, kept=["B2", "B4"])}, "round_counted", "入选名单"),
        ({"counts": count(0, tie=["B4"])}, "round_counted", "平票名单"),
        ({"counts": count(0, winner="B2")}, "round_counted", "应为 未定"),
        ({"counts": count(1, winner="B1")}, "round_counted", "应为 B2"),
        ({"winner": "B1", "price": BIDDERS["B1"]}, "awarded", "应为 B2"),
        ({"winner": "B3"}, "awarded", "不是在列的候选人"),
        ({"price": 1}, "awarded", "中标价"),
        ({"asked": (Case.asked[0], (("B2", "B4"), 1))}, "round_opened", "应在 B1、B2 中选 1 名"),
        ({"asked": ((("B1", "B2", "B4"), 1), Case.asked[1])}, "round_opened", "中选 2 名"),
        ({"plan": {**AWARD_PLAN, "min_reason_chars": 3}}, "ballot_opened", "字数不足"),
        (
            {"plan": {**AWARD_PLAN, "committee": {"size": 5}}},
            "round_counted",
            "投票人与定标委员不同",
        ),
        (
            {"votes": ((("B1",), ("B2", "B4"), ("B1", "B2")), Case.votes[1])},
            "round_counted",
            "选票不符合定标方法",
        ),
        (
            {"votes": ((("B2", "B2"), ("B2", "B4"), ("B1", "B2")), Case.votes[1])},
            "round_counted",
            "重复",
        ),
        (
            {"votes": ((("B1", "B3"), ("B2", "B4"), ("B1", "B2")), Case.votes[1])},
            "round_counted",
            "选票不符合定标方法",
        ),
        ({"voters": ("user/21", "user/22", "user/24")}, "round_counted", "投票人与定标委员不同"),
        ({"counts": count(0, alike=[])}, "round_counted", "投票理由雷同"),
        ({"papers": PAPERS}, "round_opened", "定标依据材料"),
        ({"listed": PAPERS}, "round_opened", "定标依据材料"),
    ],
)
def test_whatever_the_plan_and_the_ballots_do_not_give_is_named(check, change, kind, text):
    found = first_fault(check, told(**change))
    assert (found[0], text in found[1]) == (kind, True)


def test_an_award_before_the_last_round_is_named(check):
    case = told(asked=Case.asked[:1], votes=Case.votes[:1])
    assert first_fault(check, case) == ("awarded", "定标方案要求的投票尚未完成")


def test_a_tie_is_voted_again_among_the_tied_alone(check):
    votes = (
        (("B1", "B2"), ("B1", "B4"), ("B2", "B4")),
        (("B1", "B2"), ("B1", "B2"), ("B2", "B4")),
        (("B1",), ("B2",), ("B2",)),
    )
    every = ["B1", "B2", "B4"]
    counts = (
        {"tally": [(b, 2) for b in every], "kept": [], "tie": every, "winner": ""},
        {"tally": (("B1", 2), ("B2", 3), ("B4", 1)), "kept": ["B1", "B2"], "winner": ""},
        Case.counts[1],
    )
    asked = (Case.asked[0], Case.asked[0], Case.asked[1])
    assert first_fault(check, told(votes=votes, counts=counts, asked=asked)) == ("", "")
    skipped = told(votes=(votes[0], votes[2]), counts=(counts[0], counts[2]))
    assert first_fault(check, skipped)[0] == "round_opened"


DIRECT = {**AWARD_PLAN, "methods": [{"method": "direct_vote"}], "max_revotes": 0}
SPLIT = {
    "asked": ((("B1", "B2", "B4"), 1),),
    "votes": ((("B1",), ("B2",), ("B4",)),),
    "counts": (
        {
            "tally": (("B1", 1), ("B2", 1), ("B4", 1)),
            "kept": [],
            "tie": ["B1", "B2", "B4"],
            "winner": "B4",
        },
    ),
}


@pytest.mark.parametrize(
    ("winner", "found"), [("B4", ""), ("B2", "中标人与重算不符:应为 B4")], ids=["lower", "higher"]
)
def test_a_tie_left_over_goes_to_the_lower_price(check, winner, found):
    case = told(plan=DIRECT, winner=winner, price=BIDDERS[winner], **SPLIT)
    assert first_fault(check, case)[1] == found


@pytest.mark.parametrize("members", [("E0001", "E0002", "E0003"), ("E0001", "E0002", "zbr1")])
def test_a_member_who_was_neither_drawn_nor_sent_is_named(check, members):
    kind, text = first_fault(check, told(members=members))
    assert (kind, text) == ("evaluation_started", f"{members[2]} 既非抽中的专家,也非招标人代表")


class Lost(Case):
    """The winner gives up, and the next by result or by a new vote is awarded."""

    next_winner = "B1"
    again = False

    def vote(self) -> None:
        super().vote()
        after = "awarding" if self.again else "awarded"
        self.step("winner_lost", "awarded", after, bidder="B2", reason="gave_up")
        if self.again:
            asked, votes = (("B1", "B4"), 1), (("B4",), ("B4",), ("B1",))
            count = {"tally": (("B1", 1), ("B4", 2)), "kept": ["B4"], "winner": "B4"}
            self.round(3, asked, votes, count)
        price = BIDDERS[self.next_winner]
        states = {"from": "awarding", "to": "awarded"} if self.again else {}
        awarded = {"bidder": self.next_winner, "price_fen": price, "session": 1, **states}
        self.add(STREAM, "project.awarded", awarded)


@pytest.mark.parametrize(
    ("again", "winner", "text"),
    [
        (False, "B1", ""),
        (False, "B4", "中标人与重算不符:应为 B1"),
        (False, "B2", "中标人不是在列的候选人"),
        (True, "B4", ""),
        (True, "B1", "中标人与重算不符:应为 B4"),
    ],
)
def test_after_a_loss_the_next_by_result_or_by_a_new_vote_is_awarded(check, again, winner, text):
    case = Lost()
    case.again, case.next_winner = again, winner
    assert first_fault(check, case.write())[1] == text


def test_an_award_without_a_meeting_is_named(check):
    case = Case()
    case.tender()
    case.evaluate()
    case.step("awarded", "reported", "awarded", bidder="B2", price_fen=BIDDERS["B2"], session=1)
    assert first_fault(check, case) == ("awarded", "没有定标会议的记录")


def test_the_stated_outcome_must_be_the_outcome(check):
    case = told()
    rows = [
        {"bidder": "B1", "rank": None, "total": "81.17"},
        {"bidder": "B2", "rank": None, "total": "85.08"},
        {"bidder": "B4", "rank": None, "total": "85.08"},
    ]
    told_so = {"project": "NH-2025-002", "state": "awarded", "candidates": rows, "winner": "B2"}
    for winner, good in (("B2", True), ("B1", False)):
        outcome = {"v": 1, "projects": [{**told_so, "winner": winner}]}
        report = check({**case.whole(), "report.json": canonical(outcome)})
        assert [fault.area for fault in report.faults] == ([] if good else ["report"])


MAJORITY = {**DIRECT, "methods": [{"method": "direct_vote", "majority": True}], "max_revotes": 1}


@pytest.mark.parametrize(("kept", "text"), [([], ""), (["B2"], "入选名单与重算不符:应为 无")])
def test_a_missed_majority_keeps_nobody_and_leads_to_a_run_off(check, kept, text):
    every = ("B1", "B2", "B4")
    split = {"tally": tuple((b, 1) for b in every), "kept": kept, "winner": ""}
    final = {"tally": (("B1", 0), ("B2", 2), ("B4", 1)), "kept": ["B2"], "winner": "B2"}
    case = told(
        plan=MAJORITY,
        asked=((every, 1), (every, 1)),
        votes=(tuple((b,) for b in every), (("B2",), ("B2",), ("B4",))),
        counts=(split, final),
    )
    assert first_fault(check, case)[1] == text


# ------------------------------------------------------------------------------- other regimes


RANKED = plan_of(3, True, "lower_price")


class Ranked(Case):
    """条例55: the first ranked candidate wins, unless he has left for a lawful reason."""

    regime = "ranked_first"
    evaluation_plan = RANKED
    candidates = ("B4", "B2", "B1")
    left = ""
    ranks = (1, 2, 3)

    def rank(self, n: int) -> int:
        return self.ranks[n - 1]

    def vote(self) -> None:
        if self.left:
            self.add(STREAM, "project.candidate_left", {"bidder": self.left, "reason": "gave_up"})
        awarded = {"bidder": self.winner, "price_fen": BIDDERS[self.winner], "session": 0}
        self.step("awarded", "reported", "awarded", **awarded)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"winner": "B4"}, ("", "")),
        ({"winner": "B2"}, ("awarded", "中标人与重算不符:应为排序第一的 B4")),
        ({"winner": "B2", "left": "B4"}, ("", "")),
        ({"winner": "B4", "left": "B4"}, ("awarded", "中标人不是在列的候选人")),
        ({"winner": "B4", "left": "B3"}, ("candidate_left", "退出的不是候选人")),
        ({"winner": "B4", "ranks": (2, 1, 3)}, ("report_submitted", "评标报告的排序不符")),
    ],
)
def test_without_ballots_the_first_ranked_who_stands_is_awarded(check, change, found):
    case = Ranked()
    for name, value in change.items():
        setattr(case, name, value)
    assert first_fault(check, case.write()) == found


class LeavesFirst(Case):
    """B1 has won another lot and leaves before the first ballot: two are left, one round."""

    late = False
    asked = ((("B2", "B4"), 1),)
    votes = ((("B2",), ("B2",), ("B4",)),)
    counts = ({"tally": (("B2", 2), ("B4", 1)), "kept": ["B2"], "winner": "B2"},)

    def round(self, number: int, *how: Any) -> None:
        if number == 1:
            left = {"bidder": "B1", "reason": "won_other_lot"}
            self.add(STREAM, "project.candidate_left", left)
        super().round(number, *how)
        if self.late:
            super().round(2, *how)


def test_who_leaves_before_the_first_ballot_is_not_voted_on(check):
    assert first_fault(check, LeavesFirst().write()) == ("", "")
    late = LeavesFirst()
    late.late = True
    found = ("round_opened", "已由 B2 中标,定标方案不再要求投票")
    assert first_fault(check, late.write()) == found


def test_a_report_with_another_total_is_named(check):
    case = Case()
    case.tender()
    case.evaluate()
    entry = json.loads(case.lines.pop())
    case.heads[STREAM] = (entry["n"] - 1, entry["prev"])
    rows = [row | {"total": "85.08"} for row in entry["data"]["candidates"]]
    case.add(STREAM, entry["type"], entry["data"] | {"candidates": rows})
    assert first_fault(check, case) == ("report_submitted", "评标报告中 B1 的总分应为 81.17")


def test_a_clarified_plan_is_the_one_that_counts(check):
    """Another plan takes its place before the opening, and not after it."""

    class Clarified(Case):
        late = False

        def step(self, kind: str, before: str, after: str, **data: Any) -> None:
            clarified = {"deadline": "", "plan": self.attach(AWARD_PLAN)}
            if kind == "tender_published":
                data["plan"] = self.attach(self.plan)
            if kind == "evaluation_started" and self.late:
                self.add(STREAM, "project.clarified", clarified)
            super().step(kind, before, after, **data)
            if kind == "tender_published" and not self.late:
                self.add(STREAM, "project.clarified", clarified)

    case = Clarified()
    case.plan = {**AWARD_PLAN, "methods": [{"method": "direct_vote"}]}
    assert first_fault(check, case.write()) == ("", "")
    case = Clarified()
    case.late = True
    assert first_fault(check, case.write()) == ("clarified", "开标以后不得澄清、修改招标文件")
