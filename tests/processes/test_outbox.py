"""Several hosts run `run_due` on one database, and one of them is killed while it sends."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from accounts.services import gateway
from tests.accounts.channels import SECRET, Gateway, serving
from tests.processes.copies import Copy
from tests.processes.stage import ROOT

pytestmark = pytest.mark.processes
LONGEST = 120
"""Seconds after which a test that hangs is given up; nothing here takes a tenth of it."""
ONE_WAITS = """
from accounts.models import Outgoing, User
from experts.services import own_page
Outgoing.objects.filter(status="waiting").update(status="dropped")
own_page.send_link(actor=User.objects.get(pk="zjk").actor, expert="E000001")
"""
SEND = """
from django.core.management import call_command
call_command("run_due")
"""
LATER = """
from datetime import timedelta
from audit_log.services import clock
clock.demo_jump(timedelta(minutes=3))
"""
SHOW = """
from accounts.models import Sending
print(*Sending.objects.filter(message__template="own_page", channel="sms").order_by("number")
    .values_list("message__status", "outcome"))
"""


class Hesitant(Gateway):
    """A gateway that takes the first message and answers only when let go."""

    def __init__(self) -> None:
        super().__init__()
        self.given, self.let_go = threading.Event(), threading.Event()

    def pause(self) -> None:
        if not self.given.is_set():
            self.given.set()
            self.let_go.wait(LONGEST)


@pytest.fixture
def post(copy: Copy) -> Iterator[Hesitant]:
    (copy.home / "keys" / gateway.secret_name("sms")).write_text(SECRET.hex())
    with serving(Hesitant()) as one:
        yield one
        one.let_go.set()


def host(copy: Copy, post: Hesitant, does: str) -> subprocess.Popen[str]:
    more = {"MESSAGE_CHANNELS": "sms", "SMS_URL": post.url, "GATEWAY_TIMEOUT": str(LONGEST)}
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", does],
        cwd=ROOT,
        env=copy.environment | more,
        stdout=subprocess.PIPE,
        text=True,
    )


def told_by(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 0
    return out


def test_two_hosts_never_send_twice_and_a_killed_one_is_told_of_honestly(copy, post):
    first = host(copy, post, ONE_WAITS + SEND)
    assert post.given.wait(LONGEST)
    told_by(host(copy, post, SEND))
    assert len(post.asked) == 1
    first.kill()
    first.communicate(timeout=LONGEST)
    shown = told_by(host(copy, post, LATER + SEND + SHOW)).splitlines()[-1]
    assert shown == "('handed', 'lost') ('handed', 'handed')"
    keys = {headers["Idempotency-Key"] for _, _, headers in post.asked}
    assert (len(post.asked), len(keys), len(post.sent)) == (2, 1, 1)
