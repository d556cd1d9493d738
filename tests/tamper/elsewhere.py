"""One more process on a committed copy of the ladder: `python -m tests.tamper.elsewhere DO`.

`draw` plays the same small tender to its drawn committee; `write` writes from several threads while
the log is sealed all the time. The answer is one JSON line.
"""

import json
import sys
from threading import Thread
from typing import Any

import django

django.setup()

from django.db import connections, transaction  # noqa: E402

from accounts.models import User  # noqa: E402
from audit_log.domain.entry import SYSTEM, Actor  # noqa: E402
from audit_log.models import Entry, Leaf, Pending  # noqa: E402
from audit_log.services import sealer, trail, verification  # noqa: E402
from config.demo import job as steps  # noqa: E402
from config.demo.job import Job  # noqa: E402
from experts.models import Seat  # noqa: E402
from tests.scenarios import small_case  # noqa: E402

WRITERS, TIMES = 4, 12


def draw() -> list[str]:
    """The experts drawn for one and the same tender."""
    cast = {user.code: Actor(user.code, user.role, user.org_id) for user in User.objects.all()}
    job = Job("SAME", small_case(), cast, refusals=[], objection=False)
    steps.play(job, steps.sign_in)
    return sorted(Seat.objects.filter(draw=job.draw).values_list("expert", flat=True))


def write() -> dict[str, Any]:
    """What the log holds after writers in their own streams; every third transaction is undone."""
    threads = [Thread(target=_write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        sealer.seal()
    sealer.seal()
    ids = list(Leaf.objects.order_by("index").values_list("entry_id", flat=True))
    places = dict(Entry.objects.in_bulk(ids))
    return {
        "order": [[places[pk].stream, places[pk].n] for pk in ids if _ours(places[pk])],
        "indices": list(Leaf.objects.order_by("index").values_list("index", flat=True)),
        "unsealed": Pending.objects.count(),
        "entries": Entry.objects.count(),
        "faults": [str(fault) for fault in verification.verify().faults],
    }


def _write(number: int) -> None:
    for turn in range(TIMES):
        with transaction.atomic():
            trail.record_system(f"writer{number}", "system.installed", SYSTEM, {"turn": turn})
            transaction.set_rollback(turn % 3 == 2)
    connections.close_all()


def _ours(entry: Entry) -> bool:
    return entry.stream.startswith("system/writer")


if __name__ == "__main__":
    print(json.dumps({"draw": draw, "write": write}[sys.argv[1]]()))
