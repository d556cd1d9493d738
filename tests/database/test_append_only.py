"""Nothing in the trail's own tables is changed, replaced or removed, whatever the statement."""

import itertools

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from audit_log.models import Attachment, Cosignature, Entry, Leaf, Pending
from tests.database.forging import execute, insert, refused

pytestmark = pytest.mark.django_db
TABLES = [
    model
    for model in apps.get_app_config("audit_log").get_models()
    if model.__name__ not in ("Pending", "SystemStream")
]
COLUMNS = [(model, field) for model in TABLES for field in model._meta.concrete_fields]
REFUSAL = "trail: append only"


@pytest.fixture(params=TABLES, ids=lambda model: model.__name__)
def row(request, ladder):
    """A stored row of each table; one is made where the ladder left the table empty."""
    model = request.param
    if not model.objects.exists():
        insert(_some(model))
    return model.objects.order_by("-pk").first()


def _some(model):
    """A row with something in every column."""
    filled = {"CharField": "x", "TextField": "x", "BinaryField": b"x"}
    values = {
        field.attname: filled.get(field.get_internal_type(), 1)
        for field in model._meta.concrete_fields
        if not field.auto_created
    }
    return model(**values)


def test_the_tables_are_all_there():
    assert {Entry, Leaf, Attachment, Cosignature} <= set(TABLES)


def test_a_row_cannot_be_updated_in_any_column(row):
    table, pk = row._meta.db_table, _quoted(row._meta.pk)
    for field in row._meta.concrete_fields:
        with refused(REFUSAL):
            execute(
                f"UPDATE {table} SET {_quoted(field)} = {_quoted(field)} WHERE {pk} = %s", row.pk
            )


def test_a_row_cannot_be_deleted(row):
    with refused(REFUSAL):
        execute(f"DELETE FROM {row._meta.db_table} WHERE {_quoted(row._meta.pk)} = %s", row.pk)


def test_a_table_cannot_be_emptied(row):
    truncate = "TRUNCATE {} CASCADE" if connection.vendor == "postgresql" else "DELETE FROM {}"
    with refused(REFUSAL):
        execute(truncate.format(row._meta.db_table))


def test_an_upsert_cannot_change_a_row(row):
    field = _quoted(row._meta.pk)
    table, columns = row._meta.db_table, ", ".join(map(_quoted, row._meta.concrete_fields))
    with refused(REFUSAL):
        execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE {field} = %s"
            f" ON CONFLICT ({field}) DO UPDATE SET {field} = EXCLUDED.{field}",
            row.pk,
        )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="OR REPLACE is SQLite's")
def test_a_row_cannot_be_replaced_under_any_key(row):
    for key in _keys(row._meta.db_table):
        with refused("trail: (append only|chain broken)"):
            _replace(row, key)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="OR REPLACE is SQLite's")
def test_a_waiting_entry_cannot_be_replaced_in_the_queue(ladder):
    insert(Pending(entry_id=10**9))
    waiting = Pending.objects.get(pk=10**9)
    for key in _keys("audit_log_pending"):
        with refused(REFUSAL):
            _replace(waiting, key)


def test_an_unsealed_entry_stays_in_the_queue(ladder):
    insert(Pending(entry_id=10**9))
    with refused("trail: only sealed entries leave the queue"):
        execute("DELETE FROM audit_log_pending WHERE entry_id = %s", 10**9)
    with refused("trail: "):
        execute("UPDATE audit_log_pending SET entry_id = 1 WHERE entry_id = %s", 10**9)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL's triggers")
def test_triggers_fire_for_a_replica_too(row):
    pose = "SET LOCAL session_replication_role = replica"
    if not _superuser():  # nobody else may pose as a replica at all
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            execute(pose)
        return
    execute(pose)
    table, pk = row._meta.db_table, _quoted(row._meta.pk)
    for statement in (f"UPDATE {table} SET {pk} = {pk}", f"DELETE FROM {table}"):
        with refused(REFUSAL):
            execute(statement)


def _superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _quoted(field):
    return connection.ops.quote_name(field.column)


def _keys(table):
    """Every set of columns that must be unique: the hidden row number and each unique index."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    return [["rowid"], *(one["columns"] for one in found if one["unique"] or one["primary_key"])]


def _replace(row, key):
    """INSERT OR REPLACE a new row that clashes with `row` in one key alone."""
    table, fresh = row._meta.db_table, itertools.count(10**9)
    values = {}
    for field in row._meta.concrete_fields:
        number = next(fresh)
        text = field.get_internal_type() in ("CharField", "TextField")
        binary = field.get_internal_type() == "BinaryField"
        values[field.column] = f"{number}" if text else b"%d" % number if binary else number
        if field.column in key or field.get_internal_type() == "DateTimeField":
            values[field.column] = field.get_db_prep_save(getattr(row, field.attname), connection)
    if key == ["rowid"]:
        with connection.cursor() as cursor:
            pk = _quoted(row._meta.pk)
            cursor.execute(f"SELECT rowid FROM {table} WHERE {pk} = %s", [row.pk])
            (values["rowid"],) = cursor.fetchone()
    columns = ", ".join(f'"{name}"' if name != "rowid" else name for name in values)
    marks = ", ".join(["%s"] * len(values))
    execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", *values.values())
