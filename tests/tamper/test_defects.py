"""Defects D4, D5, D10 and D12 of other products, which must be impossible here.

D4: a draw answered from a cache; D5: an address that clears the log; D10: logs purged after some
months; D12: a log whose order is not that of the commits, or which loses what commits late.
"""

import json
import re
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from django.db import DatabaseError, connection, transaction
from django.urls import URLPattern, get_resolver

from audit_log import models
from audit_log.domain.entry import SYSTEM
from audit_log.models import Entry
from audit_log.selectors import trail
from audit_log.services import trail as trail_service
from tests.desk.doors import sign_in
from tests.docs.source import APPS, section
from tests.processes.copies import copied
from tests.tamper.elsewhere import TIMES, WRITERS

TRAIL = list(apps.get_app_config("audit_log").get_models())
IMMUTABLE = [model for model in TRAIL if model is not models.SystemStream]
EVERYTHING = [model for model in apps.get_models() if model.__module__.split(".")[0] in APPS]
CLEARING = re.compile(r"clear|purge|delete|truncate|prune|expire|flush|wipe", re.I)
DJANGO_OWN = {"clearsessions", "flush", "sqlflush", "remove_stale_contenttypes"}
"""Commands of Django itself: sessions are no log, and the triggers refuse `flush`."""
GIVEN = {
    "code": "L-opened-1",
    "kind": "project",
    "id": "L-opened-1",
    "n": 0,
    "slug": "archive",
    "token": "x",
    "path": "x",
    "pk": "1",
}


@pytest.fixture(scope="module")
def elsewhere(django_db_setup, django_db_blocker, tmp_path_factory):
    """Ask another process that works on its own copy of the committed ladder."""

    def ask(do):
        home = tmp_path_factory.mktemp(do)
        with django_db_blocker.unblock(), copied(home) as copy:
            done = subprocess.run(
                [sys.executable, "-m", "tests.tamper.elsewhere", do],
                cwd=settings.BASE_DIR,
                env=copy.environment,
                capture_output=True,
                text=True,
            )
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return ask


@pytest.mark.processes
def test_d4_two_processes_draw_different_experts_from_the_same_pool_for_the_same_tender(elsewhere):
    first, second = elsewhere("draw"), elsewhere("draw")
    assert len(first) == len(second) == 4
    assert first != second


def test_d4_no_two_draws_share_their_secret_their_list_or_their_outcome(ladder):
    streams = Entry.objects.filter(type="draw.committed").values_list("stream", flat=True)
    told = [trail.events(stream, "draw.committed", "draw.round_run") for stream in streams]
    assert len(told) > 5
    for key in ("code", "manifest"):
        assert len({events[0]["data"][key] for events in told}) == len(told)
    run = [events for events in told if len(events) > 1]
    tickets = [one["ticket"] for events in run for one in events[1]["data"]["selected"]]
    assert len(tickets) == len(set(tickets)) == 4 * len(run)


def addresses():
    """(route, path with values filled in) of every address of the site."""

    def walk(patterns, route=""):
        for one in patterns:
            whole = route + str(one.pattern)
            if isinstance(one, URLPattern):
                yield whole
            else:
                yield from walk(one.url_patterns, whole)

    for route in walk(get_resolver().url_patterns):
        filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(GIVEN.get(found[1], "x")), route)
        yield route, "/" + re.sub(r"\^?\(\?P.*", "x", filled)


def test_d5_the_api_takes_no_delete_and_nothing_is_gone_after_trying_every_address(ladder):
    before = [model.objects.count() for model in EVERYTHING]
    for account in ("xtgl", "aqgl", "sjgl", "jyzx1", "jw"):
        client = sign_in(ladder.cast[account])
        for _, path in addresses():
            status = client.delete(path).status_code
            assert not path.startswith("/api/") or status in (403, 404, 405), path
    assert [model.objects.count() for model in EVERYTHING] == before


def test_d5_no_address_is_named_after_clearing_and_there_is_no_admin_site():
    assert [route for route, _ in addresses() if CLEARING.search(route)] == []
    assert not apps.is_installed("django.contrib.admin")


def fill(model):
    """A row of each table that the ladder leaves empty."""
    if model is models.Pending:
        trail_service.record_system("log", "system.installed", SYSTEM, {})
    elif not model.objects.exists():
        text = {"line": "x"} if model is models.Cosignature else {"token": b"x"}
        model.objects.create(size=1, **text)


@pytest.mark.parametrize("model", IMMUTABLE, ids=lambda model: model.__name__)
def test_d5_neither_the_orm_nor_sql_deletes_from_the_trail(ladder, model):
    fill(model)
    with pytest.raises(DatabaseError, match="trail: "), transaction.atomic():
        model.objects.all().delete()
    with (
        pytest.raises(DatabaseError, match="trail: "),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")


def test_d10_no_command_purges_and_how_long_things_are_kept_is_stated():
    named = {name for name in get_commands() if CLEARING.search(name)}
    assert named == DJANGO_OWN & named
    ours = {name for name, app in get_commands().items() if not app.startswith("django.")}
    assert ours & named == set()
    assert "15 years" in section("docs/trust.md", "How long things are kept")


def test_d10_an_old_entry_stays_however_much_time_passes(ladder):
    first = Entry.objects.earliest("pk")
    with pytest.raises(DatabaseError, match="trail: append only"), transaction.atomic():
        Entry.objects.filter(at__lte=first.at).delete()
    assert Entry.objects.earliest("pk") == first


@pytest.mark.processes
def test_d12_the_log_has_the_order_of_each_streams_commits_without_gap_or_loss(elsewhere):
    found = elsewhere("write")
    kept = TIMES - TIMES // 3
    by_stream = {}
    for stream, n in found["order"]:
        by_stream.setdefault(stream, []).append(n)
    assert by_stream == {f"system/writer{number}": list(range(kept)) for number in range(WRITERS)}
    assert found["indices"] == list(range(found["entries"]))
    assert (found["unsealed"], found["faults"]) == (0, [])
