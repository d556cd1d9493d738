"""What a draw is measured against: the least it could cost, and a lottery nobody can check."""

import hashlib
from datetime import date
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from audit_log.domain import canonical
from experts.domain.freeze import Eligible
from experts.domain.mac import keyed
from experts.models import Draw, Expert, ExpertConflict, ExpertDocument, ExpertLeave
from experts.selectors import pool
from experts.selectors.conflicts import tag_of
from experts.selectors.specialties import begins_with

SECRET = bytes(range(32))


def floor(draw: Draw, eligible: list[Eligible]) -> str:
    """The same rows fetched, and for those known to be eligible the hashes: nothing else.

    Handles in random order, a salt and a commitment each, the manifest's hash, the code chain to
    both its ends, and every ticket of the first round.
    """
    sql, params = pool.holders(pool.asked_of(draw)).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for _ in cursor.fetchall():
            pass
    order, salt_of = keyed(b"order"), keyed(b"salt")
    people = sorted([(order(one.expert), one) for one in eligible])
    rows: dict[str, list[str]] = {slot["slot"]: [] for slot in draw.request["slots"]}
    handles: dict[str, list[str]] = {name: [] for name in rows}
    for number, (_, (expert, org, slots)) in enumerate(people, start=1):
        handle = f"c{number:05d}"
        salt = salt_of(handle)
        content = (
            f'{{"author":"system","content":{{"candidate":"{handle}","expert":"{expert}",'
            f'"org":"{org}"}},"kind":"draw_candidate","stream":"draw/B-1","v":1}}'
        )
        commitment = hashlib.sha256(salt + content.encode()).hexdigest()
        row = f'{{"candidate":"{handle}","group":"{org}","id":"{commitment}"}}'
        for slot in slots:
            rows[slot].append(row)
            handles[slot].append(handle)
    body = ",".join(chain.from_iterable(rows.values()))
    hashlib.sha256(body.encode()).hexdigest()
    code = SECRET
    for _ in range(2 * max(32, len(people))):
        code = hashlib.sha256(code).digest()
    ticket = keyed(code)
    tickets = {
        slot: sorted([(ticket(f"{slot}\n{handle}"), handle) for handle in names])
        for slot, names in handles.items()
    }
    return canonical.dumps([ticket[0][0].hex() for ticket in tickets.values()]).decode()


def at_random(draw: Draw) -> list[Any]:
    """Seven experts by ORDER BY random(), under the filters of the freeze; three queries."""
    asked = pool.asked_of(draw)
    found: list[Any] = []
    for slot in draw.request["slots"]:
        rows = Expert.objects.filter(
            begins_with("specialties__code", slot["specialty"]),
            state="active",
            term_from__lte=asked.day,
            term_to__gte=asked.day,
            region__startswith=slot["region"],
        ).exclude(employer__in=list(asked.recusal.bodies))
        rows = rows.exclude(pk__in=found).filter(*_nothing_recorded(asked.day, asked))
        found += rows.order_by("?").values_list("pk", flat=True)[: slot["count"]]
    return found


def _nothing_recorded(day: date, asked: Any) -> list[Any]:
    """No tie to a party, no paper that has run out, no leave on the day."""
    tags = [tag_of(body) for body in asked.recusal.bodies]
    ties = ExpertConflict.objects.exclude(state="lifted").filter(tag__in=["", *tags])
    gone = ExpertDocument.objects.filter(expires__lt=day)
    away = ExpertLeave.objects.filter(first__lte=day, last__gte=day)
    return [
        ~Exists(ties.filter(person=OuterRef("pk"))),
        ~Exists(gone.filter(expert=OuterRef("pk"))),
        ~Exists(away.filter(expert=OuterRef("pk"))),
    ]
