"""The project's page tells the evaluation plan to all, the deliberation to its circle only."""

import pytest

from config.demo import job as steps
from evaluation.services import clarifying, deliberating
from tests.desk.doors import sign_in, text_of
from tests.evaluation.tender import lot, planned, tender
from tests.evaluation.test_deliberation import acting, cell, doubt, low, review
from tests.evaluation.test_methods import (
    PRICES,
    chosen,
    establish,
    open_sheets,
    orgs,
    seal_scores,
)

pytestmark = pytest.mark.django_db


def page(job, actor):
    return text_of(sign_in(actor).get(f"/project/{lot(job).pk}/"))


def test_the_plan_is_told_in_words_and_computed_points_stand_beside_the_totals(ladder):
    job = planned(ladder, chosen(), prices=PRICES)
    assert "评标基准价为有效报价的算术平均值" in page(job, job.cast["tbr"])
    establish(job, "credit", "8", "6.5", "10", "9")
    seal_scores(job, "50", "51", "52", "53")
    open_sheets(job)
    told = page(job, job.cast["jyzx1"])
    for points in ("28.45", "29.48", "29.22", "29.74"):
        assert f'<td class="number">{points}</td>' in told


def test_reviews_and_doubts_are_read_by_those_who_know_the_committee(ladder):
    job = tender(ladder, steps.start_evaluation)
    review(job, 2, orgs(job)[0])
    review(job, 2)
    deliberating.ask_time(**acting(job, 3), reason="投标文件页数多")
    low(job)
    doubt(job, 0, 2, 3)
    words = "该方案缺少主要工序的施工安排"
    deliberating.explain(**acting(job, 1), **cell(job), explanation=words)
    told = page(job, job.members[0])
    for text in ("没有应当否决的投标", "投标文件页数多", "需要核对的评分", "3 人", "已书面说明"):
        assert text in told
    for outsider in ("zbr1", "tbr"):
        shown = page(job, job.cast[outsider])
        assert [text for text in ("需要核对的评分", "投标文件页数多") if text in shown] == []


def test_a_bidder_reads_what_he_was_asked_and_nothing_of_the_others(ladder):
    job = tender(ladder, steps.start_evaluation)
    bidder = job.cast["tbr"]
    other = next(org for org in orgs(job) if org != bidder.org)
    for org, text in ((other, "请说明报价的构成"), (bidder.org, "大小写金额不一致,请说明")):
        clarifying.ask_clarification(**acting(job), bidder=org, question=text)
    told = page(job, bidder)
    assert ("大小写金额不一致,请说明" in told, "请说明报价的构成" in told) == (True, False)
    assert "请说明报价的构成" in page(job, job.members[2])
    assert "请说明" not in page(job, job.cast["zbr1"])
