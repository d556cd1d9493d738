"""Sealing: queued entries go into the Merkle log, and the log signs a checkpoint.

One sealer at a time; business transactions never wait for it. Stored bytes are read and hashed
again before anything is signed, and the newest checkpoint is kept in a second place, so that
neither a flipped bit nor a restored backup is silently signed.
"""

import logging
import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain import note as notes
from audit_log.domain.entry import leaf_hash, parse
from audit_log.domain.merkle import Frontier
from audit_log.models import Checkpoint, Entry, Leaf, Node, Pending
from audit_log.selectors import tree
from audit_log.services import clock, cosigning, keys, tiles

LOG = logging.getLogger(__name__)
BATCH = 1000
LOCK = 0x7472_6169_6C  # "trail": the advisory lock of the sealer

P = ParamSpec("P")
T = TypeVar("T")


class SealRefused(RuntimeError):
    """The sealer will not sign; `str()` says which bytes or which checkpoint are wrong."""


def seal() -> Checkpoint | None:
    """Seal everything that waits; return the newest checkpoint (None for an empty log)."""
    with transaction.atomic():
        _one_at_a_time()
        last = Checkpoint.objects.order_by("-size").first()
        _stand_behind_second_store(last)
        frontier = Frontier.from_bytes(bytes(last.frontier)) if last else Frontier()
        while batch := _next_batch():
            frontier = _into_log(frontier, batch)
        if frontier.size == 0 or (last and last.size == frontier.size):
            return last
        sealed = _sign(frontier)
    _keep_twice(sealed.note)
    return sealed


def ceremony(act: Callable[P, T]) -> Callable[P, T]:
    """Run a service in one transaction, then seal and ask for the cosignature at once.

    Where sealing or the witness fails the act stands: pages say 待封存 or 已封存未见证.
    """

    @wraps(act)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic():
            result = act(*args, **kwargs)
        seal_now()
        return result

    return wrapper


def seal_now() -> None:
    """Seal and cosign; a failure is logged and leaves the act standing unsealed."""
    try:
        sealed = seal()
        if sealed is not None:
            cosigning.ask(sealed)
            tiles.publish()
    except (SealRefused, keys.KeyMissing, OSError) as error:
        LOG.error("not sealed: %s", error)


def _one_at_a_time() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _next_batch() -> list[Entry]:
    """Up to BATCH queued entries in the order of writing, each read and hashed again."""
    waiting = list(Pending.objects.order_by("entry_id").values_list("pk", flat=True)[:BATCH])
    rows = list(Entry.objects.filter(pk__in=waiting).order_by("pk"))
    if len(rows) != len(waiting):
        raise SealRefused("a queued entry has vanished")
    for row in rows:
        body = bytes(row.body)
        entry = parse(body)
        place = (entry["stream"], entry["n"])
        if leaf_hash(body) != bytes(row.hash) or place != (row.stream, row.n):
            raise SealRefused(f"entry {row.stream}#{row.n} does not match its hash")
    return rows


def _into_log(frontier: Frontier, rows: list[Entry]) -> Frontier:
    """Give the entries consecutive places, keep finished nodes, empty the queue."""
    nodes: list[Node] = []

    def keep(level: int, index: int, node: bytes) -> None:
        if level % tree.STRIDE == 0:
            nodes.append(Node(level=level, index=index, hash=node))

    grown = frontier.extend((bytes(row.hash) for row in rows), keep)
    places = enumerate(rows, start=frontier.size)
    Leaf.objects.bulk_create(
        Leaf(index=index, entry_id=row.pk, hash=row.hash) for index, row in places
    )
    Node.objects.bulk_create(nodes)
    Pending.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return grown


def _sign(frontier: Frontier) -> Checkpoint:
    text = checkpoints.Checkpoint(settings.TRAIL_ORIGIN, frontier.size, frontier.root()).text
    return Checkpoint.objects.create(
        size=frontier.size,
        root=frontier.root(),
        frontier=frontier.to_bytes(),
        note=notes.sign_note(text, [keys.log_signer()]),
        sealed_at=clock.now(),
    )


def _stand_behind_second_store(last: Checkpoint | None) -> None:
    """Refuse to sign where the second store holds a newer or another tree than the database."""
    path = settings.TRAIL_SECOND_STORE
    if not path.exists():
        return
    kept = checkpoints.parse(notes.parse_note(path.read_text()).text)
    if last is None or kept.size > last.size:
        raise SealRefused(f"the second store knows a log of {kept.size} entries")
    known = Checkpoint.objects.filter(pk=kept.size).first()
    if known is None or bytes(known.root) != kept.root:
        raise SealRefused(f"the second store knows another log of {kept.size} entries")


def _keep_twice(note: str) -> None:
    path = settings.TRAIL_SECOND_STORE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with open(fresh, "w") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
