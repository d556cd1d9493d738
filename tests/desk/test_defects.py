"""Defects D6, D7 and D14 of other products, which must be impossible here.

D6: a trial that is not kept, and a confirmation that takes the caller's list; D7: a pool of which
only the alternates are on record; D14: default passwords, and a report that is gone at the end.
"""

import logging

import pytest
from django.contrib.auth import authenticate

from accounts.acts import ACTS
from accounts.models import User
from audit_log.models import Entry
from audit_log.selectors import trail
from audit_log.services import envelopes
from config.demo import job as steps
from experts.domain.receipt import verify_receipt
from experts.domain.receipt_error import ReceiptError
from experts.models import Draw, ExpertSpecialty, Seat
from experts.selectors import draws as reading
from experts.selectors.course import course
from experts.services import rosters, rounds
from tests.desk.doors import sign_in, text_of
from tests.evaluation.tender import tender

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(ladder):
    """A tender whose draw has its first round open."""
    job = tender(ladder, steps.commit_draw)
    rounds.open_round(actor=job.cast["jyzx1"], draw=job.draw)
    return job


def test_d6_a_list_handed_in_to_be_confirmed_is_refused_and_stands_in_the_log(opened, caplog):
    client, before = sign_in(opened.cast["jyzx1"]), Entry.objects.count()
    address = f"/api/v1/draws/{opened.draw}/run-round/"
    with caplog.at_level(logging.WARNING, "django.request"):
        given = {"selected": [{"slot": "1", "candidate": "c0001"}]}
        answer = client.post(address, given, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (Seat.objects.filter(draw=opened.draw).count(), Entry.objects.count()) == (0, before)
    assert [record.getMessage() for record in caplog.records] == [
        f"Unprocessable Entity: {address}"
    ]


def test_d6_a_list_typed_into_the_page_changes_nothing(opened):
    client = sign_in(opened.cast["jyzx1"])
    form = {"step": "do", "selected": "c0001", "candidates": "c0001"}
    assert client.post(f"/draw/{opened.draw}/run-round/", form).status_code == 302
    outcome = verify_receipt(reading.receipt(opened.draw))
    drawn = [
        row["candidate"] for row in trail.events(f"draw/{opened.draw}")[-1]["data"]["selected"]
    ]
    assert sorted(drawn) == sorted(name for slot in outcome.seated.values() for name in slot)


def test_d6_every_trial_is_an_entry_and_the_record_sheet_counts_them(ladder):
    job = tender(ladder, steps.request_draw)
    client = sign_in(job.cast["jyzx1"])
    for _ in range(3):
        client.post(f"/draw/{job.draw}/preview-recusal/", {"step": "do"})
    told = trail.events(f"draw/{job.draw}", "draw.previewed")
    assert [one["data"]["trial"] for one in told] == [1, 2, 3]
    assert "3 次" in text_of(client.get(f"/draw-sheet/{job.draw}/"))


def test_d7_the_commitment_fixes_everyone_of_a_drawn_specialty_not_only_the_drawn(opened):
    row = Draw.objects.get(pk=opened.draw)
    omitted = envelopes.content_of(row.stream, course(row).data["omissions"])["omitted"]
    candidates = {one.expert for one in rosters.identities_of(row).values()}
    asked = [slot["specialty"] for slot in row.request["slots"]]
    holders = {
        one.expert_id for one in ExpertSpecialty.objects.all() if one.code.startswith(tuple(asked))
    }
    assert candidates | {one["expert"] for one in omitted} == holders
    assert len(candidates) > sum(slot["count"] for slot in row.request["slots"])


def test_d7_a_receipt_of_the_drawn_alone_is_refused(opened):
    rounds.run_round(actor=opened.cast["jyzx1"], draw=opened.draw)
    receipt = reading.receipt(opened.draw)
    drawn = set(Seat.objects.filter(draw=opened.draw).values_list("candidate", flat=True))
    for slot in receipt["manifest"]["slots"]:
        slot["candidates"] = [one for one in slot["candidates"] if one["candidate"] in drawn]
    with pytest.raises(ReceiptError) as refused:
        verify_receipt(receipt)
    assert refused.value.code == "manifest_changed"


@pytest.mark.parametrize("guess", ["123", "123456", "888888", "admin", "password", ""])
def test_d14_no_account_opens_with_a_default_password(ladder, guess):
    codes = [user.pk for user in User.objects.all()]
    assert len(codes) > 20
    for code in codes:
        assert authenticate(username=code, password=guess) is None
        assert authenticate(username=code, password=code) is None


def test_d14_a_password_is_covered_as_it_is_typed_and_never_shown_again(ladder, client):
    form = {"code": "xtgl", "password": "wrong but remembered"}
    page = text_of(client.post("/login/", form))
    assert 'type="password"' in page
    assert form["password"] not in page
    assert [act.name for act in ACTS.values() if "password" in act.fields().fields] == []


@pytest.mark.parametrize("state", ["archived", "contracted", "failed"])
def test_d14_what_a_project_came_to_is_there_after_its_end(ladder, state):
    code = ladder[state]
    page = text_of(sign_in(ladder.cast["jyzx1"]).get(f"/project/{code}/"))
    assert ("得分汇总" in page) == (state != "failed")
    evidence = sign_in(ladder.cast["jw"]).get(f"/trail/evidence/?project={code}")
    assert (evidence.status_code, evidence.headers["Content-Type"]) == (200, "application/zip")
