"""Who sits is secret until there is a winner: receipts of draws and what members wrote (R10)."""

import json

import pytest

from audit_log.catalogue import EVENTS
from desk.domain import audience
from experts.domain.receipt import verify_receipt
from tests.desk.doors import sign_in, text_of

pytestmark = pytest.mark.django_db

CUT = "抽取回执止于首位专家签到以前"


def receipt(ladder, account, state):
    """The receipt of a project's draw as an account gets it; whether the page says it is cut."""
    browser, draw = sign_in(ladder.cast[account]), ladder.project(state).draw
    page = text_of(browser.get(f"/draw/{draw}/"))
    return json.loads(browser.get(f"/draw-receipt/{draw}/").content), CUT in page


def types(found):
    return [json.loads(body)["type"] for body in found["entries"]]


@pytest.mark.parametrize("state", ["opened", "evaluating", "reported", "awarding"])
def test_the_tenderers_receipt_ends_before_the_first_name(ladder, state):
    whole, cut = receipt(ladder, "jyzx1", state)
    assert not cut
    found, cut = receipt(ladder, "zbr1", state)
    assert cut
    first = types(whole).index("draw.candidate_opened")
    assert found == whole | {"entries": whole["entries"][:first]}


def test_what_is_left_is_a_receipt_that_can_be_run_again(ladder):
    whole, found = (receipt(ladder, who, "reported")[0] for who in ("jyzx1", "zbr1"))
    assert verify_receipt(found).seated == verify_receipt(whole).seated


@pytest.mark.parametrize("state", ["drawing", "awarded", "archived"])
def test_before_the_first_sign_in_and_once_there_is_a_winner_it_is_whole(ladder, state):
    assert receipt(ladder, "zbr1", state) == receipt(ladder, "jyzx1", state)


def read_by_the_tenderer(ladder, state):
    """Type → whose entries of that type the tenderer reads, by the roles that wrote them."""
    lines = sign_in(ladder.cast["zbr1"]).get(f"/api/v1/entries/project/{ladder[state]}/").json()
    read = [one["entry"] for one in lines if one["entry"]]
    return {one["type"] for one in read if audience.names_member(one["type"], one["actor"]["role"])}


@pytest.mark.parametrize("state", ["reported", "candidates_public", "awarding"])
def test_with_the_report_the_tenderer_reads_totals_but_not_whose_sheets_they_were(ladder, state):
    assert read_by_the_tenderer(ladder, state) == set()
    assert "得分汇总" in text_of(sign_in(ladder.cast["zbr1"]).get(f"/project/{ladder[state]}/"))


def test_once_there_is_a_winner_he_reads_who_gave_what(ladder):
    assert "project.score_sheet_opened" in read_by_the_tenderer(ladder, "awarded")


def test_what_says_whose_sheet_it_is_are_declared_events():
    assert audience.AUTHORED - set(EVENTS) == set()
