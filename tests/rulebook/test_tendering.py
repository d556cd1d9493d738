"""From registration to the deadline: the profile, R19, R31–R33 and the number of candidates."""

from datetime import date, datetime

import pytest

from rulebook.domain.tendering import (
    candidate_count,
    enough_bidders,
    plan_fixed,
    plan_in_time,
    policy_cited,
    profile_fits,
    tender_period,
)
from tests.rulebook.facts import (
    COMPULSORY,
    SEPARATED,
    VILLAGE,
    VOLUNTARY,
    WATER,
    ZJ,
    reasons,
)

PARTS = ("mode", "method", "tie_rule", "withdrawal_rule")
DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("profile", "facts", "on", "expected"),
    [
        (ZJ, COMPULSORY, date(2025, 4, 28), []),
        (ZJ, COMPULSORY, date(2025, 4, 27), [("", "profile_not_in_force", "block")]),
        (WATER, COMPULSORY, date(2025, 7, 1), [("", "profile_other_trade", "block")]),
        (WATER, {**COMPULSORY, "trade": "water"}, date(2025, 7, 1), []),
        (VILLAGE, COMPULSORY, date(2025, 7, 1),
         [("non_compulsory_only", "profile_compulsory", "block")]),
        (VILLAGE, VOLUNTARY, date(2025, 7, 1), []),
    ],
)  # fmt: skip
def test_a_project_takes_a_profile_in_force_of_its_trade_and_kind(profile, facts, on, expected):
    assert reasons(profile_fits(profile, facts, on=on)) == expected


@pytest.mark.parametrize(
    ("digest", "public", "sealed", "expected"),
    [
        (DIGEST, PARTS, (), []),
        (DIGEST, PARTS, ("members",), []),
        ("", PARTS, (), ["定标方案尚未固定（没有摘要）"]),
        (DIGEST, PARTS[:2], (), ["招标文件未载明平票处理规则、中标人放弃后的处理规则"]),
        (DIGEST, PARTS, ("members", "factors"), ["factors不得作为密封附件"]),
        ("", PARTS[1:], ("mode",),
         ["定标方案尚未固定（没有摘要）", "招标文件未载明定标模式", "定标模式不得作为密封附件"]),
    ],
)  # fmt: skip
def test_r19_the_plan_is_fixed_its_rules_public_and_only_the_members_sealed(
    digest, public, sealed, expected
):
    found = plan_fixed(ZJ, SEPARATED, digest=digest, public=public, sealed=sealed)
    assert [item.message for item in found] == expected
    assert {(item.rule, item.level) for item in found} <= {("R19", "block")}


@pytest.mark.parametrize(
    ("minute", "expected"), [(29, []), (30, [("R19", "plan_too_late", "block")])]
)
def test_r19_the_plan_is_fixed_before_the_deadline(minute, expected):
    fixed_at, deadline_at = datetime(2025, 7, 1, 9, minute), datetime(2025, 7, 1, 9, 30)
    found = plan_in_time(ZJ, SEPARATED, fixed_at=fixed_at, deadline_at=deadline_at)
    assert reasons(found) == expected


@pytest.mark.parametrize(
    ("facts", "number", "expected"),
    [
        (SEPARATED, "国办发〔2024〕21号", []),
        (SEPARATED, " ", [("R31", "policy_missing", "warn")]),
        (COMPULSORY, "", []),
    ],
)
def test_r31_a_separated_award_names_its_policy_document(facts, number, expected):
    assert reasons(policy_cited(ZJ, facts, document_number=number)) == expected


@pytest.mark.parametrize(("planned", "fits"), [(0, False), (1, True), (3, True), (4, False)])
def test_one_to_three_candidates_are_recommended(planned, fits):
    found = candidate_count(ZJ, SEPARATED, planned=planned)
    wrong = [("candidate_count", "candidate_count_wrong", "block")]
    assert reasons(found) == ([] if fits else wrong)


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        (date(2025, 7, 21), []),
        (date(2025, 7, 20), ["自招标文件开始发出至投标截止不得少于 20 日，现为 19 日"]),
    ],
)
def test_r32_twenty_days_lie_between_documents_and_deadline(deadline, expected):
    found = tender_period(ZJ, COMPULSORY, issued_on=date(2025, 7, 1), deadline_on=deadline)
    assert [item.message for item in found] == expected


def test_r32_does_not_bind_a_tender_that_is_not_compulsory():
    day = date(2025, 7, 1)
    assert tender_period(ZJ, VOLUNTARY, issued_on=day, deadline_on=day) == []


@pytest.mark.parametrize(
    ("facts", "bidders", "expected"),
    [
        (COMPULSORY, 3, []),
        (COMPULSORY, 2, [("R33", "bidders_too_few", "block")]),
        (VOLUNTARY, 2, []),
    ],
)
def test_r33_fewer_than_three_bidders_fail_the_tender(facts, bidders, expected):
    assert reasons(enough_bidders(ZJ, facts, bidders=bidders)) == expected
