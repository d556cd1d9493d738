"""One process of the product: reads jobs as JSON lines, does each at its time, answers with a line.

`python -m tests.processes.worker`, with the environment of a `Copy`.
"""

import json
import sys
import time
import traceback
from collections import Counter
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402

from accounts.services.gate import Refusal  # noqa: E402
from audit_log import guards, testing  # noqa: E402
from audit_log.models import Entry  # noqa: E402
from audit_log.services import reconciling, verification  # noqa: E402
from rulebook.domain.blockers import Refused  # noqa: E402
from tests.processes import races  # noqa: E402
from tests.processes.racing import Race, World  # noqa: E402

WORLD = World()


def prepare(race: str) -> str:
    """Lead up to the race; return which part it is about, "" where it is about the row itself."""
    one = races.RACES[race]
    one.before(WORLD, one.code)
    return one.part(WORLD, one.code)


def look(race: str, part: str) -> dict[str, Any]:
    """How often the stream tells of the race's event, and where the rows stand."""
    one = races.RACES[race]
    told = Entry.objects.filter(stream=one.stream).values_list("type", flat=True)
    return {"told": Counter(told)[one.event], "states": _states(one, part)}


def call(race: str, part: str) -> str:
    """Take the edge through its service."""
    one = races.RACES[race]
    one.call(WORLD, one.code, part)
    return "done"


def verify() -> list[str]:
    """Every fault of the log and of the live rows against it."""
    found = verification.verify().faults + reconciling.reconcile().faults
    return [str(fault) for fault in found]


def reset() -> dict[str, int]:
    """Empty the database; return how many rows each table of the product still has."""
    testing.reset()
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model._base_manager.count() for model in models}


def unguarded() -> list[str]:
    """Names of triggers that are missing."""
    return sorted(guards.expected() - guards.standing())


def _states(one: Race, part: str) -> dict[str, str]:
    """Machine → where its row stands; a row that is not there yet is left out."""
    found = {}
    for edge in one.edges:
        rows = apps.get_model(edge.model).objects.filter(**edge.where(one.code, part))
        found[edge.machine] = rows.values_list("state", flat=True).get()
    return found


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    time.sleep(max(0.0, job["at"] - time.monotonic()))
    began = time.monotonic()
    try:
        answer: dict[str, Any] = {"answer": DOING[job["do"]](**job["with"])}
    except Refused as refused:
        answer = {"refused": refused.blockers[0].code}
    except Refusal as refusal:
        answer = {"refused": refusal.code}
    except Exception:  # whatever else leaks is the finding
        answer = {"error": traceback.format_exc()}
    return answer | {"began": began, "ended": time.monotonic()}


DOING = {one.__name__: one for one in (prepare, look, call, verify, reset, unguarded)}

if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)
