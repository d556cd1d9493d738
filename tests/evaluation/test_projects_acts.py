"""Acts: what is declared fits policy, service and page; forms start with what is known."""

import inspect

import pytest

from accounts.acts import ACTS as REGISTERED
from accounts.acts import NoInput
from accounts.domain import policy
from accounts.domain.roles import ROLES
from audit_log.domain.entry import SYSTEM, Actor
from config.demo import job as steps
from evaluation import plan_form
from evaluation.acts import ACTS
from evaluation.models import Bid
from evaluation.services import bidding, committee, drawing, registering
from experts.models import Draw, Seat
from tests.evaluation.tender import details, last, lot, tender

BY_NAME = {act.name: act for act in ACTS}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_each_act_is_registered_in_the_policy_and_titled_in_chinese(act):
    assert REGISTERED[act.name] is act
    assert set(policy.ACTS[act.name]) <= set(ROLES)
    assert not act.title.isascii()


WRAPPED = {
    *("project.register", "project.submit_bid", "project.start_draw", "project.ask_appointment"),
    "draw.sign_in",
}


@pytest.mark.parametrize(
    "act", [act for act in ACTS if act.name not in WRAPPED], ids=lambda act: act.name
)
def test_a_form_asks_for_exactly_what_the_service_takes(act):
    given = set() if act.creates else {act.kind}
    taken = set(inspect.signature(act.service).parameters) - {"actor"} - given
    assert set(act.fields().get_fields()) == taken


@pytest.mark.parametrize(
    ("name", "service"),
    [("project.submit_bid", "submit_bid"), ("project.start_draw", "start_draw")],
)
def test_a_wrapped_form_asks_for_what_the_service_takes(name, service):
    function = getattr(bidding, service, None) or getattr(drawing, service)
    given = {"actor", "project", "group", "appointed"}
    taken = set(inspect.signature(function).parameters) - given
    assert set(BY_NAME[name].fields().get_fields()) == taken


def test_the_registration_form_asks_for_the_parts_of_the_evaluation_plan_instead_of_a_document():
    taken = set(inspect.signature(registering.register).parameters) - {"actor", "evaluation_plan"}
    parts = set(inspect.signature(plan_form.document).parameters) - {"price"}
    parts |= {name for name in plan_form.start(SYSTEM, None) if name.startswith("price_")}
    assert set(BY_NAME["project.register"].fields().get_fields()) == taken | parts


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_every_field_is_labelled_in_chinese(act):
    labels = [field.label for field in act.fields().get_fields().values()]
    assert [label for label in labels if not label or label.isascii()] == []
    assert (labels == []) == (act.fields is NoInput)


@pytest.mark.django_db
def test_the_registration_form_as_it_starts_is_a_valid_one(cast):
    act = BY_NAME["project.register"]
    start = act.initial(cast["zbr1"], None)
    form = act.fields(data={"code": "T-9-1", "ranked": True, **details(), **start})
    assert form.is_valid(), form.errors
    ref = act.run(cast["zbr1"], None, form.validated_data)
    assert ref.stream == "project/T-9-1"


@pytest.mark.django_db
def test_a_bid_and_its_replacement_go_through_the_form(ladder):
    job = tender(ladder, steps.publish_tender)
    act, actor = BY_NAME["project.submit_bid"], job.cast["tbr"]
    for price in (100, 99):
        form = act.fields(data={"price_fen": price, **act.initial(actor, lot(job))})
        assert form.is_valid(), form.errors
        act.run(actor, lot(job).pk, form.validated_data)
    assert last(job, "bid_sealed")["replaces"] is not None


@pytest.mark.django_db
def test_a_draw_is_asked_for_from_any_lot_of_the_group(ladder):
    job = tender(ladder, steps.hand_in_bids)
    act = BY_NAME["project.start_draw"]
    data = {"held_at": lot(job).deadline, "place": steps.PLACE, "slots": steps.slots(5)}
    form = act.fields(data=data)
    assert form.is_valid(), form.errors
    act.run(job.cast["zbr1"], lot(job).pk, form.validated_data)
    assert (lot(job).state, lot(job).draw) == ("drawing", "T-1-D1")


@pytest.mark.django_db
def test_signing_in_is_offered_to_the_drawn_expert_until_he_has(ladder):
    job = tender(ladder, steps.open_bids)
    act, draw = BY_NAME["draw.sign_in"], Draw.objects.get(pk=job.draw)
    seat = Seat.objects.filter(draw=draw, state="accepted")[0]
    assert act.allowed(seat.actor, draw) is True
    assert act.allowed(Actor("zbr1", "expert", ""), draw) is False
    ref = act.run(seat.actor, draw.pk, {})
    assert ref.stream == lot(job).stream
    assert act.allowed(seat.actor, draw) is False


def offered(job, actor):
    """The acts of this person, of those a member may do, that make sense for him now."""
    row = lot(job)
    acts = [act for act in ACTS if "tenderer_rep" in policy.ACTS[act.name]]
    return [act.name.partition(".")[2] for act in acts if act.allowed(actor, row)]


@pytest.mark.django_db
def test_a_member_is_offered_his_next_step_and_no_other(ladder):
    job = tender(ladder, steps.open_bids)
    seat = Seat.objects.filter(draw=job.draw, state="accepted")[0]
    expert = committee.sign_in_expert(actor=seat.actor, group=job.code)[1]
    assert offered(job, job.cast["zbdb"]) == ["sign_in_representative"]
    always = {"elect_leader", "reject_bid", "seal_sheet", "settle_tie", "remark_candidates"}
    always |= {"sign_report", "review", "ask_time", "judge_competition", "doubt", "judge_score"}
    always |= {"ask_clarification"}
    row = {"actor": expert, "project": lot(job).pk}
    assert set(offered(job, expert)) - always == {"promise"}
    committee.promise(**row)
    assert set(offered(job, expert)) - always == {"brief"}
    brief = BY_NAME["project.brief"]
    committee.brief(**row, **brief.initial(expert, lot(job)), minutes=15)
    assert set(offered(job, expert)) - always == {"declare"}


@pytest.mark.django_db
def test_what_the_committee_decided_is_offered_to_its_leader_alone(ladder):
    job = tender(ladder, steps.start_evaluation)
    collective = {"reject_bid", "settle_tie", "remark_candidates"}
    collective |= {"judge_competition", "judge_score"}
    leader, other = job.members[steps.LEADER], job.members[1]
    assert collective <= set(offered(job, leader))
    assert collective & set(offered(job, other)) == set()


@pytest.mark.django_db
def test_a_score_sheet_starts_with_a_row_for_each_valid_bid_and_factor(ladder):
    job = tender(ladder, steps.start_evaluation)
    bids = Bid.objects.filter(project=lot(job)).order_by("bidder_id")
    steps.reject(job, lot(job).pk, {bids[0].bidder_id: "未实质性响应"})
    act, member = BY_NAME["project.seal_sheet"], job.members[0]
    rows = act.initial(member, lot(job))["scores"]
    assert [row["bidder"] for row in rows] == [bid.bidder_id for bid in bids[1:]]
    assert {key: rows[0][key] for key in ("factor", "factor_name", "max", "score")} == {
        "factor": "total", "factor_name": "综合得分", "max": "100", "score": "",
    }  # fmt: skip
    form = act.fields(data={"scores": [{**row, "score": "88.5"} for row in rows]})
    assert form.is_valid(), form.errors
    act.run(member, lot(job).pk, form.validated_data)
    assert last(job, "score_sheet_sealed")["author"] == member.id


@pytest.mark.django_db
def test_a_rejection_starts_with_the_bid_above_the_ceiling(ladder):
    job = tender(ladder, steps.start_evaluation)
    act, row = BY_NAME["project.reject_bid"], lot(job)
    assert act.initial(job.members[0], row) == {"item": "compliance"}
    bid = Bid.objects.filter(project=row)[0]
    Bid.objects.filter(pk=bid.pk).update(price_fen=row.ceiling_fen + 1)
    assert act.initial(job.members[0], row) == {
        "item": "compliance", "bidder": bid.bidder_id, "reason": "投标报价高于最高投标限价",
    }  # fmt: skip


@pytest.mark.django_db
def test_remarks_start_with_a_row_for_each_candidate(ladder):
    job = tender(ladder, steps.score)
    act = BY_NAME["project.remark_candidates"]
    rows = act.initial(job.members[0], lot(job))["candidates"]
    assert [(row["bidder"], row["risks"]) for row in rows] == [
        (bidder, "") for bidder in last(job, "totals_computed")["candidates"]
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("act", [act for act in ACTS if act.kind == "project" and not act.creates],
                         ids=lambda act: act.name)  # fmt: skip
def test_where_the_state_is_wrong_that_is_the_only_reason(ladder, act):
    assert [found.code for found in act.blockers(ladder.project("terminated"))] == (
        [] if act.name == "project.archive" else ["wrong_state"]
    )
