"""Receipts called back by a gateway, the call list's page, and doors at which somebody guesses."""

import json

import pytest
from django.test import Client

from accounts.domain import messages
from accounts.models import Outgoing
from accounts.services import gateway, links
from accounts.services.outbox import send_due
from accounts.services.throttle import LIMITS
from audit_log.selectors import trail
from audit_log.services import clock, keys
from experts.models import Draw, Seat
from experts.services import answers, invitations, own_page
from tests.accounts.channels import SECRET, Phone
from tests.desk.doors import sign_in, text_of
from tests.desk.test_experts_door import asked, token_for  # noqa: F401


@pytest.fixture
def called_back(db, cast, settings) -> Outgoing:
    """A message that the gateway `sms` has taken."""
    settings.MESSAGE_CHANNELS = ["sms"]
    keys.write(gateway.secret_name("sms"), SECRET)
    Outgoing.objects.filter(status="waiting").update(status="dropped")
    own_page.send_link(actor=cast["zjk"], expert="E000001")
    send_due(channels={"sms": Phone()})
    return Outgoing.objects.get(status="handed", template="own_page")


def call_back(content: object, *, name: str = "sms", secret: bytes = SECRET, **changed: str) -> int:
    path = f"/gateway/{name}/"
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signed = messages.signed(secret, method="POST", path=path, body=body, at=clock.real_now())
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path, body, content_type="application/json", headers=signed | changed)
    return answer.status_code


def status(row: Outgoing) -> str:
    return Outgoing.objects.get(pk=row.pk).status


def test_a_gateway_calls_back_what_became_of_a_message(called_back):
    told = {"key": f"{called_back.key}-sms", "status": "delivered"}
    assert (call_back(told), call_back(told)) == (204, 204)
    assert status(called_back) == "delivered"


def test_what_is_not_its_own_signature_or_message_is_not_found(called_back, settings):
    told = {"key": f"{called_back.key}-sms", "status": "delivered"}
    assert call_back(told, secret=bytes(32)) == 404
    assert call_back(told, **{"X-Time": "0"}) == 404
    assert call_back(told, name="voice") == 404
    assert call_back(told | {"key": "nobody-sms"}) == 404
    settings.MESSAGE_CHANNELS = ["folder"]
    assert call_back(told) == 404
    assert status(called_back) == "handed"


@pytest.mark.parametrize("content", [b"", b"{", [], {"key": "x", "status": "queued"}])
def test_what_says_nothing_of_delivery_changes_nothing(called_back, content):
    assert call_back(content) == 204
    assert status(called_back) == "handed"
    assert Client().get("/gateway/sms/").status_code == 405


def test_the_page_of_the_call_list_asks_for_a_reason_and_shows_numbers_once(cast, asked):  # noqa: F811
    send_due(10_000, {})
    desk, page = sign_in(cast["zjj"]), f"/draw-calls/{asked.draw_id}/"
    for place in (f"/draw/{asked.draw_id}/", "/"):
        assert f'href="{page}"' in text_of(desk.get(place))
    before = text_of(desk.get(page))
    assert "打开事由" in before
    assert desk.post(page, {"reason": "curious"}).status_code == 422
    shown = text_of(desk.post(page, {"reason": "undelivered"}))
    phone = invitations.person(asked.actor.id)["phone"]
    assert (before.count(phone), shown.count(phone)) == (0, 1)
    entry = trail.events(f"draw/{asked.draw_id}", "draw.calls_opened")[-1]
    assert asked.candidate in entry["data"]["candidates"]


@pytest.mark.parametrize(("who", "status"), [("jyzx1", 403), ("zbr1", 403), ("jw", 403)])
def test_the_page_is_supervision_s_alone(cast, ladder, who, status):
    draw = ladder.project("drawing").draw
    assert sign_in(cast[who]).get(f"/draw-calls/{draw}/").status_code == status


def test_the_page_says_that_there_is_nobody_to_call(cast, ladder):
    draw = Draw.objects.filter(state="closed").order_by("pk")[0]
    page = text_of(sign_in(cast["zjj"]).post(f"/draw-calls/{draw.pk}/", {"reason": "urgent"}))
    assert "现在不能打开" in page
    assert trail.events(draw.stream, "draw.calls_opened") == []


def statuses(times: int, attempt) -> list[int]:
    return [attempt().status_code for _ in range(times)]


def test_passwords_are_not_guessed_for_long(client, ladder):
    typed = {"code": "zbr1", "password": "wrong"}
    found = statuses(LIMITS["password"] + 1, lambda: client.post("/login/", typed))
    assert found == [*[422] * LIMITS["password"], 429]
    other = Client(REMOTE_ADDR="10.9.9.9")
    assert other.post("/login/", typed).status_code == 422


def test_behind_a_proxy_of_our_own_the_address_is_the_one_it_saw(client, ladder, settings):
    settings.PROXIES = 1
    typed = {"code": "zbr1", "password": "wrong"}
    ask = lambda address: client.post(  # noqa: E731
        "/login/", typed, headers={"X-Forwarded-For": f"1.1.1.1, {address}"}
    )
    assert statuses(LIMITS["password"] + 1, lambda: ask("10.0.0.1"))[-1] == 429
    assert ask("10.0.0.2").status_code == 422


@pytest.mark.parametrize("door", ["/i/nothing/", "/own/"])
def test_tokens_are_not_guessed_for_long(client, ladder, door):
    def attempt():
        return client.get(door) if "/i/" in door else client.post(door, {"token": "nothing"})

    found = statuses(LIMITS["token"] + 1, attempt)
    assert (set(found[:-1]) <= {404, 422}, found[-1]) == (True, 429)
    refused = attempt()
    assert refused["Retry-After"] == "900"
    assert "15 分钟" in text_of(refused)


def test_the_room_s_code_is_not_guessed_with_a_true_token(client, ladder):
    draw = ladder.project("opened").draw
    seat = Seat.objects.filter(draw=draw, state="signed_in").order_by("pk")[0]
    typed = {"token": token_for(seat), "room": "000000"}
    found = statuses(LIMITS["room"] + 1, lambda: client.post("/sign-in/", typed))
    assert found == [*[422] * LIMITS["room"], 429]
    right = {"token": typed["token"], "room": invitations.room_code(draw)}
    assert client.post("/sign-in/", right).status_code == 429


def test_a_link_that_works_is_never_counted(client, asked):  # noqa: F811
    token = links.issue(purpose="invitation", subject=asked.actor.id, lifetime=own_page.LIFETIME)
    found = statuses(LIMITS["token"] + 2, lambda: client.get(f"/i/{token}/"))
    assert set(found) == {302}
    answers.answer(actor=asked.actor, draw=asked.draw_id, answer="accepted")
