"""Commits per second of many clients at once, audited against unaudited, on PostgreSQL.

    DATABASE_URL=postgresql://… python -m benchmarks.commits [--seconds 3] [--rounds 3]

Each client is a process with its own connection and its own row, as offices work on projects of
their own. Audited and unaudited rounds take turns. With 5 ms the transaction also sleeps that long
between reading and writing, as one does that asks another service.
"""

import argparse
import time
from collections.abc import Callable
from multiprocessing import get_context

from django.conf import settings
from django.db import connections, transaction

from benchmarks import audited_change
from benchmarks.peers.models import Plain
from experts.models import Expert
from experts.services import lock

Take = Callable[[str], Expert | None]
FORK = get_context("fork")
CLIENTS = (1, 4, 16)
WORK = (0.0, 0.005)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    if not settings.POSTGRESQL:
        raise SystemExit("commits: SQLite has one writer; set DATABASE_URL=postgresql://…")
    audited_change.prepare()
    print("commits per second          none      ours")
    for work in WORK:
        for clients in CLIENTS:
            changes = [
                audited_change.plain(Plain, lambda: time.sleep(work)),  # noqa: B023
                audited_change.ours(_slow(lock.expert, work)),
            ]
            rates = [0.0] * len(changes)
            for _ in range(given.rounds):
                for way, change in enumerate(changes):
                    rates[way] += rate(change, clients, given.seconds) / given.rounds
            ratios = "".join(f"{one:10.0f}  {one / rates[0]:4.0%}" for one in rates[1:])
            print(f"{clients:>2} clients, {work * 1e3:.0f} ms {rates[0]:16.0f}{ratios}", flush=True)


def rate(change: Callable[[str], None], clients: int, seconds: float) -> float:
    """Commits per second of all clients together."""
    connections.close_all()  # a connection does not survive a fork
    barrier, counts = FORK.Barrier(clients), FORK.Array("q", clients)

    def client(number: int) -> None:
        transaction.get_connection().ensure_connection()
        barrier.wait()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            change(f"E{number}")
            counts[number] += 1

    running = [FORK.Process(target=client, args=(number,)) for number in range(clients)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    if any(process.exitcode for process in running):
        raise SystemExit("commits: a client failed")
    return sum(counts) / seconds


def _slow(take: Take, work: float) -> Take:
    """Take the row, then work before it is written."""

    def taken(code: str) -> Expert | None:
        row = take(code)
        time.sleep(work)
        return row

    return taken


if __name__ == "__main__":
    main()
