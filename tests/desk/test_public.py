"""The public site: a page per notice and a feed, for anyone, with nothing but what was released."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from award.domain.publicity import address
from award.models import Notice
from award.selectors import releases
from award.services import publicity, releasing
from tests.award.acting import CHANNEL

pytestmark = pytest.mark.django_db

OFFICE = "招标办公室,电话 0573-82083000"


@pytest.fixture
def visitor():
    return Client()


def serials(answer):
    return [one["_notice"]["serial"] for one in json.loads(answer.content)["items"]]


def test_every_notice_has_a_page_that_shows_what_its_entry_names(ladder, visitor):
    for one in Notice.objects.filter(serial__isnull=False).select_related("project"):
        page = visitor.get(address(one.serial))
        assert page.status_code == 200
        text = page.content.decode()
        assert (one.body in text, one.project.title in text) == (True, True)
        assert address(one.serial) == reverse("public-notice", args=[one.serial])


def test_drafts_and_letters_have_no_page_and_no_place_in_the_feed(ladder, cast, visitor):
    code = ladder["reported"]
    publicity.draft_candidates(actor=cast["zbr1"], project=code, objection_channel=CHANNEL)
    listed = serials(visitor.get("/public/feed.json"))
    last = max(listed)
    assert visitor.get(address(last + 1)).status_code == 404
    assert Notice.objects.filter(kind__in=("award", "lost"), serial__isnull=False).count() == 0
    publicity.publish_candidates(actor=cast["jyzx2"], project=code)
    assert serials(visitor.get("/public/feed.json")) == [last + 1, *listed]
    assert visitor.get(address(last + 1)).status_code == 200


@pytest.mark.parametrize(
    "path", ["/public/notice/0/", "/public/notice/999/", "/public/L-registered-1/"]
)
def test_whatever_else_is_asked_for_is_not_found(ladder, visitor, path):
    assert visitor.get(path).status_code == 404


def test_the_feed_goes_on_from_a_number_without_gaps(ladder, cast, visitor):
    known = serials(visitor.get("/public/feed.json?after=0"))
    assert known == list(range(len(known), 0, -1))
    follow = json.loads(visitor.get(f"/public/feed.json?after={known[0]}").content)
    assert follow["items"] == []
    assert follow["next_url"].endswith(f"?after={known[0]}")
    releasing.draft_notice(actor=cast["zbr1"], project=ladder["tendering"], office=OFFICE)
    releasing.release_notice(actor=cast["jyzx2"], project=ladder["tendering"])
    told = json.loads(visitor.get(follow["next_url"]).content)
    assert [one["_notice"]["kind"] for one in told["items"]] == ["tender"]
    assert told["next_url"].endswith(f"?after={known[0] + 1}")


def test_the_feed_is_a_json_feed_that_names_hash_and_address(ladder, visitor):
    answer = visitor.get("/public/feed.json")
    feed, newest = json.loads(answer.content), releases.public().latest("serial")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    item = feed["items"][0]
    assert item["url"] == item["id"] == f"http://testserver{address(newest.serial)}"
    assert item["_notice"]["sha256"] == newest.body


@pytest.mark.parametrize("after", ["x", "-1", "٣", "99999999999", ""])
def test_a_wrong_number_gives_the_newest(ladder, visitor, after):
    asked = visitor.get("/public/feed.json", {"after": after})
    assert serials(asked) == serials(visitor.get("/public/feed.json"))


@pytest.mark.parametrize("path", ["/public/notice/1/", "/public/feed.json"])
def test_visitors_may_keep_it_and_ask_whether_it_changed(ladder, visitor, path):
    first = visitor.get(path)
    assert first["Cache-Control"] == "public, max-age=60"
    again = visitor.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    other = visitor.get(path, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_who_is_signed_in_gets_a_page_of_his_own(ladder, cast, client):
    client.force_login(User.objects.get(pk="jyzx1"))
    assert client.get("/public/notice/1/")["Cache-Control"] == "no-store"
    assert client.get("/public/feed.json")["Cache-Control"] == "public, max-age=60"


def test_a_publicity_says_by_which_calendar_it_was_counted(ladder, visitor):
    one = Notice.objects.filter(kind="candidates", serial__isnull=False).first()
    assert "工作日历" in visitor.get(address(one.serial)).content.decode()


def test_nothing_is_posted_there(ladder, visitor):
    assert visitor.post("/public/notice/1/").status_code == 405


def test_the_act_shows_the_draft_and_what_the_check_found(ladder, cast, client):
    code = ladder["reported"]
    publicity.draft_candidates(
        actor=cast["zbr1"], project=code, explanation="单位公开邮箱",
        objection_channel="招标办公室,邮箱 zb@example.edu.cn",
    )  # fmt: skip
    client.force_login(User.objects.get(pk="jyzx2"))
    page = client.get(f"/project/{code}/publish-candidates/").content.decode()
    draft = Notice.objects.get(project=code)
    assert "提出异议的渠道和方式:电子邮箱" in page
    assert ("单位公开邮箱" in page, draft.body in page) == (True, True)
