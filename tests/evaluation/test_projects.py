"""Registration, the award plan, publication and the ends of a tender."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain import policy
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.models import Envelope
from audit_log.selectors import trail
from audit_log.services import clock
from config.demo import job as steps
from evaluation.models import Project
from evaluation.selectors import projects as finding
from evaluation.selectors import standing
from evaluation.services import lock, projects
from rulebook.domain.rules import dump_profile
from rulebook.seeding import bundled_profile
from rulebook.selectors import profiles
from rulebook.services.publishing import publish_profile
from tests.evaluation.tender import details, last, lot, plan, play, refused, tender
from tests.scenarios import later

pytestmark = pytest.mark.django_db


IN_FORCE = datetime(2025, 5, 6, 9, tzinfo=UTC)
"""By then the profiles of the province are in force; before, only the national one is."""


def register(cast, code="T-9-1", **changes):
    projects.register(actor=cast["zbr1"], code=code, **details(**changes))
    return Project.objects.get(pk=code)


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "zj@1"),
        ({"trade": "water"}, "zj_water@1"),
        ({"region": "330100"}, "zj@1"),
        ({"compulsory": False}, "village_small@1"),
        ({"region": "110101"}, "national@1"),
        ({"profile": "national"}, "national@1"),
    ],
)
def test_a_lot_pins_the_rules_made_most_narrowly_for_its_region_and_trade(cast, changes, label):
    steps.wait_until(IN_FORCE)
    row = register(cast, **changes)
    assert (row.profile, profiles.pinned(row.rules).label) == (label, label)


def test_registration_tells_all_that_rebuilds_the_lot(cast):
    row = register(cast)
    [entry] = trail.events(row.stream)
    told = entry["data"]
    assert told["to"] == row.state == "registered"
    assert told["tenderer"] == row.tenderer_id == cast["zbr1"].org
    assert trail.document(told["evaluation_plan"]) == row.evaluation_plan == plan()
    assert {key: told[key] for key in ("group", "lot", "order", "ceiling_fen", "rules")} == {
        "group": "T-9", "lot": "1", "order": 1, "ceiling_fen": 1_000_000_00, "rules": row.rules,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"group": "T 9"}, "code_malformed"),
        ({"group": "T" * 36}, "code_malformed"),
        ({"region": "3304"}, "region_malformed"),
        ({"trade": "mining"}, "trade_unknown"),
        ({"funds": "gift"}, "funds_unknown"),
        ({"regime": "fiat"}, "regime_unknown"),
        ({"title": " "}, "title_missing"),
        ({"ceiling_fen": 0}, "not_positive"),
        ({"profile": "nowhere"}, "profile_unknown"),
        ({"retender_of": "T-0-1"}, "retender_unknown"),
        ({"evaluation_plan": []}, "plan_malformed"),
        ({"evaluation_plan": plan(v=3)}, "plan_version"),
        ({"evaluation_plan": plan(factors=[])}, "malformed_factors"),
        ({"evaluation_plan": plan(factors=[{"factor": "total"}])}, "malformed_factors"),
        ({"evaluation_plan": plan(aggregation="median")}, "aggregation_unknown"),
        ({"evaluation_plan": plan(review_items=[])}, "review_items_malformed"),
        ({"evaluation_plan": plan(candidates={"count": 0, "ranked": True})},
         "candidates_malformed"),
        ({"evaluation_plan": plan(candidates={"count": 3})}, "candidates_malformed"),
        ({"evaluation_plan": plan(candidates={"count": 3, "ranked": False})}, "ranking_required"),
        ({"evaluation_plan": plan(tie_rule=["oldest"])}, "tie_rule_unknown"),
    ],
)  # fmt: skip
def test_what_is_filled_in_wrongly_is_named_and_nothing_is_written(cast, changes, code):
    with pytest.raises(BadInput) as caught:
        register(cast, **changes)
    assert caught.value.code == code
    assert not Project.objects.filter(pk="T-9-1").exists()


def test_more_candidates_than_the_profile_allows_are_refused(cast):
    many = plan(candidates={"count": 4, "ranked": True})
    with refused("candidate_count_wrong"):
        register(cast, evaluation_plan=many)


def test_before_the_province_has_rules_the_national_ones_are_pinned(cast):
    assert register(cast).profile == "national@1"
    with refused("profile_not_in_force"):
        register(cast, code="T-9-2", lot="2", profile="zj")


def test_a_compulsory_tender_may_not_choose_the_rules_of_small_works(cast):
    steps.wait_until(IN_FORCE)
    with refused("profile_compulsory"):
        register(cast, profile="village_small")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lot": "1"}, "lot_exists"),
        ({"lot": "2", "trade": "transport"}, "group_differs"),
        ({"lot": "2", "region": "330411"}, "group_differs"),
    ],
)
def test_lots_of_a_group_share_tenderer_region_and_trade(cast, changes, code):
    register(cast)
    with pytest.raises(BadInput) as caught:
        register(cast, code="T-9-2", **changes)
    assert caught.value.code == code


def test_no_lot_joins_a_group_whose_draw_has_begun(ladder, cast):
    group = ladder.project("drawing").group
    with pytest.raises(BadInput) as caught:
        register(cast, group=group, lot="2")
    assert caught.value.code == "group_drawn"


def test_a_code_is_given_once(cast):
    register(cast)
    with pytest.raises(BadInput) as caught:
        register(cast, group="T-10")
    assert caught.value.code == "project_exists"


def test_a_failed_tender_is_put_out_again_as_a_new_lot_that_names_it(ladder, cast):
    old = ladder["failed"]
    row = register(cast, retender_of=old)
    assert trail.events(row.stream)[0]["data"]["retender_of"] == row.retender_of == old


def test_only_a_tenderer_registers(cast):
    with pytest.raises(NotAllowed):
        projects.register(actor=cast["jyzx1"], code="T-9-1", **details())


def test_the_award_plan_is_fixed_by_the_hash_of_its_document(ladder, cast):
    job = tender(ladder, steps.register)
    document = steps.award_plan()
    projects.fix_award_plan(actor=cast["zbr1"], project=lot(job).pk, plan=document)
    assert last(job, "award_plan_fixed") == {"plan": lot(job).award_plan, "policy": ""}
    assert trail.document(lot(job).award_plan) == document


def test_a_plan_that_cannot_stand_in_the_trail_is_bad_input(ladder, cast):
    job = tender(ladder, steps.register)
    with pytest.raises(BadInput) as caught:
        projects.fix_award_plan(actor=cast["zbr1"], project=lot(job).pk, plan={"share": 0.5})
    assert caught.value.code == "not_canonical"


def test_the_member_list_is_sealed_and_only_its_author_replaces_it(ladder, cast):
    job = tender(ladder, steps.plan_award)
    members = steps.award_members(job)
    again = {"project": lot(job).pk, "members": members[:5], "leader": members[0], "observers": []}
    before = lot(job).annex
    projects.seal_award_members(actor=cast["zbr1"], **again)
    told = last(job, "award_members_sealed")
    assert (told["replaces"], told["commitment"]) == (before, lot(job).annex)
    assert all(member not in str(told) for member in members)
    with refused("annex_of_another"):
        projects.seal_award_members(actor=cast["zbr2"], **again)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"members": ["dbwy1", "dbwy1"]}, "members_unknown"),
        ({"members": ["dbwy1", "zbr1"]}, "members_unknown"),
        ({"observers": ["dbwy2"]}, "members_unknown"),
        ({"leader": "dbwy7"}, "leader_not_member"),
    ],
)
def test_award_members_are_accounts_of_their_role(ladder, cast, changes, code):
    job = tender(ladder, steps.register)
    given = {"members": ["dbwy1", "dbwy2", "dbwy3"], "leader": "dbwy1", "observers": ["jdz"]}
    with pytest.raises(BadInput) as caught:
        projects.seal_award_members(actor=cast["zbr1"], project=lot(job).pk, **given | changes)
    assert caught.value.code == code
    assert not Envelope.objects.filter(stream=lot(job).stream).exists()


def test_a_tender_without_separation_has_no_award_plan(cast):
    row = register(cast)
    with refused("not_separated"):
        projects.fix_award_plan(actor=cast["zbr1"], project=row.pk, plan=steps.award_plan())


def test_r19_a_separated_tender_is_not_published_without_plan_and_members(ladder, cast):
    job = tender(ladder, steps.register)
    soon = clock.now() + timedelta(days=21)
    with refused("plan_not_fixed", "plan_incomplete", "annex_missing"):
        projects.publish_tender(actor=cast["zbr1"], project=lot(job).pk, deadline=soon)


def test_plan_and_evaluation_plan_must_say_the_same_of_candidates(ladder, cast):
    job = tender(ladder, steps.plan_award)
    two = steps.award_plan() | {"candidate_count": 2}
    projects.fix_award_plan(actor=cast["zbr1"], project=lot(job).pk, plan=two)
    with refused("plans_differ"):
        play(job, steps.publish_tender, after=steps.plan_award)


@pytest.mark.parametrize(
    ("compulsory", "days", "reasons"),
    [
        (True, 20, []),
        (True, 19, ["tender_period_short"]),
        (True, -1, ["deadline_past"]),
        (False, 6, []),
        (False, 0, ["deadline_past"]),
    ],
)
def test_r32_a_compulsory_tender_is_out_for_twenty_days(cast, compulsory, days, reasons):
    row = register(cast, compulsory=compulsory)
    deadline = clock.now() + timedelta(days=days)
    publish = {"actor": cast["zbr1"], "project": row.pk, "deadline": deadline}
    if reasons:
        with refused(*reasons):
            projects.publish_tender(**publish)
    else:
        projects.publish_tender(**publish)
    row.refresh_from_db(fields=["deadline"])
    assert row.deadline == (None if reasons else deadline)


def test_a_warning_is_kept_with_what_was_done_in_spite_of_it(cast):
    steps.wait_until(IN_FORCE)
    row = register(cast, compulsory=False)
    deadline = clock.now() + timedelta(days=3)
    projects.publish_tender(actor=cast["zbr1"], project=row.pk, deadline=deadline)
    told = trail.last_event(row.stream, "project.tender_published")
    assert told["data"]["noted"] == [{"rule": "R32", "code": "tender_period_short"}]


def test_publication_fixes_deadline_plan_and_annex_in_one_entry(ladder):
    job = tender(ladder, steps.publish_tender)
    row, told = lot(job), last(job, "tender_published")
    assert (told["from"], told["to"], row.state) == ("registered", "tendering", "tendering")
    assert (told["plan"], told["annex"]) == (row.award_plan, row.annex)
    assert trail.document(told["evaluation_plan"]) == row.evaluation_plan


@pytest.mark.parametrize("act", [projects.fix_award_plan, projects.publish_tender])
def test_nothing_of_the_tender_changes_once_it_is_published(ladder, cast, act):
    given = {"plan": {}} if act is projects.fix_award_plan else {"deadline": clock.now()}
    with refused("wrong_state"):
        act(actor=cast["zbr1"], project=ladder["tendering"], **given)


def test_a_tender_fails_for_too_few_bidders_only(ladder, cast):
    told = trail.last_event(f"project/{ladder['failed']}", "project.failed")["data"]
    assert (told["from"], told["to"], told["basis"]) == ("opened", "failed", "R33")
    with refused("wrong_state"):
        projects.fail(actor=cast["zbr1"], project=ladder["tendering"], reason="重新安排")
    with refused("bidders_enough"):
        projects.fail(actor=cast["zbr1"], project=ladder["opened"], reason="重新安排")


def test_a_reason_has_to_be_stated(ladder, cast):
    with pytest.raises(BadInput) as caught:
        projects.terminate(actor=cast["zbr1"], project=ladder["opened"], reason="  ")
    assert caught.value.code == "reason_missing"


@pytest.mark.parametrize(
    ("state", "stops"),
    [("registered", True), ("tendering", True), ("drawing", True), ("opened", True),
     ("evaluating", False), ("reported", False), ("archived", False)],
)  # fmt: skip
def test_a_tender_is_broken_off_when_its_bids_are_open_at_the_latest(ladder, cast, state, stops):
    given = {"actor": cast["zbr1"], "project": ladder[state], "reason": "建设内容调整"}
    if not stops:
        with refused("wrong_state"):
            projects.terminate(**given)
    else:
        projects.terminate(**given)
    assert ladder.project(state).state == ("terminated" if stops else state)


@pytest.mark.parametrize("state", ["contracted", "failed", "terminated"])
def test_what_is_over_is_archived(ladder, cast, state):
    projects.archive(actor=cast["jyzx1"], project=ladder[state])
    assert ladder.project(state).state == "archived"


def test_a_running_project_is_not_archived(ladder, cast):
    with refused("wrong_state"):
        projects.archive(actor=cast["jyzx1"], project=ladder["notified"])


def test_a_stranger_does_not_learn_that_the_project_exists(ladder):
    stranger = Actor("fremd", "tenderer", "")
    with pytest.raises(NotFound):
        projects.terminate(actor=stranger, project=ladder["opened"], reason="无关")
    with pytest.raises(NotFound):
        projects.terminate(actor=stranger, project="no-such-lot", reason="无关")
    with pytest.raises(NotFound):
        finding.by_code(stranger, ladder["opened"])


@pytest.mark.parametrize(
    "account", ["jyzx1", "zbr1", "zjj", "jw", "sjgl", "tbr", "zbdb", "dbwy1", "jdz", "zjk", "xtgl"]
)
def test_the_list_holds_exactly_what_each_may_see_one_by_one(ladder, cast, account):
    actor = cast[account]
    every = Project.objects.order_by("pk")
    allowed = [row.pk for row in every if policy.may_see(actor, "project", row)]
    assert [row.pk for row in finding.visible(actor)] == allowed


def test_the_system_sees_every_project():
    assert finding.visible(SYSTEM).count() == Project.objects.count()


def test_the_list_takes_as_many_queries_for_one_project_as_for_many(ladder, cast):
    def queries(actor):
        with CaptureQueriesContext(connection) as context:
            [row.tenderer.name for row in finding.visible(actor)]
        return len(context)

    few, many = cast["zbdb"], cast["jyzx1"]
    assert finding.visible(few).count() < finding.visible(many).count()
    assert (queries(few), queries(many)) == (1, 2)


def test_anyone_finds_what_is_open_for_bids(ladder):
    row = lot(tender(ladder, steps.publish_tender))
    assert row in finding.open_for_bids()
    later(days=40)
    assert row not in finding.open_for_bids()


def _line(row):
    steps_ = standing.steps(row)
    done = [step.state for step in steps_ if step.done]
    [current] = [step.state for step in steps_ if step.current]
    return done, current, [step.state for step in steps_]


@pytest.mark.parametrize(
    ("state", "done"),
    [
        ("registered", []),
        ("drawing", ["registered", "tendering"]),
        ("opened", ["registered", "tendering", "drawing"]),
        ("reported", ["registered", "tendering", "drawing", "opened", "evaluating"]),
    ],
)
def test_the_stepper_shows_what_lies_behind_and_where_the_project_is(ladder, state, done):
    assert _line(ladder.project(state))[:2] == (done, state)


def test_the_stepper_of_a_suspended_project_shows_where_it_will_go_on(ladder):
    done, current, line = _line(ladder.project("suspended"))
    assert (done[-1], current) == ("candidates_public", "suspended")
    assert line[line.index("suspended") + 1] == "awarding"


def test_the_stepper_of_a_failed_tender_ends_there(ladder):
    line = ["registered", "tendering", "drawing", "opened", "failed", "archived"]
    assert _line(ladder.project("failed")) == (line[:4], "failed", line)


def test_a_tender_without_separation_has_no_award_meeting(cast):
    assert "awarding" not in _line(register(cast))[2]


def test_a_body_without_a_place_in_the_register_sees_nothing():
    assert not finding.visible(Actor("x", "regulator", "no-such-body")).exists()
    assert not finding.visible(Actor("x", "coordinator", "")).exists()


def test_where_no_rules_are_in_force_nothing_is_registered(cast):
    run_out = dump_profile(bundled_profile("national"))
    run_out |= {"version": 2, "effective_to": run_out["effective_from"]}
    publish_profile(actor=SYSTEM, content=run_out)
    with refused("profile_missing"):
        register(cast)


def test_a_tenderer_is_a_registered_body():
    with pytest.raises(BadInput) as caught:
        projects.register(actor=Actor("x", "tenderer", "unknown"), code="T-9-1", **details())
    assert caught.value.code == "tenderer_unknown"


def test_what_may_be_seen_is_found_by_its_code(ladder, cast):
    assert finding.by_code(cast["zbr1"], ladder["opened"]) == ladder.project("opened")


def test_nobody_locks_what_does_not_exist():
    for find in (lock.project, lock.group, lock.lots_of, finding.group_of):
        with pytest.raises(NotFound):
            find("no-such-lot")


def test_an_edge_that_does_not_leave_here_is_a_refusal(ladder):
    row = ladder.project("registered")
    with refused("wrong_state"):
        lock.fire(row, "decide")
    assert row.state == "registered"
