"""Evaluation methods end to end: plan, sheets, result, report, and what the verifier finds."""

import copy
from typing import Any

import pytest

from accounts.services.gate import BadInput
from audit_log.domain.entry import SYSTEM
from audit_log.selectors import trail
from audit_log.services import reconciling, sealer
from audit_log.verifier import verify
from config.demo import job as steps
from desk.domain import methods
from desk.services import bundle
from evaluation import plan_form
from evaluation.acts import ACTS
from evaluation.selectors import scores
from evaluation.services import plans, scoring
from tests.evaluation.tender import last, lot, planned, play, refused
from tests.scenarios import SCORES

BY_NAME = {act.name: act for act in ACTS}
PRICES = ("98000.00", "97000.00", "95000.00", "96000.00")
CHOICES = {**plan_form.start(SYSTEM, None), "ranked": False}


def chosen(**changes: Any) -> dict[str, Any]:
    """The plan of the form as it starts, with some choices made otherwise."""
    return plan_form.document(**copy.deepcopy(CHOICES) | changes)


LOWEST = chosen(
    method="lowest_price",
    factors=[{"factor": "delivery", "name": "工期偏差", "max": "5", "kind": "objective"}],
)
QUALITATIVE = chosen(method="qualitative", factors=[])


def orgs(job):
    """The bidders in the order of the case file, which is that of PRICES."""
    known = {bidder.name: bidder.org for bidder in job.case.lots[0].bidders}
    return [known[name] for name, _ in SCORES]


def establish(job, factor, *given):
    rows = [
        {"bidder": org, "factor": factor, "score": score}
        for org, score in zip(orgs(job), given, strict=True)
    ]
    leader = job.members[steps.LEADER]
    return scoring.establish(actor=leader, project=lot(job).pk, scores=rows)


def seal_scores(job, *given):
    rows = [
        {"bidder": org, "factor": "technical", "score": score}
        for org, score in zip(orgs(job), given, strict=True)
    ]
    for member in job.members:
        scoring.seal_sheet(actor=member, project=lot(job).pk, scores=rows)


def seal_verdicts(job, *against):
    """Every bid passes, but for bidder n the first `against[n]` members are against it."""
    for place, member in enumerate(job.members):
        rows = [
            {
                "bidder": org,
                "verdict": "fail" if place < count else "pass",
                "opinion": "方案完整,进度计划偏紧",
            }
            for org, count in zip(orgs(job), against, strict=True)
        ]
        scoring.seal_sheet(actor=member, project=lot(job).pk, verdicts=rows)


def open_sheets(job):
    scoring.open_sheets(actor=job.cast["jyzx1"], project=lot(job).pk)


def by_bidder(job, key):
    """A column of the result, in the order of the bidders of the case."""
    lines = {line["bidder"]: line[key] for line in scores.result(lot(job))["totals"]}
    return [lines[org] for org in orgs(job)]


def shared(job, factor):
    rows = scores.result(lot(job))["shared"]
    points = {row["bidder"]: row["score"] for row in rows if row["factor"] == factor}
    return [points[org] for org in orgs(job) if org in points]


@pytest.mark.django_db
def test_price_points_are_computed_and_objective_ones_count_alike_on_every_sheet(ladder):
    job = planned(ladder, chosen(), prices=PRICES)
    seal_scores(job, "50", "51", "52", "53")
    with refused("facts_missing"):
        open_sheets(job)
    establish(job, "credit", "8", "6.5", "10", "9")
    open_sheets(job)
    assert shared(job, "price") == ["28.45", "29.48", "29.22", "29.74"]  # the mean is 96,500.00
    assert by_bidder(job, "total") == ["86.45", "86.98", "91.22", "91.74"]
    lines = scores.result(lot(job))["totals"]
    assert [{one["total"] for one in line["members"]} for line in lines] == [
        {"91.74"}, {"91.22"}, {"86.98"}, {"86.45"},
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_benchmark_is_taken_from_the_bids_that_are_left(ladder):
    job = planned(ladder, chosen(), prices=PRICES)
    steps.reject(job, lot(job).pk, {orgs(job)[0]: "未签字盖章"}, item="signed")
    rest = orgs(job)[1:]
    leader = job.members[steps.LEADER]
    credit = [{"bidder": org, "factor": "credit", "score": "5"} for org in rest]
    scoring.establish(actor=leader, project=lot(job).pk, scores=credit)
    technical = [{"bidder": org, "factor": "technical", "score": "50"} for org in rest]
    for member in job.members:
        scoring.seal_sheet(actor=member, project=lot(job).pk, scores=technical)
    open_sheets(job)
    assert scores.result(lot(job))["benchmarks"] == [{"factor": "price", "price_fen": "9600000"}]
    assert shared(job, "price") == ["28.96", "29.48", "30.00"]


@pytest.mark.django_db
def test_only_bids_that_most_members_pass_are_candidates_of_a_qualitative_review(ladder):
    job = planned(ladder, QUALITATIVE)
    seal_verdicts(job, 0, 3, 2, 1)
    open_sheets(job)
    assert by_bidder(job, "total") == ["5/5", "2/5", "3/5", "4/5"]
    assert sorted(last(job, "totals_computed")["candidates"]) == sorted(
        [orgs(job)[0], orgs(job)[2], orgs(job)[3]]
    )
    assert [one["rank"] for one in last(job, "totals_computed")["named"]] == [None] * 3


@pytest.mark.django_db
def test_the_lowest_evaluated_price_comes_first(ladder):
    job = planned(ladder, {**LOWEST, "candidates": {"count": 3, "ranked": False}}, prices=PRICES)
    establish(job, "delivery", "0", "2", "3.5", "5")
    seal_verdicts(job, 0, 0, 3, 0)
    open_sheets(job)
    assert by_bidder(job, "total") == ["98000.00", "98940.00", "98325.00", "100800.00"]
    assert by_bidder(job, "rank") == [1, 2, None, 3]
    assert set(last(job, "totals_computed")["candidates"]) == set(orgs(job)) - {orgs(job)[2]}


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["comprehensive", "lowest_price", "qualitative"])
def test_the_report_follows_and_the_verifier_computes_the_same(ladder, tmp_path, way):
    job = planned(
        ladder, {"lowest_price": LOWEST, "qualitative": QUALITATIVE}.get(way, chosen()),
        prices=PRICES,
    )  # fmt: skip
    if way == "comprehensive":
        establish(job, "credit", "8", "6.5", "10", "9")
        seal_scores(job, "50", "51", "52", "53")
    else:
        if way == "lowest_price":
            establish(job, "delivery", "0", "2", "3.5", "5")
        seal_verdicts(job, 0, 0, 0, 3)
    open_sheets(job)
    play(job, steps.report, after=steps.score)
    named = trail.document(lot(job).report)["candidates"]
    shown = {line["bidder"]: line["total"] for line in scores.result(lot(job))["totals"]}
    assert {one["bidder"]: one["total"] for one in named} == {
        one["bidder"]: shown[one["bidder"]] for one in named
    }
    sealer.seal()
    path = bundle.write(tmp_path / "case.zip", project=lot(job).pk)
    report = verify.verify(str(path), None, False)
    assert report.ok, "\n".join(report.lines())
    assert reconciling.reconcile().faults == []


@pytest.mark.django_db
def test_the_forms_ask_for_what_the_method_needs(ladder):
    job = planned(ladder, LOWEST)
    leader, row = job.members[steps.LEADER], lot(job)
    sheet, facts = BY_NAME["project.seal_sheet"], BY_NAME["project.establish"]
    start = sheet.initial(leader, row)
    assert [set(start), {one["bidder"] for one in start["verdicts"]}] == [
        {"verdicts"}, set(orgs(job)),
    ]  # fmt: skip
    assert facts.allowed(leader, row) is True
    assert facts.allowed(job.members[1], row) is False
    establish(job, "delivery", "1", "2", "3", "4")
    again = {one["bidder"]: one["score"] for one in facts.initial(leader, row)["scores"]}
    assert [again[org] for org in orgs(job)] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("document", "regime", "code"),
    [
        (chosen() | {"method": "lottery"}, "separated", "method_unknown"),
        (chosen() | {"method": ["x"]}, "separated", "method_unknown"),
        (chosen(factors=[]), "separated", "factors_unfit"),
        (chosen() | {"method": "qualitative", "aggregation": "majority"}, "separated",
         "factors_unfit"),
        (chosen() | {"aggregation": "majority"}, "separated", "aggregation_unknown"),
        (chosen(aggregation="trimmed_mean", trim_from=4), "separated", "trim_from_wrong"),
        (chosen() | {"trim_from": 7}, "separated", "plan_malformed"),
        (LOWEST | {"factors": None}, "separated", "malformed_factors"),
        (chosen(price_above="0"), "separated", "malformed_formula"),
        (chosen(price_floor="31"), "separated", "malformed_formula"),
        (chosen(review_items=[{"item": "a", "name": "甲", "stage": "later"}]), "separated",
         "review_items_malformed"),
        (chosen(method="qualitative", factors=[], ranked=True), "separated", "ranking_impossible"),
        (QUALITATIVE, "ranked_first", "ranking_required"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_fit_its_method_is_refused(document, regime, code):
    with pytest.raises(BadInput) as caught:
        plans.check_evaluation_plan(document, regime=regime)
    assert caught.value.code == code


@pytest.mark.parametrize("aggregation", ["mean", "trimmed_mean"])
@pytest.mark.parametrize("benchmark", ["lowest", "mean", "trimmed_mean", "ceiling_mean"])
@pytest.mark.parametrize("formula", ["price_ratio", "linear_deduction"])
def test_every_choice_of_the_form_makes_a_lawful_plan(formula, benchmark, aggregation):
    document = chosen(
        price_formula=formula, price_benchmark=benchmark, aggregation=aggregation, trim_from=7
    )
    plans.check_evaluation_plan(document, regime="separated")


def test_a_plan_is_told_in_plain_words():
    told = methods.told(chosen(price_benchmark="trimmed_mean", price_coefficient="0.98"))
    assert [(one.name, one.most, one.how) for one in told.factors] == [
        ("技术方案", "60", "成员各自评分"),
        ("信用评价", "10", "客观项,由评标委员会统一认定"),
        ("投标报价", "30",
         "由系统计算:评标基准价为去掉一个最高、一个最低报价后的平均值(满 5 家) × 0.98;"
         "报价每高 1% 扣 1 分,每低 1% 扣 0.5 分,扣完为止,保留 2 位小数、四舍五入"),
    ]  # fmt: skip
    assert told.review == [
        ("形式评审", "投标函签字盖章"),
        ("资格评审", "投标人资格条件"),
        ("响应性评审", "实质性响应招标文件"),
    ]
