"""D13 and D11: who or what stands in the trail cannot be deleted, nor a draw's secret replaced."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import ProtectedError

from accounts.models import Organisation, User
from audit_log.guards import GUARDS
from audit_log.services import keys
from evaluation.models import Project
from experts.models import Draw, Expert
from experts.selectors.course import course
from experts.services import draws, rosters
from rulebook.domain.blockers import Refused
from tests.database.forging import MADE_UP, execute, refused

pytestmark = pytest.mark.django_db
EMPTY = {model._meta.db_table for model in MADE_UP}
"""Tables of which the ladder has no row."""
GUARDED = sorted(GUARDS.keys() - EMPTY)


@pytest.mark.parametrize("table", GUARDED)
def test_d13_no_guarded_row_can_be_deleted(ladder, table):
    assert execute(f"UPDATE {table} SET audit_n = audit_n") > 0
    with refused(f"guard: rows of {table} stay"):
        execute(f"DELETE FROM {table}")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize("table", sorted(GUARDS))
def test_d13_no_guarded_table_can_be_truncated(ladder, table):
    with refused("trail: append only"):
        execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    ("model", "key"), [(Project, "L-opened-1"), (Expert, "E000001"), (Organisation, None)]
)
def test_d13_what_others_rest_on_is_protected(ladder, model, key):
    row = model.objects.get(pk=key) if key else ladder.project("opened").tenderer
    with pytest.raises(ProtectedError):
        row.delete()


@pytest.mark.parametrize("code", ["zbr1", "jyzx1", "jdz"])
def test_d13_an_account_with_entries_stays_with_all_its_entries(ladder, code):
    with refused("guard: rows of accounts_user stay"):
        User.objects.get(pk=code).delete()
    with refused("guard: rows of accounts_user stay"):
        User.objects.filter(pk=code)._raw_delete("default")


@pytest.mark.parametrize("model", [Project, Expert, Draw, User])
def test_d13_a_key_cannot_be_changed_either(ladder, model):
    table, pk = model._meta.db_table, model._meta.pk.column
    key = model.objects.order_by("pk").values_list("pk", flat=True)[0]
    with refused("guard: no entry for"):
        execute(f"UPDATE {table} SET {pk} = 'renamed' WHERE {pk} = %s", key)


def test_d13_nothing_but_protection_points_at_a_guarded_row():
    pointing = [
        relation
        for table, guard in GUARDS.items()
        for relation in apps.get_model(guard.model._meta.label)._meta.related_objects
    ]
    assert len(pointing) > 8
    assert {relation.on_delete.__name__ for relation in pointing} == {"PROTECT"}


@pytest.fixture
def draw(ladder) -> Draw:
    return Draw.objects.get(pk=ladder.project("evaluating").draw)


def _secret_file(draw):
    return settings.KEY_DIR / rosters._name(draw, course(draw).data["code"])


def test_d11_the_secret_of_a_committed_draw_cannot_be_written_again(draw):
    before = _secret_file(draw).read_bytes()
    with pytest.raises(FileExistsError):
        keys.write(str(_secret_file(draw).relative_to(settings.KEY_DIR)), b"\1" * 32)
    assert _secret_file(draw).read_bytes() == before
    assert rosters.secret_of(draw).hex() == before.decode().strip()


def test_d11_a_draw_is_committed_once(draw, cast):
    before = _secret_file(draw).read_bytes()
    with pytest.raises(Refused):
        draws.commit(actor=cast["jyzx1"], draw=draw.pk)
    assert _secret_file(draw).read_bytes() == before


def test_d11_the_row_of_a_draw_cannot_be_deleted(draw):
    with pytest.raises(ProtectedError):
        draw.delete()
    with refused("guard: rows of experts_draw stay"):
        execute("DELETE FROM experts_draw WHERE code = %s", draw.pk)
