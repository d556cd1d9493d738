"""The outbox: an attempt is written down before it is made, by one host at a time."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from accounts.domain.messages import Receipt
from accounts.models import Outgoing, Sending
from accounts.services import outbox, receipts, vault
from accounts.services.channels import Folder, Mail, configured
from accounts.services.outbox import Letter, Template
from audit_log.domain import canonical
from audit_log.selectors import trail
from audit_log.services import clock
from tests.accounts.channels import Phone

pytestmark = pytest.mark.django_db
DELIVERED, UNDELIVERED = Receipt("delivered"), Receipt("undelivered")
PERSON = {"name": "甲", "id_number": "110101198001010000", "phone": "13900000001"}


@pytest.fixture
def note(monkeypatch) -> Outgoing:
    """The one message that waits: to the person X, at once."""
    Outgoing.objects.filter(status="waiting").update(status="dropped")
    vault.store([("X", PERSON)])
    template = Template(lambda _, at: at, lambda _: Letter("请看", "请听"), vault.reveal)
    monkeypatch.setitem(outbox.TEMPLATES, "note", template)
    outbox.put("note", ["X"])
    return Outgoing.objects.get(template="note")


def status(note: Outgoing) -> str:
    return Outgoing.objects.get(pk=note.pk).status


def outcomes(note: Outgoing) -> list[tuple[str, str]]:
    rows = Sending.objects.filter(message=note).order_by("number")
    return list(rows.values_list("channel", "outcome"))


def wait(seconds: float) -> None:
    clock.demo_jump(timedelta(seconds=seconds))


def test_the_attempt_is_written_down_before_the_message_leaves(note):
    seen = []

    class Watching(Phone):
        def send(self, message):
            seen.extend(outcomes(note))

    assert outbox.send_due(channels={"phone": Watching()}) == 1
    assert seen == [("phone", "")]
    assert (status(note), outcomes(note)) == ("handed", [("phone", "handed")])


def test_who_is_killed_after_sending_sends_again_under_the_same_key(note):
    class Killed(Phone):
        def send(self, message):
            super().send(message)
            raise KeyboardInterrupt

    first, second = Killed(), Phone()
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due(channels={"phone": first})
    assert outbox.send_due(channels=second.channels) == 0
    wait(121)
    assert outbox.send_due(channels=second.channels) == 1
    assert outcomes(note) == [("phone", "lost"), ("phone", "handed")]
    assert [one.key for one in first.got] == [one.key for one in second.got]


def test_the_receipt_of_a_lost_attempt_ends_the_sending(note):
    class Killed(Phone):
        def send(self, message):
            super().send(message)
            raise KeyboardInterrupt

    phone = Killed()
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due(channels={"phone": phone})
    assert receipts.take(phone.got[0].key, "phone", DELIVERED, phone.channels)
    wait(121)
    assert outbox.send_due(channels=Phone().channels) == 0
    assert status(note) == "delivered"


def test_a_channel_that_does_not_answer_is_tried_three_times_then_the_next_has_its_turn(note):
    channels = {"sms": Phone(broken=True), "voice": Phone()}
    for pause in (21, 41, 1):
        assert outbox.send_due(channels=channels) == 0
        wait(pause)
    assert outbox.send_due(channels=channels) == 1
    assert outcomes(note) == [*[("sms", "unreachable")] * 3, ("voice", "handed")]


def test_the_last_channel_is_never_given_up_for_silence(note):
    for _ in range(12):
        assert outbox.send_due(channels=Phone(broken=True).channels) == 0
        wait(601)
    assert (status(note), len(outcomes(note))) == ("waiting", 12)


def test_a_channel_that_does_not_answer_is_waited_for_once_each_time(note):
    outbox.put("note", ["X", "X"])
    channels = {"sms": Phone(broken=True), "voice": Phone()}
    for pause in (21, 41, 1):
        outbox.send_due(channels=channels)
        wait(pause)
    assert Sending.objects.filter(channel="sms").count() == 3
    assert outbox.send_due(channels=channels) == 3


def test_what_every_channel_refuses_is_undelivered(note):
    channels = {"sms": Phone(refuses=True), "voice": Phone(refuses=True)}
    assert [outbox.send_due(channels=channels) for _ in range(3)] == [0, 0, 0]
    assert outcomes(note) == [("sms", "refused"), ("voice", "refused")]
    assert status(note) == "undelivered"


def test_without_a_channel_everything_is_undelivered(note):
    assert outbox.send_due(channels={}) == 0
    assert (status(note), outcomes(note)) == ("undelivered", [])


def test_a_number_is_decrypted_for_the_channel_and_written_nowhere(note, caplog):
    phone = Phone(refuses=True)
    outbox.send_due(channels={"phone": phone})
    outbox.put("note", ["X"])
    outbox.send_due(channels={"phone": (taker := Phone())})
    assert taker.numbers() == [PERSON["phone"]]
    rows = [*Outgoing.objects.values(), *Sending.objects.values()]
    assert [row for row in rows if PERSON["phone"] in str(row)] == []
    assert "refused" in caplog.text or "ChannelRefused" in caplog.text
    assert PERSON["phone"] not in caplog.text


def test_who_was_forgotten_gets_nothing(note):
    vault.forget("X")
    assert outbox.send_due(channels=Phone().channels) == 0
    assert status(note) == "undelivered"


def test_a_receipt_says_delivered_once_and_is_kept(note):
    phone = Phone()
    outbox.send_due(channels=phone.channels)
    key = phone.got[0].key
    assert receipts.take(key, "phone", DELIVERED, phone.channels)
    assert receipts.take(key, "phone", UNDELIVERED, phone.channels)
    row = Outgoing.objects.get(pk=note.pk)
    assert row.status == "delivered"
    kept = canonical.loads(trail.attachment(row.receipt))
    assert kept.pop("at")
    assert kept == {
        "v": 1,
        "recipient": "X",
        "template": "note",
        "channel": "phone",
        "status": "delivered",
    }


@pytest.mark.parametrize("key", ["", "x", "-phone", "0" * 32 + "-phone"])
def test_a_receipt_of_no_message_is_not_taken(note, key):
    outbox.send_due(channels=Phone().channels)
    assert not receipts.take(key, "phone", DELIVERED, Phone().channels)
    assert not receipts.take(f"{note.key}-phone", "sms", DELIVERED, Phone().channels)
    assert status(note) == "handed"


def test_what_was_not_delivered_goes_by_the_next_channel(note):
    channels = {"sms": Phone(), "voice": Phone()}
    outbox.send_due(channels=channels)
    assert receipts.take(channels["sms"].got[0].key, "sms", UNDELIVERED, channels)
    assert outbox.send_due(channels=channels) == 1
    assert [len(one.got) for one in channels.values()] == [1, 1]
    assert receipts.take(channels["voice"].got[0].key, "voice", UNDELIVERED, channels)
    assert status(note) == "undelivered"
    assert receipts.take(channels["sms"].got[0].key, "sms", DELIVERED, channels)
    assert status(note) == "undelivered"


def test_receipts_that_do_not_come_are_asked_for(note):
    phone = Phone()
    outbox.send_due(channels=phone.channels)
    phone.told = {phone.got[0].key: DELIVERED}
    assert receipts.ask(channels=phone.channels) == 0
    wait(31)
    assert receipts.ask(channels=Phone(broken=True).channels) == 0
    assert receipts.ask(channels=phone.channels) == 1
    assert receipts.ask(channels=phone.channels) == 0
    assert status(note) == "delivered"


def test_mail_goes_by_django_to_the_address_in_the_vault(note):
    assert outbox.send_due(channels={"mail": Mail()}) == 0
    assert status(note) == "undelivered"
    vault.amend("X", lambda _: {"email": "x@example.org"})
    outbox.put("note", ["X"])
    assert outbox.send_due(channels={"mail": Mail()}) == 1
    [letter] = mail.outbox
    assert (letter.to, letter.body) == (["x@example.org"], "请看")


def test_channels_are_named_in_the_settings(settings):
    settings.MESSAGE_CHANNELS = ["folder", "mail", "tests.accounts.channels.Phone"]
    assert [type(one) for one in configured().values()] == [Folder, Mail, Phone]
    settings.MESSAGE_CHANNELS = ["pigeon"]
    with pytest.raises(ImproperlyConfigured):
        configured()
