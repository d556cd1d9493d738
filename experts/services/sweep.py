"""Due work of the pool: suspensions end, changes take effect, and the pool is looked through.

A sweep proposes and decides nothing: its report lists who should be looked at and why, and who left
since the sweep before. It also publishes the digest of everyone who may be drawn.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from accounts.services import vault
from audit_log.domain.entry import SYSTEM, Ref, parse_time
from audit_log.selectors import trail as entries
from audit_log.services import attachments, clock, locks, trail
from experts.models import Expert
from experts.selectors import career, history, modes, rules
from experts.services import changes, lock, pool
from rulebook.domain.blockers import Refused
from rulebook.domain.rules import Profile

STREAM = "pool"
SWEPT = "expert.pool_swept"
REASONS = {
    "term_over": "聘期已满",
    "term_ending": "聘期将满",
    "certificate_expired": "资格证明已经过期",
    "age": "已到最高年龄",
    "assessment": "年度考核建议处理",
}
"""Why an expert stands in a report."""
LEFT = ("expert.exited", "expert.disqualified")


def run(*, limit: int = 100) -> tuple[int, int, bool]:
    """Do what is due: suspensions ended, changes in force, whether the pool was swept.

    Nothing where the pool is kept by another: his list brings it.
    """
    if modes.owner_only():
        return 0, 0, False
    return lift(limit=limit), changes.settle_due(limit=limit), sweep_if_due() is not None


def lift(*, limit: int = 100) -> int:
    """End suspensions whose last day is over; returns how many."""
    over = Expert.objects.filter(state="suspended", suspended_until__lt=career.today())
    return sum(_lift(code) for code in over.order_by("pk").values_list("pk", flat=True)[:limit])


def sweep_if_due() -> Ref | None:
    """Sweep where the last time is longer ago than the rules say (`expert_sweep_days`)."""
    last = _last()
    try:
        profile = rules.of_pool()
    except Refused:
        return None  # nothing is installed yet
    wait = timedelta(days=profile.number("expert_sweep_days"))
    if last and clock.now() < parse_time(last) + wait:
        return None
    return sweep()


def sweep() -> Ref | None:
    """Look through the pool; the report is an attachment, the entry names it.

    Birth dates are compared inside the vault; only who has reached the age comes out. Reading takes
    long in a large pool and holds no lock; None where another process told of a sweep meanwhile.
    """
    since, today, now = _last(), career.today(), clock.now()
    proposed = _proposals(today)
    left = list(_left(since))
    shot = history.snapshot(now)
    report = {
        "v": 1,
        "day": today.isoformat(),
        "since": since or None,
        "proposals": [{"expert": code, "reasons": why} for code, why in sorted(proposed.items())],
        "left": left,
    }
    data = {
        "day": today.isoformat(),
        "members": shot.members,
        "eligible": len(shot.eligible),
        "root": shot.root,
        "proposals": len(proposed),
        "left": len(left),
    }
    return _tell(since, data, report)


def _last() -> str:
    """When the pool was last swept, as the entry writes it; "" for never."""
    last = entries.last_event(f"system/{STREAM}", SWEPT)
    return str(last["at"]) if last else ""


@transaction.atomic
def _tell(since: str, data: dict[str, Any], report: dict[str, Any]) -> Ref | None:
    locks.names(f"system/{STREAM}")
    if _last() != since:
        return None
    named = data | {"report": attachments.keep_document(report)}
    return trail.record_system(STREAM, SWEPT, SYSTEM, named)


@transaction.atomic
def _lift(code: str) -> bool:
    row = lock.expert(code)
    last = row.suspended_until
    if row.state != "suspended" or last is None or last >= career.today():
        return False  # somebody was faster
    pool.resume(actor=SYSTEM, expert=code, ground="term_over")
    return True


def _proposals(today: date) -> dict[str, list[str]]:
    """Expert → why he should be looked at, for everyone in the pool."""
    found: dict[str, list[str]] = {}
    profile = rules.of_pool()
    rows = Expert.objects.filter(state__in=("active", "suspended"))
    for code, why in _reasons(rows, profile, today):
        found.setdefault(code, []).append(why)
    return found


def _reasons(rows: Any, profile: Profile, today: date) -> Iterator[tuple[str, str]]:
    soon = today + timedelta(days=profile.number("expert_term_notice_days"))
    for code, last in rows.values_list("pk", "term_to"):
        if last is None or last < today:
            yield code, "term_over"
        elif last <= soon:
            yield code, "term_ending"
    codes = rows.order_by("pk").values_list("pk", flat=True)
    expired = rows.filter(documents__expires__lt=today).distinct()
    for code in expired.values_list("pk", flat=True):
        yield code, "certificate_expired"
    for code in vault.born_until(codes, _years_before(today, profile.number("expert_age_max"))):
        yield code, "age"
    last_year = rows.filter(assessments__year__gte=today.year - 1).exclude(assessments__proposal="")
    for code in last_year.distinct().values_list("pk", flat=True):
        yield code, "assessment"


def _left(since: str) -> Iterator[dict[str, Any]]:
    """Who left after the last sweep, on what ground."""
    for kind in LEFT:
        for event in entries.since(kind, since):
            code = event["stream"].partition("/")[2]
            yield {"expert": code, "ground": event["data"]["ground"], "at": event["at"]}


def _years_before(day: date, years: int) -> date:
    """The day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
