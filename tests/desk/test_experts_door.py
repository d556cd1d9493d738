"""How a drawn expert comes in: link, answer, sign-in with token and room code."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.services import links
from desk.web.middleware import CODE, HANDLE
from experts.models import Seat
from experts.services import answers, invitations, rounds
from tests.desk.doors import text_of


@pytest.fixture
def seat(ladder) -> Seat:
    draw = ladder.project("opened").draw
    return Seat.objects.filter(draw=draw, state="signed_in").order_by("pk")[0]


def token_for(seat: Seat) -> str:
    subject = f"{seat.draw_id}/{seat.candidate}"
    return links.issue(purpose=invitations.PURPOSE, subject=subject, lifetime=timedelta(hours=1))


def test_the_link_shows_time_and_place_and_never_the_project(client, ladder, seat):
    page = text_of(client.get(f"/i/{token_for(seat)}/", follow=True))
    project = ladder.project("opened")
    assert seat.draw.place in page
    assert project.title not in page
    assert project.group not in page
    assert client.session[HANDLE] == f"{seat.draw_id}/{seat.candidate}"


def test_an_expert_who_is_not_signed_in_sees_no_draw_and_no_project(client, ladder, seat):
    client.get(f"/i/{token_for(seat)}/")
    assert client.get(f"/draw/{seat.draw_id}/").status_code == 404
    assert client.get(f"/project/{ladder['opened']}/").status_code == 404


def test_token_and_room_code_together_let_him_back_in(client, ladder, seat):
    typed = {"token": token_for(seat), "room": invitations.room_code(seat.draw_id)}
    assert client.post("/sign-in/", typed).url == "/my/"
    assert client.session[CODE] == seat.expert
    assert client.get(f"/project/{ladder['opened']}/").status_code == 200


@pytest.fixture
def asked(cast, ladder) -> Seat:
    """A seat of the round that fills the place of somebody who was struck."""
    draw = ladder.project("drawing").draw
    first = Seat.objects.filter(draw=draw, state="accepted").order_by("pk")[0]
    center = cast["jyzx1"]
    answers.strike(actor=center, draw=draw, candidate=first.candidate, reason="H6")
    rounds.contribute(actor=cast["zjj"], draw=draw, value="三五二六四一")
    rounds.open_round(actor=center, draw=draw)
    rounds.run_round(actor=center, draw=draw)
    return Seat.objects.get(draw=draw, state="selected")


def test_he_answers_once_and_is_told_where_it_stands(client, asked):
    client.get(f"/i/{token_for(asked)}/")
    page = text_of(client.post("/my/", {"answer": "declined", "reason": "busy"}, follow=True))
    seat = Seat.objects.get(pk=asked.pk)
    assert seat.state == "declined"
    assert bytes(seat.audit_hash).hex() in page
    assert client.post("/my/", {"answer": "accepted"}).status_code == 409


@pytest.mark.parametrize("wrong", [{"room": "000000"}, {"token": "nothing"}, {"room": ""}])
def test_one_of_them_alone_does_not(client: Client, seat, wrong):
    typed = {"token": token_for(seat), "room": invitations.room_code(seat.draw_id)} | wrong
    response = client.post("/sign-in/", typed)
    assert response.status_code == 422
    assert CODE not in client.session
