"""The installation's clock, the one place that asks what time it is.

A demonstration may run earlier than real time, never past it: its offset is the last entry of
`system/clock`, so every process shows the same time and the log tells of every jump.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from audit_log.domain.entry import SYSTEM, Actor, format_time, parse_time
from audit_log.models import Entry, SystemStream

STREAM = "system/clock"


def now() -> datetime:
    """Return the installation's aware time (UTC); the demonstration's where one is running."""
    real = datetime.now(UTC)
    return real + offset() if settings.DEMO else real


def real_now() -> datetime:
    """Return the machine's aware time (UTC), whatever the demonstration shows."""
    return datetime.now(UTC)


def offset() -> timedelta:
    """How far the demonstration stands from real time (never positive)."""
    from audit_log.domain import canonical

    last = Entry.objects.filter(stream=STREAM).order_by("-n").values_list("body", flat=True).first()
    if last is None:
        return timedelta()
    entry = canonical.loads(bytes(last))
    return parse_time(entry["at"]) - parse_time(entry["data"]["real_at"])


@transaction.atomic
def set_demo_clock(moment: datetime, *, actor: Actor = SYSTEM) -> None:
    """Let the demonstration's clock stand at `moment`; raise ValueError back or past real time."""
    from audit_log.services import trail

    if not settings.DEMO:
        raise ValueError("the clock moves in a demonstration only")
    real = real_now()
    row = SystemStream.locked("clock")
    if moment > real or (row and moment < now()):
        raise ValueError("the demonstration's clock goes forward, never past real time")
    kind = "system.clock_jumped" if row else "system.clock_started"
    row = row or SystemStream(name="clock")
    trail.record(row, kind, actor, {"real_at": format_time(real)}, at=moment)


def demo_jump(delta: timedelta, *, actor: Actor = SYSTEM) -> datetime:
    """Move the demonstration's clock forward by `delta`; return its new time."""
    moment = now() + delta
    set_demo_clock(moment, actor=actor)
    return moment
