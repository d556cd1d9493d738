"""Every table is told by the trail or exempt, and whatever is changed behind its back is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from accounts.services import bodies, reports
from audit_log import guards
from audit_log.audited import Audited
from audit_log.domain.entry import Actor
from audit_log.folds import EXEMPT, FOLDS, Fold
from audit_log.services import clock, reconciling
from award.models import Objection
from award.services import complaints, objections
from config.demo import job as steps
from evaluation.models import Bid
from evaluation.selectors import sites
from evaluation.services import rooms
from evaluation.services import sites as arranging
from experts.acts.conflicts import OF_EXPERTS, OF_OFFICIALS
from experts.models import Expert
from experts.selectors import career
from experts.services import appeals, changes, draws, intakes, modes, pool, ratings, records
from tests.accounts import commission
from tests.award.acting import JIA, YI, elect
from tests.evaluation import entered, tender
from tests.experts.sheets import as_csv, line

pytestmark = pytest.mark.django_db

TABLES = sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True))
HEAD = {"audit_n", "audit_hash", "audit_at"}
SHORTEST_REASON = 10
DOCUMENT = "ab" * 32


@pytest.fixture
def busy(ladder, cast, tmp_path):
    """The ladder, with an answered objection, a rejected bid and counted ballots besides."""
    code = ladder["candidates_public"]
    objections.object(actor=cast["tbr"], project=code, text="对业绩认定有异议,请复核合同金额")
    told = {"actor": cast["zbr1"], "project": code, "objection": Objection.objects.get().pk}
    objections.review_objection(**told, accept=True)
    objections.answer_objection(**told, upheld=False, answer="经核对合同原件,维持公示内容")
    complain(cast, code)
    job = ladder.jobs["opened"]
    steps.start_evaluation(job)
    steps.reject(job, ladder["opened"], {YI: "未按要求提交投标保证金"})
    elect(cast, ladder["awarding"], JIA, YI)
    commission.machine(tmp_path)
    reports.leave(actor=cast["dbwy1"], way="other", who="?", happened_on=date(2025, 1, 1), text="?")
    put_on_record(cast)
    live_in_the_pool(cast)
    take_in_a_list(cast)
    enter_a_draw(ladder)
    take_rooms(ladder)
    return ladder


def complain(cast, code):
    """Two complaints whose terms were stopped; one of them is decided."""
    today, regulator = clock.now().date(), cast["zjj"]
    for number in (1, 2):
        one = {"project": code, "complaint": f"{code}-C{number}"}
        complaints.complain(
            actor=cast["tbr"], project=code, matter="procedure", known_on=today, text="请求查处"
        )
        complaints.review_complaint(actor=regulator, **one, accept=True)
        complaints.stop_complaint_clock(actor=regulator, **one, reason="appraisal")
    complaints.resume_complaint_clock(actor=regulator, **one)
    decision = {"upheld": True, "outcome": "correct", "document": "3号", "answer": "属实"}
    complaints.decide_complaint(actor=regulator, **one, **decision)


def live_in_the_pool(cast):
    """Something of everything that is recorded beside an expert's row."""
    rows = Expert.objects.filter(state="active", suspended_until=None).order_by("pk")
    one, held = rows.values_list("pk", flat=True)[:2]
    today, document = career.today(), "ab" * 32
    later = today + timedelta(days=30)
    owner, himself = {"actor": cast["zjk"], "expert": one}, Actor(one, "expert", "")
    records.train(**owner, kind="briefing", material=document, held_on=today, score=90)
    records.assess(**owner, year=today.year, score=55, evidence=document)
    records.declare_leave(actor=himself, expert=one, first=later, last=later)
    changes.report_change(**owner, valid_from=later, title="教授级高级工程师")
    punished = {"expert": held, "decision": document}
    pool.suspend(actor=cast["zjj"], ground="hint", until=later, **punished)
    rate_and_propose(cast["zjj"], one)
    appeal = {"expert": held, "appeal": f"{held}-a1"}
    appeals.appeal(actor=cast["zjk"], expert=held, ground="facts", letter=document)
    appeals.review_appeal(actor=cast["zjj"], accept=True, **appeal)
    second = replace(cast["zjj"], id="zjj2")
    appeals.draft_appeal(actor=second, outcome="upheld", decision=document, **appeal)


def rate_and_propose(rater, expert):
    """A rating of one's, with what it proposes."""
    given = {"actor": rater, "handle": "c0001", "items": ["disclosure"], "evidence": DOCUMENT}
    ratings.record(expert=expert, case="X-1", **given)


def take_rooms(ladder):
    """Two rooms, one of them shut; a booking of each state; two sites."""
    centre, code = ladder.cast["jyzx1"], ladder["drawing"]
    for number in ("401", "402"):
        rooms.register(actor=centre, code=number, name=number, seats=9)
    rooms.shut(actor=centre, room="room-402")
    day = steps.local(career.today() + timedelta(days=3), 9)
    for hour in (0, 2):
        starts = day + timedelta(hours=hour)
        hours = {"starts": starts, "ends": starts + timedelta(hours=2)}
        rooms.book_room(actor=centre, project=code, room="room-401", **hours)
    rooms.release_room(actor=centre, project=code, booking=f"{code}-B2")
    first, *rest = sites.slots_of(ladder.project("drawing"))
    places = [("main", rest), ("sub", [first])]
    found = [{"kind": kind, "org": centre.org, "place": kind, "slots": s} for kind, s in places]
    arranging.arrange_sites(actor=centre, project=code, sites=found)


def change_mode(cast, mode):
    modes.propose(actor=cast["xtgl"], mode=mode)
    modes.confirm(actor=cast["aqgl"], mode=mode)


def take_in_a_list(cast):
    """A terminal's list with one expert in it, written."""
    change_mode(cast, "terminal")
    about = {"from_pool": "省综合评标专家库", "as_of": clock.now().date(), "complete": True}
    ref = intakes.receive(actor=cast["zjk"], file=as_csv([line(1, region="330402")]), **about)
    intakes.advance()
    intakes.approve(actor=cast["zjk"], intake=ref.stream.partition("/")[2])
    intakes.advance()


def enter_a_draw(ladder):
    """A draw made elsewhere, entered and confirmed."""
    change_mode(ladder.cast, "external")
    job = tender.tender(ladder, steps.request_draw)
    draws.review(actor=ladder.cast["jyzx1"], draw=job.draw, approve=True)
    entered.enter(job)
    entered.confirm(job)


def put_on_record(cast):
    """Conflicts at every step of their life, and a relation of two bodies that is over."""
    days = {"valid_from": date(2024, 1, 1), "valid_to": date(2031, 1, 1)}
    share = {"kind": "shareholder", "party": JIA, "share": "5", **days}
    paper = {"evidence": DOCUMENT, "source": "register"}
    for kind, code, first, services in (
        ("expert", "E000001", "zjk", OF_EXPERTS),
        ("account", "zbr1", "jyzx1", OF_OFFICIALS),
    ):
        record, confirm, ask, lift = (one.service for one in services[1:])
        for _ in range(2):
            record(actor=cast[first], **{kind: code}, **paper, **share)
        one = {kind: code, "conflict": f"{code}-H1"}
        confirm(actor=cast["zjj"], **one)
        ask(actor=cast[first], **one, ground="error", decision=DOCUMENT)
        lift(actor=cast["zjj"], **one, approve=True)
    relation = {"child": YI, "parent": JIA, "evidence": DOCUMENT, **days}
    bodies.relate(actor=cast["zjk"], **relation)


def columns_of(fold: Fold) -> dict[str, Any]:
    return {field.attname: field for field in fold.model._meta.concrete_fields}


def told_columns(fold: Fold) -> list[str]:
    """The columns that entries tell: all but keys and those that are not told for a reason."""
    keys = {fold.model._meta.pk.attname, *fold.keyed, *fold.untold}
    return [name for name in columns_of(fold) if name not in keys]


def found() -> list[tuple[str, str]]:
    return sorted((fault.where, fault.why) for fault in reconciling.reconcile().faults)


def test_every_table_is_told_or_exempt_for_a_reason_and_none_is_both():
    assert sorted([*FOLDS, *EXEMPT]) == TABLES
    assert [table for table, why in EXEMPT.items() if len(why) < SHORTEST_REASON] == []


@pytest.mark.parametrize("table", sorted(FOLDS))
def test_what_a_fold_leaves_out_is_a_column_and_has_a_reason(table):
    fold = FOLDS[table]
    assert {*fold.keyed, *fold.untold} - set(columns_of(fold)) == set()
    assert [name for name, why in fold.untold.items() if len(why) < SHORTEST_REASON] == []


def test_entries_tell_every_other_column_of_every_row(busy):
    """A head is not folded but compared as it is; what is told besides columns is a property."""
    wrong = []
    for fold in FOLDS.values():
        wanted = set(told_columns(fold)) - (HEAD if issubclass(fold.model, Audited) else set())
        rows = [
            set(row) & set(columns_of(fold))
            for _, entries, _ in reconciling.streams(f"{fold.kind}/")
            for row in fold.told(entries).values()
        ]
        assert rows != [], fold.table
        wrong += [(fold.table, row ^ wanted) for row in rows if row != wanted]
    assert wrong == []


def test_nothing_differs_while_nothing_is_changed(busy):
    assert found() == []


@contextmanager
def tampering() -> Iterator[None]:
    """Without triggers, until a rollback brings rows and triggers back."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # a table with waiting checks cannot be altered
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        guards.lift()
        yield
        transaction.set_rollback(True)


def test_whatever_is_changed_is_named_by_table_row_column_and_both_values(busy):
    expected = []
    with tampering():
        for fold in FOLDS.values():
            for place, column in enumerate(told_columns(fold)):
                expected.append(tamper(fold, column, place))
        told = found()
    assert told == sorted(expected)
    tampered = {(where.partition(" ")[0], why.partition(" ")[0]) for where, why in expected}
    assert len(tampered) == sum(len(told_columns(fold)) for fold in FOLDS.values()) > 100


def test_a_key_that_is_changed_takes_a_row_away_and_brings_another(busy, cast):
    code, other = busy["opened"], cast["zbr1"].org
    with tampering():
        write(Bid, "bidder_id", other, Bid.objects.get(project=code, bidder=JIA).pk)
        told = found()
    gone, came = "流水有记录,业务表中没有该行", "业务表有该行,流水没有记录"
    assert told == sorted(
        [(f"evaluation_bid {code} {JIA}", gone), (f"evaluation_bid {code} {other}", came)]
    )


def tamper(fold: Fold, column: str, place: int) -> tuple[str, str]:
    """Change one column of one row by raw SQL; return the fault that tells of it."""
    row = victim(fold, column, place)
    before = fold.live(row, column)
    write(fold.model, column, another(columns_of(fold)[column], row), row.pk)
    after = fold.live(fold.model._default_manager.get(pk=row.pk), column)
    name = fold.where(fold.stream(row), key_of(fold, row))
    return name, f"{column} 按流水应为 {before},实为 {after}"


def victim(fold: Fold, column: str, place: int) -> Any:
    """A row with something in the column where there is one; other columns meet other rows."""
    rows = list(fold.model._default_manager.order_by("pk"))
    if column == "state":
        rows = [row for row in rows if row.state != "suspended"]
    rows = [row for row in rows if getattr(row, column)] or rows
    return rows[place % len(rows)]


def key_of(fold: Fold, row: Any) -> str:
    if fold.key is not None:
        return fold.key(row)
    before = fold.model._default_manager.filter(pk__lte=row.pk, project=row.project_id)
    return str(before.count())


def write(model: type[models.Model], column: str, value: Any, pk: Any) -> None:
    field = next(field for field in model._meta.concrete_fields if field.attname == column)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s'
            f' WHERE "{model._meta.pk.column}" = %s',
            [field.get_db_prep_save(value, connection), pk],
        )


def another(field: Any, row: Any) -> Any:
    """Another value that the table's own constraints allow."""
    value = getattr(row, field.attname)
    if field.remote_field:
        others = field.remote_field.model.objects.exclude(pk=value).order_by("pk")
        siblings = others.filter(project=row.project_id) if field.name == "bid" else others
        return siblings.values_list("pk", flat=True)[0]
    if field.choices:
        return next(one for one, _ in field.choices if one not in (value, "suspended"))
    if value is None:
        return datetime(2031, 1, 1) if isinstance(field, models.DateTimeField) else 7
    match value:
        case bool():
            return not value
        case int():
            return value + 100
        case datetime():
            return value + timedelta(hours=1)
        case date():
            return value + timedelta(days=1)
        case list():
            return [*value, "x"]
        case dict():
            return value | {"x": 1}
        case str():
            return value[:-1] + ("x" if value[-1:] != "x" else "y")
    return bytes([bytes(value)[0] ^ 1]) + bytes(value)[1:]
