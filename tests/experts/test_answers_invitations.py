"""Invitations on their way out: by handle in the database, by number in the message alone."""

from datetime import timedelta

import pytest

from accounts.models import OneTimeLink, Outgoing
from accounts.services import links, vault
from accounts.services.outbox import send_due
from audit_log.domain import canonical
from audit_log.selectors import trail
from audit_log.services import clock
from experts.models import Draw, Seat
from experts.selectors import draws as reading
from experts.services import answers, invitations
from tests.accounts.channels import Phone
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    EVIDENCE,
    accept,
    commit,
    draw_round,
    jump,
    last,
    needs,
    seat_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats(dozen):
    Outgoing.objects.filter(status="waiting").update(status="dropped")
    commit()
    return draw_round()


def phones(seats):
    names = world.Named.of()
    return [vault.reveal(names.expert[seat.candidate])["phone"] for seat in seats]


def test_each_drawn_expert_gets_one_message_at_his_own_number(seats):
    phone = Phone()
    assert send_due(channels=phone.channels) == 3
    assert sorted(phone.numbers()) == sorted(phones(seats))
    assert send_due(channels=phone.channels) == 0


def test_a_message_tells_time_and_place_and_never_the_project(seats):
    phone = Phone()
    send_due(channels=phone.channels)
    row = Draw.objects.get(pk="T-D1")
    secret = [row.case, row.pk, row.tenderer, *(seat.candidate for seat in seats)]
    for message in phone.got:
        for text in (message.text, message.spoken):
            assert "评标一室" in text
            assert [word for word in secret if word in text] == []
    assert [m.spoken.count("口令") + m.spoken.count("链接") for m in phone.got] == [0, 0, 0]


def test_its_link_leads_to_his_seat_once_and_until_the_time_to_answer(seats):
    phone = Phone()
    send_due(channels=phone.channels)
    subjects = [links.subject_of(token, purpose="invitation") for token in phone.tokens()]
    assert sorted(subjects) == sorted(seat.actor.id for seat in seats)
    first = phone.tokens()[0]
    assert links.spend(first, purpose="invitation") == subjects[0]
    assert links.spend(first, purpose="invitation") is None
    jump(timedelta(minutes=31))
    assert links.subject_of(phone.tokens()[1], purpose="invitation") is None


def test_no_number_is_written_into_the_database(seats):
    send_due(channels=Phone().channels)
    rows = Outgoing.objects.filter(recipient__startswith="T-D1/")
    stored = [str(value) for row in rows.values() for value in row.values()]
    stored += [str(link) for link in OneTimeLink.objects.values()]
    assert [number for number in phones(seats) if any(number in text for text in stored)] == []


def test_a_message_that_cannot_be_sent_waits_for_the_next_time(seats):
    assert send_due(channels=Phone(broken=True).channels) == 0
    assert send_due(channels=Phone().channels) == 0
    jump(timedelta(seconds=21))
    assert send_due(channels=Phone().channels) == 3


def test_who_was_forgotten_is_passed_over(seats):
    names = world.Named.of()
    vault.forget(names.expert[seats[0].candidate])
    phone = Phone()
    assert send_due(channels=phone.channels) == 2


def test_at_most_so_many_go_out_at_a_time(seats):
    phone = Phone()
    assert [send_due(2, phone.channels), send_due(2, phone.channels)] == [2, 1]


def test_the_time_to_answer_runs_from_when_he_is_asked(seats):
    jump(timedelta(minutes=31))
    asked_at = clock.now()
    assert send_due(channels=Phone().channels) == 3
    assert answers.lapse() == 0
    times = {(Seat.objects.get(pk=seat.pk).answer_by - asked_at).seconds // 60 for seat in seats}
    assert times == {30}


def test_an_invitation_that_was_answered_before_it_left_is_dropped(seats):
    accept(*seats)
    phone = Phone()
    assert send_due(channels=phone.channels) == 3
    assert {message.text.count("准时到场") for message in phone.got} == {1}
    mine = Outgoing.objects.filter(recipient__startswith="T-D1/", template="invitation")
    assert set(mine.values_list("status", flat=True)) == {"dropped"}


def test_who_accepted_gets_a_link_to_come_in_with_on_the_day(seats):
    accept(seats[0])
    phone = Phone()
    send_due(channels=phone.channels)
    [token] = [
        token
        for token in phone.tokens()
        if links.subject_of(token, purpose="invitation") == seats[0].actor.id
    ]
    jump(timedelta(hours=21))
    assert links.spend(token, purpose="invitation") == seats[0].actor.id


def test_messages_are_laid_into_a_folder_readable_by_the_sender_alone(seats, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    assert send_due() == 3
    files = sorted((tmp_path / "data" / "outbox").iterdir())
    assert sorted(file.read_text().splitlines()[0] for file in files) == sorted(phones(seats))
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}


def test_who_does_not_answer_in_time_has_not_answered_by_the_receipt_of_delivery(seats):
    send_due(channels=Phone().channels)
    accept(seats[0])
    assert answers.lapse() == 0
    jump(timedelta(minutes=31))
    assert answers.lapse() == 2
    assert [seat_state(seat) for seat in seats] == ["accepted", "no_answer", "no_answer"]
    evidence = canonical.loads(trail.attachment(last("draw/T-D1")["evidence"]))
    assert evidence["recipient"] == f"T-D1/{last('draw/T-D1')['candidate']}"
    assert trail.events("draw/T-D1")[-1]["actor"]["id"] == "system"
    assert sum(needs().values()) == 2
    assert reading.outcome("T-D1").short == needs()


def test_without_a_delivered_invitation_nobody_is_put_down_as_silent(seats):
    jump(timedelta(minutes=31))
    assert answers.lapse() == 0
    assert {seat_state(seat) for seat in seats} == {"selected"}


def test_a_late_answer_counts_while_nobody_has_recorded_silence(seats):
    send_due(channels=Phone().channels)
    jump(timedelta(minutes=31))
    accept(seats[0])
    answers.record_answer(
        actor=CENTRE,
        draw="T-D1",
        candidate=seats[1].candidate,
        answer="no_answer",
        evidence=EVIDENCE,
    )
    assert [seat_state(seat) for seat in seats[:2]] == ["accepted", "no_answer"]


def test_the_room_s_code_is_six_digits_and_each_draw_s_own(seats):
    commit("T-D2", case="T-OTHER")
    codes = [invitations.room_code(draw) for draw in ("T-D1", "T-D2")]
    assert [(len(code), code.isdecimal()) for code in codes] == [(6, True), (6, True)]
    assert invitations.room_code("T-D1") == codes[0]
