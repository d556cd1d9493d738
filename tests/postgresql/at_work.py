"""The product at work as the application's role: `python -m tests.postgresql.at_work`.

It installs, plays the ladder and one tender under the commission's eyes through the services, logs
somebody in and out, runs what is due, forgets a person, changes keys, and verifies everything. The
answer is one line of JSON.
"""

import io
import json
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from audit_log.selectors import trail  # noqa: E402
from audit_log.services import keys, reconciling, verification  # noqa: E402
from config.demo import commission  # noqa: E402
from config.demo import job as steps  # noqa: E402
from config.demo.job import Job  # noqa: E402
from desk.services import starting  # noqa: E402
from experts.models import Expert, Seat  # noqa: E402
from experts.services import pool  # noqa: E402
from tests.scenarios import Ladder, small_case  # noqa: E402


def play() -> dict[str, str]:
    """The ladder, then a tender whose ceremonies are co-signed; the states they came to."""
    ladder, home = Ladder.build(), settings.DATA_DIR / "commission"
    commission.install(home, keys.log_vkey())
    with commission.running(home):
        job = Job("WITNESSED", small_case(), ladder.cast, refusals=[], objection=False)
        steps.play(job)
        call_command("run_due", stdout=io.StringIO())
    ladder.jobs["witnessed"] = job
    return {name: ladder.project(name).state for name in ladder.jobs}


def log_in_and_out() -> list[int]:
    """What the pages answer and how many sessions there are, logged in and out again."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(pk="zbr1"))
    found = [client.get("/").status_code, Session.objects.count()]
    client.logout()
    return [*found, Session.objects.count()]


def forget() -> str:
    """Let an expert whom no draw named leave, and erase who he was."""
    drawn = Seat.objects.values("expert")
    code = (
        Expert.objects.filter(state="active").exclude(pk__in=drawn).values_list("pk", flat=True)[0]
    )
    pool.exit(actor=User.objects.get(pk="zjk").actor, expert=code, ground="age")
    out = io.StringIO()
    call_command("forget_person", code, by="zjk", ground="request", stdout=out)
    return out.getvalue().strip().removeprefix(code)


def verify() -> list[str]:
    found = verification.verify().faults + reconciling.reconcile().faults
    return [str(fault) for fault in found]


def main() -> dict[str, Any]:
    states = play()
    standing = trail.standing()
    answer = {
        "states": states,
        "unwitnessed": standing.entries - standing.witnessed,
        "session": log_in_and_out(),
        "forgotten": forget(),
    }
    for command in ("rotate_vault_key", "rotate_log_key", "run_due"):
        call_command(command, stdout=io.StringIO())
    return answer | {"faults": verify(), "start": starting.refuse_without_triggers()}


if __name__ == "__main__":
    print(json.dumps(main()))
