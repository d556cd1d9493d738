"""The policy as a table by role, written here a second time; what it does not list is refused."""

from itertools import product

import pytest

from accounts.domain import policy
from accounts.domain.roles import ADMINISTRATORS, ROLES
from audit_log.domain.entry import SYSTEM, Actor

RELATIONS = (
    "owner", "district", "trade", "seated", "invited", "ballot", "watch", "bidding", "self",
)  # fmt: skip
ANY = "any"

MAY = {
    "pool_owner": {
        ANY: "expert.apply expert.import intake.receive account.relate_bodies",
        "district": "expert.pass_test expert.exit expert.reapply expert.erase expert.fail_test"
        " expert.renew expert.train expert.assess expert.report_change expert.appeal"
        " expert.decide_measure expert.read_person expert.send_link intake.approve intake.withdraw"
        " expert.record_conflict expert.confirm_conflict expert.ask_release expert.lift_conflict"
        " expert.read_conflict",
        "self": "account.declare_conflict",
    },
    "regulator": {
        ANY: "account.relate_bodies",
        "district": "expert.review expert.suspend expert.resume expert.disqualify"
        " expert.confirm_change expert.review_appeal expert.draft_appeal expert.decide_appeal"
        " expert.decide_measure expert.read_person intake.approve"
        " expert.record_conflict expert.confirm_conflict expert.ask_release expert.lift_conflict"
        " expert.read_conflict account.record_conflict account.confirm_conflict"
        " account.ask_release account.lift_conflict account.read_conflict",
        "self": "account.declare_conflict",
        "trade": "draw.contribute draw.abandon draw.open_calls"
        " project.rate_expert draw.appoint draw.refuse_appointment"
        " project.read_objection project.order_suspension project.resume project.uphold"
        " project.review_complaint project.read_complaint project.decide_complaint"
        " project.stop_complaint_clock project.resume_complaint_clock",
    },
    "trading_center": {
        ANY: "room.register",
        "district": "draw.request draw.review draw.commit draw.open_round draw.run_round"
        " draw.record_answer draw.strike draw.cancel draw.enter_list draw.confirm_list"
        " draw.return_list"
        " project.submit_bid project.start_draw project.open_bids project.start_evaluation"
        " project.open_sheets project.submit_report project.archive project.publish_candidates"
        " project.release_notice project.return_notice project.release_clarification"
        " project.deem_consent"
        " project.enter_paper_sheet project.confirm_paper_sheet project.return_paper_sheet"
        " room.shut room.reopen project.book_room project.release_room project.arrange_sites"
        " project.publish_result project.fix_fees project.rate_expert"
        " draw.preview_recusal project.recheck_recusal"
        " account.record_conflict account.confirm_conflict account.ask_release"
        " account.lift_conflict account.read_conflict",
        "self": "account.declare_conflict",
    },
    "tenderer": {
        ANY: "project.register",
        "owner": "draw.request draw.contribute draw.ask_appointment project.ask_appointment"
        " project.fix_award_plan project.seal_award_members project.publish_tender"
        " project.start_draw project.appoint_representative project.request_recheck project.fail"
        " project.rate_expert"
        " project.terminate project.draft_candidates project.read_objection"
        " project.draft_notice project.draft_clarification"
        " project.review_objection"
        " project.answer_objection project.resume project.uphold project.begin_award"
        " project.open_ballot project.close_ballot project.call_lottery"
        " project.decide project.confirm_first"
        " project.reconfirm project.notify project.lose_winner project.contract"
        " project.replace_award_member project.file_paper"
        " project.submit_written_report project.file_contract project.extend_time",
        "self": "account.declare_conflict",
    },
    "bidder": {
        ANY: "project.submit_bid",
        "bidding": "project.object project.withdraw_objection project.complain"
        " project.withdraw_complaint project.answer_clarification",
    },
    "expert": {
        "invited": "draw.answer draw.sign_in",
        "self": "expert.report_change expert.declare_leave expert.end_leave expert.appeal"
        " expert.declare_conflict expert.read_conflict",
        "seated": "project.promise project.brief project.declare project.elect_leader"
        " project.adopt_paper_sheet project.reject_bid project.establish project.seal_sheet"
        " project.settle_tie"
        " project.remark_candidates project.sign_report project.review project.doubt"
        " project.judge_competition project.ask_time project.ask_clarification"
        " project.explain project.judge_score",
    },
    "tenderer_rep": {
        "self": "account.declare_conflict",
        "seated": "project.sign_in_representative"
        " project.promise project.brief project.declare project.elect_leader"
        " project.adopt_paper_sheet project.reject_bid project.establish project.seal_sheet"
        " project.settle_tie"
        " project.remark_candidates project.sign_report project.review project.doubt"
        " project.judge_competition project.ask_time project.ask_clarification"
        " project.explain project.judge_score",
    },
    "award_member": {
        "ballot": "project.attend_award project.cast_ballot project.speak"
        " project.end_award_meeting",
        "self": "account.declare_conflict",
    },
    "observer": {"watch": "project.attend_award", "self": "account.declare_conflict"},
    "security_admin": {ANY: "rules.propose rules.propose_calendar mode.confirm"},
    "coordinator": {ANY: "rules.approve rules.reject"},
    "system_admin": {ANY: "account.create account.set_active mode.propose"},
    "agency": {},
    "commission": {
        ANY: "report.take",
        "district": "project.read_objection project.read_complaint expert.read_person"
        " draw.compare_pool"
        " expert.read_conflict account.read_conflict draw.read_recusals",
    },
    "audit_admin": {},
    "system": {},
}
"""Role → relation → acts."""
READING = [
    *("expert.read_person", "expert.read_conflict"),
    *("draw.read_recusals", "draw.compare_pool", "project.read_objection"),
    "project.read_complaint",
]
"""The commission reads, and that is recorded; it does nothing else."""
FOR_EVERYONE = {"demo.jump", "report.leave"}
FOR_NOBODY = {"rules.publish"}
"""What an installation does by itself, once."""
SEES = {
    "project": "trading_center:district tenderer:owner regulator:trade commission:district"
    " audit_admin:district expert:seated tenderer_rep:seated award_member:ballot observer:watch"
    " bidder:bidding",
    "draw": "trading_center:district tenderer:owner regulator:trade commission:district"
    " expert:invited",
    "expert": "pool_owner:district regulator:district commission:district expert:self",
    "room": "trading_center:district regulator:district commission:district",
    "intake": "pool_owner:district regulator:district commission:district",
    "account": "system_admin:district trading_center:district regulator:district"
    " commission:district tenderer:self tenderer_rep:self award_member:self observer:self"
    " pool_owner:self",
    "trail": "commission:district audit_admin:district",
}
"""Kind of object → role:relation of those who may know that it exists."""


class Thing:
    """An object to which everyone stands in the given relations."""

    def __init__(self, *relations: str) -> None:
        self.found = frozenset(relations)

    def relations(self, actor: Actor) -> frozenset[str]:
        return self.found


def someone(role: str) -> Actor:
    return Actor("someone", role, "91350100M000100Y43")


def granted(role: str, act: str) -> set[str]:
    """The relations in which the table lets a role do an act."""
    found = {relation for relation, acts in MAY[role].items() if act in acts.split()}
    return found | ({ANY} if act in FOR_EVERYONE else set())


def test_the_table_has_every_role_and_every_act():
    assert set(MAY) == set(ROLES)
    listed = {act for by in MAY.values() for acts in by.values() for act in acts.split()}
    assert listed | FOR_EVERYONE | FOR_NOBODY == set(policy.ACTS)


@pytest.mark.parametrize("act", sorted(policy.ACTS))
def test_an_act_is_open_to_exactly_those_who_stand_in_the_relation(act):
    allowed = {
        (role, relation)
        for role, relation in product(ROLES, RELATIONS)
        if policy.may(someone(role), act, Thing(relation))
    }
    expected = {
        (role, relation)
        for role, relation in product(ROLES, RELATIONS)
        if granted(role, act) & {ANY, relation}
    }
    assert allowed == expected


@pytest.mark.parametrize("act", sorted(policy.ACTS))
@pytest.mark.parametrize("thing", [Thing(), None], ids=["unrelated", "none"])
def test_without_a_relation_only_acts_on_nothing_yet_are_open(act, thing):
    allowed = {role for role in ROLES if policy.may(someone(role), act, thing)}
    assert allowed == {role for role in ROLES if ANY in granted(role, act)}


@pytest.mark.parametrize("kind", sorted(policy.SEE))
def test_an_object_is_seen_by_exactly_those_who_stand_in_the_relation(kind):
    seen = {
        f"{role}:{relation}"
        for role, relation in product(ROLES, RELATIONS)
        if policy.may_see(someone(role), kind, Thing(relation))
    }
    assert (seen, set(policy.SEE)) == (set(SEES[kind].split()), set(SEES))


@pytest.mark.parametrize("kind", sorted(policy.SEE))
def test_an_unrelated_object_is_seen_by_nobody(kind):
    assert [role for role in ROLES if policy.may_see(someone(role), kind, Thing())] == []


@pytest.mark.parametrize("role", ["", "mayor", "TENDERER", "tenderer "])
def test_an_unknown_role_may_nothing(role):
    everything = Thing(*RELATIONS)
    assert [act for act in policy.ACTS if policy.may(someone(role), act, everything)] == []
    assert [kind for kind in policy.SEE if policy.may_see(someone(role), kind, everything)] == []


def test_an_unknown_act_is_an_error_and_not_allowed():
    with pytest.raises(KeyError):
        policy.may(someone("tenderer"), "project.invent", Thing(*RELATIONS))


@pytest.mark.parametrize(
    ("actor", "all_of_them"),
    [
        (SYSTEM, True),
        (Actor("system", "system", "91350100M000100Y43"), False),
        (Actor("mallory", "system", ""), False),
        (Actor("system", "tenderer", ""), False),
    ],
    ids=["itself", "of a body", "of another name", "of another role"],
)
def test_only_the_system_itself_may_all_it_does(actor, all_of_them):
    acts = [act for act in policy.ACTS if ANY not in granted(actor.role, act)]
    assert {policy.may(actor, act, Thing()) for act in acts} == {all_of_them}


@pytest.mark.parametrize(
    ("role", "acts"),
    [*((role, []) for role in sorted(ADMINISTRATORS)), ("commission", READING)],
)
def test_administrators_take_no_part_in_a_tender_and_the_commission_reads(role, acts):
    kinds = ("expert", "draw", "project")
    found = [act for act in policy.ACTS if act.startswith(kinds)]
    assert [act for act in found if policy.may(someone(role), act, Thing(*RELATIONS))] == acts


@pytest.mark.parametrize(
    ("body", "region", "covered"),
    [
        ("330402", "330402", True),
        ("330400", "330402", True),
        ("330000", "330402", True),
        ("330402", "330400", False),
        ("330411", "330402", False),
        ("320000", "330402", False),
        ("331000", "330402", False),
    ],
)
def test_a_body_covers_its_own_district_and_those_below_it(body, region, covered):
    assert policy.covers(body, region) == covered
