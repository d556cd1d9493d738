"""A special project whose experts are chosen: two persons, every check of a draw, no disguise."""

from datetime import timedelta

import pytest

from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.selectors import trail
from audit_log.services import reconciling, sealer
from config.demo import job as steps
from config.demo.job import Job
from desk.services import bundle
from evaluation.services import appointing, committee, drawing
from experts.domain.modes import NOT_DRAWN
from experts.models import Draw, Expert, Seat
from experts.selectors import draws as reading
from experts.selectors import engagements
from experts.services import answers, appointments, draws, rosters, rounds
from tests.evaluation import tender
from tests.evaluation.test_external_draw import verified
from tests.experts.world import refused

pytestmark = pytest.mark.django_db

DOCUMENT = "d0" * 32


def free(job: Job, number: int) -> list[str]:
    """Experts of different employers, taken by no other evaluation of that time."""
    start = job.deadline + timedelta(minutes=30)
    taken = engagements.taken(start, start + timedelta(hours=8))
    found = {one.employer: one.pk for one in Expert.objects.exclude(pk__in=taken).order_by("-pk")}
    return sorted(found.values())[:number]


def request(job: Job, chosen: list[str] | None = None, **changes):
    seats = [slot["slot"] for slot in steps.slots(4) for _ in range(slot["count"])]
    rows = [
        {"slot": slot, "expert": expert}
        for slot, expert in zip(seats, chosen or free(job, 4), strict=True)
    ]
    given = {
        "actor": job.cast["zbr1"],
        "group": job.code,
        "held_at": job.deadline + timedelta(minutes=30),
        "place": steps.PLACE,
        "slots": steps.slots(4),
        "ground": "complex",
        "document": DOCUMENT,
        "experts": rows,
    }
    return appointing.ask_appointment(**given | changes)


@pytest.fixture
def job(ladder) -> Job:
    """A tender with its bids in and its representative appointed, whose draw nobody asked for."""
    found = tender.tender(ladder, steps.hand_in_bids)
    steps.wait_until(found.deadline - timedelta(hours=20))
    code, _ = found.lots[0]
    committee.appoint_representative(actor=found.cast["zbr1"], project=code, member="zbdb")
    return found


@pytest.fixture
def asked(job) -> Job:
    request(job)
    return job


def approve(job: Job) -> None:
    appointing.appoint(actor=job.cast["zjj"], draw=job.draw)


def accept(job: Job) -> None:
    for seat in Seat.objects.filter(draw=job.draw, state="selected"):
        answers.answer(actor=seat.actor, draw=job.draw, answer="accepted")


def row(job: Job) -> Draw:
    return Draw.objects.get(pk=job.draw)


def test_a_project_goes_from_the_request_to_the_report_and_says_so_everywhere(asked, tmp_path):
    assert (row(asked).origin, row(asked).state) == ("appointed", "requested")
    approve(asked)
    accept(asked)
    assert row(asked).state == "filled"
    told = tender.last(asked, "experts_appointed")
    assert (told["draw"], told["origin"]) == (asked.draw, "appointed")
    assert {"rule": "R03", "code": "appointed_directly"} in told["noted"]
    assert told["refs"][0]["stream"] == f"draw/{asked.draw}"
    tender.play(asked, steps.report, after=steps.draw_experts)
    project = tender.lot(asked)
    assert (project.state, row(asked).state) == ("reported", "closed")
    assert trail.document(project.report)["draw"] == {
        "code": asked.draw,
        "origin": "appointed",
        "note": NOT_DRAWN,
    }
    assert reconciling.reconcile().faults == []
    sealer.seal()
    for scope in ("", project.pk):
        path = bundle.write(tmp_path / "evidence.zip", project=scope)
        found = verified(path)
        assert [one["text"] for one in found if one["level"] == "fail"] == []
        notes = [one["text"] for one in found if one["level"] == "note"]
        assert f"{asked.draw} 的专家由招标人直接确定,未经随机抽取(条例第四十七条)" in notes


def test_two_persons_of_two_bodies_stand_behind_it(job):
    for actor in ("jyzx1", "zjj"):
        with pytest.raises(NotAllowed):
            request(job, actor=job.cast[actor])
    request(job)
    for actor in ("zbr1", "zbr2", "jyzx1"):
        with pytest.raises(NotAllowed):
            appointing.appoint(actor=job.cast[actor], draw=job.draw)
    approve(job)
    assert refused(appointing.appoint, actor=job.cast["zjj"], draw=job.draw) == ["no_appointment"]


def test_who_was_chosen_shows_nowhere_before_he_signs_in(asked):
    approve(asked)
    chosen = free(asked, 4)
    told = "".join(str(event) for event in trail.events(f"draw/{asked.draw}"))
    assert [code for code in chosen if code in told] == []
    assert set(row(asked).seats.values_list("expert", flat=True)) == {""}


def test_the_committee_is_composed_like_one_that_is_drawn(job):
    few = [{"slot": "1", "specialty": "A080104", "region": "33", "count": 1}]
    one = [{"slot": "1", "expert": free(job, 1)[0]}]
    assert refused(request, job=job, slots=few, experts=one) == [
        "committee_too_small",
        "committee_even",
        "experts_too_few",
    ]


def test_who_would_be_left_out_of_a_draw_is_not_chosen_either(job):
    chosen = free(job, 4)
    recusal = [{"org": Expert.objects.get(pk=chosen[0]).employer, "reason": "named"}]
    assert refused(request, job=job, chosen=chosen, recusal=recusal) == ["appointee_unfit"]


def test_a_recusal_found_later_stops_the_approval(asked):
    one = Expert.objects.get(pk=free(asked, 4)[0])
    answers.recheck(actor=asked.cast["jyzx1"], draw=asked.draw, orgs=[one.employer])
    assert refused(appointing.appoint, actor=asked.cast["zjj"], draw=asked.draw) == [
        "appointee_unfit"
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ground": "convenient"}, "ground_unknown"),
        ({"document": "none"}, "document_malformed"),
        ({"chosen": ["E9", "E8", "E7", "E6"]}, "experts_malformed"),
    ],
)
def test_what_is_filled_in_wrongly_is_said(job, changes, code):
    with pytest.raises(BadInput) as caught:
        request(job, **changes)
    assert caught.value.code == code


def test_every_seat_needs_its_person_and_colleagues_do_not_sit_together(job):
    assert refused(request, job=job, experts=[]) == ["appointment_miscounted"] * 3
    first, *_ = free(job, 4)
    unit = Expert.objects.get(pk=first).employer
    both = list(Expert.objects.filter(employer=unit).values_list("pk", flat=True)[:2])
    others = [code for code in free(job, 4) if code not in both][: 4 - len(both)]
    assert refused(request, job=job, chosen=[*both, *others]) == ["list_colleagues"]


def test_a_refusal_sends_it_back_and_a_draw_may_be_asked_for(asked):
    given = {"draw": asked.draw, "ground": "not_special"}
    appointments.decline(actor=asked.cast["zjj"], **given)
    assert row(asked).state == "rejected"
    drawing.start_draw(
        actor=asked.cast["zbr1"],
        group=asked.code,
        held_at=asked.deadline + timedelta(minutes=30),
        place=steps.PLACE,
        slots=steps.slots(4),
    )
    assert reading.of_case(asked.code)[-1].origin == "owner"
    assert reconciling.reconcile().faults == []


def test_who_declines_is_replaced_the_same_way(asked):
    approve(asked)
    seat = row(asked).seats.order_by("pk")[0]
    answers.answer(actor=seat.actor, draw=asked.draw, answer="declined", reason="ill")
    accept(asked)
    assert row(asked).state == "running"
    fresh = next(code for code in free(asked, 6) if code not in known(asked))
    given = {"draw": asked.draw, "ground": "complex", "document": DOCUMENT}
    chosen = [{"slot": seat.slot, "expert": fresh}]
    appointments.ask(actor=asked.cast["zbr1"], **given, experts=chosen)
    approve(asked)
    accept(asked)
    assert row(asked).state == "filled"
    assert reconciling.reconcile().faults == []


def known(job: Job) -> set[str]:
    """Who was chosen: what nobody but the draw's services may know."""
    return {one.expert for one in rosters.identities_of(row(job)).values()}


def test_nothing_of_a_draw_is_done_to_it(asked):
    act = {"actor": asked.cast["jyzx1"], "draw": asked.draw}
    assert refused(draws.review, **act, approve=True) == ["appointed"]
    assert refused(drawing.commit_draw, **act) == ["appointed"]
    approve(asked)
    assert refused(rounds.open_round, **act) == ["appointed"]
    with pytest.raises(NotFound):
        reading.receipt(asked.draw)


def test_a_draw_takes_nobody_who_was_chosen(ladder):
    act = {"actor": ladder.cast["zjj"], "draw": ladder.project("drawing").draw}
    assert refused(appointing.appoint, **act) == ["drawn"]
