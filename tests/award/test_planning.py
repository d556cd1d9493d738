"""The award plan and its sealed member list, before the tender document is published."""

import pytest

from accounts.acts import ACTS
from accounts.domain.roles import AWARD_MEMBER
from accounts.services import people
from accounts.services.gate import NotFound
from audit_log.domain.entry import SYSTEM
from audit_log.selectors import trail
from award import plan_form
from award.services import deciding, planning
from config.demo import job as steps
from config.demo.cast import org_code
from tests.award.acting import bad_input, entry, play, project, refused

pytestmark = pytest.mark.django_db


def fix(ladder, cast, **changes):
    plan = {k: v for k, v in (steps.award_plan() | changes).items() if v is not None}
    code = ladder["registered"]
    return plan, planning.fix_award_plan(actor=cast["zbr1"], project=code, plan=plan)


def seal(ladder, cast, **changes):
    listed = {
        "members": [f"dbwy{k}" for k in range(1, 8)],
        "leader": "dbwy1",
        "observers": ["jdz"],
    }
    return planning.seal_award_members(
        actor=cast["zbr1"], project=ladder["registered"], **listed | changes
    )


def test_the_plan_is_fixed_by_its_hash(ladder, cast):
    plan, ref = fix(ladder, cast, max_revotes=1)
    fixed = entry(ref)["data"]["plan"]
    assert project(ladder["registered"]).award_plan == fixed
    assert trail.document(fixed) == plan


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (" 国办发〔2024〕21号 ", {"policy": "国办发〔2024〕21号"}),
        ("", {"policy": "", "noted": [{"rule": "R31", "code": "policy_missing"}]}),
    ],
)
def test_r31_the_policy_document_stands_in_the_entry_or_its_absence_is_noted(
    ladder, cast, document, told
):
    ref = planning.fix_award_plan(
        actor=cast["zbr1"],
        project=ladder["registered"],
        plan=steps.award_plan(),
        policy_document=document,
    )
    assert entry(ref)["data"] == {"plan": project(ladder["registered"]).award_plan, **told}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tie_chain": None}, "missing_field"),
        ({"withdrawal": None}, "missing_field"),
        ({"methods": [{"method": "coin"}]}, "unknown_value"),
        ({"committee": {"size": 6, "origin": "drawn"}}, "even_committee"),
        ({"tie_chain": ["revote", "credit", "lottery"]}, "credit_unavailable"),
        ({"committee": {"size": 7, "origin": "drawn"}}, "members_not_drawn"),
        ({"committee": {"size": 7, "origin": "mixed"}}, "members_not_drawn"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_sent_back(ladder, cast, changes, code):
    before = project(ladder["registered"]).award_plan
    with bad_input(code):
        fix(ladder, cast, **changes)
    assert project(ladder["registered"]).award_plan == before


def test_a_plan_is_for_as_many_candidates_as_the_rules_allow(ladder, cast):
    with refused("candidate_count_wrong"):
        fix(ladder, cast, candidate_count=4)


def test_a_plan_of_another_regime_is_refused(ladder, cast):
    ranked = {
        "regime": "ranked_first",
        "candidate_count": 3,
        "ranked": True,
        "withdrawal": "RETENDER",
        "publicity_days": 3,
        "decision_days": 10,
        "lots": {"no_double_award": False},
    }
    with refused("regime_differs"):
        planning.fix_award_plan(actor=cast["zbr1"], project=ladder["registered"], plan=ranked)


def test_a_plan_is_fixed_before_the_tender_is_published(ladder, cast):
    with refused("wrong_state"):
        planning.fix_award_plan(
            actor=cast["zbr1"], project=ladder["tendering"], plan=steps.award_plan()
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"members": ["dbwy1", "dbwy2", "dbwy3", "dbwy4", "dbwy5"]}, "committee_size"),
        ({"observers": ["dbwy7"]}, "votes_and_watches"),
        ({"observers": []}, "observers_missing"),
        ({"observers": ["zbr2"]}, "members_unknown"),
        ({"leader": "zbr2"}, "leader_not_member"),
        ({"members": [f"dbwy{k}" for k in range(1, 7)] + ["zbr2"]}, "members_unknown"),
        ({"members": [f"dbwy{k}" for k in range(1, 7)] + ["dbwy1"]}, "members_unknown"),
    ],
)
def test_a_wrong_list_is_sent_back(ladder, cast, changes, code):
    before = project(ladder["registered"]).annex
    with bad_input(code):
        seal(ladder, cast, **changes)
    assert project(ladder["registered"]).annex == before


def test_members_are_the_tenderers_own(ladder, cast):
    people.create_user(
        actor=SYSTEM, code="dbwy99", title="外单位委员", role=AWARD_MEMBER,
        org=org_code("center"), password="x" * 12,
    )  # fmt: skip
    with bad_input("members_of_others"):
        seal(ladder, cast, members=[*(f"dbwy{k}" for k in range(1, 7)), "dbwy99"])


def test_the_sealed_list_tells_nothing(ladder, cast):
    ref = seal(ladder, cast, leader="dbwy3")
    sealed = entry(ref)["data"]
    assert sealed.keys() == {"commitment", "kind", "author", "replaces"}
    assert project(ladder["registered"]).annex == sealed["commitment"]


def test_the_members_come_after_the_plan(cast):
    job = play(cast, "T-BARE", "registered", plan=None, planned=False)
    with bad_input("plan_missing"):
        planning.seal_award_members(
            actor=cast["zbr1"], project=job.lots[0][0], members=["dbwy1"], leader="dbwy1",
            observers=["jdz"],
        )  # fmt: skip


def test_an_unknown_project_is_not_found(cast):
    with pytest.raises(NotFound):
        planning.fix_award_plan(actor=cast["zbr1"], project="NO", plan=steps.award_plan())


def test_the_acts_on_offer_are_those_of_this_app():
    """Where evaluation has a simpler service of the same name, this app's checks come first."""
    assert (ACTS["project.fix_award_plan"].service, ACTS["project.fail"].service) == (
        plan_form.fix, deciding.fail,
    )  # fmt: skip
