"""Publicity by two persons: candidates, result, and the notices to everyone."""

import pytest

from accounts.services.gate import NotAllowed
from audit_log.domain.entry import SYSTEM
from audit_log.selectors import trail
from award.models import BallotRound, Notice
from award.services import deciding, publicity
from config.demo import job as steps
from evaluation.services import reporting
from experts.models import Expert
from rulebook.selectors import profiles
from tests.award.acting import (
    BING,
    CHANNEL,
    DING,
    JIA,
    REASONS,
    YI,
    after_publicity,
    bad_input,
    elect,
    entry,
    last,
    members,
    project,
    refused,
    until,
)

pytestmark = pytest.mark.django_db


def draft(ladder, cast, channel=CHANNEL):
    return publicity.draft_candidates(
        actor=cast["zbr1"], project=ladder["reported"], objection_channel=channel
    )


def publish(ladder, actor):
    return publicity.publish_candidates(actor=actor, project=ladder["reported"])


def decided(ladder, cast, winner=JIA, other=YI):
    """The project of the ladder with its award decided for one of two."""
    code = ladder["awarding"]
    elect(cast, code, winner, other)
    deciding.decide(actor=cast["zbr1"], project=code, reasons=REASONS, departure_reasons=REASONS)
    return code


def test_the_notice_is_composed_from_facts(ladder, cast):
    sha = entry(draft(ladder, cast))["data"]["notice"]
    notice, row = trail.document(sha), project(ladder["reported"])
    prices = dict(row.bids.values_list("bidder_id", "price_fen"))
    totals = dict(row.candidates.values_list("bid__bidder_id", "total"))
    assert notice["report"] == row.report
    assert notice["objection_channel"] == CHANNEL
    assert [
        (one["bidder"], one["price_fen"], one["total"], one["rank"]) for one in notice["candidates"]
    ] == [(org, prices[org], totals[org], None) for org in sorted([JIA, YI, BING])]
    assert notice["rejected"] == []


@pytest.mark.parametrize(
    "text",
    ["联系人手机 13957301234", "经办人身份证 330402198001011234", "请找评委 {expert} 核实"],
)
def test_no_personal_data_goes_public(ladder, cast, text):
    seated = project(ladder["reported"]).parts.filter(relation="seated", kind="expert")
    with bad_input("personal_data"):
        draft(ladder, cast, text.format(expert=seated.order_by("person")[0].person))
    assert Notice.objects.filter(project=ladder["reported"]).count() == 0


def test_what_may_stay_is_explained_and_the_entry_keeps_both(ladder, cast):
    with bad_input("explanation_missing"):
        draft(ladder, cast, "招标办公室,邮箱 zb@example.edu.cn")
    said = entry(
        publicity.draft_candidates(
            actor=cast["zbr1"],
            project=ladder["reported"],
            objection_channel="招标办公室,邮箱 zb@example.edu.cn",
            explanation="单位公开邮箱,非个人信息",
        )
    )["data"]
    assert said == {
        "notice": said["notice"],
        "hits": [{"place": "objection_channel", "kind": "email"}],
        "explanation": "单位公开邮箱,非个人信息",
    }


def test_a_refusal_names_place_kind_and_article_and_not_the_number(ladder, cast):
    with bad_input("personal_data") as caught:
        draft(ladder, cast, "联系人手机 13957301234")
    message = caught.value.message
    assert "异议受理部门和方式:手机号码" in message
    assert "《中华人民共和国个人信息保护法》" in message
    assert "13957301234" not in message


def test_the_check_tells_nobody_who_sits(ladder, cast):
    """Any expert of the pool is refused alike, so that the drafter cannot ask who was drawn."""
    seated = (
        project(ladder["reported"]).parts.filter(kind="expert").values_list("person", flat=True)
    )
    others = Expert.objects.exclude(pk__in=seated).order_by("pk").values_list("pk", flat=True)
    messages = []
    for code in (seated.order_by("person")[0], others[0]):
        with bad_input("personal_data") as caught:
            draft(ladder, cast, f"请找 {code} 核实")
        messages.append(caught.value.message)
    assert messages[0] == messages[1]


def test_candidates_go_public_by_another_than_the_drafter(ladder, cast):
    with refused("notice_missing"):
        publish(ladder, cast["jyzx2"])
    draft(ladder, cast)
    with pytest.raises(NotAllowed):
        publish(ladder, cast["zbr1"])
    publish(ladder, cast["jyzx2"])
    notice = Notice.objects.get(project=ladder["reported"])
    assert (notice.prepared_by, notice.released_by) == ("zbr1", "jyzx2")


def test_nobody_releases_what_he_prepared(ladder):
    publicity.draft_candidates(actor=SYSTEM, project=ladder["reported"], objection_channel=CHANNEL)
    with refused("same_person"):
        publish(ladder, SYSTEM)


def test_a_later_draft_stands_in_for_an_earlier(ladder, cast):
    draft(ladder, cast)
    second = entry(draft(ladder, cast, "招标办公室二楼"))["data"]["notice"]
    assert entry(publish(ladder, cast["jyzx2"]))["data"]["notice"] == second


def test_a_draft_of_an_earlier_report_is_not_published(ladder, cast):
    job = ladder.jobs["reported"]
    draft(ladder, cast)
    reporting.request_recheck(actor=cast["zbr1"], project=ladder["reported"], reason="请核对算术")
    steps.score(job)
    steps.report(job)
    with refused("notice_missing"):
        publish(ladder, cast["jyzx2"])


@pytest.mark.parametrize(
    ("today", "last_day"),
    [
        ("2025-07-21", "2025-07-24"),  # the starting day does not count
        ("2025-07-24", "2025-07-28"),  # the third day is a Sunday
        ("2025-09-28", "2025-10-09"),  # the third day begins the autumn holiday
    ],
)
def test_publicity_lasts_three_days_and_ends_on_a_working_day(ladder, cast, today, last_day):
    until(today)
    draft(ladder, cast)
    said = entry(publish(ladder, cast["jyzx2"]))["data"]
    assert said == {
        "notice": said["notice"],
        "serial": Notice.objects.get(body=said["notice"]).serial,
        "where": f"/public/notice/{said['serial']}/",
        "calendar": profiles.calendar().version,
        "public_until": last_day,
        "prepared_by": "zbr1",
        "from": "reported",
        "to": "candidates_public",
        "noted": [{"rule": "R16", "code": "publicity_late"}],
    }
    assert project(ladder["reported"]).public_until.isoformat() == last_day


def test_the_result_shows_every_round_and_no_ballot(ladder, cast):
    code = decided(ladder, cast)
    ref = publicity.publish_result(actor=cast["jyzx2"], project=code)
    result = trail.document(entry(ref)["data"]["notice"])
    assert result["winner"]["bidder"] == JIA
    assert [{row["bidder"]: row["value"] for row in one["tally"]} for one in result["rounds"]] == [
        {JIA: 7, YI: 7, BING: 0},
        {JIA: 7, YI: 0},
    ]
    assert [actor.id for actor in members(cast) if actor.id in str(result)] == []
    assert project(code).state == "result_public"


def test_a_changed_count_is_not_published(ladder, cast):
    """R30: the ballots are counted anew before the result goes out."""
    code = decided(ladder, cast)
    first = BallotRound.objects.get(project=code, number=1)
    false = first.result | {"ties": [{"rule": "invented"}]}
    BallotRound.objects.filter(pk=first.pk).update(result=false)
    with refused("replay_differs", "replay_differs"):
        publicity.publish_result(actor=cast["jyzx2"], project=code)
    assert project(code).state == "awarded"


def test_everyone_who_bid_is_told(ladder, cast):
    code = decided(ladder, cast)
    publicity.publish_result(actor=cast["jyzx2"], project=code)
    after_publicity(code)
    said = entry(publicity.notify(actor=cast["zbr1"], project=code))["data"]
    told = {row["to"]: trail.document(row["notice"]) for row in said["notices"]}
    assert said["winner"] == JIA
    assert {org: text["notice"] for org, text in told.items()} == {
        JIA: "award", YI: "lost", BING: "lost", DING: "lost",
    }  # fmt: skip
    assert (told[YI]["candidate"], told[DING]["candidate"]) == (True, False)
    sent = Notice.objects.filter(project=code, kind__in=("award", "lost"))
    assert sorted(sent.values_list("to", "body")) == sorted(
        (row["to"], row["notice"]) for row in said["notices"]
    )


def test_the_winner_is_not_told_over_a_running_publicity_in_silence(ladder, cast):
    """The days of the result's publicity warn in this profile: the entry keeps the reason."""
    code = decided(ladder, cast)
    publicity.publish_result(actor=cast["jyzx2"], project=code)
    publicity.notify(actor=cast["zbr1"], project=code)
    assert {"rule": "result_publicity_days", "code": "publicity_running"} in last(code, "notified")[
        "noted"
    ]
