"""How far the commission's tool has followed the log, and how long the window of doubt is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from audit_log.domain.entry import parse, parse_time
from audit_log.models import Checkpoint, Cosignature, Entry, Leaf, Pending
from audit_log.selectors import trail
from audit_log.services import alarms, cosigning, keys
from audit_log.services.alarms import Alarm

ALARMS = 20
TRIED = 50
"""How many of the newest lines are tried until one verifies."""


@dataclass(frozen=True)
class Watch:
    """Sealed and co-signed sizes with their times; what lies above, and since when it does.

    `cosigned_at` is the witness's own clock, read from a line that its key verifies; `oldest` the
    `at` of the oldest entry that no co-signed checkpoint covers, None where there is none.
    """

    registered: bool
    sealed: int
    sealed_at: datetime | None
    cosigned: int
    cosigned_at: datetime | None
    unsealed: int
    unwitnessed: int
    oldest: datetime | None
    alarms: list[Alarm]

    @property
    def window(self) -> int:
        """Entries that whoever holds database and log key could still rewrite."""
        return self.unsealed + self.unwitnessed

    def span(self, now: datetime) -> timedelta:
        """For how long the oldest of them has waited."""
        return max(timedelta(), now - self.oldest) if self.oldest else timedelta()


def standing() -> Watch:
    """The present state; a line that the commission's key does not verify counts for nothing."""
    last = Checkpoint.objects.order_by("-size").first()
    size, at = _cosigned()
    return Watch(
        registered=bool(keys.witness_keys()["vkey"]),
        sealed=last.size if last else 0,
        sealed_at=last.sealed_at if last else None,
        cosigned=size,
        cosigned_at=at,
        unsealed=Pending.objects.count(),
        unwitnessed=max(0, trail.length() - size),
        oldest=_oldest(size),
        alarms=alarms.kept(ALARMS),
    )


def _cosigned() -> tuple[int, datetime | None]:
    """The newest size under a line that verifies, with the line's time."""
    for row in Cosignature.objects.order_by("-size", "-pk")[:TRIED]:
        note = Checkpoint.objects.filter(pk=row.size).values_list("note", flat=True).first()
        seconds = cosigning.by_witness(note, row.line) if note else None
        if seconds is not None:
            return row.size, datetime.fromtimestamp(seconds, UTC)
    return 0, None


def _oldest(size: int) -> datetime | None:
    """The time in the oldest entry above `size`: first in the log, else first in the queue."""
    first = Leaf.objects.filter(index__gte=size).order_by("index").values_list("entry_id")[:1]
    found = list(Entry.objects.filter(pk__in=first))
    if not found:
        waiting = Pending.objects.order_by("pk").values("pk")[:1]
        found = list(Entry.objects.filter(pk__in=waiting))
    return parse_time(parse(bytes(found[0].body))["at"]) if found else None
