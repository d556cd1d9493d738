"""A service that breaks half-way leaves nothing: no row, no entry, no attachment, no envelope.

The break is the database's: a trigger of the test's own refuses a late INSERT of the service.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from audit_log.guards import GUARDS
from audit_log.models import Entry
from award.services import deciding, meeting, objections, publicity
from evaluation.services import bidding, projects, reporting, scoring
from experts.services import pool
from tests.database.forging import execute
from tests.processes import leading_up as up
from tests.processes.expert_races import application
from tests.processes.racing import World

pytestmark = pytest.mark.django_db
MESSAGE = "the disk is full"
OF_THE_LOG = {f"audit_log_{name}" for name in ("entry", "pending", "leaf", "node", "checkpoint")}
"""Looked at entry by entry."""


@dataclass(frozen=True)
class Break:
    """`act` on the ladder's project at `state` breaks at an INSERT into `table` that meets `when`.

    `leaves` are entries of an earlier transaction of the same act, which stand.
    """

    state: str
    table: str
    when: str
    act: Callable[[World, str], object]
    before: Callable[[World, str], object] = lambda _world, _code: None
    leaves: tuple[str, ...] = ()


def _event(kind: str) -> tuple[str, str]:
    return "audit_log_entry", f"NEW.type = '{kind}'"


def _as(account: str, service: Callable[..., object], **given: object) -> Callable:
    return lambda world, code: service(actor=world.cast[account], project=code, **given)


ANY = "1 = 1"
BREAKS = {
    "the entry itself": Break(
        "registered",
        *_event("project.terminated"),
        _as("zbr1", projects.terminate, reason="项目建设内容调整"),
    ),
    "a bid opened after the list was closed": Break(
        "tendering",
        *_event("project.opened"),
        _as("jyzx1", bidding.open_bids),
        leaves=("project.bids_closed",),
    ),
    "the bids as rows after their entries": Break(
        "tendering",
        "evaluation_bid",
        ANY,
        _as("jyzx1", bidding.open_bids),
        leaves=("project.bids_closed",),
    ),
    "the start of an evaluation": Break(
        "opened",
        *_event("project.evaluation_started"),
        _as("jyzx1", scoring.start_evaluation),
    ),
    "the report after the draw was closed": Break(
        "evaluating",
        *_event("project.report_submitted"),
        _as("jyzx1", reporting.submit_report),
        up.report_signed,
    ),
    "the notice of a draft": Break(
        "reported",
        "award_notice",
        ANY,
        _as("zbr1", publicity.draft_candidates, objection_channel="在线提交异议"),
    ),
    "an objection after its entry": Break(
        "candidates_public",
        "award_objection",
        ANY,
        _as("tbr", objections.object, text="对业绩认定有异议,请复核。"),
    ),
    "a ballot round after its entry": Break(
        "awarding", "award_ballotround", ANY, _as("zbr1", meeting.open_ballot)
    ),
    "the decision": Break(
        "awarding",
        "award_notice",
        "NEW.kind = 'result'",
        _as("zbr2", deciding.decide, reasons=up.REASONS, departure_reasons=up.REASONS),
        up.voted,
    ),
    "the last of many notices": Break(
        "result_public",
        *_event("project.notified"),
        _as("zbr1", publicity.notify),
        World.after_publicity,
    ),
    "the next award after a lost winner": Break(
        "notified",
        *_event("project.awarded"),
        _as("zbr1", deciding.lose_winner, reason="gave_up"),
    ),
    "the specialties of experts who were entered": Break(
        "registered",
        "experts_expertspecialty",
        ANY,
        lambda world, _code: pool.enter_batch(
            actor=world.cast["zjk"],
            reviewer=world.cast["zjj"],
            applications=[
                application(f"X1980010{n}")
                | {"term_from": date(2025, 1, 1), "term_to": date(2027, 12, 31)}
                for n in (1, 2)
            ],
        ),
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_service_that_breaks_half_way_leaves_nothing(ladder, name):
    broken, world = BREAKS[name], World()
    code = ladder[broken.state]
    broken.before(world, code)
    last, before = Entry.objects.latest("pk").pk, _rows()
    _refuse_inserts(broken.table, broken.when)
    with pytest.raises(DatabaseError, match=MESSAGE):
        broken.act(world, code)
    assert _told_since(last) == broken.leaves
    assert _rows() == before
    _let_inserts_pass(broken.table)
    broken.act(world, code)
    assert set(_told_since(last)) > set(broken.leaves)
    assert _rows() != before


def _told_since(last: int) -> tuple[str, ...]:
    entries = Entry.objects.filter(pk__gt=last).order_by("pk")
    return tuple(entries.values_list("type", flat=True))


def _rows() -> dict[str, object]:
    """What each table of the product holds: states of guarded rows, else the number of rows."""
    found: dict[str, object] = {}
    for model in apps.get_models():
        table, rows = model._meta.db_table, model._base_manager
        if table in GUARDS and GUARDS[table].has_state:
            found[table] = sorted(rows.values_list("pk", "state"))
        elif table not in OF_THE_LOG:
            found[table] = rows.count()
    return found


def _refuse_inserts(table: str, when: str) -> None:
    if connection.vendor == "sqlite":
        execute(
            f"CREATE TRIGGER breaking BEFORE INSERT ON {table} WHEN {when}"
            f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
        return
    execute(
        "CREATE FUNCTION breaking() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
    )
    execute(
        f"CREATE TRIGGER breaking BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when})"
        " EXECUTE FUNCTION breaking()"
    )


def _let_inserts_pass(table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER breaking{on}")
