"""Sealing, verifying and replaying a long log: entries per second against a bare hash loop.

    python -m benchmarks.long_log [--entries 200000]

The log is filled to a tenth, sealed and verified, then filled to the whole, so that one run also
shows how the cost of one entry grows with the log. Synthetic entries go in by bulk, in correct
form and chain, with the triggers lifted; sealing and verifying are the product's own. The hash
loop runs over the same bytes, read beforehand, before and after each measurement.
"""

import argparse
import hashlib
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from benchmarks import environment  # isort: skip  # Django's settings come first

from django.db import connection, transaction

from audit_log import guards
from audit_log.domain import entry
from audit_log.domain.entry import Actor
from audit_log.models import Entry
from audit_log.selectors import trail
from audit_log.services import replaying, sealer, verification

PER_STREAM = 100
CHUNK = 10_000
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
ACTOR = Actor("zjj", "regulator", "91330499DM0000000X")
DECISION = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
T = TypeVar("T")
EDGES = (("suspended", "active", "resumed"), ("active", "suspended", "suspended"))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--entries", type=int, default=200_000)
    whole = options.parse_args().entries // (10 * PER_STREAM) * 10 * PER_STREAM
    environment.prepare()
    costs = [measure(lo, hi) for lo, hi in ((0, whole // 10), (whole // 10, whole))]
    print("whole log against a tenth of it, per entry:")
    for name in costs[0]:
        print(f"  {name:<28} {costs[1][name] / costs[0][name]:5.2f}")


def measure(lo: int, hi: int) -> dict[str, float]:
    """Fill the log from `lo` to `hi`, seal, verify and replay; return the cost of each."""
    fill(lo, hi)
    print(f"{connection.vendor}, {hi:,} entries")
    seconds, _ = timed(sealer.seal)
    print(f"  sealed {(hi - lo) / seconds:>12,.0f} entries/s")
    costs = {"sealing": seconds / (hi - lo)}
    for processes in (1, 2):
        costs[f"verifying, {processes} process"] = verified(hi, processes) / hi
    moment = BEGIN + timedelta(days=9999)
    seconds = min(timed(lambda: replaying.at("expert/S7", moment))[0] for _ in range(20))
    print(f"  replay of one expert {seconds * 1e3:.2f} ms")
    return costs | {"replay of one expert": seconds}


def verified(size: int, processes: int) -> float:
    """Verify, between two hash loops; return the seconds."""
    before, memory = hash_loop(size), peak()
    spent = time.process_time()
    seconds, report = timed(lambda: verification.verify(processes))
    spent = time.process_time() - spent
    if not report.ok or report.entries != size:
        raise SystemExit(f"not verified: {report.faults[:3]}")
    loop = [sum(pair) / 2 for pair in zip(before, hash_loop(size), strict=True)]
    here = f" ({loop[1] / spent:.1%} in processor time)" if processes == 1 else ""
    print(
        f"  verified by {processes} {size / seconds:>10,.0f} entries/s,"
        f" {loop[0] / seconds:.1%}{here} of the hash loop ({size / loop[0]:,.0f}/s),"
        f" memory {memory} + {peak() - memory} MiB",
        flush=True,
    )
    return seconds


def hash_loop(size: int) -> tuple[float, float]:
    """Seconds of hashlib.sha256 over every entry, without reading them: real and processor time."""
    total = spent = 0.0
    for start in range(0, size, CHUNK):
        bodies = trail.bodies(start, start + CHUNK)
        began, busy = time.perf_counter(), time.process_time()
        for body in bodies:
            hashlib.sha256(body).digest()
        total += time.perf_counter() - began
        spent += time.process_time() - busy
    return total, spent


def timed(act: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def peak() -> int:
    """The most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def fill(lo: int, hi: int) -> None:
    """Write the entries of the streams lo / 100 … hi / 100 − 1, a hundred streams interleaved."""
    with guards.lifted(), transaction.atomic():
        for start in range(lo // PER_STREAM, hi // PER_STREAM, PER_STREAM):
            stop = min(start + PER_STREAM, hi // PER_STREAM)
            heads = dict.fromkeys(range(start, stop), entry.GENESIS)
            Entry.objects.bulk_create(
                [synthetic(stream, n, heads) for n in range(PER_STREAM) for stream in heads],
                batch_size=1000,
            )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_log_pending SELECT id FROM audit_log_entry WHERE id > %s", [lo]
            )


def synthetic(stream: int, n: int, heads: dict[int, str]) -> Entry:
    source, target, act = EDGES[n % 2]
    at, type = BEGIN + timedelta(seconds=n), f"expert.{act}"
    body = entry.build(
        stream=f"expert/S{stream}",
        n=n,
        prev=heads[stream],
        type=type,
        at=at,
        actor=ACTOR,
        data={"from": source, "to": target, "ground": "inquiry", "decision": DECISION},
    )
    leaf = entry.leaf_hash(body)
    heads[stream] = leaf.hex()
    return Entry(stream=f"expert/S{stream}", n=n, type=type, at=at, hash=leaf, body=body)


if __name__ == "__main__":
    main()
