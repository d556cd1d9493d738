"""What one audited state change costs: ours and the peers' against none, in one run, as ratios.

    python -m benchmarks.audited_change [--changes 2500]

A change is: begin, SELECT … FOR UPDATE, set the state, write, commit; ours goes through the lock, the
machine's edge and `trail.record` as every service does. The ways take turns change by change, so
that whatever else the machine does hits all alike. DATABASE_URL picks the database (default: an
SQLite file of its own); a fresh folder is used each time.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable

HOME = tempfile.mkdtemp(prefix="mingding-bench-")
os.environ |= {
    "DATA_DIR": HOME,
    "KEY_DIR": f"{HOME}/keys",
    "SECRET_KEY": "benchmark",
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
}
import django  # noqa: E402

django.setup()

import reversion  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from audit_log.domain.entry import Actor  # noqa: E402
from audit_log.services import keys, trail  # noqa: E402
from benchmarks.peers import models as peers  # noqa: E402
from experts.models import Expert  # noqa: E402
from experts.services import lock  # noqa: E402

ROWS = 200
ACTOR = Actor("zjj", "regulator", "91330499DM0000000X")
FACTS = {"employer": "x", "region": "330402", "title": "高级工程师", "years": 9}
DECISION = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--changes", type=int, default=2500)
    changes = options.parse_args().changes
    prepare()
    ways = {"none": plain(peers.Plain), "ours": ours, "django-auditlog": plain(peers.Auditlogged)}
    ways |= {"django-simple-history": plain(peers.Historied), "django-reversion": revised}
    if settings.POSTGRESQL:
        ways["django-pghistory"] = plain(peers.Pghistoried)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for index in range(changes):
        for name, change in ways.items():
            began = time.perf_counter()
            change(f"E{index % ROWS}")
            times[name].append(time.perf_counter() - began)
    report(times)


def prepare() -> None:
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the peers have no migrations
    keys.create_log_key()
    with transaction.atomic():
        for index in range(ROWS):
            row = Expert(code=f"E{index}", state="active", **FACTS)
            trail.record(row, "expert.imported", ACTOR, {})
    for model in (peers.Plain, peers.Auditlogged, peers.Historied, peers.Reversioned):
        model.objects.bulk_create(model(code=f"E{index}", **FACTS) for index in range(ROWS))
    if settings.POSTGRESQL:
        peers.Pghistoried.objects.bulk_create(
            peers.Pghistoried(code=f"E{index}", **FACTS) for index in range(ROWS)
        )


def plain(model: type[peers.Row]) -> Callable[[str], None]:
    def change(code: str) -> None:
        with transaction.atomic():
            row = model.objects.select_for_update().get(pk=code)
            row.state = "suspended" if row.state == "active" else "active"
            row.save()

    return change


def revised(code: str) -> None:
    with reversion.create_revision():
        plain(peers.Reversioned)(code)


def ours(code: str) -> None:
    with transaction.atomic():
        row = lock.expert(code)
        edge = "suspend" if row.state == "active" else "resume"
        lock.fire(row, edge)
        event = "expert.suspended" if edge == "suspend" else "expert.resumed"
        trail.record(row, event, ACTOR, {"ground": "inquiry", "decision": DECISION})


def report(times: dict[str, list[float]]) -> None:
    base = statistics.median(times["none"])
    print(f"{connection.vendor}, {len(times['none'])} changes each, median")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"  {name:<22} {median * 1e6:7.0f} µs  {median / base:5.2f}")


if __name__ == "__main__":
    main()
