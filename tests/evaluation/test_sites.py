"""主场、副场: each slot sits at one site, and each site signs in its own by a code of its own."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import links, people
from accounts.services.gate import BadInput
from audit_log.domain.entry import SYSTEM
from audit_log.services import reconciling
from config.demo import synthetic
from config.demo.job import commit_draw, draw_experts, open_bids
from evaluation.models import Site
from evaluation.selectors import sites as reading
from evaluation.services import committee, sites
from experts.models import Seat
from experts.services import invitations
from tests.desk.doors import sign_in, text_of
from tests.evaluation import tender
from tests.experts.world import refused

pytestmark = pytest.mark.django_db
PLACE = "海盐分中心评标二室"


@pytest.fixture
def elsewhere(cast):
    """A trading centre of another county with an account."""
    org = synthetic.credit_code("org/elsewhere")
    people.register_organisation(code=org, name="海盐分中心", region="330424")
    people.create_user(
        actor=SYSTEM, code="hy1", title="受理岗", role="trading_center", org=org, password="x" * 12
    )
    return User.objects.get(pk="hy1").actor


@pytest.fixture
def job(ladder):
    """A tender whose draw is committed."""
    return tender.tender(ladder, commit_draw)


def arranged(job, elsewhere, *, main=None, sub=None):
    row = tender.lot(job)
    first, *rest = reading.slots_of(row)
    rows = [
        {"kind": "sub", "org": elsewhere.org, "place": PLACE, "slots": sub or [first]},
        {"kind": "main", "org": job.cast["jyzx1"].org, "place": "评标一室", "slots": main or rest},
    ]
    return sites.arrange_sites(actor=job.cast["jyzx1"], project=row.pk, sites=rows)


def door(seat, code):
    """Sign in at the door with one's own token and a code; the page's status."""
    token = links.issue(
        subject=seat.actor.id, purpose=invitations.PURPOSE, lifetime=timedelta(hours=1)
    )
    return Client().post("/sign-in/", {"token": token, "room": code}).status_code


def test_each_slot_sits_at_one_site_the_main_one_first(job, elsewhere):
    arranged(job, elsewhere)
    found = Site.objects.order_by("number").values_list("kind", "org", "slots")
    first, *rest = reading.slots_of(tender.lot(job))
    assert list(found) == [("main", job.cast["jyzx1"].org, rest), ("sub", elsewhere.org, [first])]
    arranged(job, elsewhere)
    assert Site.objects.count() == 2
    assert reconciling.reconcile().faults == []


def test_a_slot_is_neither_left_out_nor_seated_twice(job, elsewhere):
    slots = reading.slots_of(tender.lot(job))
    for wrong in ({"main": slots}, {"sub": ["9"]}):
        with pytest.raises(BadInput) as bad:
            arranged(job, elsewhere, **wrong)
        assert bad.value.code == "sites_malformed"
    assert Site.objects.count() == 0


def test_who_sits_at_a_site_signs_in_with_its_code_alone(job, elsewhere):
    arranged(job, elsewhere)
    tender.play(job, open_bids, after=commit_draw)
    row = tender.lot(job)
    seats = Seat.objects.filter(draw=row.draw, state="accepted").order_by("slot", "candidate")
    here, there = seats.last(), seats.first()
    codes = {seat: sites.code_of(row.group, row.draw, seat.slot) for seat in (here, there)}
    assert len({*codes.values(), invitations.room_code(row.draw)}) == 3
    assert door(there, codes[here]) == door(there, invitations.room_code(row.draw)) == 422
    assert door(there, codes[there]) == door(here, codes[here]) == 302
    told = tender.last(job, "member_signed_in")
    assert (told["handle"], told["site"]) == (here.candidate, 1)
    assert refused(arranged, job=job, elsewhere=elsewhere) == ["signed_in_already"]


def test_a_sites_code_is_shown_to_its_centre_alone(job, elsewhere):
    arranged(job, elsewhere)
    tender.play(job, draw_experts, after=commit_draw)
    row = tender.lot(job)
    code = {
        site.number: sites.code_of(row.group, row.draw, site.slots[0])
        for site in reading.of_group(row.group)
    }
    own, other = sign_in(job.cast["jyzx1"]), sign_in(elsewhere)
    assert code[1] in text_of(own.get(f"/site/{row.pk}/1/"))
    assert code[2] in text_of(other.get(f"/site/{row.pk}/2/"))
    assert own.get(f"/site/{row.pk}/2/").status_code == 404
    assert other.get(f"/site/{row.pk}/1/").status_code == 404
    assert other.get(f"/project/{row.pk}/").status_code == 404
    assert f"/site/{row.pk}/2/" in text_of(other.get("/rooms/"))
    page = text_of(own.get(f"/draw/{row.draw}/"))
    assert [one for one in (*code.values(), invitations.room_code(row.draw)) if one in page] == []


def test_one_place_has_one_code_and_its_sign_in_tells_no_site(ladder):
    job = tender.tender(ladder, open_bids)
    row = tender.lot(job)
    seat = Seat.objects.filter(draw=row.draw, state="accepted").first()
    assert sites.code_of(row.group, row.draw, seat.slot) == invitations.room_code(row.draw)
    committee.sign_in_expert(actor=seat.actor, group=row.group)
    assert "site" not in tender.last(job, "member_signed_in")
