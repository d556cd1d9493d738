"""变更报告: told by one body, confirmed by another, in force from their day."""

from datetime import date, timedelta

import pytest

from accounts.services import vault
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain import canonical, envelope
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import reconciling
from experts.models import Draw, Expert, ExpertChange
from experts.selectors import career, history
from experts.selectors import pool as reading
from experts.services import changes, pool
from tests.experts import world
from tests.experts.world import (
    BUILDING,
    ENERGY,
    EVIDENCE,
    POOL_OWNER,
    REGULATOR,
    STRANGERS,
    application,
    ask,
    enter,
    refused,
)

pytestmark = pytest.mark.django_db
CODE = "T00001"
HIMSELF = Actor(CODE, "expert", "")
NEW = world.employer(77)


@pytest.fixture
def active(district):
    enter(application(1))


def report(days=0, *, actor=HIMSELF, **facts):
    since = career.today() + timedelta(days=days)
    changes.report_change(actor=actor, expert=CODE, valid_from=since, **facts)
    return ExpertChange.objects.order_by("-audit_n").first().pk


def confirm(code, **more):
    given = {"actor": REGULATOR, "approve": True} | more
    return changes.confirm_change(expert=CODE, change=code, **given)


def row():
    return Expert.objects.get(pk=CODE)


def state(code):
    return ExpertChange.objects.get(pk=code).state


def test_a_report_changes_nothing_until_a_second_body_confirms_it(active):
    before = row().employer
    code = report(employer=NEW, title="正高级工程师")
    assert (row().employer, row().title, state(code)) == (before, "高级工程师", "reported")
    confirm(code)
    assert (row().employer, row().title, state(code)) == (NEW, "正高级工程师", "effective")
    assert reconciling.reconcile().faults == []


def test_what_begins_later_takes_effect_on_its_day(active):
    before = row().employer
    code = report(10, employer=NEW)
    confirm(code)
    assert (row().employer, state(code)) == (before, "confirmed")
    world.jump(timedelta(days=9))
    assert changes.settle_due() == 0
    world.jump(timedelta(days=1))
    assert changes.settle_due() == 1
    assert (row().employer, state(code)) == (NEW, "effective")
    assert world.last(f"expert/{CODE}") == {
        "change": {"code": code, "from": "confirmed", "to": "effective"},
        "employer": NEW,
    }
    assert changes.settle_due() == 0
    assert reconciling.reconcile().faults == []


def test_every_fact_changes_specialties_and_papers_too(active):
    paper = {"kind": "title_certificate", "sha256": EVIDENCE, "expires": date(2030, 1, 1)}
    code = report(region="331003", specialties=[ENERGY, BUILDING], documents=[paper])
    confirm(code)
    assert (row().region, reading.specialties(row())) == ("331003", [ENERGY, BUILDING])
    [kept] = row().documents.all()
    assert (kept.kind, kept.specialty, kept.expires) == ("title_certificate", "", date(2030, 1, 1))
    newer = report(documents=[paper | {"expires": date(2032, 1, 1)}])
    confirm(newer)
    assert [one.expires for one in row().documents.all()] == [date(2032, 1, 1)]
    assert reconciling.reconcile().faults == []


def test_of_two_changes_the_one_that_began_last_counts_whenever_it_was_recorded(active):
    newer, older = report(-10, employer=NEW), report(-20, employer=world.employer(78), title="教授")
    confirm(newer)
    confirm(older)
    assert (row().employer, row().title) == (NEW, "教授")
    assert state(older) == "effective"
    known = history.of_expert(CODE, world.clock.now(), career.today() - timedelta(days=15))
    assert known.facts["employer"] == world.employer(78)
    assert reconciling.reconcile().faults == []


def test_a_phone_waits_in_the_vault_and_stands_nowhere_else(active):
    old, new = application(1)["person"]["phone"], "19912345678"
    code = report(phone=new)
    assert vault.reveal(CODE)["phone"] == old
    confirm(code)
    assert vault.reveal(CODE) == application(1)["person"] | {"phone": new}
    told = canonical.dumps(trail.events(f"expert/{CODE}")).decode()
    assert new not in told


def test_a_phone_that_is_refused_is_forgotten(active):
    code = report(phone="19912345678")
    confirm(code, approve=False, ground="unproven")
    assert vault.reveal(CODE) == application(1)["person"]
    assert state(code) == "refused"
    assert world.last(f"expert/{CODE}")["change"]["ground"] == "unproven"


def test_a_refusal_states_a_ground_of_the_list(active):
    code = report(title="教授")
    with pytest.raises(BadInput) as caught:
        confirm(code, approve=False, ground="不可信")
    assert (caught.value.code, state(code)) == ("ground_unknown", "reported")


def test_who_reported_does_not_confirm(active):
    code = report(actor=POOL_OWNER, title="教授")
    for actor, error in ((POOL_OWNER, NotAllowed), (HIMSELF, NotAllowed), (STRANGERS, NotFound)):
        with pytest.raises(error):
            confirm(code, actor=actor)
    colleague = Actor("t-other", "regulator", POOL_OWNER.org)
    told = refused(changes.confirm_change, actor=colleague, expert=CODE, change=code, approve=True)
    assert (told, state(code)) == (["same_body"], "reported")


def test_a_report_is_decided_once(active):
    code = report(title="教授")
    confirm(code)
    given = {"actor": REGULATOR, "expert": CODE, "change": code, "approve": True}
    assert refused(changes.confirm_change, **given) == ["wrong_part_state"]


def test_nobody_reports_for_somebody_else(active):
    with pytest.raises(NotFound):
        report(actor=Actor("T00002", "expert", ""), title="教授")


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("valid_from", {}),
        ("employer", {"employer": "91330402MA0000000X"}),
        ("region", {"region": "33"}),
        ("specialties", {"specialties": [BUILDING, BUILDING]}),
        ("phone", {"phone": "电话"}),
        ("documents", {"documents": [{"kind": "letter", "sha256": EVIDENCE}]}),
        ("documents", {"documents": [{"kind": "education", "sha256": "ab"}]}),
        (
            "documents",
            {"documents": [{"kind": "education", "sha256": EVIDENCE, "specialty": ENERGY}]},
        ),
    ],
)
def test_what_is_wrong_is_named(active, field, facts):
    with pytest.raises(BadInput) as caught:
        report(**facts)
    assert list(caught.value.fields) == [field]
    assert ExpertChange.objects.count() == 0


def test_who_has_left_reports_nothing(active):
    pool.exit(actor=POOL_OWNER, expert=CODE, ground="voluntary")
    given = {"actor": HIMSELF, "expert": CODE, "valid_from": career.today(), "title": "教授"}
    assert refused(changes.report_change, **given) == ["wrong_state"]


def test_a_paper_is_committed_to_and_can_be_proven(active):
    report(documents=[{"kind": "education", "sha256": EVIDENCE}])
    [told] = world.last(f"expert/{CODE}")["change"]["facts"]["documents"]
    [kept] = vault.reveal(CODE)["documents"]
    assert EVIDENCE not in canonical.dumps(trail.events(f"expert/{CODE}")).decode()
    opened = envelope.commit(
        salt=bytes.fromhex(kept["salt"]),
        kind="expert_document",
        stream=f"expert/{CODE}",
        author=kept["author"],
        content={"kind": kept["kind"], "sha256": kept["sha256"]},
    )
    assert opened == told["commitment"] == kept["commitment"]
    assert (kept["sha256"], kept["author"]) == (EVIDENCE, CODE)


@pytest.mark.parametrize(
    ("days", "facts", "before", "then"),
    [
        (2, {"region": world.ELSEWHERE}, "", "region"),
        (2, {"specialties": [ENERGY]}, "", ""),
        (2, {"employer": world.TENDERER.org}, "", "same_unit_as_tenderer"),
        (2, {"employer": REGULATOR.org}, "", "supervising_department"),
        (4, {"region": world.ELSEWHERE}, "", ""),
    ],
)
def test_a_draw_looks_ahead_to_the_day_of_the_evaluation(active, days, facts, before, then):
    enter(application(2), application(3))
    held = world.clock.now() + timedelta(days=3)
    ask(held_at=held)
    draw = Draw.objects.get(pk="T-D1")
    assert standing(draw) == (before, {"1"})
    confirm(report(days, **facts))
    assert standing(draw) == (then, {"2" if "specialties" in facts else "1"} if not then else set())


def standing(draw):
    """(reason of omission, slots) of the expert in a draw."""
    eligible, omitted = reading.eligible(draw)
    fits = [one.slots for one in eligible if one.expert == CODE]
    return dict(omitted).get(CODE, ""), set(fits[0]) if fits else set()


def test_who_gains_a_specialty_by_the_day_is_in_the_draw(active):
    enter(application(2), application(3), application(4, specialties=["C130301"]))
    ask(held_at=world.clock.now() + timedelta(days=3))
    draw = Draw.objects.get(pk="T-D1")
    assert "T00004" not in [one.expert for one in reading.eligible(draw)[0]]
    since = career.today() + timedelta(days=1)
    him = Actor("T00004", "expert", "")
    changes.report_change(actor=him, expert="T00004", valid_from=since, specialties=[BUILDING])
    changes.confirm_change(actor=REGULATOR, expert="T00004", change="T00004-c1", approve=True)
    assert "T00004" in [one.expert for one in reading.eligible(draw)[0]]
