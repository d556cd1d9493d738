"""D17: no way around a service changes a state without its entry. Each way fails, in the database.

`QuerySet.update`, `bulk_update`, `bulk_create`, `save`, fixtures, a migration, raw SQL.
"""

import json

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.state import ProjectState

from audit_log.domain.entry import SYSTEM
from audit_log.models import Entry
from audit_log.services import trail
from tests.architecture import machines
from tests.architecture.machines import MODELS
from tests.database.forging import Row, execute, insert, refused, row_at

pytestmark = pytest.mark.django_db


@pytest.fixture(params=MODELS, ids=lambda model: model.__name__)
def forged(request, ladder) -> Row:
    """A row of each machine at the beginning of its life."""
    return row_at(request.param, machines.guard(request.param).births()[0])


@pytest.fixture
def row(forged):
    return forged.model.objects.get(pk=forged.key)


@pytest.fixture
def target(forged) -> str:
    """Where one edge would lead."""
    edges = machines.edges(forged.model)
    return min(edge.target for edge in edges if edge.source == forged.state)


@pytest.fixture(autouse=True)
def nothing_happened(request, ladder):
    """Afterwards no row has moved and no entry was added."""
    if "forged" not in request.fixturenames:
        yield
        return
    forged = request.getfixturevalue("forged")
    before = Entry.objects.count()
    yield
    assert forged.model.objects.values_list("state", flat=True).get(pk=forged.key) == forged.state
    assert Entry.objects.count() == before


def _moved(row, target):
    """Write past the machine's protection, as a careless programmer might."""
    row.__dict__["state"] = target
    return row


def test_d17_update_of_a_queryset(forged, target):
    with refused():
        forged.model.objects.filter(pk=forged.key).update(state=target)


def test_d17_update_of_every_row(forged, target):
    with refused():
        forged.model.objects.update(state=target)


def test_d17_bulk_update(forged, row, target):
    with refused():
        forged.model.objects.bulk_update([_moved(row, target)], ["state"])


def test_d17_save_of_a_row(row, target):
    with refused():
        _moved(row, target).save()


def test_d17_save_of_one_column(row, target):
    with refused():
        _moved(row, target).save(update_fields=["state"])


@pytest.mark.parametrize("verb", ["save", "bulk_create"])
def test_d17_an_object_made_in_a_state(forged, row, target, verb):
    copy = _moved(row, target)
    copy.pk = None if forged.model._meta.pk.name == "id" else "ANOTHER"
    copy._state.adding = True
    for name in ("candidate", "group", "case"):
        if hasattr(copy, name):
            setattr(copy, name, "another")
    with refused():
        copy.save(force_insert=True) if verb == "save" else forged.model.objects.bulk_create([copy])


def test_d17_a_fixture(forged, row, target, tmp_path):
    path = tmp_path / "state.json"
    call_command("dumpdata", forged.model._meta.label, pks=str(forged.key), output=str(path))
    rows = json.loads(path.read_text())
    rows[0]["fields"]["state"] = target
    path.write_text(json.dumps(rows))
    with refused():
        call_command("loaddata", str(path), verbosity=0)


def test_d17_a_migration(forged, target):
    """Its models have neither methods nor protection nor our managers."""
    state = ProjectState.from_apps(apps)
    historical = state.apps.get_model(forged.model._meta.app_label, forged.model.__name__)
    with refused():
        historical.objects.filter(pk=forged.key).update(state=target)


def test_d17_raw_sql(forged, target):
    table, pk = forged.model._meta.db_table, forged.model._meta.pk.column
    with refused():
        execute(f"UPDATE {table} SET state = %s WHERE {pk} = %s", target, forged.key)


def test_d17_raw_sql_that_raises_the_head_too(forged, target):
    n, head = forged.head()
    for wrong in ((n, head), (n + 1, head), (n + 1, b"\0" * 32)):
        with refused():
            forged.set(target, *wrong)


def test_d17_there_is_no_admin_site():
    assert not apps.is_installed("django.contrib.admin")


def test_d17_a_careless_service_leaves_its_entry(ladder):
    """Whoever writes through the trail cannot leave the change out: it adds from and to itself."""
    row = ladder.project("registered")
    with transaction.atomic():
        trail.record(_moved(row, "tendering"), "project.tender_published", SYSTEM, {})
    told = Entry.objects.filter(stream=row.stream).latest("n")
    assert json.loads(bytes(told.body))["data"] == {"from": "registered", "to": "tendering"}


def test_d17_a_careless_service_takes_no_pair_that_is_no_edge(ladder):
    row = ladder.project("registered")
    with refused():
        trail.record(_moved(row, "notified"), "project.notified", SYSTEM, {})


def test_a_project_cannot_be_inserted_at_notified(ladder):
    row = ladder.project("notified")
    row.pk, row.group = "SMUGGLED", "SMUGGLED"
    with refused("guard: no entry for evaluation_project"):
        insert(row)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="OR REPLACE is SQLite's")
@pytest.mark.parametrize("assigned", ['"group" = %s, lot = %s', "rowid = %s"])
def test_an_update_cannot_push_another_row_out(ladder, assigned):
    victim, row = ladder.project("opened"), ladder.project("evaluating")
    values = [victim.group, victim.lot]
    if "rowid" in assigned:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rowid FROM evaluation_project WHERE code = %s", [victim.pk])
            values = list(cursor.fetchone())
    with refused("guard: no entry for evaluation_project"):
        execute(
            f"UPDATE OR REPLACE evaluation_project SET {assigned} WHERE code = %s", *values, row.pk
        )
