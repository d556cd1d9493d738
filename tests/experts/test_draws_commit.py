"""Freeze and commit are one act: everyone eligible is in, nothing can be changed afterwards."""

import hashlib
import inspect

import pytest
from django.db import Error, connection, transaction

from accounts.services.gate import NotAllowed
from audit_log.domain import canonical, envelope
from audit_log.models import Envelope
from audit_log.selectors import trail, tree
from audit_log.services import keys, reconciling
from experts.domain.draw import chain_code
from experts.domain.manifest import candidates_of, parse_manifest
from experts.domain.receipt import verify_receipt
from experts.domain.roster import RosterError, unlock
from experts.models import Draw, Seat
from experts.selectors import draws as reading
from experts.selectors.course import course, ref_of
from experts.services import draws, pool, rosters
from tests.experts import world
from tests.experts.world import (
    CENTRE,
    EVIDENCE,
    REGULATOR,
    TENDERER,
    application,
    ask,
    commit,
    draw_round,
    enter,
    refused,
)

pytestmark = pytest.mark.django_db


def committed(code="T-D1"):
    return world.last(f"draw/{code}", "draw.committed")


@transaction.atomic
def commit_and_lose_power():
    draws._commit.__wrapped__(actor=CENTRE, draw="T-D1")
    raise RuntimeError("power cut")


def manifest_of(code="T-D1"):
    return parse_manifest(trail.attachment(Draw.objects.get(pk=code).manifest))


def test_the_commitment_names_everything_it_fixes(dozen):
    row = commit()
    data = committed()
    assert list(data) == sorted(
        [
            "attempt",
            "chain",
            "code",
            "from",
            "manifest",
            "mark_key",
            "omissions",
            "parties",
            "pool",
            "project",
            "replaces",
            "to",
        ]
    )
    assert (data["project"], data["attempt"], data["replaces"]) == ("T-CASE", 1, None)
    assert (data["parties"], data["mark_key"]) == (["supervision", "tenderer"], "")
    assert data["chain"] == row.chain == 32
    assert data["code"] == chain_code(rosters.secret_of(row), 32).hex()
    assert data["manifest"] == hashlib.sha256(trail.attachment(row.manifest)).hexdigest()


def test_the_commitment_is_sealed_at_once(dozen):
    row = commit()
    assert tree.place_of(ref_of(course(row).committed)) is not None


def test_everyone_eligible_is_a_candidate_and_no_expert_code_shows(dozen):
    commit()
    candidates = candidates_of(manifest_of())
    assert len(candidates) == 12
    assert sorted(world.Named.of().expert.values()) == dozen
    shown = canonical.dumps(reading.receipt("T-D1")).decode()
    assert [code for code in dozen if code in shown] == []
    assert [code for code in map(world.employer, range(1, 13)) if code in shown] == []


def test_the_omissions_are_sealed_with_their_reasons(dozen):
    pool.suspend(actor=REGULATOR, expert="T00003", ground="inquiry", decision=EVIDENCE)
    world.sealer.seal_now()
    row = commit()
    stored = Envelope.objects.get(pk=committed()["omissions"])
    opening = envelope.unseal(keys.envelope_key(row.stream), stored.commitment, bytes(stored.blob))
    assert opening.kind == "draw_omissions"
    assert opening.author == "system"
    assert opening.content == {"omitted": [{"expert": "T00003", "reason": "not_active"}]}
    assert stored.n == course(row).committed.value["n"]


def test_the_roster_opens_with_the_draw_s_secret_alone(dozen):
    row = commit()
    assert [code.encode() in bytes(row.roster) for code in dozen] == [False] * 12
    with pytest.raises(RosterError):
        unlock(bytes(row.roster), draw="T-D1", secret=bytes(32))
    secret = rosters.secret_of(row)
    with pytest.raises(RosterError):
        unlock(bytes(row.roster), draw="T-D2", secret=secret)
    assert len(unlock(bytes(row.roster), draw="T-D1", secret=secret)) == 12


def test_colleagues_may_both_be_counted_where_the_request_says_so(district):
    enter(application(1), application(2), application(3, employer=world.employer(1)))
    commit(one_per_group=False)
    groups = [row["group"] for row in candidates_of(manifest_of()).values()]
    assert len(set(groups)) == 2


def test_nobody_but_the_centre_commits(dozen):
    ask()
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
    for actor in (TENDERER, REGULATOR):
        with pytest.raises(NotAllowed):
            draws.commit(actor=actor, draw="T-D1")


def test_d6_no_act_of_a_draw_takes_a_list_of_candidates_from_its_caller():
    for act in (draws.commit, draws.close):
        assert list(inspect.signature(act).parameters) == ["actor", "draw"]


def test_d11_the_secret_is_fresh_in_every_draw_and_never_replaced(dozen):
    first = commit()
    draw_round()
    draws.abandon(actor=REGULATOR, draw="T-D1", reason="系统故障")
    second = commit("T-D2")
    secrets = [rosters.secret_of(row) for row in (first, second)]
    assert len(set(secrets)) == 2
    assert [len(secret) for secret in secrets] == [32, 32]
    with pytest.raises(FileExistsError):
        keys.write(f"secrets/draw.T-D1.{committed('T-D1')['code'][:16]}", bytes(32))
    assert refused(draws.commit, actor=CENTRE, draw="T-D1") == ["wrong_state"]


def test_d11_another_secret_in_its_place_opens_nothing(dozen, settings):
    row = commit()
    [path] = (settings.KEY_DIR / "secrets").glob("draw.T-D1.*")
    path.unlink()
    keys.write(f"secrets/{path.name}", bytes(32))
    with pytest.raises(RosterError):
        rosters.identities_of(row)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM experts_draw WHERE code = 'T-D1'",
        "DELETE FROM experts_seat WHERE draw_id = 'T-D1'",
        "DELETE FROM audit_log_entry WHERE stream = 'draw/T-D1'",
        "UPDATE audit_log_entry SET n = 99 WHERE stream = 'draw/T-D1' AND n = 0",
        "UPDATE experts_draw SET state = 'approved' WHERE code = 'T-D1'",
        "UPDATE experts_seat SET state = 'declined' WHERE draw_id = 'T-D1'",
    ],
)
def test_d11_a_draw_cannot_be_deleted_or_turned_back(dozen, statement):
    commit()
    draw_round()
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (Draw.objects.count() > 0, Seat.objects.filter(draw="T-D1").count()) == (True, 3)
    assert reconciling.reconcile().faults == []


def test_a_second_attempt_names_the_draw_it_replaces(dozen):
    first = commit()
    draw_round()
    draws.abandon(actor=REGULATOR, draw="T-D1", reason="抽取后发现申请专业有误")
    commit("T-D2")
    data = committed("T-D2")
    assert data["attempt"] == 2
    assert data["replaces"] == ref_of(course(first).committed).hash
    assert verify_receipt(reading.receipt("T-D1")).abandoned
    assert verify_receipt(reading.receipt("T-D2")).attempt == 2
    assert [row.pk for row in reading.of_case("T-CASE")] == ["T-D1", "T-D2"]


def test_a_failed_commit_leaves_no_draw_behind_and_can_be_repeated(dozen):
    ask()
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
    with pytest.raises(RuntimeError, match="power cut"):
        commit_and_lose_power()
    assert world.state() == "approved"
    draws.commit(actor=CENTRE, draw="T-D1")
    assert world.state() == "committed"
    assert len(world.Named.of().expert) == 12


def test_d3_handles_are_given_in_an_order_of_the_secret_s_making(dozen):
    orders = []
    for number in range(1, 6):
        commit(f"T-D{number}")
        orders.append(tuple(world.Named.of(f"T-D{number}").expert.values()))
        draws.cancel(actor=CENTRE, draw=f"T-D{number}", reason="重新申请")
    assert len(set(orders)) == 5
    assert tuple(dozen) not in orders
