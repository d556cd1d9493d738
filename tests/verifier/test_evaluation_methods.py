"""Under every evaluation method the outcome is computed again from entries and the plan alone."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.verifier.case import EVALUATION_PLAN, EXPERTS, STREAM, Case, first_fault
from tests.verifier.writer import OFFICE

Rows = list[dict[str, str]]


def rows(factor: str, **scores: str) -> Rows:
    return [{"bidder": b, "factor": factor, "score": score} for b, score in scores.items()]


class Methods(Case):
    """The same tender under a plan of version 2; `facts` and `shared` may be stated otherwise."""

    facts: Rows = []
    shared: Rows = []

    def establish(self) -> None:
        if self.facts:
            data = {"round": 1, "result": self.attach({"scores": self.facts})}
            self.add(STREAM, "project.factors_established", data, {**OFFICE, "id": EXPERTS[0]})

    def result(self) -> dict[str, Any]:
        plan = self.evaluation_plan
        head = {"v": 2, "aggregation": plan["aggregation"], "shared": self.shared}
        named = {"candidates": list(self.candidates), "totals": self.stated()}
        return {**head, **named}

    def stated(self) -> list[dict[str, Any]]:
        raise NotImplementedError


def plan(method: str, aggregation: str, *factors: dict[str, Any]) -> dict[str, Any]:
    named = {"v": 2, "method": method, "aggregation": aggregation, "factors": list(factors)}
    return {**EVALUATION_PLAN, **named}


def price(name: str, benchmark: dict[str, Any], **more: Any) -> dict[str, Any]:
    formula = {"name": name, "benchmark": benchmark, "floor": "0", "places": 2, **more}
    factor = {"factor": "price", "name": "报价", "max": "40", "kind": "price"}
    return {**factor, "formula": {"rounding": "half_up", **formula}}


TECHNICAL = {"factor": "technical", "name": "技术", "max": "50", "kind": "subjective"}
CREDIT = {"factor": "credit", "name": "信用", "max": "10", "kind": "objective"}
MEAN = {"name": "mean", "coefficient": "1"}
RATES = {"per_percent_above": "2", "per_percent_below": "1"}


def priced(factor: dict[str, Any]) -> dict[str, Any]:
    return plan("comprehensive", "mean", TECHNICAL, CREDIT, factor)


LINEAR = price("linear_deduction", MEAN, **RATES)


class Comprehensive(Methods):
    """Worked out by hand: the mean price is 97,000; 1,000 off it is 1.0309 percent."""

    evaluation_plan = priced(LINEAR)
    facts = rows("credit", B1="8", B2="6.5", B4="10")
    shared = facts + rows("price", B1="37.94", B2="40.00", B4="38.97")
    scores = {"B1": ("40", "41", "42"), "B2": ("45", "44", "43"), "B4": ("45", "44", "43")}
    ranks = {"B4": 1, "B2": 2, "B1": 3}

    def content(self, n: int) -> dict[str, Any]:
        given = {bidder: each[n] for bidder, each in self.scores.items()}
        return {"scores": rows("technical", **given)}

    def stated(self) -> list[dict[str, Any]]:
        return [self.added(bidder, rank) for bidder, rank in self.ranks.items()]

    def added(self, bidder: str, rank: int) -> dict[str, Any]:
        alike = sum(Decimal(row["score"]) for row in self.shared if row["bidder"] == bidder)
        each = [Decimal(score) + alike for score in self.scores[bidder]]
        shown = (sum(each) / 3).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return self.total(bidder, [str(one) for one in each], str(sum(each)), str(shown), rank)


class Reviewed(Methods):
    """Without scores: `verdicts` of each expert by bidder, `shown` with its rank by bidder."""

    verdicts = {"B1": ("pass", "fail", "pass"), "B2": ("pass",) * 3, "B4": ("pass",) * 3}
    votes = Case.votes
    shown: dict[str, tuple[str, int | None]] = {
        "B1": ("2/3", None), "B2": ("3/3", None), "B4": ("3/3", None),
    }  # fmt: skip
    evaluation_plan = plan("qualitative", "majority")

    def content(self, n: int) -> dict[str, Any]:
        given = [
            {"bidder": bidder, "verdict": each[n], "opinion": "见评审记录"}
            for bidder, each in self.verdicts.items()
        ]
        return {"verdicts": given}

    def stated(self) -> list[dict[str, Any]]:
        return [self.line(bidder, *self.shown[bidder]) for bidder in self.shown]

    def line(self, bidder: str, total: str, rank: int | None) -> dict[str, Any]:
        each = dict(zip(EXPERTS, self.verdicts[bidder], strict=True))
        votes = list(each.values()).count("pass")
        return {
            "bidder": bidder,
            "members": [{"member": member, "verdict": each[member]} for member in sorted(each)],
            **{"votes": votes, "count": 3, "passed": votes > 1, "total": total, "rank": rank},
        }


class LowestPrice(Reviewed):
    """The delivery adds 2 and 3.5 percent, so that the dearest bid is evaluated cheapest."""

    evaluation_plan = plan(
        "lowest_price",
        "majority",
        {"factor": "delivery", "name": "工期偏差", "max": "5", "kind": "objective"},
    )
    facts = shared = rows("delivery", B1="0", B2="2", B4="3.5")
    shown = {"B1": ("98000.00", 1), "B2": ("98940.00", 2), "B4": ("99360.00", 3)}


METHODS = [Comprehensive, Reviewed, LowestPrice]


@pytest.mark.parametrize("method", METHODS)
def test_the_outcome_of_each_method_is_found_again(check, method):
    report = check(method().write().whole())
    assert report.ok, report.first_bad


def changed(method: type[Methods], **change: Any) -> Methods:
    case = method()
    for name, value in change.items():
        setattr(case, name, value)
    case.write()
    return case


STEEPER = price("linear_deduction", MEAN, **{**RATES, "per_percent_below": "2"})
UNKNOWN = price("linear_deduction", {"name": "median", "coefficient": "1"}, **RATES)
FINER = price("linear_deduction", MEAN, **{**RATES, "places": 5})


@pytest.mark.parametrize(
    ("method", "change", "text"),
    [
        (Comprehensive, {"evaluation_plan": priced(STEEPER)},
         "B4 的各成员总分与重算不符"),
        (Comprehensive, {"evaluation_plan": priced(UNKNOWN)},
         "评标基准价的计算方法不在约定范围内"),
        (Comprehensive, {"evaluation_plan": priced(FINER)},
         "报价评分公式不在约定范围内"),
        (Comprehensive, {"facts": rows("credit", B1="8", B2="6.5")},
         "评分表没有对每个投标人的每个评分项恰好评分一次"),
        (Comprehensive, {"facts": rows("credit", B1="8", B2="6.5", B4="10.01")},
         "评分表中有超过满分的分值"),
        (Comprehensive, {"shared": Comprehensive.shared[3:] + Comprehensive.facts},
         "统一计入的得分与重算不符"),
        (Reviewed, {"verdicts": {"B1": ("pass", "fail", "fail"), "B2": ("pass",) * 3,
                                 "B4": ("pass",) * 3}}, "B1 的评审结论与重算不符"),
        (Reviewed, {"shown": {"B1": ("3/3", None), "B2": ("3/3", None), "B4": ("3/3", None)}},
         "B1 的评审结论与重算不符"),
        (Reviewed, {"verdicts": {"B1": ("pass",) * 3, "B2": ("maybe",) * 3, "B4": ("pass",) * 3}},
         "评审表没有对每个投标人恰好给出一次结论"),
        (Reviewed, {"evaluation_plan": plan("beauty", "majority")}, "评标方法不在约定范围内"),
        (Reviewed, {"candidates": ("B1", "B2")}, "候选人与重算不符:应为 B1、B2、B4"),
        (LowestPrice, {"facts": rows("delivery", B1="5", B2="2", B4="3.5")},
         "B1 的评审结论与重算不符"),
        (LowestPrice, {"shown": {**LowestPrice.shown, "B2": ("97000.00", 2)}},
         "B2 的评审结论与重算不符"),
    ],
)  # fmt: skip
def test_what_does_not_follow_from_plan_and_sheets_is_named(check, method, change, text):
    assert first_fault(check, changed(method, **change)) == ("totals_computed", text)


@pytest.mark.parametrize(
    ("formula", "points"),
    [
        (price("price_ratio", {"name": "lowest", "coefficient": "1"}), "39.18 39.59 40.00"),
        (price("price_ratio", {"name": "lowest", "coefficient": "0.95"}, rounding="down"),
         "37.22 37.60 38.00"),
        (price("linear_deduction", {"name": "ceiling_mean", "coefficient": "0.98", "weight": "0.5"},
               **RATES), "36.95 39.03 39.45"),
        (price("linear_deduction", {"name": "trimmed_mean", "coefficient": "0.5", "from": 5},
               **RATES, floor="12.5"), "12.50 12.50 12.50"),
    ],
)  # fmt: skip
def test_a_price_formula_gives_the_points_it_promises(check, formula, points):
    named = rows("price", **dict(zip(("B1", "B2", "B4"), points.split(), strict=True)))
    case = changed(
        Comprehensive,
        evaluation_plan=priced(formula),
        shared=Comprehensive.facts + named,
    )
    assert first_fault(check, case) == ("", "")


class Abnormal(Comprehensive):
    """The first expert gave B1 twenty points too few: the mean of 41 and 42 stands for them."""

    scores = {**Comprehensive.scores, "B1": ("20", "41", "42")}
    counting = {**Comprehensive.scores, "B1": ("41.5", "41", "42")}
    cells: tuple[tuple[str, str, str], ...] = ((EXPERTS[0], "B1", "technical"),)
    instead = "41.5000"
    judged_in = 1

    def judge(self) -> None:
        for about, bidder, factor in self.cells:
            cell = {"about": about, "bidder": bidder, "factor": factor}
            said = {"accepted": False, "replaced": True, "reason": "未书面说明理由"}
            data = {"round": self.judged_in, **cell, **said}
            self.add(STREAM, "project.score_judged", data, {**OFFICE, "id": EXPERTS[1]})

    def result(self) -> dict[str, Any]:
        keys = ("member", "bidder", "factor")
        rows = [
            {**dict(zip(keys, cell, strict=True)), "score": self.instead} for cell in self.cells
        ]
        return {**super().result(), "replaced": rows}

    def added(self, bidder: str, rank: int) -> dict[str, Any]:
        given, self.scores = self.scores, self.counting
        line = super().added(bidder, rank)
        self.scores = given
        return line


def test_an_abnormal_score_counts_as_the_mean_of_the_others(check):
    assert first_fault(check, changed(Abnormal)) == ("", "")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"instead": "41.0000"}, "代替异常评分的平均值与重算不符"),
        ({"judged_in": 2}, "代替异常评分的平均值与重算不符"),
        ({"cells": ((EXPERTS[0], "B3", "technical"),)}, "被认定异常的评分不在评分表中"),
        ({"cells": tuple((expert, "B1", "technical") for expert in EXPERTS)},
         "没有其他成员的评分可以代替异常评分"),
    ],
)  # fmt: skip
def test_what_stands_for_an_abnormal_score_is_computed_again(check, change, text):
    assert first_fault(check, changed(Abnormal, **change)) == ("totals_computed", text)
