"""What a tender document said is changed by a published clarification, in time, by two persons."""

from datetime import timedelta

import pytest

from accounts.services.gate import NotAllowed
from audit_log.domain.entry import format_time
from audit_log.selectors import trail
from audit_log.services import reconciling
from award.models import Notice
from award.selectors.rules import local_day, today
from award.services import clarifying, releasing
from config.demo import job as steps
from tests.award.acting import bad_input, entry, play, project, refused, until

pytestmark = pytest.mark.django_db

TEXT = "招标文件第三章第2.1条所列业绩的起算日更正为2020年1月1日"


@pytest.fixture
def code(cast):
    """A tender that was published today, with 22 days for bids."""
    return play(cast, "T-CL", "tendering").lots[0][0]


def draft(cast, code, **given):
    given = {"text": TEXT, "affects": True} | given
    return clarifying.draft_clarification(actor=cast["zbr1"], project=code, **given)


def release(cast, code, **given):
    return clarifying.release_clarification(actor=cast["jyzx2"], project=code, **given)


def days_before(code, days):
    until(local_day(project(code).deadline) - timedelta(days=days))


def other_plan(**changes):
    return steps.award_plan() | {"withdrawal": "REVOTE_REMAINING"} | changes


def test_it_takes_effect_with_its_release_and_stands_on_the_site(cast, code):
    later = project(code).deadline + timedelta(days=7)
    sha = entry(draft(cast, code, deadline=later, plan=other_plan()))["data"]["notice"]
    assert project(code).deadline == later - timedelta(days=7)
    said = entry(release(cast, code, reviewed=sha))["data"]
    serial = Notice.objects.get(project=code, kind="clarify").serial
    assert said == {
        "notice": sha,
        "serial": serial,
        "where": f"/public/notice/{serial}/",
        "prepared_by": "zbr1",
        "deadline": format_time(later),
        "plan": project(code).award_plan,
    }
    assert project(code).deadline == later
    assert trail.document(said["plan"])["withdrawal"] == "REVOTE_REMAINING"
    assert trail.document(sha)["clarification"] == TEXT
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize(("left", "late"), [(15, False), (14, True)])
def test_what_may_affect_bids_leaves_fifteen_days(cast, code, left, late):
    days_before(code, left)
    if not late:
        draft(cast, code)
        return
    with refused("clarification_late") as caught:
        draft(cast, code)
    reason = caught.value.blockers[0]
    assert (reason.value, "第二十一条" in reason.basis) == (15, True)


def test_or_the_deadline_is_put_off(cast, code):
    days_before(code, 5)
    draft(cast, code, deadline=project(code).deadline + timedelta(days=10))
    release(cast, code)
    assert (local_day(project(code).deadline) - today()).days == 15


def test_days_run_from_the_release_and_not_from_the_draft(cast, code):
    days_before(code, 15)
    draft(cast, code)
    days_before(code, 14)
    with refused("clarification_late"):
        release(cast, code)


def test_what_affects_no_bid_is_published_to_the_last(cast, code):
    days_before(code, 1)
    draft(cast, code, affects=False)
    release(cast, code)


def test_another_plan_always_affects_bids(cast, code):
    days_before(code, 10)
    with refused("clarification_late"):
        draft(cast, code, affects=False, plan=other_plan())


def test_the_deadline_is_never_earlier(cast, code):
    with bad_input("deadline_earlier"):
        draft(cast, code, deadline=project(code).deadline - timedelta(days=1))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"committee": {"size": 5, "origin": "appointed"}}, "committee_fixed"),
        ({"methods": []}, "wrong_type"),
    ],
)
def test_another_plan_is_judged_like_the_first(cast, code, changes, found):
    with bad_input(found):
        draft(cast, code, plan=other_plan(**changes))


def test_the_way_to_the_winner_does_not_change(cast, code):
    with refused("plans_differ"):
        draft(cast, code, plan=other_plan(candidate_count=2))


def test_nobody_changes_what_the_other_drew_up(cast, code):
    draft(cast, code)
    with pytest.raises(NotAllowed):
        clarifying.release_clarification(actor=cast["zbr1"], project=code)
    with pytest.raises(NotAllowed):
        clarifying.draft_clarification(actor=cast["jyzx2"], project=code, text=TEXT, affects=False)


@pytest.mark.parametrize("rung", ["registered", "drawing", "opened"])
def test_before_and_after_there_is_nothing_to_clarify(ladder, cast, rung):
    with refused("wrong_state"):
        draft(cast, ladder[rung])


def test_a_tender_notice_drawn_up_before_is_drawn_up_again(cast, code):
    releasing.draft_notice(actor=cast["zbr1"], project=code, office="招标办公室")
    draft(cast, code, deadline=project(code).deadline + timedelta(days=3))
    release(cast, code)
    with refused("notice_missing"):
        releasing.release_notice(actor=cast["jyzx2"], project=code)
