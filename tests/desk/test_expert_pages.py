"""An expert's own page, who read his data, and the pool at any moment, as people see them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.domain import policy
from accounts.services import vault
from accounts.services.outbox import send_due
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import clock
from desk.selectors import things
from desk.web.middleware import OWN
from evaluation.models import Project
from evaluation.selectors import projects
from experts.models import Draw, Expert
from experts.selectors import career
from experts.services import changes, own_page, sweep
from tests.accounts.channels import Phone
from tests.desk.doors import filled_in, sign_in, text_of

DOCUMENT = "ab" * 32


@pytest.fixture
def expert(ladder) -> Expert:
    return Expert.objects.filter(state="active").order_by("pk")[0]


@pytest.fixture
def token(cast, expert):
    own_page.send_link(actor=cast["zjk"], expert=expert.pk)
    phone = Phone()
    send_due(10_000, phone.channels)
    return phone.tokens()[-1]


@pytest.fixture
def himself(client, token):
    client.post("/own/", {"token": token})
    return client


def confirmed(client, page, values):
    """Fill in an act's page, confirm, do it."""
    asked = text_of(client.post(page, values | {"step": "confirm"}))
    return client.post(page, filled_in(asked) | {"step": "do"})


def test_a_link_opens_his_own_page_once_and_a_preview_spends_nothing(client, expert, token):
    for _ in range(2):
        page = text_of(client.get(f"/own/{token}/"))
        assert token in page
    response = client.post("/own/", {"token": token})
    assert (response.status_code, response.url) == (302, "/me/")
    page = text_of(client.get("/me/"))
    assert ("本人页面" in page, expert.pk in page) == (True, True)
    assert client.session[OWN] == expert.pk
    again = client.post("/own/", {"token": token})
    assert again.status_code == 422


def test_he_reports_a_change_and_declares_leave_by_himself(cast, expert, himself):
    today = career.today()
    values = {"valid_from": today.isoformat(), "title": "正高级工程师"}
    assert confirmed(himself, f"/expert/{expert.pk}/report-change/", values).status_code == 302
    leave = {"first": today.isoformat(), "last": (today + timedelta(days=3)).isoformat()}
    assert confirmed(himself, f"/expert/{expert.pk}/declare-leave/", leave).status_code == 302
    page = text_of(himself.get("/me/"))
    assert ("职称:正高级工程师" in page, "待确认" in page) == (True, True)
    office = sign_in(cast["zjj"])
    form = text_of(office.get(f"/expert/{expert.pk}/confirm-change/"))
    assert f"{expert.pk}-c1:职称 正高级工程师" in form
    values = {"change": f"{expert.pk}-c1", "approve": "true"}
    assert confirmed(office, f"/expert/{expert.pk}/confirm-change/", values).status_code == 302
    assert Expert.objects.get(pk=expert.pk).title == "正高级工程师"


def test_the_list_finds_those_on_whom_somebody_has_to_act(cast, expert, himself):
    office = sign_in(cast["zjj"])
    assert expert.pk not in text_of(office.get("/experts/", {"state": "waiting"}))
    changes.report_change(
        actor=cast["zjk"], expert=expert.pk, valid_from=career.today(), title="教授"
    )
    assert expert.pk in text_of(office.get("/experts/", {"state": "waiting"}))
    form = text_of(office.get(f"/expert/{expert.pk}/suspend/"))
    assert f"专家 {expert.pk}" in form
    assert expert.title not in form


def test_his_own_page_leads_into_no_committee_s_room(ladder, client):
    row = Project.objects.get(pk=ladder["evaluating"])
    member = row.parts.filter(kind="expert").first().person
    outside = Actor(member, "expert", "")
    seated = Actor(member, "expert", Expert.objects.get(pk=member).employer)
    assert [row in things.projects(actor) for actor in (outside, seated)] == [False, True]
    assert [row in projects.visible(actor) for actor in (outside, seated)] == [False, True]
    assert [policy.may(a, "project.seal_sheet", row) for a in (outside, seated)] == [False, True]
    session = client.session
    session[OWN] = member
    session.save()
    assert client.get("/me/").status_code == 200
    assert client.get(f"/project/{row.pk}/").status_code == 404
    assert client.get(f"/project/{row.pk}/seal-sheet/").status_code == 404


def test_he_sees_nobody_else(himself, expert):
    other = Expert.objects.exclude(pk=expert.pk).order_by("pk")[0]
    assert himself.get(f"/expert/{other.pk}/").status_code == 404
    assert himself.get(f"/expert/{expert.pk}/person/").status_code == 403
    for page in ("/experts/", "/experts/history/", "/experts/grounds/"):
        assert himself.get(page).status_code == 403


def values_of(expert):
    return [vault.reveal(expert.pk)[key] for key in ("name", "id_number", "phone")]


@pytest.mark.parametrize("account", ["zjk", "zjj", "jw"])
def test_a_person_is_read_by_post_with_a_reason_and_he_sees_who_and_why(
    cast, expert, himself, account
):
    office, page = sign_in(cast[account]), reverse("person", args=[expert.pk])
    asked = office.get(page)
    assert [one in text_of(asked) for one in values_of(expert)] == [False] * 3
    assert office.post(page, {}).status_code == 422
    assert trail.last_event(expert.stream, "expert.person_read") is None
    read = office.post(page, {"reason": "complaint"})
    assert [one in text_of(read) for one in values_of(expert)] == [True] * 3
    assert "no-store" in read["Cache-Control"]
    own = text_of(himself.get("/me/"))
    assert "处理异议、投诉或者举报" in own
    assert [one in own for one in values_of(expert)] == [False] * 3


@pytest.mark.parametrize("account", ["jyzx1", "zbr1", "tbr", "xtgl", "sjgl"])
def test_others_do_not_even_find_the_page(cast, expert, account):
    office, page = sign_in(cast[account]), reverse("person", args=[expert.pk])
    assert office.get(page).status_code == 404
    assert office.post(page, {"reason": "contact"}).status_code == 404


def test_no_other_page_shows_a_name_or_a_number(cast, expert):
    office = sign_in(cast["zjk"])
    kept = values_of(expert)
    addresses = ["/experts/", f"/expert/{expert.pk}/", "/experts/history/", "/experts/grounds/"]
    for address in addresses:
        page = text_of(office.get(address))
        assert (address, [one for one in kept if one in page]) == (address, [])


def test_the_pool_at_a_moment_counts_by_reason(cast, expert):
    office = sign_in(cast["jw"])
    moment = clock.now().astimezone().strftime("%Y-%m-%dT%H:%M")
    page = text_of(office.get("/experts/history/", {"at": moment, "specialty": "A0801"}))
    assert "可以参加抽取" in page
    assert expert.pk in page
    early = text_of(office.get("/experts/history/", {"at": "2020-01-01T00:00"}))
    assert "当时没有所涉专业的专家" in early


@pytest.mark.parametrize(
    "asked",
    [{"at": "昨天"}, {"at": "2999-01-01T00:00"}, {"at": "2025-01-01T00:00", "day": "2025-02-30"}],
)
def test_a_moment_that_is_none_is_refused(cast, ladder, asked):
    assert sign_in(cast["jw"]).get("/experts/history/", asked).status_code == 422


@pytest.mark.parametrize(
    ("account", "status"), [("zjk", 200), ("zjj", 200), ("jw", 200), ("jyzx1", 403), ("zbr1", 403)]
)
def test_those_who_watch_over_the_pool_see_its_history(cast, ladder, account, status):
    sweep.sweep()
    n = trail.events("system/pool")[-1]["n"]
    pages = ("/experts/history/", "/experts/grounds/", f"/experts/sweep/{n}/")
    office = sign_in(cast[account])
    assert [office.get(page).status_code for page in pages] == [status] * 3
    assert office.get("/experts/sweep/999/").status_code == (404 if status == 200 else 403)


def test_the_commission_compares_by_post_alone_and_sees_no_code(cast, ladder):
    draw = Draw.objects.get(pk=ladder.project("drawing").draw)
    office, page = sign_in(cast["jw"]), f"/draw-pool/{draw.pk}/"
    before = len(trail.events("system/envelopes"))
    assert "核对将记入流水" in text_of(office.get(page))
    assert len(trail.events("system/envelopes")) == before
    found = text_of(office.post(page))
    assert "一致:冻结的名册就是流水所记载的专家库" in found
    codes = Expert.objects.values_list("pk", flat=True)
    assert [code for code in codes if code in found] == []
    assert len(trail.events("system/envelopes")) == before + 1
    assert sign_in(cast["jyzx1"]).get(page).status_code == 403
