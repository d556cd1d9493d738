"""The committee: seats, sign-in, four steps in order, recusal at any time, a leader."""

from datetime import timedelta

import pytest

from accounts.models import Organisation
from accounts.services import people
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.selectors import trail
from audit_log.services import reconciling
from audit_log.services.trail import head
from config.demo import case as cases
from config.demo import job as steps
from config.demo.job import Job
from evaluation.models import Part, Project
from evaluation.selectors import blockers
from evaluation.selectors import committee as reading
from evaluation.services import (
    bidding,
    committee,
    deliberating,
    drawing,
    projects,
    scoring,
    undertakings,
)
from experts.models import Draw, Expert, Seat
from experts.services import draws, rosters
from tests.evaluation.tender import last, lot, play, refused, tender
from tests.scenarios import case_data

pytestmark = pytest.mark.django_db
MATERIAL = undertakings.digest(undertakings.BRIEFING)


@pytest.fixture
def opened(ladder):
    """Bids are open, the experts have accepted, nobody has signed in."""
    return tender(ladder, steps.open_bids)


@pytest.fixture
def ready(ladder):
    """Everyone has signed in and done every step."""
    return tender(ladder, steps.sign_in)


def enter(job, nth=0):
    """Let the nth accepted expert sign in; his actor from then on."""
    seat = Seat.objects.filter(draw=job.draw, state="accepted").order_by("candidate")[nth]
    return committee.sign_in_expert(actor=seat.actor, group=job.code)[1]


def parts(job):
    return Part.objects.filter(project=lot(job), relation="seated").order_by("person")


def start(job):
    return scoring.start_evaluation(actor=job.cast["jyzx1"], project=lot(job).pk)


def test_an_expert_signs_in_by_his_handle_and_is_known_by_his_code_from_then_on(opened):
    seat = Seat.objects.filter(draw=opened.draw, state="accepted").order_by("candidate")[0]
    assert reading.signed_in(seat.actor) is None
    ref, known = committee.sign_in_expert(actor=seat.actor, group=opened.code)
    expert = Expert.objects.get(pk=known.id)
    assert known == Actor(expert.pk, "expert", expert.employer) == reading.signed_in(seat.actor)
    opening = trail.lines(f"draw/{opened.draw}", type="draw.candidate_opened")[-1]
    told = last(opened, "member_signed_in")
    assert told == {
        "member": expert.pk,
        "kind": "expert",
        "handle": seat.candidate,
        "refs": [{"stream": seat.stream, "n": opening.value["n"], "hash": opening.hash}],
    }
    assert ref == trail_head(opened)
    assert parts(opened).get(person=expert.pk).signed_in_at is not None


def trail_head(job):
    return head(lot(job))


def test_nothing_of_the_project_names_a_drawn_expert_before_he_signs_in(opened):
    known = rosters.identities_of(Draw.objects.get(pk=opened.draw))
    seats = Seat.objects.filter(draw=opened.draw)
    told = str(trail.events(lot(opened).stream))
    assert [known[seat.candidate].expert in told for seat in seats] == [False] * seats.count()
    assert not parts(opened).filter(kind="expert").exists()


def test_nobody_signs_in_before_the_opening(ladder):
    job = tender(ladder, steps.draw_experts)
    seat = Seat.objects.filter(draw=job.draw, state="accepted")[0]
    with refused("wrong_state"):
        committee.sign_in_expert(actor=seat.actor, group=job.code)


def test_a_handle_of_another_draw_finds_nothing(opened, ladder):
    other = ladder.jobs["opened"]
    seat = Seat.objects.filter(draw=other.draw)[0]
    with pytest.raises(NotFound):
        committee.sign_in_expert(actor=seat.actor, group=opened.code)


def test_r06_an_expert_whose_employer_bids_is_struck_at_the_door_and_stays_unknown(opened):
    seat = Seat.objects.filter(draw=opened.draw, state="accepted")[0]
    code = rosters.identity_of(Draw.objects.get(pk=opened.draw), seat.candidate).expert
    employer = Expert.objects.get(pk=code).employer
    people.register_organisation(code=employer, name="某公司", region="330402", group_head="HEAD")
    Organisation.objects.filter(pk=opened.cast["tbr"].org).update(group_head="HEAD")
    with refused("recusal"):
        committee.sign_in_expert(actor=seat.actor, group=opened.code)
    assert reading.signed_in(seat.actor) is None
    assert Seat.objects.get(pk=seat.pk).state == "struck"
    told = trail.last_event(seat.stream, "draw.answered")
    assert (told["data"]["answer"], told["data"]["reason"]) == ("struck", "H3")
    assert trail.last_event(seat.stream, "draw.candidate_opened") is None
    assert Draw.objects.get(pk=opened.draw).state == "running"


def test_the_steps_are_done_once_and_in_their_order(opened):
    expert = enter(opened)
    row = {"actor": expert, "project": lot(opened).pk}
    brief = {"material": MATERIAL, "minutes": 15}
    with refused("step_missing"):
        committee.declare(**row, conflict=False)
    with refused("step_missing"):
        committee.brief(**row, **brief)
    committee.promise(**row)
    with refused("step_done"):
        committee.promise(**row)
    committee.brief(**row, **brief)
    committee.declare(**row, conflict=False)
    part = parts(opened).get(person=expert.id)
    stamps = [part.signed_in_at, part.promised_at, part.briefed_at, part.declared_at]
    assert stamps == sorted(stamps)
    assert trail.attachment(last(opened, "member_promised")["text"]).decode() == (
        undertakings.PROMISE
    )
    assert last(opened, "member_briefed") == {"member": expert.id, **brief}
    assert last(opened, "member_declared")["conflict"] is False


@pytest.mark.parametrize(
    ("given", "code"),
    [({"material": "0" * 64, "minutes": 15}, "material_unknown"),
     ({"material": MATERIAL, "minutes": 0}, "minutes_out_of_range"),
     ({"material": MATERIAL, "minutes": 601}, "minutes_out_of_range")],
)  # fmt: skip
def test_a_briefing_names_the_material_in_force_and_a_sane_time(opened, given, code):
    expert = enter(opened)
    committee.promise(actor=expert, project=lot(opened).pk)
    with pytest.raises(BadInput) as caught:
        committee.brief(actor=expert, project=lot(opened).pk, **given)
    assert caught.value.code == code


def test_a_member_of_one_committee_does_not_know_another_project(opened, ladder):
    expert = enter(opened)
    with pytest.raises(NotFound):
        committee.promise(actor=expert, project=ladder["tendering"])


def test_a_representative_is_an_account_of_the_tenderers_own(ladder):
    job = tender(ladder, steps.publish_tender)
    given = {"actor": job.cast["zbr1"], "project": lot(job).pk}
    for member in ("zbr2", "nobody", "jyzx1"):
        with pytest.raises(BadInput) as caught:
            committee.appoint_representative(**given, member=member)
        assert caught.value.code == "member_unknown"
    committee.appoint_representative(**given, member="zbdb")
    with refused("already_appointed"):
        committee.appoint_representative(**given, member="zbdb")
    assert last(job, "representative_appointed") == {"member": "zbdb"}
    with refused("wrong_state"):
        committee.sign_in_representative(actor=job.cast["zbdb"], project=lot(job).pk)


def test_a_representative_signs_in_without_a_handle(opened):
    committee.sign_in_representative(actor=opened.cast["zbdb"], project=lot(opened).pk)
    told = {"member": "zbdb", "kind": "representative", "handle": ""}
    assert last(opened, "member_signed_in") == told


def test_evaluation_starts_only_when_each_step_of_everyone_is_done(opened):
    reasons = [reason.code for reason in blockers.start_evaluation(lot(opened))]
    assert reasons == [
        "experts_absent", "not_signed_in", "not_promised", "not_briefed", "not_declared",
        "committee_too_small", "experts_too_few",
    ]  # fmt: skip
    members = [enter(opened) for _ in range(4)]
    committee.sign_in_representative(actor=opened.cast["zbdb"], project=lot(opened).pk)
    members.append(opened.cast["zbdb"])
    for done in ("not_promised", "not_briefed", "not_declared"):
        assert blockers.start_evaluation(lot(opened))[0].code == done
        for member in members:
            row = {"actor": member, "project": lot(opened).pk}
            if done == "not_promised":
                committee.promise(**row)
            elif done == "not_briefed":
                committee.brief(**row, material=MATERIAL, minutes=15)
            else:
                committee.declare(**row, conflict=False)
    start(opened)
    told = last(opened, "evaluation_started")
    assert (told["round"], told["draw"], told["to"]) == (1, opened.draw, "evaluating")
    assert told["members"] == sorted(member.id for member in members)


def test_no_reason_tells_who_is_missing(opened):
    enter(opened)
    seats = Seat.objects.filter(draw=opened.draw)
    text = " ".join(map(str, blockers.start_evaluation(lot(opened))))
    assert [seat.candidate in text for seat in seats] == [False] * seats.count()


def test_r33_with_fewer_than_three_bidders_nothing_is_evaluated(ladder):
    job = tender(ladder, steps.sign_in, bidders=2)
    with refused("bidders_too_few"):
        start(job)


def test_r06_a_check_against_the_opened_list_is_demanded_for_the_draw_at_hand(ready):
    entry = lot(ready)
    assert blockers.start_evaluation(entry) == []
    Project.objects.filter(pk=entry.pk).update(draw="T-1-D2")
    found = [reason.code for reason in blockers.start_evaluation(lot(ready))]
    assert "recusal_unchecked" in found


def test_r06_a_bidder_found_to_be_the_members_employer_stops_the_start(ready):
    expert = parts(ready).filter(kind="expert")[0]
    employer = Expert.objects.get(pk=expert.person).employer
    Organisation.objects.create(code=employer, name="某公司", region="330402", group_head="HEAD")
    Organisation.objects.filter(pk=ready.cast["tbr"].org).update(group_head="HEAD")
    with refused("recusal_open"):
        start(ready)
    drawing.recheck(lot(ready), ready.cast["jyzx1"])
    assert last(ready, "member_left") == {"member": expert.person, "handle": expert.handle}
    assert last(ready, "recusal_rechecked") == {"draw": ready.draw, "basis": "R06"}
    assert not parts(ready).filter(person=expert.person).exists()
    assert Seat.objects.get(draw=ready.draw, candidate=expert.handle).state == "replaced"


def test_r06_a_tenderer_who_is_related_to_a_bidder_has_no_representative(ready):
    orgs = [ready.cast["tbr"].org, ready.cast["zbr1"].org]
    Organisation.objects.filter(pk__in=orgs).update(group_head="HEAD")
    assert reading.recused(lot(ready)) == ["zbdb"]


def test_a_declared_conflict_ends_the_members_part_and_opens_the_seat_again(ready):
    part = parts(ready).filter(kind="expert")[0]
    member = reading.expert_actor(part.person)
    committee.declare(actor=member, project=lot(ready).pk, conflict=True)
    assert last(ready, "member_declared")["conflict"] is True
    assert not parts(ready).filter(person=member.id).exists()
    assert Seat.objects.get(draw=ready.draw, candidate=part.handle).state == "replaced"
    assert Draw.objects.get(pk=ready.draw).state == "running"
    with pytest.raises(NotFound):
        committee.declare(actor=member, project=lot(ready).pk, conflict=True)
    found = [reason.code for reason in blockers.start_evaluation(lot(ready))]
    assert found == ["draw_not_filled", "committee_too_small", "committee_even"]


def seat_a_replacement(job):
    """Hold another round and take whoever is drawn through every step."""
    steps.draw_experts(job)
    member = enter(job)
    row = {"actor": member, "project": lot(job).pk}
    committee.promise(**row)
    committee.brief(**row, material=MATERIAL, minutes=10)
    committee.declare(**row, conflict=False)
    return member


def test_a_seat_vacated_before_the_start_is_filled_by_the_next_round(ready):
    part = parts(ready).filter(kind="expert")[0]
    committee.declare(actor=reading.expert_actor(part.person), project=lot(ready).pk, conflict=True)
    member = seat_a_replacement(ready)
    start(ready)
    assert last(ready, "evaluation_started")["members"] == sorted(
        other.person for other in parts(ready)
    )
    assert member.id in last(ready, "evaluation_started")["members"]


def test_a_strike_by_the_centre_empties_the_seat_in_the_project_too(ready):
    part = parts(ready).filter(kind="expert")[0]
    drawing.strike(actor=ready.cast["jyzx1"], draw=ready.draw, candidate=part.handle, reason="H4")
    assert not parts(ready).filter(person=part.person).exists()
    assert last(ready, "member_left")["member"] == part.person
    assert reconciling.reconcile().faults == []


def test_experts_of_an_abandoned_draw_lose_their_seats_when_another_is_asked_for(ready):
    draws.abandon(actor=ready.cast["zjj"], draw=ready.draw, reason="现场断电,抽取无法继续")
    drawing.start_draw(
        actor=ready.cast["zbr1"],
        group=ready.code,
        held_at=lot(ready).deadline + timedelta(hours=5),
        place=steps.PLACE,
        slots=steps.slots(4),
    )
    assert list(parts(ready).values_list("kind", flat=True)) == ["representative"]
    assert lot(ready).draw == "T-1-D2"


def test_the_committee_elects_one_leader_out_of_those_who_signed_in(ready):
    first, second = ready.members[:2]
    given = {"actor": second, "project": lot(ready).pk}
    committee.elect_leader(**given, member=second.id)
    assert list(parts(ready).filter(leader=True).values_list("person", flat=True)) == [second.id]
    assert last(ready, "leader_elected") == {"member": second.id}
    with pytest.raises(BadInput) as caught:
        committee.elect_leader(**given, member="E999999")
    assert caught.value.code == "member_not_seated"
    start(ready)
    against = [{"bidder": ready.cast["tbr"].org, "item": "compliance", "reason": "未实质性响应"}]
    for member in ready.members:
        deliberating.review(actor=member, project=lot(ready).pk, against=against)
    reject = {"project": lot(ready).pk, "bidder": ready.cast["tbr"].org, "item": "compliance"}
    with refused("leader_records"):
        scoring.reject_bid(actor=first, **reject, reason="未实质性响应")
    scoring.reject_bid(actor=second, **reject, reason="未实质性响应")


def test_only_a_member_acts_for_the_committee(ready):
    with pytest.raises(NotAllowed):
        committee.promise(actor=ready.cast["jyzx1"], project=lot(ready).pk)


@pytest.fixture
def two_lots(ladder):
    """A group of two lots up to the opening of both."""
    data = case_data(3)
    data["lots"].append({**data["lots"][0], "lot": "2"})
    job = Job("T-2L", cases.parse(data), ladder.cast, refusals=[], objection=False)
    return play(job, steps.open_bids)


def test_lots_of_a_group_share_one_draw_one_committee_and_each_is_told(two_lots):
    expert = enter(two_lots)
    committee.promise(actor=expert, project="T-2L-2")
    rows = [Project.objects.get(pk=code) for code, _ in two_lots.lots]
    assert {row.draw for row in rows} == {two_lots.draw}
    for row in rows:
        assert row.parts.get(person=expert.id).promised_at is not None
        kinds = [event["type"] for event in trail.events(row.stream)[-2:]]
        assert kinds == ["project.member_signed_in", "project.member_promised"]


def test_the_committee_waits_until_every_lot_is_open(ladder):
    data = case_data(3)
    data["lots"].append({**data["lots"][0], "lot": "2"})
    job = Job("T-2L", cases.parse(data), ladder.cast, refusals=[], objection=False)
    play(job, steps.draw_experts)
    steps.wait_until(job.project("T-2L-1").deadline)
    bidding.open_bids(actor=job.cast["jyzx1"], project="T-2L-1")
    seat = Seat.objects.filter(draw=job.draw, state="accepted")[0]
    with refused("wrong_state"):
        committee.sign_in_expert(actor=seat.actor, group=job.code)
    projects.terminate(actor=SYSTEM, project="T-2L-2", reason="该标段不再建设")
    committee.sign_in_expert(actor=seat.actor, group=job.code)
    assert Part.objects.filter(project="T-2L-2", kind="expert").count() == 0


def test_r06_the_bidders_of_every_open_lot_count_for_the_one_committee(ladder):
    data = case_data(3)
    second = {"lot": "2", "bidders": case_data(4)["lots"][0]["bidders"][1:]}
    data["lots"].append(second)
    job = Job("T-2L", cases.parse(data), ladder.cast, refusals=[], objection=False)
    play(job, steps.open_bids)
    both = {bidder.org for _, lot_ in job.lots for bidder in lot_.bidders}
    assert set(Draw.objects.get(pk=job.draw).bidders) == both
    assert len(both) == 4


def test_a_committee_that_is_gone_has_nobody_to_sign_in(ladder):
    job = tender(ladder, steps.open_bids)
    projects.terminate(actor=job.cast["zbr1"], project=lot(job).pk, reason="建设内容调整")
    seat = Seat.objects.filter(draw=job.draw, state="accepted")[0]
    with refused("wrong_state"):
        committee.sign_in_expert(actor=seat.actor, group=job.code)


def test_who_has_not_signed_in_has_no_say(opened):
    with refused("step_missing"):
        committee.promise(actor=opened.cast["zbdb"], project=lot(opened).pk)
    with refused("not_signed_in"):
        committee.declare(actor=opened.cast["zbdb"], project=lot(opened).pk, conflict=True)


def test_the_system_has_no_seat(opened):
    with refused("not_seated"):
        committee.promise(actor=SYSTEM, project=lot(opened).pk)


def test_a_lot_that_is_over_gets_no_committee(two_lots):
    projects.terminate(actor=SYSTEM, project="T-2L-2", reason="该标段不再建设")
    given = {"actor": two_lots.cast["zbr1"], "project": "T-2L-1"}
    before = len(trail.events("project/T-2L-2"))
    people.create_user(
        actor=SYSTEM,
        code="zbdb9",
        title="招标人代表",
        role="tenderer_rep",
        org=two_lots.cast["zbr1"].org,
        password="x" * 12,
    )
    committee.appoint_representative(**given, member="zbdb9")
    member = Actor("zbdb9", "tenderer_rep", two_lots.cast["zbr1"].org)
    committee.sign_in_representative(actor=member, project="T-2L-1")
    committee.elect_leader(actor=member, project="T-2L-1", member="zbdb9")
    committee.declare(actor=member, project="T-2L-1", conflict=True)
    assert len(trail.events("project/T-2L-2")) == before
    kinds = [event["type"] for event in trail.events("project/T-2L-1")[-4:]]
    assert kinds == [
        "project.representative_appointed",
        "project.member_signed_in",
        "project.leader_elected",
        "project.member_declared",
    ]
    assert Draw.objects.get(pk=two_lots.draw).state == "filled"
