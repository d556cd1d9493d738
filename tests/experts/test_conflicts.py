"""Conflicts on record: evidence, sealed party, two persons of another body to lift one."""

from datetime import date

import pytest

from accounts.services import bodies, people
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.models import Entry, Envelope
from audit_log.selectors import trail
from audit_log.services import keys, reconciling
from experts.models import AccountConflict, ExpertConflict
from experts.selectors import conflicts as reading
from experts.services import conflicts, erasing, pool
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    EVIDENCE,
    POOL_OWNER,
    REGULATOR,
    SECOND,
    TERM,
    application,
    credit_code,
    refused,
)

pytestmark = pytest.mark.django_db
RIVAL = credit_code(700)
EXPERT = "T00001"
HIMSELF = Actor(EXPERT, "expert", world.employer(1))


@pytest.fixture
def expert(district):
    world.enter(application(1))
    return EXPERT


def record(actor=POOL_OWNER, expert=EXPERT, **changes):
    given = {"kind": "kin", "party": RIVAL, "source": "register", "evidence": EVIDENCE}
    return conflicts.record_expert(actor=actor, expert=expert, **given | changes)


def only():
    return ExpertConflict.objects.get()


def test_a_conflict_is_told_by_kind_days_source_and_evidence_and_its_party_by_a_commitment(expert):
    record(kind="shareholder", share="2.5", valid_from=date(2024, 1, 1), valid_to=date(2026, 1, 1))
    told = world.last(f"expert/{EXPERT}")
    one = only()
    assert told == {
        "conflict": {"code": "T00001-H1", "from": "", "to": "recorded"},
        "kind": "shareholder",
        "commitment": one.commitment,
        "evidence": EVIDENCE,
        "source": "register",
        "share": "2.5",
        "valid_from": "2024-01-01",
        "valid_to": "2026-01-01",
    }
    assert (one.state, one.recorded_by, one.stream) == ("recorded", POOL_OWNER.id, "expert/T00001")
    envelope = Envelope.objects.get(pk=one.commitment)
    assert (envelope.kind, envelope.author) == ("conflict/T00001-H1", POOL_OWNER.id)
    bodies_told = b"".join(bytes(body) for body in Entry.objects.values_list("body", flat=True))
    assert RIVAL.encode() not in bodies_told
    assert RIVAL.encode() not in bytes(envelope.blob)
    assert reconciling.reconcile().faults == []


def test_two_who_are_tied_to_the_same_body_have_different_commitments(district):
    world.enter(application(1), application(3))
    record()
    record(expert="T00003")
    first, second = ExpertConflict.objects.order_by("pk")
    assert first.commitment != second.commitment
    assert first.tag == second.tag


def test_a_tag_that_was_changed_is_found(expert):
    record()
    other = reading.tag_of(credit_code(701))
    ExpertConflict.objects.update(tag=other)
    (fault,) = reconciling.reconcile().faults
    assert fault.where == "experts_expertconflict T00001 T00001-H1"
    assert fault.why.startswith("tag 按流水应为")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"party": "川西建设"}, "party"),
        ({"party": ""}, "party"),
        ({"kind": "punished"}, "party"),
        ({"kind": "member", "party": RIVAL}, "party"),
        ({"kind": "member", "party": EXPERT}, "party"),
        ({"share": "5"}, "share"),
        ({"kind": "shareholder", "share": "101"}, "share"),
        ({"kind": "shareholder", "share": "1/20"}, "share"),
        ({"valid_from": date(2025, 1, 2), "valid_to": date(2025, 1, 1)}, "valid_to"),
        ({"kind": "employer"}, "kind"),
        ({"kind": "colleague"}, "kind"),
        ({"source": "hearsay"}, "source"),
        ({"evidence": ""}, "evidence"),
    ],
)
def test_what_does_not_fit_its_kind_is_refused_by_field(expert, changes, field):
    with pytest.raises(BadInput) as bad:
        record(**changes)
    assert list(bad.value.fields) == [field]
    assert not ExpertConflict.objects.exists()


def test_an_expert_declares_his_own_and_needs_no_evidence(expert):
    conflicts.declare_expert(actor=HIMSELF, expert=EXPERT, kind="director", party=RIVAL)
    assert (only().source, only().evidence, only().recorded_by) == ("self", "", EXPERT)
    another = Actor("T00003", "expert", "")
    with pytest.raises(NotFound):
        conflicts.declare_expert(actor=another, expert=EXPERT, kind="director", party=RIVAL)


def test_another_person_than_the_recorder_confirms(expert):
    record()
    given = {"expert": EXPERT, "conflict": "T00001-H1"}
    assert refused(conflicts.confirm_expert, actor=POOL_OWNER, **given) == ["same_person"]
    conflicts.confirm_expert(actor=REGULATOR, **given)
    assert (only().state, only().confirmed_by) == ("confirmed", REGULATOR.id)
    assert refused(conflicts.confirm_expert, actor=SECOND, **given) == ["wrong_conflict_state"]


def asked(actor=POOL_OWNER):
    record()
    release(actor)


def release(actor):
    given = {"expert": EXPERT, "conflict": "T00001-H1", "ground": "error", "decision": EVIDENCE}
    conflicts.ask_release_of_expert(actor=actor, **given)


def lift(actor, approve=True):
    given = {"expert": EXPERT, "conflict": "T00001-H1", "approve": approve}
    return conflicts.lift_of_expert(actor=actor, **given)


def test_a_release_takes_two_persons_and_counts_until_the_second_agrees(expert):
    asked()
    assert (only().state, only().release_by) == ("release_asked", POOL_OWNER.id)
    assert refused(lift, actor=POOL_OWNER) == ["same_person"]
    lift(REGULATOR)
    assert (only().state, only().lifted_by) == ("lifted", REGULATOR.id)
    told = [event["type"] for event in trail.events(f"expert/{EXPERT}")][-3:]
    assert told == [
        "expert.conflict_recorded", "expert.conflict_release_asked", "expert.conflict_lifted",
    ]  # fmt: skip
    assert reconciling.reconcile().faults == []


def test_a_release_that_is_refused_leaves_the_conflict_confirmed(expert):
    asked()
    lift(REGULATOR, approve=False)
    assert (only().state, only().release_by) == ("confirmed", "")
    release(POOL_OWNER)
    assert only().state == "release_asked"
    assert reconciling.reconcile().faults == []


def test_nobody_of_the_person_s_own_body_asks_for_or_agrees_to_a_release(district):
    world.enter(application(1, employer=POOL_OWNER.org))
    record(actor=REGULATOR)
    assert refused(release, actor=POOL_OWNER) == ["own_body"]
    release(REGULATOR)
    assert refused(lift, actor=POOL_OWNER) == ["own_body"]
    lift(SECOND)


def test_who_may_not_record_confirm_or_lift_learns_nothing(expert):
    asked()
    for act, given in ((record, {}), (lift, {}), (release, {})):
        with pytest.raises(NotFound):
            act(actor=world.TENDERER, **given)
        with pytest.raises(NotFound):
            act(actor=world.STRANGERS, **given)
    with pytest.raises(NotAllowed):
        lift(HIMSELF)


def test_a_conflict_that_is_not_his_is_unknown(expert):
    with pytest.raises(BadInput):
        conflicts.confirm_expert(actor=REGULATOR, expert=EXPERT, conflict="T00009-H1")


def test_reading_the_party_is_an_entry_that_the_expert_sees(expert):
    record()
    ref, content = conflicts.read_of_expert(actor=REGULATOR, expert=EXPERT, conflict="T00001-H1")
    assert content == {"party": RIVAL}
    event = trail.events(f"expert/{EXPERT}")[-1]
    assert (event["n"], event["type"]) == (ref.n, "expert.conflict_read")
    assert event["actor"]["id"] == REGULATOR.id
    assert event["data"] == {"code": "T00001-H1", "commitment": only().commitment}
    with pytest.raises(NotFound):
        conflicts.read_of_expert(actor=world.TENDERER, expert=EXPERT, conflict="T00001-H1")


def test_with_an_erased_expert_goes_to_whom_he_was_tied(expert, django_capture_on_commit_callbacks):
    record()
    pool.exit(actor=POOL_OWNER, expert=EXPERT, ground="voluntary")
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(actor=POOL_OWNER, expert=EXPERT, ground="request")
    assert not keys.has_envelope_key(f"expert/{EXPERT}")
    assert reconciling.reconcile().faults == []


# --- officials


@pytest.fixture
def clerk(district):
    """A clerk of the trading centre, as an actor."""
    people.create_user(
        actor=SYSTEM, code=CENTRE.id, title="经办", role="trading_center", org=CENTRE.org,
        password="correct horse battery",
    )  # fmt: skip
    return CENTRE


def official(service, actor, **given):
    return service(actor=actor, account=CENTRE.id, **given)


def test_an_official_cannot_lift_his_own_lock_nor_can_his_colleagues(clerk):
    official(conflicts.declare_official, clerk, kind="kin", party=world.TENDERER.org)
    asking = {"conflict": "t-centre-H1", "ground": "ended", "decision": EVIDENCE}
    agreeing = {"conflict": "t-centre-H1", "approve": True}
    colleague = Actor("t-centre-2", "trading_center", CENTRE.org)
    assert refused(official, service=conflicts.ask_release_of_official, actor=clerk, **asking) == [
        "own_lock", "own_body",
    ]  # fmt: skip
    assert refused(
        official, service=conflicts.ask_release_of_official, actor=colleague, **asking
    ) == ["own_body"]
    official(conflicts.ask_release_of_official, REGULATOR, **asking)
    assert refused(official, service=conflicts.lift_of_official, actor=clerk, **agreeing) == [
        "own_lock", "own_body",
    ]  # fmt: skip
    assert refused(official, service=conflicts.lift_of_official, actor=colleague, **agreeing) == [
        "own_body"
    ]
    assert refused(official, service=conflicts.lift_of_official, actor=REGULATOR, **agreeing) == [
        "same_person"
    ]
    official(conflicts.lift_of_official, SECOND, **agreeing)
    assert AccountConflict.objects.get().state == "lifted"
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize("kind", ["punished", "supervisor"])
def test_what_is_a_ground_for_experts_alone_is_not_recorded_of_officials(clerk, kind):
    with pytest.raises(BadInput):
        official(conflicts.declare_official, clerk, kind=kind, party=RIVAL)


# --- bodies


RELATION = {"child": world.DAUGHTER, "parent": credit_code(701), "evidence": EVIDENCE}


def relate(**changes):
    given = {"actor": POOL_OWNER, "valid_from": date(2024, 1, 1), **RELATION}
    return bodies.relate(**given | changes)


def test_a_relation_of_bodies_is_told_and_its_end_is_told_anew(district):
    relate()
    relate(valid_to=date(2025, 1, 1))
    told = [event["data"] for event in trail.events("system/organisations")[-2:]]
    common = {**RELATION, "valid_from": "2024-01-01"}
    assert told == [common | {"valid_to": None}, common | {"valid_to": "2025-01-01"}]
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parent": credit_code(702)}, "not_a_tree"),
        ({"child": credit_code(701), "parent": world.DAUGHTER}, "not_a_tree"),
        ({"child": "川西建设"}, "relation_malformed"),
        ({"valid_to": date(2023, 1, 1)}, "relation_malformed"),
        ({"evidence": "paper"}, "relation_malformed"),
    ],
)
def test_bodies_make_a_tree(district, changes, code):
    relate()
    with pytest.raises(BadInput) as bad:
        relate(**changes)
    assert bad.value.code == code


def test_only_pool_and_regulator_relate_bodies(district):
    with pytest.raises(NotAllowed):
        relate(actor=CENTRE)
    relate(actor=REGULATOR)


def test_an_expert_of_elsewhere_is_not_found(district):
    far = application(2, region=world.ELSEWHERE)
    pool.import_expert(actor=POOL_OWNER, from_pool="省库", **far, **TERM)
    with pytest.raises(NotFound):
        record(actor=REGULATOR, expert="T00002")
