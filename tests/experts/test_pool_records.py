"""What is recorded of one in the pool: papers, test, trainings, assessments, leave, term."""

from datetime import date, timedelta

import pytest

from accounts.services import vault
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.selectors import trail
from audit_log.services import attachments, reconciling
from experts.domain import records as kinds
from experts.models import Draw, Expert
from experts.selectors import blockers, career
from experts.selectors import pool as reading
from experts.services import pool, records
from rulebook.domain.rules import dump_profile
from rulebook.selectors import profiles
from rulebook.services import publishing
from tests.experts import world
from tests.experts.world import (
    BUILDING,
    ENERGY,
    EVIDENCE,
    POOL_OWNER,
    REGULATOR,
    TERM,
    application,
    enter,
    refused,
)

pytestmark = pytest.mark.django_db
CODE = "T00001"
HIMSELF = Actor(CODE, "expert", "")
PAPERS = [
    {"kind": "identity_check", "sha256": "a1" * 32},
    {"kind": "title_certificate", "sha256": "a2" * 32, "expires": date(2026, 6, 30)},
    {"kind": "work_proof", "sha256": "a3" * 32, "specialty": BUILDING},
]


@pytest.fixture
def active(district):
    enter(application(1))


def row():
    return Expert.objects.get(pk=CODE)


def noted(type):
    return [one["code"] for one in world.last(f"expert/{CODE}", type).get("noted", [])]


def apply(**changes):
    pool.apply(actor=POOL_OWNER, **application(1, **changes))


def test_an_application_keeps_a_commitment_to_each_paper_and_the_rest_in_the_vault(district):
    apply(documents=PAPERS)
    told = world.last(f"expert/{CODE}")["documents"]
    kept = vault.reveal(CODE)["documents"]
    assert [(one["kind"], one["specialty"], one["expires"]) for one in told] == [
        ("identity_check", "", None),
        ("title_certificate", "", "2026-06-30"),
        ("work_proof", BUILDING, None),
    ]
    assert [one["sha256"] for one in kept] == [one["sha256"] for one in PAPERS]
    assert [one["commitment"] for one in kept] == [one["commitment"] for one in told]
    assert len({one["salt"] for one in kept}) == 3
    assert reconciling.reconcile().faults == []


def test_a_recommended_expert_names_the_body_and_wants_its_letter(district):
    apply(recommended_by=world.employer(5), documents=PAPERS)
    assert row().recommended_by == world.employer(5)
    pool.review(actor=REGULATOR, expert=CODE, approve=True)
    assert noted("expert.review_passed") == ["papers_missing"]
    with pytest.raises(BadInput) as caught:
        pool.apply(actor=POOL_OWNER, **application(2, recommended_by="单位"))
    assert list(caught.value.fields) == ["recommended_by"]


@pytest.mark.parametrize(("papers", "codes"), [([], ["papers_missing"]), (PAPERS, [])])
def test_papers_that_are_missing_warn_and_stand_in_the_entry(district, papers, codes):
    apply(documents=papers)
    pool.review(actor=REGULATOR, expert=CODE, approve=True)
    assert noted("expert.review_passed") == codes


@pytest.mark.parametrize(
    "papers",
    [
        [{"kind": "letter", "sha256": EVIDENCE}],
        [{"kind": "education", "sha256": "AB" * 32}],
        [{"kind": "education", "sha256": EVIDENCE}] * 2,
        [{"kind": "work_proof", "sha256": EVIDENCE, "specialty": ENERGY}],
    ],
)
def test_a_paper_is_of_a_known_kind_and_proves_what_he_has(district, papers):
    with pytest.raises(BadInput) as caught:
        apply(documents=papers)
    assert list(caught.value.fields) == ["documents"]


@pytest.mark.parametrize(
    ("score", "codes"), [(None, ["test_low"]), (59, ["test_low"]), (60, []), (100, [])]
)
def test_the_test_is_recorded_with_score_and_material(district, score, codes):
    apply()
    pool.review(actor=REGULATOR, expert=CODE, approve=True)
    given = {} if score is None else {"score": score, "material": EVIDENCE}
    pool.pass_test(actor=POOL_OWNER, expert=CODE, **TERM, **given)
    data = world.last(f"expert/{CODE}", "expert.entered")
    assert {key: data[key] for key in ("score", "material") if key in data} == given
    assert (noted("expert.entered"), data["ground"], data["basis"]) == (codes, "tested", "O26")


@pytest.mark.parametrize("given", [{"score": 101, "material": EVIDENCE}, {"score": 80}])
def test_a_test_is_stated_whole_and_in_points(district, given):
    apply()
    pool.review(actor=REGULATOR, expert=CODE, approve=True)
    with pytest.raises(BadInput):
        pool.pass_test(actor=POOL_OWNER, expert=CODE, **TERM, **given)
    assert row().state == "testing"


def test_who_fails_the_test_may_apply_again(district):
    apply()
    pool.review(actor=REGULATOR, expert=CODE, approve=True)
    pool.fail_test(actor=POOL_OWNER, expert=CODE, score=41, material=EVIDENCE)
    data = world.last(f"expert/{CODE}")
    assert (data["ground"], data["score"], data["to"]) == ("test", 41, "rejected")
    pool.reapply(actor=POOL_OWNER, expert=CODE)
    assert row().state == "applied"


def test_a_briefing_counts_from_its_day_and_an_earlier_one_takes_nothing_back(active):
    today = career.today()
    given = {"actor": POOL_OWNER, "expert": CODE, "kind": "briefing", "material": EVIDENCE}
    records.train(**given, held_on=today, score=90)
    records.train(**given, held_on=today - timedelta(days=400))
    records.train(**given | {"kind": "yearly"}, held_on=today)
    assert row().briefed_on == today
    assert [one.number for one in row().trainings.order_by("number")] == [1, 2, 3]
    with pytest.raises(BadInput):
        records.train(**given, held_on=today + timedelta(days=1))
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize(
    ("score", "grade", "proposal"),
    [
        (95, "excellent", ""),
        (75, "good", ""),
        (60, "qualified", ""),
        (59, "unqualified", "suspend"),
    ],
)
def test_grade_and_proposal_follow_from_the_rules_and_do_nothing(active, score, grade, proposal):
    year = career.today().year
    records.assess(actor=POOL_OWNER, expert=CODE, year=year, score=score, evidence=EVIDENCE)
    [found] = row().assessments.all()
    assert (found.grade, found.proposal, row().state) == (grade, proposal, "active")
    with pytest.raises(BadInput) as caught:
        records.assess(actor=POOL_OWNER, expert=CODE, year=year, score=99, evidence=EVIDENCE)
    assert caught.value.code == "year_assessed"
    assert reconciling.reconcile().faults == []


def test_a_scale_is_read_strictly():
    scale = kinds.scale(["qualified:60", "unqualified:0", "good:80"], ["unqualified:exit"])
    assert [scale.grade(points) for points in (100, 80, 79, 60, 0)] == [
        "good", "good", "qualified", "qualified", "unqualified",
    ]  # fmt: skip
    assert (scale.proposal("unqualified"), scale.proposal("good")) == ("exit", "")
    for grades, effects in (([], []), (["best:1"], []), (["good:1"], ["good:fine"])):
        with pytest.raises(ValueError, match="scale"):
            kinds.scale(grades, effects)


def test_a_term_is_renewed_and_papers_that_ran_out_warn(district):
    paper = {"kind": "title_certificate", "sha256": EVIDENCE, "expires": date(2020, 1, 1)}
    enter(application(1, documents=[paper]))
    pool.renew(
        actor=POOL_OWNER, expert=CODE, term_from=date(2029, 1, 1), term_to=date(2031, 12, 31)
    )
    assert (row().term_from, row().term_to) == (date(2029, 1, 1), date(2031, 12, 31))
    assert noted("expert.renewed") == ["papers_expired"]
    assert reconciling.reconcile().faults == []


def declare(first=0, last=2, actor=HIMSELF):
    today = career.today()
    given = {"first": today + timedelta(days=first), "last": today + timedelta(days=last)}
    return records.declare_leave(actor=actor, expert=CODE, **given)


@pytest.mark.parametrize(
    ("held_in", "reason"), [(1, ""), (2, "on_leave"), (4, "on_leave"), (5, "")]
)
def test_who_is_on_leave_that_day_is_left_out_with_the_reason(active, held_in, reason):
    enter(application(2), application(3))
    declare(2, 4)
    world.ask(held_at=world.clock.now() + timedelta(days=held_in))
    eligible, omitted = reading.eligible(Draw.objects.get(pk="T-D1"))
    assert dict(omitted) == ({CODE: reason} if reason else {})
    assert (CODE in [one.expert for one in eligible]) is (not reason)


def test_a_draw_waits_until_a_leave_is_sealed(active):
    enter(application(2), application(3))
    world.ask()
    world.draws.review(actor=world.CENTRE, draw="T-D1", approve=True)
    declare()
    assert refused(world.draws.commit, actor=world.CENTRE, draw="T-D1") == ["pool_unsealed"]


def test_nobody_but_himself_declares_or_ends_a_leave(active):
    for actor, error in ((POOL_OWNER, NotAllowed), (Actor("T00002", "expert", ""), NotFound)):
        with pytest.raises(error):
            declare(actor=actor)
    declare()
    with pytest.raises(NotAllowed):
        records.end_leave(actor=REGULATOR, expert=CODE, leave=f"{CODE}-l4")


@pytest.mark.parametrize(
    ("first", "last", "field"), [(-1, 3, "first"), (3, 2, "last"), (0, 366, "last")]
)
def test_a_leave_is_to_come_and_not_for_ever(active, first, last, field):
    with pytest.raises(BadInput) as caught:
        declare(first, last)
    assert list(caught.value.fields) == [field]


@pytest.mark.parametrize(("wait", "left"), [(0, []), (4, [(3, 3)])])
def test_a_leave_is_taken_back_or_ends_yesterday(active, wait, left):
    start = career.today()
    declare(3, 9)
    world.jump(timedelta(days=wait, minutes=1))
    records.end_leave(actor=HIMSELF, expert=CODE, leave=f"{CODE}-l4")
    found = [((one.first - start).days, (one.last - start).days) for one in row().leaves.all()]
    assert found == left
    assert reconciling.reconcile().faults == []
    with pytest.raises(NotFound):
        records.end_leave(actor=HIMSELF, expert=CODE, leave=f"{CODE}-l4")


@pytest.fixture
def gated(district):
    """The province's rules, with the briefing of the pool at a level of the test's choice."""

    def publish(level):
        content = dump_profile(profiles.pinned(publishing.RuleProfile.objects.get(pk="zj").content))
        gate = {"id": "pool_briefing_days", "value": 365, "level": level, "sure": "profile"}
        content |= {"version": content["version"] + 1, "rules": [*content["rules"], gate]}
        content["effective_from"] = "2025-01-01"
        publishing.publish_profile(actor=SYSTEM, content=content)
        return attachments.keep_document(dump_profile(profiles.in_force("zj", career.today())))

    return publish


@pytest.mark.parametrize(
    ("level", "omitted", "warned"),
    [("block", {"T00001": "not_briefed"}, []), ("warn", {}, ["briefing_due"]), ("record", {}, [])],
)
def test_a_briefing_is_a_gate_where_the_rules_make_it_one(gated, level, omitted, warned):
    enter(*(application(number) for number in range(1, 8)))
    for number in range(2, 8):
        held = career.today() - timedelta(days=300)
        given = {"actor": POOL_OWNER, "expert": f"T{number:05d}", "material": EVIDENCE}
        records.train(**given, kind="briefing", held_on=held)
    world.sealer.seal_now()
    world.ask(rules=gated(level))
    draw = Draw.objects.get(pk="T-D1")
    assert dict(reading.eligible(draw)[1]) == omitted
    world.draws.review(actor=world.CENTRE, draw="T-D1", approve=True)
    found = blockers.commit(Draw.objects.get(pk="T-D1"))
    assert [one.code for one in found] == warned


def test_a_certificate_that_runs_out_is_looked_at_on_the_day_of_the_evaluation(district):
    last = career.today() + timedelta(days=2)
    paper = {"kind": "title_certificate", "sha256": EVIDENCE, "expires": last}
    enter(application(1, documents=[paper]), application(2), application(3))
    for days, omitted in ((2, {}), (3, {CODE: "certificate_expired"})):
        world.ask(f"T-D{days}", case=f"T-{days}", held_at=world.clock.now() + timedelta(days=days))
        assert dict(reading.eligible(Draw.objects.get(pk=f"T-D{days}"))[1]) == omitted


def test_assessments_and_leave_are_for_those_in_the_pool(district):
    apply()
    given = {"actor": POOL_OWNER, "expert": CODE, "score": 80, "evidence": EVIDENCE}
    assert refused(records.assess, **given, year=career.today().year) == ["wrong_state"]
    assert refused(declare) == ["wrong_state"]
    assert [event["type"] for event in trail.events(f"expert/{CODE}")] == ["expert.applied"]
