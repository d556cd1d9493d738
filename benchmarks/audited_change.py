"""What one audited state change costs: ours and the peers' against none, in one run, as ratios.

    python -m benchmarks.audited_change [--changes 2500] [--lazy] [--alone]

A change is: begin, SELECT … FOR UPDATE, set the state, write, commit; ours goes through the lock,
the machine's edge and `trail.record` as every service does. The ways take turns change by change,
in every order, so that what else the machine does and what caches hold hits all alike. DATABASE_URL
picks the server (default: an SQLite file); the database is the run's own. `--lazy` does not wait
for the disk at each commit, so that a slow disk cannot hide a cost; `--alone` leaves the peers out.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import permutations

from benchmarks import environment  # isort: skip  # Django's settings come first

import reversion
from django.conf import settings
from django.db import connection, transaction

from audit_log.domain.entry import Actor
from audit_log.services import trail
from benchmarks.peers import models as peers
from experts.models import Expert
from experts.services import lock

ROWS = 200
STEP = 1009
"""A prime, so that the orders in which the ways take turns are gone through evenly."""
ACTOR = Actor("zjj", "regulator", "91330499DM0000000X")
FACTS = {"employer": "x", "region": "330402", "title": "高级工程师", "years": 9}
DECISION = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--changes", type=int, default=2500)
    options.add_argument("--lazy", action="store_true")
    options.add_argument("--alone", action="store_true")
    given = options.parse_args()
    prepare()
    if given.lazy:
        wait_for_no_disk()
    ways: dict[str, Callable[[str], None]] = {"none": plain(peers.Plain)}
    ways["ours"] = ours(lock.expert)
    ways |= {} if given.alone else others()
    times: dict[str, list[float]] = {name: [] for name in ways}
    orders = list(permutations(ways.items()))
    for index in range(given.changes):
        for name, change in orders[index * STEP % len(orders)]:
            began = time.perf_counter()
            change(f"E{index % ROWS}")
            times[name].append(time.perf_counter() - began)
    report(times)


def others() -> dict[str, Callable[[str], None]]:
    ways = {"django-auditlog": plain(peers.Auditlogged)}
    ways |= {"django-simple-history": plain(peers.Historied), "django-reversion": revised}
    return ways | ({"django-pghistory": plain(peers.Pghistoried)} if settings.POSTGRESQL else {})


def wait_for_no_disk() -> None:
    lazy = "SET synchronous_commit = off" if settings.POSTGRESQL else "PRAGMA synchronous = NORMAL"
    with connection.cursor() as cursor:
        cursor.execute(lazy)


def prepare() -> None:
    environment.prepare()
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


def plain(
    model: type[peers.Row], work: Callable[[], object] = lambda: None
) -> Callable[[str], None]:
    """The change as Django makes it, with `work` between reading and writing."""

    def change(code: str) -> None:
        with transaction.atomic():
            row = model.objects.select_for_update().get(pk=code)
            work()
            row.state = "suspended" if row.state == "active" else "active"
            row.save()

    return change


def revised(code: str) -> None:
    with reversion.create_revision():
        plain(peers.Reversioned)(code)


def ours(take: Callable[[str], Expert | None]) -> Callable[[str], None]:
    """The change as services make it, on a row taken by `take`."""

    def change(code: str) -> None:
        with transaction.atomic():
            row = take(code)
            edge = "suspend" if row.state == "active" else "resume"
            lock.fire(row, edge)
            event = "expert.suspended" if edge == "suspend" else "expert.resumed"
            trail.record(row, event, ACTOR, {"ground": "inquiry", "decision": DECISION})

    return change


def report(times: dict[str, list[float]]) -> None:
    base = statistics.median(times["none"])
    print(f"{connection.vendor}, {len(times['none'])} changes each, median")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"  {name:<22} {median * 1e6:7.0f} µs  {median / base:5.2f}")


if __name__ == "__main__":
    main()
