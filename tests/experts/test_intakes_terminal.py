"""A draw terminal: acts of the owner are refused, and his newer list changes what it says."""

from datetime import date, timedelta

import pytest

from accounts.services import vault
from accounts.services.gate import BadInput
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import clock, reconciling
from experts.models import Draw, Expert, Intake, IntakeLine
from experts.selectors import blockers, rules
from experts.selectors.intakes import list_age
from experts.services import intakes, modes, pool
from tests.experts import sheets, world
from tests.experts.sheets import as_csv, as_xlsx, line

pytestmark = pytest.mark.django_db
SYSTEM_ADMIN = Actor("t-sys", "system_admin", "")
SECURITY_ADMIN = Actor("t-sec", "security_admin", "")
LIST = {"from_pool": "省综合评标专家库"}


@pytest.fixture
def terminal(district):
    modes.propose(actor=SYSTEM_ADMIN, mode="terminal")
    modes.confirm(actor=SECURITY_ADMIN, mode="terminal")


def today() -> date:
    return clock.now().astimezone().date()


def taken_over(file, *, days: int = 10, complete: bool = False) -> Intake:
    """Take over a list of so many days ago; returns its row."""
    as_of = today() - timedelta(days=days)
    ref = intakes.receive(actor=world.POOL_OWNER, file=file, as_of=as_of, complete=complete, **LIST)
    code = ref.stream.partition("/")[2]
    intakes.advance()
    if Intake.objects.get(pk=code).state == "checked":
        intakes.approve(actor=world.POOL_OWNER, intake=code)
        intakes.advance()
    return Intake.objects.get(pk=code)


def told(code: str) -> list[tuple[str, dict]]:
    """What an expert's stream says after his first entry, without the refs."""
    return [
        (one["type"], {key: value for key, value in one["data"].items() if key != "refs"})
        for one in trail.events(f"expert/{code}")[1:]
    ]


def changes(row: Intake) -> list[tuple[str, str, str]]:
    lines = IntakeLine.objects.filter(owner=row).order_by("expert")
    return [(one.expert, one.what, one.column) for one in lines]


@pytest.mark.parametrize(
    ("act", "given"),
    [
        (pool.apply, {"actor": world.POOL_OWNER, **world.application(1)}),
        (pool.enter_batch, {"actor": world.POOL_OWNER, "applications": []}),
        (pool.review, {"actor": world.REGULATOR, "expert": "N000001", "approve": True}),
        (
            pool.suspend,
            {
                "actor": world.REGULATOR,
                "expert": "N000001",
                "ground": "inquiry",
                "decision": world.EVIDENCE,
            },
        ),
        (pool.resume, {"actor": world.REGULATOR, "expert": "N000001"}),
        (pool.exit, {"actor": world.POOL_OWNER, "expert": "N000001", "ground": "voluntary"}),
        (
            pool.disqualify,
            {
                "actor": world.REGULATOR,
                "expert": "N000001",
                "ground": "leak",
                "decision": world.EVIDENCE,
            },
        ),
    ],
)
def test_acts_of_the_owner_are_refused_with_the_reason(terminal, act, given):
    taken_over(as_csv([line(1)]))
    assert world.refused(act, **given) == ["pool_elsewhere"]
    assert Expert.objects.get(pk="N000001").state == "active"


def test_someone_taken_over_is_in_the_pool_by_one_entry(terminal):
    row = taken_over(as_csv([line(1)]))
    assert (row.state, row.counts) == ("done", {"new": 1})
    (only,) = trail.events("expert/N000001")
    assert only["type"] == "expert.imported"
    assert only["data"]["from_pool"] == "省综合评标专家库"
    assert only["data"]["as_of"] == row.as_of.isoformat()


def test_a_newer_list_changes_only_what_it_says_otherwise(terminal):
    taken_over(as_csv([line(number) for number in range(1, 8)]), days=20)
    row = taken_over(
        as_xlsx(
            [
                line(1),
                line(2, title="正高级工程师", term_to="2029-12-31"),
                line(3, phone="10099999999"),
                line(4, status="暂停"),
                line(5, status="取消资格"),
                line(6, main="A080109", others="A080104"),
                line(9),
                line(10, status="已出库"),
            ]
        ),
        complete=True,
    )
    assert row.counts == {
        "disqualified": 1,
        "exited": 1,
        "new": 1,
        "skipped": 1,
        "suspended": 1,
        "unchanged": 1,
        "updated": 3,
    }
    assert changes(row) == [
        ("N000002", "updated", "职称、聘期止"),
        ("N000003", "updated", "姓名或者电话"),
        ("N000004", "suspended", ""),
        ("N000005", "disqualified", ""),
        ("N000006", "updated", "专业"),
        ("N000007", "exited", ""),
        ("N000010", "skipped", ""),
    ]
    about = {"from_pool": "省综合评标专家库", "as_of": row.as_of.isoformat()}
    assert told("N000001") == []
    assert told("N000002") == [
        ("expert.listed", about | {"title": "正高级工程师", "term_to": "2029-12-31"})
    ]
    assert told("N000003") == [("expert.listed", about | {"contact": True})]
    listed = about | {"ground": "owner_list", "basis": "ZJ42"}
    assert told("N000004") == [("expert.listed", listed | {"from": "active", "to": "suspended"})]
    assert told("N000006") == [("expert.listed", about | {"specialties": ["A080109", "A080104"]})]
    assert told("N000007") == [
        ("expert.listed", listed | {"absent": True, "from": "active", "to": "exited"})
    ]
    assert vault.reveal("N000003")["phone"] == "10099999999"
    states = Expert.objects.filter(pk__startswith="N0000").order_by("pk")
    assert list(states.values_list("pk", "state")) == [
        ("N000001", "active"),
        ("N000002", "active"),
        ("N000003", "active"),
        ("N000004", "suspended"),
        ("N000005", "disqualified"),
        ("N000006", "active"),
        ("N000007", "exited"),
        ("N000009", "active"),
    ]
    assert reconciling.reconcile().faults == []


def test_who_left_and_is_listed_again_comes_back_step_by_step(terminal):
    taken_over(as_csv([line(1), line(2)]), days=30)
    taken_over(as_csv([line(1, status="取消资格")]), days=20, complete=True)
    row = taken_over(as_csv([line(1, status="暂停"), line(2)]), complete=True)
    assert row.counts == {"relisted": 2}
    moves = [(data["from"], data["to"]) for _, data in told("N000001")]
    assert moves == [
        ("active", "disqualified"),
        ("disqualified", "active"),
        ("active", "suspended"),
    ]
    assert [data["to"] for _, data in told("N000002")] == ["exited", "active"]
    assert reconciling.reconcile().faults == []


def test_another_person_under_a_known_code_is_refused(terminal):
    taken_over(as_csv([line(1), line(2)]), days=20)
    row = taken_over(
        as_csv(
            [
                line(1, id_number=sheets.id_number(77)),
                line(3, id_number=sheets.id_number(2)),
            ]
        )
    )
    lines = IntakeLine.objects.filter(owner=row).order_by("line")
    assert [(one.line, one.what) for one in lines] == [(2, "person_differs"), (3, "person_known")]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"from_pool": "", "as_of": date(2025, 1, 1)}, {"from_pool"}),
        ({"from_pool": "省库"}, {"as_of"}),
        ({"from_pool": "省库", "as_of": date(2999, 1, 1)}, {"as_of"}),
    ],
)
def test_a_list_without_owner_or_date_is_refused(terminal, given, wrong):
    with pytest.raises(BadInput) as bad:
        intakes.receive(actor=world.POOL_OWNER, file=as_csv([line(1)]), **given)
    assert set(bad.value.fields) == wrong


def test_an_older_list_than_the_last_is_refused(terminal):
    taken_over(as_csv([line(1)]), days=5)
    with pytest.raises(BadInput) as bad:
        taken_over(as_csv([line(1)]), days=6)
    assert set(bad.value.fields) == {"as_of"}


@pytest.mark.parametrize(("days", "codes"), [(30, []), (31, ["pool_list_old"])])
def test_an_old_list_is_warned_of_before_the_draw_and_stops_nothing(terminal, days, codes):
    lines = [
        line(number, main="C130101" if number % 2 else "C130201", others="")
        for number in range(1, 13)
    ]
    taken_over(as_csv(lines), days=days)
    from audit_log.services import sealer

    sealer.seal_now()
    draw = Draw.objects.get(pk=world.ask().stream.partition("/")[2])
    found = blockers.intakes.freshness(rules.of_draw(draw), rules.facts_of(draw))
    assert [(one.code, one.level) for one in found] == [(code, "warn") for code in codes]
    assert list_age().days == days


def test_without_any_list_the_age_is_unknown(terminal):
    assert list_age().days is None


def test_the_mode_is_changed_by_two_and_each_step_stands_in_the_trail(district):
    modes.propose(actor=SYSTEM_ADMIN, mode="external")
    with pytest.raises(BadInput):
        modes.confirm(actor=SECURITY_ADMIN, mode="terminal")
    modes.confirm(actor=SECURITY_ADMIN, mode="external")
    found = [(one["type"], one["actor"]["id"]) for one in trail.events("system/pool_mode")]
    assert found[-2:] == [
        ("system.pool_mode_proposed", "t-sys"),
        ("system.pool_mode_set", "t-sec"),
    ]
    assert world.refused(modes.confirm, actor=SECURITY_ADMIN, mode="owner") == ["mode_not_proposed"]
