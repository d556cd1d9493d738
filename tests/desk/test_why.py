"""Why an act was allowed: the pinned rule, what warned, what it leaned on, who may do it."""

import re
from dataclasses import replace

import pytest
from django.utils import timezone

from accounts.acts import ACTS
from accounts.domain import policy
from accounts.domain.roles import ROLES
from audit_log import catalogue
from audit_log.domain.entry import SYSTEM, Ref
from audit_log.models import Attachment
from audit_log.services import clock
from config.demo import job as steps
from desk.domain.grants import RELATIONS, grants
from desk.selectors import consulted, timeline, why
from rulebook.domain.rules import dump_profile
from rulebook.seeding import bundled_profiles
from rulebook.selectors import profiles
from rulebook.services import publishing
from tests.desk.commission import entries
from tests.desk.doors import sign_in, text_of
from tests.scenarios import later
from tests.test_reconcile import tampering

pytestmark = pytest.mark.django_db


def of(actor, stream: str, kind: str) -> why.Why:
    value = entries(stream=stream, type=kind)[0]
    return why.of(actor, timeline.entry(actor, stream, value["n"]))


def page_of(actor, stream: str, kind: str) -> str:
    n = entries(stream=stream, type=kind)[0]["n"]
    return text_of(sign_in(actor).get(f"/entry/{stream}/{n}/"))


@pytest.fixture
def changed_since(cast):
    """The national rules of today: R33 asks for five bidders, and pinned profiles are met anew."""
    national = bundled_profiles()["national"]
    rules = {**national.rules, "R33": replace(national.rules["R33"], value=5)}
    newer = replace(national, version=2, rules=rules)
    publishing.publish_profile(actor=SYSTEM, content=dump_profile(newer))
    profiles.pinned.cache_clear()


def test_the_rule_is_that_which_the_project_pinned_not_todays(cast, ladder, changed_since):
    today = timezone.localtime(clock.now()).date()
    assert profiles.in_force("national", today).number("R33") == 5
    found = of(cast["jw"], f"project/{ladder['failed']}", "project.failed")
    assert [(one.name, one.warned, one.law.rule.value) for one in found.cited] == [
        ("R33", False, 3)
    ]
    assert (found.pinned, found.rules.profile.label) == (True, "national@1")
    assert found.rules.content == ladder.project("failed").rules


def test_the_page_shows_the_rule_in_full(cast, ladder, changed_since):
    page = page_of(cast["jw"], f"project/{ladder['failed']}", "project.failed")
    rule = bundled_profiles()["national"].rules["R33"]
    shown = page.partition("为何准许")[2].partition("<h2>内容</h2>")[0]
    assert [text in shown for text in (rule.title, rule.basis, "national@1", "必须满足")] == [
        True
    ] * 4
    assert re.findall(r"<dt>值</dt><dd>([^<]*)</dd>", shown.partition("</details>")[0])[0] == "3"


def test_the_list_shows_it_beside_the_act(cast, ladder, changed_since):
    code = ladder["failed"]
    page = text_of(sign_in(cast["jw"]).get(f"/trail/?stream={code}&type=project.failed"))
    cell = page.partition('<td class="cites">')[2].partition("</td>")[0]
    rule = bundled_profiles()["national"].rules["R33"]
    assert [text in cell for text in ("R33", "据以作出", rule.title, rule.basis)] == [True] * 4


def test_what_warned_is_shown_with_the_rule_it_warned_of(cast, ladder):
    """Published ten days after the report: R16 warns, by its parameter."""
    job = ladder.jobs["reported"]
    later(days=10)
    steps.publish_candidates(job)
    stream = f"project/{ladder['reported']}"
    found = of(cast["jw"], stream, "project.candidates_published")
    assert [(one.name, one.code, one.warned) for one in found.cited] == [
        ("R16", "publicity_late", True)
    ]
    (law,) = [one.law for one in found.cited]
    assert [param.id for param in law.params] == ["publish_within_days", "publicity_days"]
    page = page_of(cast["jw"], stream, "project.candidates_published")
    assert "办理时已提示" in page
    assert law.params[0].basis in page


def test_a_late_publication_is_marked_in_the_list(cast, ladder):
    later(days=10)
    steps.publish_candidates(ladder.jobs["reported"])
    query = f"stream={ladder['reported']}&type=project.candidates_published"
    page = text_of(sign_in(cast["jw"]).get(f"/trail/?{query}"))
    assert re.findall(
        r'<span class="rule">(R\d\d)</span> <span class="state state-wait">', page
    ) == ["R16"]


def test_a_fact_of_another_stream_is_compared_and_linked(cast, ladder):
    stream = f"project/{ladder['archived']}"
    (leaned,) = of(cast["jw"], stream, "project.draw_committed").leaned
    draw = ladder.project("archived").draw
    assert (leaned.standing, leaned.title) == ("same", "冻结名册并作出承诺")
    assert leaned.address == ("draw", draw, leaned.ref.n)
    assert f'href="/entry/draw/{draw}/{leaned.ref.n}/"' in page_of(
        cast["jw"], stream, "project.draw_committed"
    )


@pytest.mark.parametrize(
    ("change", "standing"), [({"hash": "0" * 64}, "differs"), ({"n": 999}, "missing")]
)
def test_a_fact_that_is_not_as_named_is_said(cast, ladder, change, standing):
    (leaned,) = of(cast["jw"], f"project/{ladder['archived']}", "project.draw_committed").leaned
    value = {"data": {"refs": [leaned.ref.as_data() | change]}}
    (found,) = why._leaned(cast["jw"], value)
    assert found.standing == standing
    assert found.ref == Ref(**(leaned.ref.as_data() | change))


def test_an_act_that_names_no_rule_shows_those_the_program_asks(cast, ladder):
    found = of(cast["jw"], f"project/{ladder['archived']}", "project.tender_published")
    assert found.cited == []
    asked = ["R19", "R32", "calendar_roll", "written_report_days"]
    assert [law.rule.id for law in found.bound] == asked
    assert [param.id for param in found.bound[0].params] == ["plan_sealed_parts"]
    page = page_of(cast["jw"], f"project/{ladder['archived']}", "project.tender_published")
    assert "这一条没有写明规则" in page


def test_a_rule_that_does_not_bind_the_project_is_not_among_them(cast, ladder):
    """R21 is for tenders that are not 评定分离."""
    found = of(cast["jw"], f"project/{ladder['archived']}", "project.awarded")
    assert "R21" not in [law.rule.id for law in found.bound]
    assert "R21" in consulted.reach("project.lose_winner").names


def test_an_act_without_any_rule_says_so(cast, ladder):
    page = page_of(cast["jw"], f"project/{ladder['archived']}", "project.archived")
    assert "除岗位权限和环节顺序外,不需要另外的规则" in page


def test_an_award_names_the_step_of_its_own_plan(cast, ladder):
    found = of(cast["jw"], f"project/{ladder['archived']}", "project.awarded")
    assert (found.settled, found.cited) == ("逐轮票决法", [])


def test_an_expert_is_judged_by_the_rules_of_that_time(cast, ladder, changed_since):
    stream = entries(type="expert.review_passed")[0]["stream"]
    found = of(cast["jw"], stream, "expert.review_passed")
    assert (found.pinned, found.rules.profile.label) == (False, "national@1")
    assert [law.rule.id for law in found.bound] == ["expert_documents", "expert_years"]


def test_rules_that_have_vanished_are_said_to_be_gone(cast, ladder):
    row = ladder.project("failed")
    profiles.pinned.cache_clear()
    with tampering():
        Attachment.objects.filter(pk=row.rules).delete()
        page = page_of(cast["jw"], row.stream, "project.failed")
    assert "不在库中" in page


def test_who_may_do_it_is_the_policy_in_words(cast, ladder):
    found = of(cast["jw"], f"project/{ladder['awarded']}", "project.bid_opened")
    assert [(act.title, act.grants) for act in found.permissions] == [
        ("开标", grants("project.open_bids", "trading_center"))
    ]
    (grant,) = found.permissions[0].grants
    assert (grant.role, grant.relation, grant.did) == ("交易中心", "辖区内", True)


def test_an_expert_and_a_representative_sign_in_by_different_acts(cast, ladder):
    told = entries(stream=f"project/{ladder['awarded']}", type="project.member_signed_in")
    acts = {
        one["actor"]["role"]: consulted.acts_writing(one["type"], one["actor"]["role"])
        for one in told
    }
    assert acts == {
        "expert": ["draw.sign_in"],
        "tenderer_rep": ["project.sign_in_representative"],
    }


def test_every_relation_of_the_policy_has_words():
    used = {relation for act in policy.ACTS.values() for relation in act.values()}
    assert used - set(RELATIONS) == set()
    assert {grant.role for act in policy.ACTS for grant in grants(act, "")} <= set(ROLES.values())


WRITTEN_BY_ITSELF = {
    "account.organisation_registered",
    "account.password_set",
    "draw.delivered",
    "expert.listed",
    "expert.person_read",
    "expert.pool_swept",
    "project.own_envelope_read",
    "system.clock_jumped",
    "system.clock_started",
    "system.envelope_decrypted",
    "system.installed",
    "system.key_rotated",
    "system.vault_key_rotated",
}
"""Events that no act of the policy writes."""


def test_every_other_event_is_written_by_an_act():
    alone = {kind for kind in catalogue.EVENTS if not consulted.acts_writing(kind, "")}
    assert {kind for kind in alone if kind.partition(".")[0] != "system"} == {
        kind for kind in WRITTEN_BY_ITSELF if kind.partition(".")[0] != "system"
    }


def rules_of(act: str) -> set[str]:
    return set(consulted.reach(act).names) & set(bundled_profiles()["national"].rules)


@pytest.mark.parametrize(
    ("act", "asked"),
    [
        ("project.publish_tender", {"R19", "R32", "plan_sealed_parts"}),
        (
            "project.publish_candidates",
            {"R07", "R16", "calendar_roll", "publicity_days", "publish_within_days"},
        ),
        (
            "project.start_evaluation",
            {"R01", "R02", "R06", "R11", "R33", "briefing_required", "committee_size"},
        ),
        ("project.cast_ballot", {"R22", "min_ballot_reason_chars"}),
        ("project.decide", {"R20", "R22", "R27", "calendar_roll", "decision_days"}),
        ("project.archive", set()),
    ],
)
def test_the_rules_of_an_act_are_those_its_code_asks(act, asked):
    assert asked - rules_of(act) == set()
    assert {name for name in rules_of(act) - asked if re.fullmatch(r"R\d\d", name)} == set()


def test_every_rule_that_blocks_an_act_is_asked_by_one():
    """A numbered rule that no code looks at would be shown to nobody."""
    asked = {name for act in ACTS for name in rules_of(act)}
    assert {"R01", "R02", "R06", "R16", "R17", "R19", "R20", "R22", "R27", "R32", "R33"} <= asked
