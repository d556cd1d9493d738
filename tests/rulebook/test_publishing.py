"""Rules change when one body proposes and another approves, from their first day on."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import clock, reconciling
from config.demo import job as steps
from rulebook.domain.blockers import Refused
from rulebook.models import RuleProfile
from rulebook.selectors import profiles
from rulebook.services import publishing
from tests.evaluation.tender import lot, play, tender

pytestmark = pytest.mark.django_db

KEEPER = Actor("aqgl", "security_admin", "91330499DM0000000X")
COORDINATOR = Actor("fgj", "coordinator", "91330499DM0000000X")
LONGER = {"rule": "R32", "value": "25", "level": "block", "basis": "", "sure": "profile"}


def today():
    return timezone.localtime(clock.now()).date()


def propose(**changes):
    given = {
        "actor": KEEPER,
        "rules": "national",
        "effective_from": today(),
        "changes": [LONGER],
        "reason": "延长编制投标文件的时间",
    }
    return publishing.propose(**(given | changes))


def approve(actor=COORDINATOR):
    return publishing.approve(actor=actor, rules="national")


def codes(error):
    return [one.code for one in error.value.blockers]


@pytest.fixture
def rules_row(ladder):
    return RuleProfile.objects.get(pk="national")


def test_a_proposal_binds_nobody_until_another_body_approves_it(rules_row):
    propose()
    assert profiles.in_force("national", today()).number("R32") == 20
    approve()
    assert profiles.in_force("national", today()).number("R32") == 25
    told = [event["type"] for event in trail.events("rules/national")]
    assert told == ["rules.published", "rules.proposed", "rules.published"]
    assert reconciling.reconcile().faults == []


def test_a_version_takes_effect_on_its_day_and_not_before(rules_row):
    first = today() + timedelta(days=10)
    propose(effective_from=first)
    approve()
    before = first - timedelta(days=1)
    values = [profiles.in_force("national", day).number("R32") for day in (before, first)]
    assert values == [20, 25]


def test_a_project_keeps_the_version_of_its_first_day(rules_row, ladder):
    old = tender(ladder, steps.register, "OLD")
    propose()
    approve()
    new = tender(ladder, steps.register, "NEW")
    pinned = [lot(job).profile for job in (old, new)]
    assert pinned == [f"national@{rules_row.version}", f"national@{rules_row.version + 1}"]


def test_a_refusal_quotes_the_changed_value_the_version_and_the_article(rules_row, ladder):
    propose(changes=[LONGER | {"value": "400", "basis": "某文件第九条"}])
    approve()
    job = tender(ladder, steps.register, "NEW")
    with pytest.raises(Refused) as refused:
        play(job, steps.publish_tender, steps.register)
    (reason,) = refused.value.blockers
    assert (reason.rule, reason.value, reason.profile, reason.basis) == (
        "R32", 400, f"national@{rules_row.version + 1}", "某文件第九条",
    )  # fmt: skip
    assert "400" in reason.message


def test_the_one_who_proposes_does_not_approve(rules_row):
    propose()
    with pytest.raises(Refused) as refused:
        approve(Actor(KEEPER.id, "coordinator", KEEPER.org))
    assert codes(refused) == ["same_person"]


@pytest.mark.parametrize("act", [propose, approve])
def test_others_neither_propose_nor_approve(rules_row, cast, act):
    for account in ("jyzx1", "zbr1", "zjj", "jw", "xtgl", "sjgl"):
        with pytest.raises(NotAllowed):
            act(actor=cast[account])


def test_nobody_publishes_past_the_two(rules_row):
    content = trail.document(rules_row.content)
    with pytest.raises(NotAllowed):
        publishing.publish_profile(actor=KEEPER, content=content)


def test_a_proposal_is_sent_back_with_a_reason_and_the_old_version_stays(rules_row):
    propose()
    publishing.reject(actor=COORDINATOR, rules="national", reason="依据不足")
    row = RuleProfile.objects.get(pk="national")
    assert (row.state, row.version, row.draft, row.drafted_by) == (
        "published", rules_row.version, "", "",
    )  # fmt: skip
    assert trail.last_event("rules/national", "rules.rejected")["data"] == {
        "from": "proposed", "to": "published", "reason": "依据不足",
    }  # fmt: skip


def test_one_proposal_at_a_time_and_nothing_to_decide_without_one(rules_row):
    with pytest.raises(Refused) as nothing:
        approve()
    propose()
    with pytest.raises(Refused) as second:
        propose()
    assert codes(nothing) == codes(second) == ["wrong_state"]


def test_a_first_day_that_lies_behind_is_refused_at_both_acts(rules_row, cast):
    with pytest.raises(BadInput) as early:
        propose(effective_from=today() - timedelta(days=1))
    propose(effective_from=today())
    clock.demo_jump(timedelta(days=2))
    with pytest.raises(Refused) as late:
        approve()
    assert (early.value.code, codes(late)) == ("effective_in_the_past", ["effective_in_the_past"])


def test_a_change_that_a_lower_profile_could_not_follow_is_refused(rules_row):
    wrong = LONGER | {"rule": "R02", "value": "两成"}
    with pytest.raises(BadInput) as refused:
        propose(rules="national", changes=[wrong])
    assert refused.value.code == "change_invalid"


def test_the_calendar_changes_the_same_way(rules_row):
    row = RuleProfile.objects.get(pk="calendar")
    content = trail.document(row.content)
    content = {**content, "version": "2027 年放假通知"}
    publishing.propose_calendar(actor=KEEPER, rules="calendar", content=content, reason="新通知")
    publishing.approve(actor=COORDINATOR, rules="calendar")
    assert profiles.calendar().version == "2027 年放假通知"
    assert RuleProfile.objects.get(pk="calendar").version == row.version + 1
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize(
    ("rules", "act", "code"),
    [("calendar", "propose", "is_calendar"), ("national", "propose_calendar", "not_calendar")],
)
def test_rules_and_calendar_are_not_mistaken_for_each_other(rules_row, rules, act, code):
    given = {"propose": {"changes": [LONGER], "effective_from": date(2099, 1, 1)}}
    values = given.get(act, {"content": {}})
    with pytest.raises(Refused) as refused:
        getattr(publishing, act)(actor=KEEPER, rules=rules, reason="x", **values)
    assert codes(refused) == [code]


def test_an_unknown_profile_is_not_found(rules_row):
    with pytest.raises(NotFound):
        propose(rules="nowhere")
