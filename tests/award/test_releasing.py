"""Two persons bring every notice to the public, under a number of its own and with its hash."""

import pytest
from django.db import IntegrityError, transaction

from accounts.domain.policy import ACTS as POLICY
from accounts.services.gate import NotAllowed
from audit_log.domain.entry import SYSTEM
from audit_log.selectors import trail
from audit_log.services import reconciling
from award.models import Notice
from award.services import publicity, releasing
from tests.award.acting import (
    CHANNEL,
    bad_input,
    entry,
    last,
    project,
    refused,
)

pytestmark = pytest.mark.django_db

OFFICE = "招标办公室,演示大学行政楼 201 室,电话 0573-82083000"


@pytest.fixture
def code(ladder):
    return ladder["tendering"]


def draft(cast, code, office=OFFICE):
    return releasing.draft_notice(actor=cast["zbr1"], project=code, office=office)


def release(cast, code, reviewed="", actor="jyzx2"):
    return releasing.release_notice(actor=cast[actor], project=code, reviewed=reviewed)


def test_the_tender_notice_is_composed_from_facts(cast, code):
    sha, row = entry(draft(cast, code))["data"]["notice"], project(code)
    told = trail.document(sha)
    assert (told["notice"], told["ceiling_fen"], told["office"]) == (
        "tender", row.ceiling_fen, OFFICE,
    )  # fmt: skip
    assert told["deadline"] == last(code, "tender_published")["deadline"]
    assert "国办发〔2024〕21号" in told["basis"]


def test_one_draws_up_and_another_releases_under_the_next_number(cast, code):
    with refused("notice_missing"):
        release(cast, code)
    sha = entry(draft(cast, code))["data"]["notice"]
    with pytest.raises(NotAllowed):
        release(cast, code, actor="zbr1")
    before = max(filter(None, Notice.objects.values_list("serial", flat=True)))
    said = entry(release(cast, code, sha))["data"]
    assert said == {
        "notice_kind": "tender",
        "notice": sha,
        "serial": before + 1,
        "where": f"/public/notice/{before + 1}/",
        "prepared_by": "zbr1",
    }
    with refused("notice_released"):
        draft(cast, code)
    assert reconciling.reconcile().faults == []


def test_nobody_releases_what_he_drew_up(code):
    releasing.draft_notice(actor=SYSTEM, project=code, office=OFFICE)
    with refused("same_person"):
        releasing.release_notice(actor=SYSTEM, project=code)


def test_what_was_reviewed_is_what_goes_out(cast, code):
    first = entry(draft(cast, code))["data"]["notice"]
    draft(cast, code, "招标办公室二楼")
    with refused("draft_replaced"):
        release(cast, code, first)


def test_a_draft_goes_back_with_a_reason(cast, code):
    sha = entry(draft(cast, code))["data"]["notice"]
    with bad_input("reason_missing"):
        releasing.return_notice(actor=cast["jyzx2"], project=code, reason="")
    said = entry(
        releasing.return_notice(actor=cast["jyzx2"], project=code, reason="请写明办公地点")
    )["data"]
    assert said == {"notice_kind": "tender", "notice": sha, "reason": "请写明办公地点"}
    with refused("notice_missing"):
        release(cast, code)
    assert reconciling.reconcile().faults == []


def test_the_candidates_draft_goes_back_too(ladder, cast):
    code = ladder["reported"]
    publicity.draft_candidates(actor=cast["zbr1"], project=code, objection_channel=CHANNEL)
    releasing.return_notice(actor=cast["jyzx2"], project=code, reason="请写明受理部门")
    with refused("notice_missing"):
        publicity.publish_candidates(actor=cast["jyzx2"], project=code)


def test_before_the_opening_no_other_body_is_named(cast, code):
    """Whoever it is: the check must not tell who has bid."""
    with bad_input("personal_data") as caught:
        draft(cast, code, "招标办公室;甲方建设已报名")
    assert "开标前的投标单位" in caught.value.message


@pytest.mark.parametrize(("rung", "reason"), [("failed", "投标人少于三个"), ("terminated", None)])
def test_what_has_ended_is_told_where_the_tender_was(ladder, cast, rung, reason):
    code = ladder[rung]
    if reason is None:  # broken off before it was published: nobody has to know
        with refused("wrong_state"):
            draft(cast, code)
        return
    told = trail.document(entry(draft(cast, code))["data"]["notice"])
    assert (told["state"], told["reason"]) == ("招标失败", reason)
    release(cast, code)
    assert Notice.objects.get(project=code).kind == "ended"


def test_numbers_rise_without_gaps_in_the_order_of_the_releases(ladder):
    """Candidates and results of the ladder came out through the same door."""
    told = Notice.objects.filter(serial__isnull=False).order_by("serial")
    assert [one.serial for one in told] == list(range(1, len(told) + 1))
    assert [one.released_at for one in told] == sorted(one.released_at for one in told)


def test_the_entry_of_every_release_holds_hash_and_address(ladder):
    for one in Notice.objects.filter(serial__isnull=False):
        released = [
            event["data"]
            for event in trail.events(one.project.stream)
            if event["data"].get("serial") == one.serial
        ]
        assert [(data["notice"], data["where"]) for data in released] == [
            (one.body, f"/public/notice/{one.serial}/")
        ]


def test_no_role_both_draws_up_and_releases():
    assert set(POLICY["project.draft_notice"]) & set(POLICY["project.release_notice"]) == set()
    drafters = set(POLICY["project.draft_candidates"])
    assert drafters & set(POLICY["project.publish_candidates"]) == set()


def test_a_number_is_used_once(ladder):
    one = Notice.objects.filter(serial=1).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(project=one.project, kind="ended", body="0" * 64, serial=1)
