"""Recusal in the award committee: found, refused at the door, replaced before anyone votes."""

import pytest

from accounts.services import people
from accounts.services.gate import Barred
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.services import reconciling, sealer
from audit_log.verifier import verify
from award.selectors import recusal
from award.services import deciding, meeting, recusing
from desk.services import bundle
from experts.services import conflicts
from tests.award.acting import (
    JIA,
    REASON,
    REASONS,
    YI,
    after_publicity,
    bad_input,
    last,
    members,
    project,
    refused,
    types,
)

pytestmark = pytest.mark.django_db
DOCUMENT = "ab" * 32


def tie(cast, code, **changes):
    given = {"kind": "kin", "party": JIA, "source": "register", "evidence": DOCUMENT}
    conflicts.record_official(actor=cast["zjj"], account=code, **given | changes)


def substitute(cast, code="dbwy9"):
    people.create_user(
        actor=SYSTEM, code=code, title="定标委员", role="award_member",
        org=cast["zbr1"].org, password="correct horse battery",
    )  # fmt: skip
    return Actor(code, "award_member", cast["zbr1"].org)


@pytest.fixture
def begun(ladder, cast):
    code = ladder["candidates_public"]
    after_publicity(code)
    meeting.begin_award(actor=cast["zbr1"], project=code)
    return code


def replace(cast, code, member="dbwy1", replacement="dbwy9"):
    given = {"project": code, "member": member, "replacement": replacement}
    return recusing.replace_award_member(actor=cast["zbr1"], **given)


def test_a_member_tied_to_a_bidder_does_not_attend_and_nobody_votes_before_he_is_replaced(
    cast, begun
):
    tie(cast, "dbwy1")
    with pytest.raises(Barred):
        meeting.attend_award(actor=cast["dbwy1"], project=begun)
    others = [actor for actor in members(cast) if actor.id != "dbwy1"]
    for actor in others:
        meeting.attend_award(actor=actor, project=begun)
    with refused("award_member_recused", "members_absent"):
        meeting.open_ballot(actor=cast["zbr1"], project=begun)


def test_who_replaces_a_recused_leader_leads_and_the_award_verifies(cast, begun, tmp_path):
    tie(cast, "dbwy1")
    new = substitute(cast)
    replace(cast, begun)
    assert last(begun, "award_member_replaced") == {
        "member": "dbwy1", "replacement": "dbwy9", "basis": "R06",
    }  # fmt: skip
    voters = [*(actor for actor in members(cast) if actor.id not in ("dbwy1", "dbwy9")), new]
    for actor in voters:
        meeting.attend_award(actor=actor, project=begun)
    for choices in ([JIA, YI], [JIA]):
        meeting.open_ballot(actor=cast["zbr1"], project=begun)
        for actor in voters:
            given = {"choices": choices, "reason": REASON}
            meeting.cast_ballot(actor=actor, project=begun, **given)
        meeting.close_ballot(actor=cast["zbr1"], project=begun)
    deciding.decide(actor=cast["zbr1"], project=begun, reasons=REASONS)
    assert project(begun).winner == JIA
    assert project(begun).parts.get(relation="ballot", leader=True).person == "dbwy9"
    sealer.seal()
    path = bundle.write(tmp_path / "case.zip", project=begun)
    report = verify.verify(str(path), None, False)
    assert report.ok, "\n".join(report.lines())
    assert reconciling.reconcile().faults == []


def test_nobody_is_replaced_without_a_ground_on_record(cast, begun):
    substitute(cast)
    with refused("nobody_recused"):
        replace(cast, begun)
    tie(cast, "dbwy1")
    with bad_input("member_not_recused"):
        replace(cast, begun, member="dbwy2")


@pytest.mark.parametrize("code", ["dbwy2", "jdz", "zbdb", "nobody"])
def test_a_substitute_is_an_award_member_of_the_tenderer_with_no_part_yet(cast, begun, code):
    tie(cast, "dbwy1")
    with bad_input("replacement_unknown"):
        replace(cast, begun, replacement=code)


def test_a_substitute_has_no_tie_of_his_own(cast, begun):
    tie(cast, "dbwy1")
    substitute(cast)
    tie(cast, "dbwy9")
    with bad_input("replacement_recused"):
        replace(cast, begun)


def test_once_somebody_has_voted_nobody_is_replaced(ladder, cast):
    code = ladder["awarding"]
    meeting.open_ballot(actor=cast["zbr1"], project=code)
    tie(cast, "dbwy1")
    substitute(cast)
    with refused("voting_begun"):
        replace(cast, code)


def test_a_tie_to_an_evaluator_is_noted_where_the_profile_only_warns(cast, begun):
    evaluator = project(begun).parts.filter(relation="seated", kind="expert")[0].person
    tie(cast, "dbwy2", kind="member", party=evaluator)
    assert recusal.recused(project(begun)) == []
    meeting.attend_award(actor=cast["dbwy2"], project=begun)
    assert last(begun, "member_attended") == {
        "member": "dbwy2",
        "relation": "ballot",
        "noted": [{"rule": "recusal_member", "code": "member"}],
    }
    assert types(begun)[-1] == "member_attended"
