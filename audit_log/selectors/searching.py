"""Searching the whole log: by stream, type, actor's role, time, and how far an entry is sealed.

Time and type are the columns beside the hashed bytes; the role stands in the bytes alone and is
read there, so no column could say otherwise.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BinaryField, Exists, F, Func, IntegerField, OuterRef, QuerySet, Value
from django.db.models.expressions import Combinable

from audit_log.models import Entry, Leaf
from audit_log.selectors import trail

UNSEALED, UNWITNESSED = "unsealed", "unwitnessed"
ACTOR_ENDS = b'"},"at":"'
"""What follows the role: canonical keys are sorted, so an entry begins with its actor."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty value asks nothing. `streams` are exact, `since` ≤ at ≤ `until`.

    `seal` UNSEALED: no checkpoint covers it; UNWITNESSED: no co-signed one does.
    """

    kind: str = ""
    streams: tuple[str, ...] = ()
    type: str = ""
    role: str = ""
    since: datetime | None = None
    until: datetime | None = None
    seal: str = ""


def matching(wanted: Wanted) -> QuerySet[Entry]:
    """The entries that are looked for, each with its log index, newest first."""
    rows = trail.indexed(Entry.objects.all())
    if wanted.kind:
        rows = rows.filter(stream__startswith=f"{wanted.kind}/")
    if wanted.streams:
        rows = rows.filter(stream__in=wanted.streams)
    if wanted.type:
        rows = rows.filter(type=wanted.type)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lte=wanted.until)
    if wanted.role:
        rows = _by(rows, wanted.role)
    return _above(rows, wanted.seal).order_by("-pk")


def _by(rows: QuerySet[Entry], role: str) -> QuerySet[Entry]:
    """Entries whose actor has the role: it ends where the actor does."""
    end = b'"role":"%s' % role.encode()
    found = _place(end + ACTOR_ENDS) + Value(len(end))
    return rows.annotate(_said=found, _ends=_place(ACTOR_ENDS)).filter(_said=F("_ends"))


def _above(rows: QuerySet[Entry], seal: str) -> QuerySet[Entry]:
    """Entries at or above the last sealed, or the last co-signed, size."""
    if not seal:
        return rows
    standing = trail.standing()
    size = standing.sealed if seal == UNSEALED else standing.witnessed
    return rows.exclude(Exists(Leaf.objects.filter(entry_id=OuterRef("pk"), index__lt=size)))


def _place(sought: bytes) -> Combinable:
    """Where bytes stand in an entry, from 1; 0 for nowhere."""
    return _Place(F("body"), Value(sought, output_field=BinaryField()))


class _Place(Func):
    output_field = IntegerField()
    function = "INSTR"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        turned = self.copy()
        turned.set_source_expressions(self.get_source_expressions()[::-1])
        template = "POSITION(%(expressions)s)"
        return Func.as_sql(turned, compiler, connection, template=template, arg_joiner=" IN ")
