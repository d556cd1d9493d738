"""Pages for visitors, errors in Chinese, lists at a constant number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit_log.services import clock
from desk.selectors import things
from desk.web import demo, doors
from evaluation.domain.lifecycle import PROJECT
from tests.desk.doors import sign_in, text_of

ACCOUNTS = ("jyzx1", "zbr1", "zbdb", "zjj", "jw", "dbwy1", "jdz", "tbr", "sjgl")


@pytest.mark.parametrize("state", sorted(PROJECT))
@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_projects_page_shows_for_everyone_who_may_see_it(cast, ladder, account, state):
    response = sign_in(cast[account]).get(f"/project/{ladder[state]}/")
    seen = things.projects(cast[account]).filter(pk=ladder[state]).exists()
    assert response.status_code == (200 if seen else 404)
    assert (PROJECT[state] in text_of(response)) == seen


@pytest.mark.parametrize("account", [*ACCOUNTS, "zjk", "xtgl", "aqgl"])
def test_everyone_has_a_desk(cast, account):
    response = sign_in(cast[account]).get("/")
    assert response.status_code == 200
    assert "<h1>工作台</h1>" in text_of(response)


@pytest.mark.parametrize("page", ["/public/", "/login/", "/sign-in/"])
def test_the_public_pages_need_no_sign_in(client, ladder, page):
    assert client.get(page).status_code == 200


def test_the_public_reads_a_published_result_and_nothing_of_a_registered_project(client, ladder):
    row = ladder.project("result_public")
    winner = row.bids.get(bidder_id=row.winner).bidder.name
    notice = row.notices.get(kind="result", serial__isnull=False)
    assert f"/public/notice/{notice.serial}/" in text_of(client.get(f"/public/{row.pk}/"))
    assert winner in text_of(client.get(f"/public/notice/{notice.serial}/"))
    assert client.get(f"/public/{ladder['registered']}/").status_code == 404


def test_the_public_does_not_read_a_winner_before_the_result_is_published(client, ladder):
    assert "中标人" not in text_of(client.get(f"/public/{ladder['awarded']}/"))


def test_a_wrong_password_is_said_and_the_account_stays_typed(client, cast):
    response = client.post("/login/", {"code": "zbr1", "password": "nothing-like-it"})
    assert response.status_code == 422
    assert "账号或者密码不正确" in text_of(response)
    assert 'value="zbr1"' in text_of(response)


def test_signing_in_never_leads_to_another_host(client, cast):
    user = User.objects.get(pk="zbr1")
    user.set_password("a long enough one")
    user.save()
    typed = {"code": "zbr1", "password": "a long enough one", "next": "https://elsewhere.example/"}
    assert client.post("/login/", typed).url == "/"


def test_a_forged_form_is_told_in_chinese(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk="zbr1"))
    response = client.post("/logout/")
    assert response.status_code == 403
    assert "页面已经失效" in text_of(response)


@pytest.mark.parametrize(
    ("page", "status", "words"),
    [("/no/such/page/here/", 404, "没有找到这个页面"), ("/trail/", 403, "您的岗位不能办理")],
)
def test_errors_are_told_in_chinese(cast, page, status, words):
    response = sign_in(cast["zbr1"]).get(page)
    assert response.status_code == status
    assert words in text_of(response)


def test_a_failure_is_told_in_chinese(cast, settings):
    settings.WITNESS_VKEY_FILE = None  # the page that reads it breaks
    client = sign_in(cast["jw"])
    client.raise_request_exception = False
    response = client.get("/trail/witness/")
    assert response.status_code == 500
    assert "系统出错" in text_of(response)


def test_an_invitation_that_is_none_is_told_so(client, db):
    assert client.get("/i/not-a-token/").status_code == 404


def queries(client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as found:
        assert client.get(page).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    ("account", "page"),
    [("jyzx1", "/projects/"), ("zjk", "/experts/"), ("jyzx1", "/draws/"), ("xtgl", "/accounts/")],
)
def test_a_list_asks_as_often_for_one_row_as_for_three(cast, monkeypatch, account, page):
    client, counts = sign_in(cast[account]), []
    for rows in (1, 3):
        monkeypatch.setattr(doors, "PER_PAGE", rows)
        counts.append(queries(client, page))
    assert counts[0] == counts[1]


def test_the_clock_jumps_to_the_next_deadline(cast):
    expected = demo.next_deadline(cast["zbr1"], clock.now())
    sign_in(cast["zbr1"]).post("/demo/jump/")
    assert expected is not None
    assert timedelta() <= clock.now() - expected < timedelta(minutes=1)
