"""A public lottery among bidders is run again, and the award follows from its receipt alone."""

from typing import Any

import pytest

from tests.verifier.case import BIDDERS, STREAM, STREAMS, Case, first_fault
from tests.verifier.drawing import SmallDraw, faulty, with_receipt
from tests.verifier.test_award import DIRECT, SPLIT

EVERY = ["B1", "B2", "B4"]
CODE = "NH-2025-002-L1"
PLAN = {**DIRECT, "tie_chain": ["lottery"], "withdrawal": "NEXT_BY_RESULT"}
(TIED,) = SPLIT["counts"]


class PublicDraw(SmallDraw):
    """One slot of bidders under their own codes; what is drawn first is the result."""

    def identity(self, handle: str) -> str:
        return ""

    def close(self) -> dict[str, Any]:
        closed = {"seated": {"1": self.seated}, "short": {}}
        ref = self.book.add(self.stream, "draw.closed", closed)
        with_receipt(self.book, self.manifest)
        return ref


class Lottery(Case):
    """Three bidders with a vote each; lots are drawn between them, and the one drawn is awarded."""

    plan = PLAN
    asked = SPLIT["asked"]
    votes = SPLIT["votes"]
    counts = ({**TIED, "winner": ""},)
    among: tuple[str, ...] = tuple(EVERY)  # who stands in the list that is drawn from
    called: dict[str, Any] = {}  # what is told otherwise of the call
    drawn: dict[str, Any] = {}  # … of the result
    awarded = ""  # who is awarded; "" for the one drawn
    closes = True
    belongs = "NH-2025-002"

    def step(self, kind: str, before: str, after: str, **data: Any) -> None:
        if kind == "awarded":
            self.lottery()
            bidder = self.awarded or self.found
            data |= {"bidder": bidder, "price_fen": BIDDERS[bidder]}
        super().step(kind, before, after, **data)

    def lottery(self) -> None:
        told = {"draw": CODE, "among": EVERY, "seats": 1}
        self.add(STREAM, "project.lottery_called", told | self.called)
        lots = PublicDraw(self, CODE, dict.fromkeys(self.among, ("", ""))).hold(self.belongs)
        (self.found,) = lots.seated
        refs = [lots.close()] if self.closes else []
        told |= {"drawn": lots.seated} | ({"refs": refs} if refs else {})
        self.add(STREAM, "project.lottery_drawn", told | self.called | self.drawn)


def held(**parts: Any) -> Lottery:
    """The case with some parts told otherwise."""
    case = Lottery()
    for name, value in parts.items():
        setattr(case, name, value)
    case.write()
    return case


def test_the_award_follows_from_the_lottery(check):
    case = held()
    for files in (case.whole(), case.case({*STREAMS, f"draw/{CODE}"})):
        report = check(files)
        said = [f.text for f in report.findings if f.area == STREAM and f.level == "pass"]
        assert report.ok
        assert f"公开抽签 {CODE} 抽出 {case.found};中标人 {case.found}" in said[0]


OTHER = next(name for name in EVERY if name != held().found)


@pytest.mark.parametrize(
    ("parts", "kind", "text"),
    [
        ({"awarded": OTHER}, "awarded", "中标人与重算不符"),
        ({"drawn": {"drawn": [OTHER]}}, "lottery_drawn", "公开抽签的结果与抽取回执不同"),
        ({"called": {"among": ["B1", "B2"]}}, "lottery_called", "应在 B1、B2、B4 中抽 1 名"),
        ({"called": {"seats": 2}}, "lottery_called", "应在 B1、B2、B4 中抽 1 名"),
        ({"drawn": {"draw": "D-2"}}, "lottery_drawn", "公开抽签未经申请"),
        ({"called": {"draw": "D-2"}}, "lottery_drawn", "公开抽签的清单与申请的范围不同"),
        ({"among": ("B1", "B2")}, "lottery_drawn", "公开抽签的清单与申请的范围不同"),
        ({"belongs": "NH-2025-009"}, "lottery_drawn", "公开抽签的清单不属于本项目"),
        ({"closes": False}, "lottery_drawn", "公开抽签应只有一轮,随即关闭"),
        ({"plan": {**PLAN, "tie_chain": ["lower_price", "lottery"]}}, "round_counted", "应为 B4"),
    ],
)
def test_whatever_the_lottery_does_not_give_is_named(check, parts, kind, text):
    found = first_fault(check, held(**parts))
    assert (found[0], text in found[1]) == (kind, True)


class Forgotten(Lottery):
    """The decision is written although the lottery that the plan asks for was not held."""

    def lottery(self) -> None:
        self.found = "B1"


def test_an_award_before_the_lottery_is_named(check):
    case = Forgotten()
    assert first_fault(check, case.write()) == ("awarded", "定标方案要求的公开抽签尚未进行")


class Again(Lottery):
    """A lottery is asked for although the one before has not been given up."""

    def lottery(self) -> None:
        super().lottery()
        self.add(STREAM, "project.lottery_called", {"draw": "L2", "among": EVERY, "seats": 1})


def test_a_lottery_that_the_plan_does_not_ask_for_is_named(check):
    kind, text = first_fault(check, Again().write())
    assert (kind, text.endswith("定标方案不再要求公开抽签")) == ("lottery_called", True)


def test_a_lottery_with_a_name_taken_out_is_refused(check):
    case = held()
    name = f"draws/{CODE}.json"
    row = b'{"candidate":"B1","group":"g1","id":""},'
    assert row in case.files[name]
    case.files[name] = case.files[name].replace(row, b"", 1)
    assert faulty(check, case) != []


class Equals(Lottery):
    """B2 wins by vote and gives up; lots are drawn between the two behind him."""

    votes = ((("B2",), ("B2",), ("B2",)),)
    counts = ({"tally": (("B1", 0), ("B2", 3), ("B4", 0)), "kept": ["B2"], "winner": "B2"},)
    after_loss = True

    def step(self, kind: str, before: str, after: str, **data: Any) -> None:
        if kind != "awarded" or before == "lost":
            Case.step(self, kind, before, after, **data)
            return
        Case.step(self, kind, before, after, **data)
        if self.after_loss:
            Case.step(self, "winner_lost", "awarded", "awarding", bidder="B2", reason="gave_up")
        self.called = {"among": ["B1", "B4"]}
        self.among = ("B1", "B4")
        self.lottery()
        price = BIDDERS[self.found]
        data |= {"bidder": self.found, "price_fen": price}
        Case.step(self, kind, "awarding", after, **data)


def test_lots_are_drawn_between_equals_behind_a_winner_who_gave_up(check):
    assert first_fault(check, Equals().write()) == ("", "")


def test_before_he_gave_up_no_lot_is_drawn_behind_him(check):
    case = Equals()
    case.after_loss = False
    kind, text = first_fault(check, case.write())
    assert (kind, text) == ("lottery_called", "已由 B2 中标,定标方案不再要求公开抽签")
