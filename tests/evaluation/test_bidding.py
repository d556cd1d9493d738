"""Bids: secret until the deadline, opened together at it, and checked for recusal."""

from datetime import timedelta

import pytest

from accounts.acts import ACTS
from accounts.domain import roles
from accounts.models import Organisation
from accounts.services.gate import BadInput, NotAllowed
from audit_log.domain.entry import Actor
from audit_log.models import Entry, Envelope
from audit_log.selectors import trail
from config.demo import job as steps
from evaluation.models import Bid
from evaluation.selectors import blockers
from evaluation.services import bidding, drawing, projects
from experts.models import Draw, Expert, Seat
from experts.services import draws, rosters, rounds
from tests.evaluation.tender import last, lot, play, refused, tender

pytestmark = pytest.mark.django_db
PRICE = 12_345_678_90


def orgs(job):
    return [bidder.org for bidder in job.case.lots[0].bidders]


def hand_in(job, actor=None, **given):
    actor = actor or job.cast["tbr"]
    return bidding.submit_bid(actor=actor, project=lot(job).pk, price_fen=PRICE, **given)


@pytest.fixture
def published(ladder):
    return tender(ladder, steps.publish_tender)


def test_a_bid_is_an_envelope_and_nothing_that_names_bidder_or_price(published):
    ref, receipt = hand_in(published)
    told = last(published, "bid_sealed")
    author = f"bid/{lot(published).pk}/{receipt}"
    assert {key: told[key] for key in ("kind", "author", "replaces")} == {
        "kind": "bid/1", "author": author, "replaces": None,
    }  # fmt: skip
    body = bytes(Entry.objects.get(stream=ref.stream, n=ref.n).body).decode()
    bidder = published.cast["tbr"].org
    name = Organisation.objects.get(pk=bidder).name
    assert [secret in body for secret in (bidder, name, str(PRICE), "tbr")] == [False] * 4
    assert not Bid.objects.filter(project=lot(published)).exists()


def test_the_receipt_number_is_the_bidders_own_and_differs_from_project_to_project(
    ladder, published
):
    _, receipt = hand_in(published)
    assert bidding.own_receipt(published.cast["tbr"], lot(published)) == receipt
    assert bidding.own_receipt(published.cast["jyzx1"], lot(published)) == ""
    other = tender(ladder, steps.publish_tender, code="T-2")
    assert bidding.own_receipt(other.cast["tbr"], lot(other)) == ""
    assert hand_in(other)[1] != receipt


def test_a_bidder_replaces_his_bid_with_its_receipt_number(published):
    _, receipt = hand_in(published)
    first = last(published, "bid_sealed")["commitment"]
    with refused("bid_exists"):
        hand_in(published)
    with pytest.raises(BadInput) as caught:
        hand_in(published, receipt="0" * 16)
    assert caught.value.code == "receipt_unknown"
    assert hand_in(published, receipt=receipt)[1] == receipt
    assert last(published, "bid_sealed")["replaces"] == first


def test_the_centre_hands_in_for_a_registered_body_and_a_bidder_for_himself_alone(published):
    center, (first, *_) = published.cast["jyzx1"], orgs(published)
    own = published.cast["tbr"].org
    assert hand_in(published, center, bidder=own)[1] == bidding.own_receipt(
        published.cast["tbr"], lot(published)
    )
    for actor, bidder in ((center, "no-such-body"), (center, ""), (published.cast["tbr"], "x")):
        with pytest.raises(BadInput) as caught:
            hand_in(published, actor, bidder=bidder)
        assert caught.value.code == "bidder_unknown"
    assert first in orgs(published)


@pytest.mark.parametrize("price", [0, -1, 2**53])
def test_a_price_is_a_positive_number_of_fen(published, price):
    with pytest.raises(BadInput) as caught:
        bidding.submit_bid(actor=published.cast["tbr"], project=lot(published).pk, price_fen=price)
    assert caught.value.code == "price_not_positive"


def test_bids_are_taken_up_to_the_deadline_and_opened_from_it_on(published):
    hand_in(published)
    deadline = lot(published).deadline
    steps.wait_until(deadline - timedelta(seconds=5))
    with refused("deadline_ahead"):
        bidding.open_bids(actor=published.cast["jyzx1"], project=lot(published).pk)
    steps.wait_until(deadline)
    with refused("deadline_passed"):
        hand_in(published)
    bidding.open_bids(actor=published.cast["jyzx1"], project=lot(published).pk)
    assert lot(published).state == "opened"


def test_nobody_but_the_centre_opens(published):
    steps.wait_until(lot(published).deadline)
    with pytest.raises(NotAllowed):
        bidding.open_bids(actor=published.cast["zbr1"], project=lot(published).pk)


def test_every_counting_bid_is_listed_before_any_is_opened_and_exactly_these_are(published):
    _, receipt = hand_in(published)
    hand_in(published, receipt=receipt)
    for bidder in orgs(published):
        if bidder != published.cast["tbr"].org:
            hand_in(published, published.cast["jyzx1"], bidder=bidder)
    steps.wait_until(lot(published).deadline)
    bidding.open_bids(actor=published.cast["jyzx1"], project=lot(published).pk)
    events = trail.events(lot(published).stream)
    kinds = [event["type"] for event in events[-6:]]
    assert kinds == ["project.bids_closed", *["project.bid_opened"] * 4, "project.opened"]
    listed = events[-6]["data"]["commitments"]
    assert sorted(event["data"]["commitment"] for event in events[-5:-1]) == listed
    assert Envelope.objects.filter(stream=lot(published).stream, kind="bid/1").count() == 5
    rows = Bid.objects.filter(project=lot(published)).values_list("bidder_id", "price_fen")
    assert sorted(rows) == sorted((bidder, PRICE) for bidder in orgs(published))
    assert events[-1]["data"] == {"bids": 4, "from": "tendering", "to": "opened"}


def test_opening_does_not_wait_for_the_draw(ladder):
    job = tender(ladder, steps.request_draw)
    steps.wait_until(lot(job).deadline)
    bidding.open_bids(actor=job.cast["jyzx1"], project=lot(job).pk)
    assert (lot(job).state, Draw.objects.get(pk=job.draw).state) == ("opened", "requested")
    assert last(job, "recusal_rechecked") == {"draw": job.draw, "basis": "R06"}


def test_opening_does_not_wait_for_a_round_that_is_being_held(ladder):
    job = tender(ladder, steps.commit_draw)
    for account, value in (("zjj", "3 1 4 1 5 9"), ("zbr2", "2 7 1 8 2 8")):
        rounds.contribute(actor=job.cast[account], draw=job.draw, value=value)
    rounds.open_round(actor=job.cast["jyzx1"], draw=job.draw)
    steps.wait_until(lot(job).deadline)
    bidding.open_bids(actor=job.cast["jyzx1"], project=lot(job).pk)
    assert lot(job).state == "opened"
    assert last(job, "recusal_rechecked")["draw"] == job.draw


@pytest.mark.parametrize("by_group", [False, True])
def test_r06_a_drawn_expert_of_a_bidder_is_struck_at_the_opening(ladder, by_group):
    job = tender(ladder, steps.draw_experts)
    drawn = _employers_of_the_seated(job)
    bidder = Organisation.objects.get(pk=job.cast["tbr"].org)
    employer, _ = Organisation.objects.get_or_create(
        pk=drawn[0], defaults={"name": "某单位", "region": "330402"}
    )
    if by_group:
        Organisation.objects.filter(pk__in=[bidder.pk, employer.pk]).update(group_head="HEAD")
        expected = drawn.count(employer.pk)
    else:
        bidding.submit_bid(
            actor=job.cast["jyzx1"], project=lot(job).pk, bidder=employer.pk, price_fen=PRICE
        )
        expected = drawn.count(employer.pk)
    steps.wait_until(lot(job).deadline)
    bidding.open_bids(actor=job.cast["jyzx1"], project=lot(job).pk)
    assert expected > 0
    assert last(job, "recusal_rechecked") == {"draw": job.draw, "basis": "R06"}
    assert Seat.objects.filter(draw=job.draw, state="struck").count() == expected
    assert Draw.objects.get(pk=job.draw).state == "running"


def _employers_of_the_seated(job):
    known = rosters.identities_of(Draw.objects.get(pk=job.draw))
    seats = Seat.objects.filter(draw=job.draw, state="accepted").order_by("pk")
    return [Expert.objects.get(pk=known[seat.candidate].expert).employer for seat in seats]


def test_a_draw_asked_for_after_the_opening_leaves_the_bidders_people_out(published):
    play(published, steps.hand_in_bids, after=steps.publish_tender)
    deadline = lot(published).deadline
    steps.wait_until(deadline)
    bidding.open_bids(actor=published.cast["jyzx1"], project=lot(published).pk)
    drawing.start_draw(
        actor=published.cast["zbr1"],
        group=published.code,
        held_at=deadline + timedelta(hours=2),
        place=steps.PLACE,
        slots=steps.slots(5),
        agency=published.cast["zjk"].org,
        recusal=[{"org": published.cast["zjk"].org, "reason": "other"}],
    )
    request = Draw.objects.get(pk=lot(published).draw).request
    assert request["recusal"] == [
        {"org": published.cast["zbr1"].org, "reason": "tenderer"},
        {"org": published.cast["zjk"].org, "reason": "agency"},
        *({"org": org, "reason": "bidder"} for org in sorted(orgs(published))),
    ]
    assert last(published, "recusal_rechecked")["draw"] == lot(published).draw
    told = last(published, "draw_started")
    assert (lot(published).state, "to" in told) == ("opened", False)
    assert told["noted"] == [{"rule": "draw_window", "code": "draw_outside_window"}]


def start(job, **changes):
    given = {
        "actor": job.cast["zbr1"],
        "group": job.code,
        "held_at": lot(job).deadline + timedelta(hours=1),
        "place": steps.PLACE,
        "slots": steps.slots(5),
    }
    return drawing.start_draw(**given | changes)


@pytest.mark.parametrize(
    ("experts", "reasons"),
    [(3, ["committee_too_small"]), (4, ["committee_too_small", "committee_even"]),
     (6, ["committee_even"])],
)  # fmt: skip
def test_r01_a_draw_asks_for_an_odd_committee_of_at_least_five(published, experts, reasons):
    with refused(*reasons):
        start(published, slots=steps.slots(experts))


def test_a_draw_is_not_held_for_a_time_before_the_deadline(published):
    with pytest.raises(BadInput) as caught:
        start(published, held_at=lot(published).deadline - timedelta(seconds=1))
    assert caught.value.code == "held_too_early"


def test_a_project_has_one_draw_until_it_came_to_nought(published):
    start(published)
    with refused("draw_exists"):
        start(published)
    first = lot(published).draw
    center = published.cast["jyzx1"]
    draws.review(actor=center, draw=first, approve=False, reason="席位与专业不符")
    start(published)
    assert (first, lot(published).draw) == ("T-1-D1", "T-1-D2")
    assert lot(published).state == "drawing"


def test_the_commitment_of_the_draw_is_told_in_the_project_with_its_reference(ladder):
    job = tender(ladder, steps.commit_draw)
    committed = trail.lines(f"draw/{job.draw}", type="draw.committed")[0]
    reference = {"stream": f"draw/{job.draw}", "n": committed.value["n"], "hash": committed.hash}
    assert last(job, "draw_committed") == {"draw": job.draw, "refs": [reference]}


def test_a_commitment_that_no_lot_was_told_of_is_told_when_the_act_is_done_again(ladder):
    job = tender(ladder, steps.request_draw)
    draw, commit, center = job.draw, ACTS["draw.commit"], job.cast["jyzx1"]
    draws.review(actor=center, draw=draw, approve=True)
    ref = draws.commit(actor=center, draw=draw)
    assert commit.blockers(Draw.objects.get(pk=draw)) == []
    assert commit.run(center, draw, {}) == ref
    assert last(job, "draw_committed") == {"draw": draw, "refs": [ref.as_data()]}
    assert len(trail.lines(f"draw/{draw}", type="draw.committed")) == 1
    with refused("wrong_state"):
        commit.run(center, draw, {})
    assert len(trail.lines(lot(job).stream, type="project.draw_committed")) == 1


def test_the_log_of_a_sealed_bid_names_an_author_of_its_own(published):
    hand_in(published)
    actor = trail.last_event(lot(published).stream, "project.bid_sealed")["actor"]
    assert Actor(**actor).role == roles.BIDDER
    assert (actor["id"][:4], actor["org"]) == ("bid/", "")


def test_a_tender_nobody_bid_for_is_opened_and_fails(published):
    steps.wait_until(lot(published).deadline)
    bidding.open_bids(actor=published.cast["jyzx1"], project=lot(published).pk)
    assert last(published, "bids_closed")["commitments"] == []
    reasons = [found.code for found in blockers.start_evaluation(lot(published))]
    assert reasons[:2] == ["no_bids", "draw_missing"]
    projects.fail(actor=published.cast["zbr1"], project=lot(published).pk, reason="无人投标")
    assert lot(published).state == "failed"


def test_no_experts_are_drawn_for_a_tender_that_is_over(published):
    projects.terminate(actor=published.cast["zbr1"], project=lot(published).pk, reason="不再建设")
    with refused("wrong_state"):
        start(published)
