"""The HTTP gateway against a real server on this machine: signatures, keys, receipts, refusals."""

from datetime import timedelta

import pytest

from accounts.domain import messages
from accounts.domain.messages import Receipt
from accounts.services import gateway as gateways
from accounts.services.channels import ChannelRefused, Message, Phone
from audit_log.services import clock, keys
from tests.accounts.channels import SECRET, Gateway, serving

pytestmark = pytest.mark.django_db
MESSAGE = Message(1, "ab12-sms", "请看", "请听", {"phone": "13900000001"})


@pytest.fixture(scope="module")
def server():
    with serving(Gateway()) as one:
        yield one


@pytest.fixture
def gateway(server: Gateway):
    for kind in ("sms", "voice"):
        keys.write(gateways.secret_name(kind), SECRET)
    server.asked.clear()
    server.sent.clear()
    server.status.clear()
    server.answer, server.location = 202, ""
    return server


def sms(gateway: Gateway) -> Phone:
    return Phone("sms", gateway.url)


def test_a_message_is_posted_with_number_text_and_key(gateway):
    sms(gateway).send(MESSAGE)
    assert gateway.sent == {"ab12-sms": {"kind": "sms", "to": "13900000001", "text": "请看"}}


def test_what_is_spoken_is_said_without_a_link(gateway):
    Phone("voice", gateway.url).send(MESSAGE)
    assert gateway.sent["ab12-sms"] == {"kind": "voice", "to": "13900000001", "text": "请听"}
    with pytest.raises(ChannelRefused):
        Phone("voice", gateway.url).send(MESSAGE._replace(spoken=""))


def test_the_second_request_with_a_key_sends_nothing(gateway):
    sms(gateway).send(MESSAGE)
    sms(gateway).send(MESSAGE._replace(text="请再看"))
    assert (len(gateway.asked), gateway.sent["ab12-sms"]["text"]) == (2, "请看")


@pytest.mark.parametrize("status", [400, 404, 422])
def test_what_the_gateway_refuses_is_refused_for_good(gateway, status):
    gateway.answer = status
    with pytest.raises(ChannelRefused):
        sms(gateway).send(MESSAGE)


@pytest.mark.parametrize("status", [302, 408, 425, 429, 500, 503])
def test_what_it_cannot_take_now_is_tried_again(gateway, status):
    gateway.answer, gateway.location = status, f"{gateway.url}/elsewhere"
    with pytest.raises(OSError, match=r"gateway|HTTP|refused|url"):
        sms(gateway).send(MESSAGE)
    assert [path for _, path, _ in gateway.asked] == ["/api/messages"]


def test_nobody_there_no_address_and_no_secret_are_tried_again(gateway, settings, tmp_path):
    for url in ("http://127.0.0.1:9/api", "", "file:///etc"):
        with pytest.raises(OSError, match=r"gateway|HTTP|refused|url"):
            Phone("sms", url).send(MESSAGE)
    settings.KEY_DIR = tmp_path / "none"
    with pytest.raises(keys.KeyMissing):
        sms(gateway).send(MESSAGE)


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        ({"status": "delivered"}, Receipt("delivered")),
        ({"status": "undelivered"}, Receipt("undelivered")),
        ({"status": "delivered", "pressed": "1"}, Receipt("delivered", "1")),
        ({"status": "delivered", "pressed": "11"}, Receipt("delivered")),
        ({"status": "queued", "pressed": "1"}, Receipt()),
        ({}, Receipt()),
    ],
)
def test_it_is_asked_what_became_of_a_message(gateway, told, heard):
    gateway.status["ab12-sms"] = told
    assert sms(gateway).delivery("ab12-sms") == heard


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b'{"status": ["delivered"]}'])
def test_an_answer_without_a_word_of_delivery_says_nothing(body):
    assert gateways.receipt_in(gateways.content_of(body)) == Receipt()


ASKED = {"method": "POST", "path": "/gateway/sms/", "body": b"{}"}


def test_a_signature_holds_for_its_request_and_its_time_alone():
    now = clock.real_now()
    headers = messages.signed(SECRET, at=now, **ASKED)
    assert messages.is_signed(SECRET, headers, now=now, **ASKED)
    for changed in ({"method": "GET"}, {"path": "/gateway/voice/"}, {"body": b"[]"}):
        assert not messages.is_signed(SECRET, headers, now=now, **(ASKED | changed))
    assert not messages.is_signed(bytes(32), headers, now=now, **ASKED)
    for shift in (timedelta(minutes=6), -timedelta(minutes=6)):
        assert not messages.is_signed(SECRET, headers, now=now + shift, **ASKED)
    assert not messages.is_signed(SECRET, {}, now=now, **ASKED)
    assert not messages.is_signed(SECRET, headers | {"X-Time": "1"}, now=now, **ASKED)
