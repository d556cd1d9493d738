"""The committee and its draw: R01–R03, R06–R09, R11 and the draw window, on both sides."""

from datetime import datetime, timedelta

import pytest

from rulebook.domain.composition import (
    briefed,
    committee_size,
    draw_time,
    draw_window,
    drawn_at_random,
    expert_share,
    recusals_clear,
    replaced_sheets_void,
    witnessed,
)
from rulebook.domain.rules import ProfileError
from tests.rulebook.facts import (
    COMPULSORY,
    NATIONAL,
    VILLAGE,
    VOLUNTARY,
    WATER,
    ZJ,
    reasons,
    with_value,
)

SMALL = ("R01", "committee_too_small", "block")
EVEN = ("R01", "committee_even", "block")


@pytest.mark.parametrize(
    ("profile", "members", "expected"),
    [
        (ZJ, 3, [SMALL]), (ZJ, 4, [SMALL, EVEN]), (ZJ, 5, []), (ZJ, 6, [EVEN]), (ZJ, 7, []),
        (WATER, 5, [SMALL]), (WATER, 6, [SMALL, EVEN]), (WATER, 7, []), (WATER, 8, [EVEN]),
    ],
)  # fmt: skip
def test_r01_a_committee_is_odd_and_of_five_in_water_works_of_seven(profile, members, expected):
    assert reasons(committee_size(profile, COMPULSORY, members=members)) == expected


def test_r01_reads_as_a_clerk_would_say_it():
    assert [str(found) for found in committee_size(ZJ, COMPULSORY, members=4)] == [
        "评标委员会应为 5 人以上，现为 4 人"
        "（《中华人民共和国招标投标法》第三十七条第二款；《浙江省招标投标条例》第二十九条）",
        "评标委员会人数应为单数，现为 4 人"
        "（《中华人民共和国招标投标法》第三十七条第二款；《浙江省招标投标条例》第二十九条）",
    ]


def test_r01_does_not_bind_a_tender_that_is_not_compulsory():
    assert committee_size(ZJ, VOLUNTARY, members=2) == []


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (1, [("R01", "committee_too_small", "warn")]),
        (3, []),
        (4, [("R01", "committee_even", "warn")]),
    ],
)
def test_r01_village_works_have_a_smaller_committee_and_warn(members, expected):
    assert reasons(committee_size(VILLAGE, VOLUNTARY, members=members)) == expected


def test_r01_an_even_committee_passes_where_the_profile_does_not_ask_for_an_odd_one():
    relaxed = with_value(ZJ, "R01", value=False)
    assert committee_size(relaxed, COMPULSORY, members=6) == []


@pytest.mark.parametrize(
    ("members", "least"), [(5, 4), (7, 5), (9, 6), (11, 8)]
)  # the table of the law: 3 × experts ≥ 2 × members
def test_r02_experts_are_two_thirds(members, least):
    assert expert_share(ZJ, COMPULSORY, members=members, experts=least) == []
    [found] = expert_share(ZJ, COMPULSORY, members=members, experts=least - 1)
    assert (found.rule, found.code, found.level) == ("R02", "experts_too_few", "block")
    assert found.message == (
        f"{members} 人的评标委员会中专家不得少于 {least} 人，现为 {least - 1} 人"
    )


def test_r02_does_not_bind_a_tender_that_is_not_compulsory():
    assert expert_share(ZJ, VOLUNTARY, members=5, experts=0) == []


@pytest.mark.parametrize(
    ("profile", "direct", "special", "approved", "expected"),
    [
        (ZJ, 0, False, False, []),
        (ZJ, 1, False, True, [("R03", "direct_choice_not_special", "block")]),
        (ZJ, 1, True, False, [("R03", "direct_choice_unapproved", "block")]),
        (ZJ, 1, True, True, []),
        (NATIONAL, 1, True, False, [("R03", "direct_choice_unapproved", "warn")]),
    ],
)
def test_r03_experts_are_drawn_and_chosen_only_for_an_approved_special_project(
    profile, direct, special, approved, expected
):
    found = drawn_at_random(profile, COMPULSORY, direct=direct, special=special, approved=approved)
    assert reasons(found) == expected


def test_r03_no_approval_is_asked_where_the_profile_asks_for_none():
    found = drawn_at_random(VILLAGE, VOLUNTARY, direct=2, special=True, approved=False)
    assert found == []


@pytest.mark.parametrize(("hits", "expected"), [(0, []), (1, [("R06", "recusal_open", "block")])])
def test_r06_nobody_with_a_ground_of_recusal_stays(hits, expected):
    assert reasons(recusals_clear(ZJ, VOLUNTARY, hits=hits)) == expected


@pytest.mark.parametrize(
    ("counted", "expected"), [(0, []), (1, [("R07", "replaced_sheets_counted", "block")])]
)
def test_r07_no_sheet_of_a_replaced_member_counts(counted, expected):
    assert reasons(replaced_sheets_void(ZJ, COMPULSORY, counted=counted)) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (timedelta(hours=24), []),
        (timedelta(hours=24, seconds=1), [("R08", "draw_time_unusual", "warn")]),
        (timedelta(0), []),
        (timedelta(seconds=-1), [("R08", "draw_time_unusual", "warn")]),
    ],
)
def test_r08_the_draw_is_within_a_day_before_evaluation(before, expected):
    start = datetime(2025, 7, 8, 9, 0)
    found = draw_time(ZJ, COMPULSORY, draw_at=start - before, evaluation_at=start)
    assert reasons(found) == expected


@pytest.mark.parametrize(
    ("window", "opened", "expected"),
    [
        ("before_opening", False, []),
        ("before_opening", True, [("draw_window", "draw_outside_window", "warn")]),
        ("after_opening", False, [("draw_window", "draw_outside_window", "warn")]),
        ("after_opening", True, []),
    ],
)
def test_the_draw_starts_on_the_side_of_the_opening_that_the_profile_says(window, opened, expected):
    profile = with_value(ZJ, "draw_window", value=window)
    assert reasons(draw_window(profile, COMPULSORY, opened=opened)) == expected


def test_a_draw_window_nobody_knows_is_told():
    profile = with_value(ZJ, "draw_window", value="at_noon")
    with pytest.raises(ProfileError, match=r"draw_window 应为 before_opening 或 after_opening$"):
        draw_window(profile, COMPULSORY, opened=False)


@pytest.mark.parametrize(
    ("profile", "contributed", "waited", "expected"),
    [
        (ZJ, True, 0, []),
        (ZJ, False, 29, [("R09", "witness_awaited", "block")]),
        (ZJ, False, 30, [("R09", "draw_unwitnessed", "warn")]),
        (NATIONAL, False, 29, [("R09", "witness_awaited", "warn")]),
    ],
)
def test_r09_zhejiang_waits_for_the_witness_and_then_goes_on_with_a_warning(
    profile, contributed, waited, expected
):
    found = witnessed(profile, COMPULSORY, contributed=contributed, waited_minutes=waited)
    assert reasons(found) == expected


def test_r09_says_how_long_is_still_to_wait():
    [found] = witnessed(ZJ, COMPULSORY, contributed=False, waited_minutes=12)
    assert found.message == "行政监督部门尚未参与见证，还需等候 18 分钟"


def test_r09_a_profile_may_forbid_an_unwitnessed_draw():
    strict = with_value(ZJ, "witness_wait_minutes", level="block")
    found = witnessed(strict, COMPULSORY, contributed=False, waited_minutes=30)
    assert reasons(found) == [("R09", "draw_unwitnessed", "block")]


@pytest.mark.parametrize(
    ("profile", "receipts", "expected"),
    [
        (ZJ, 5, []),
        (ZJ, 4, [("R11", "briefing_missing", "block")]),
        (NATIONAL, 4, [("R11", "briefing_missing", "warn")]),
        (with_value(ZJ, "briefing_required", value=False), 0, []),
    ],
)
def test_r11_everyone_is_briefed_before_taking_a_seat(profile, receipts, expected):
    assert reasons(briefed(profile, COMPULSORY, seats=5, receipts=receipts)) == expected
