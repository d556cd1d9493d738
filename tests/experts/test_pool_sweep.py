"""Due work of the pool: suspensions end, the pool is looked through, and nothing is decided."""

from datetime import date, timedelta

import pytest

from audit_log.domain.entry import parse_time
from audit_log.selectors import trail
from audit_log.services import reconciling
from experts.models import Expert
from experts.selectors import career, history
from experts.services import pool, records, sweep
from tests.experts import world
from tests.experts.world import EVIDENCE, POOL_OWNER, REGULATOR, application, enter

pytestmark = pytest.mark.django_db
STREAM = "system/pool"


def state(code):
    return Expert.objects.get(pk=code).state


def suspend(code, days):
    until = None if days is None else career.today() + timedelta(days=days)
    ground = "inquiry" if days is None else "recusal"
    pool.suspend(actor=REGULATOR, expert=code, ground=ground, decision=EVIDENCE, until=until)


def test_a_suspension_ends_when_its_last_day_is_over_and_no_other_does(dozen):
    for code, days in (("T00001", 2), ("T00002", 3), ("T00003", None)):
        suspend(code, days)
    world.jump(timedelta(days=2, minutes=1))
    assert sweep.lift() == 0
    world.jump(timedelta(days=1))
    assert sweep.lift() == 1
    assert [state(f"T0000{n}") for n in (1, 2, 3)] == ["active", "suspended", "suspended"]
    assert world.last("expert/T00001")["ground"] == "term_over"
    assert reconciling.reconcile().faults == []


def test_one_who_was_suspended_anew_is_not_let_go_for_the_old_term(dozen):
    suspend("T00001", 1)
    world.jump(timedelta(days=1))
    pool.resume(actor=REGULATOR, expert="T00001")
    suspend("T00001", 10)
    world.jump(timedelta(days=2))
    assert (sweep.lift(), state("T00001")) == (0, "suspended")


def person(number, born):
    given = application(number)["person"]
    return given | {"id_number": f"000000{born}{number:04d}"}


def report():
    return trail.document(world.last(STREAM)["report"])


def mine(found):
    """What a report says of these tests' own experts."""
    proposals = {one["expert"]: one["reasons"] for one in found["proposals"]}
    return {code: why for code, why in proposals.items() if code.startswith("T")}


def test_a_sweep_proposes_by_reason_and_decides_nothing(district):
    today = career.today()
    seventy = f"{today.year - 70}{today:%m%d}"
    younger = today.replace(year=today.year - 70) + timedelta(days=1)
    paper = {"kind": "qualification", "sha256": EVIDENCE, "expires": today - timedelta(days=1)}
    enter(
        application(1),
        application(2, person=person(2, seventy)),
        application(3, person=person(3, f"{younger:%Y%m%d}")),
        application(4, documents=[paper]),
        application(5),
        application(8),
        application(9),
    )
    ends = [(6, -1), (7, 60), (10, 61)]
    for number, days in ends:
        term = {"term_from": date(2024, 1, 1), "term_to": today + timedelta(days=days)}
        pool.import_expert(actor=POOL_OWNER, from_pool="省库", **application(number), **term)
    records.assess(actor=POOL_OWNER, expert="T00005", year=today.year, score=30, evidence=EVIDENCE)
    pool.exit(actor=POOL_OWNER, expert="T00008", ground="health")
    pool.disqualify(actor=REGULATOR, expert="T00009", ground="leak", decision=EVIDENCE)
    before = {row.pk: row.state for row in Expert.objects.all()}
    sweep.sweep()
    found = report()
    assert mine(found) == {
        "T00002": ["age"],
        "T00004": ["certificate_expired"],
        "T00005": ["assessment"],
        "T00006": ["term_over"],
        "T00007": ["term_ending"],
    }
    left = {one["expert"]: one["ground"] for one in found["left"] if one["expert"][0] == "T"}
    assert left == {"T00008": "health", "T00009": "leak"}
    assert {row.pk: row.state for row in Expert.objects.all()} == before


def test_the_entry_publishes_counts_and_the_digest_of_who_may_be_drawn(dozen):
    sweep.sweep()
    data = world.last(STREAM)
    at = parse_time(trail.last_event(STREAM, sweep.SWEPT)["at"])
    shot = history.snapshot(at)
    assert (data["members"], data["eligible"], data["root"]) == (
        shot.members, len(shot.eligible), shot.root,
    )  # fmt: skip
    assert shot.members == Expert.objects.count()


def test_it_is_made_once_in_its_interval_and_tells_who_left_since(dozen):
    assert sweep.run()[2] is True
    assert sweep.run()[2] is False
    world.jump(timedelta(minutes=1))
    pool.exit(actor=POOL_OWNER, expert="T00001", ground="voluntary")
    world.jump(timedelta(days=29))
    assert sweep.run()[2] is False
    world.jump(timedelta(days=1))
    assert sweep.run()[2] is True
    found = report()
    assert [(one["expert"], one["ground"]) for one in found["left"]] == [("T00001", "voluntary")]
    assert found["since"] == trail.events(STREAM, sweep.SWEPT)[0]["at"]
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize(
    ("day", "earlier"),
    [(date(2024, 2, 29), date(1954, 2, 28)), (date(2024, 3, 1), date(1954, 3, 1))],
)
def test_the_age_is_reached_on_the_birthday(day, earlier):
    assert sweep._years_before(day, 70) == earlier
