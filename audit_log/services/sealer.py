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
from audit_log.domain.entry import leaf_hash
from audit_log.domain.merkle import Frontier
from audit_log.domain.shapes import Shapes
from audit_log.models import Checkpoint, Node
from audit_log.selectors import tree
from audit_log.services import clock, cosigning, keys, locks, stamping, tiles

LOG = logging.getLogger(__name__)
BATCH = 1000
WAITING = (
    "SELECT pending.entry_id, stream, n, hash, body FROM audit_log_pending AS pending"
    " LEFT JOIN audit_log_entry ON id = pending.entry_id ORDER BY pending.entry_id LIMIT %s"
)
LEAVES = 'INSERT INTO audit_log_leaf ("index", entry_id, hash) VALUES '
SEALED = "DELETE FROM audit_log_pending WHERE entry_id IN"

Waiting = tuple[int, bytes]
"""A queued entry's key and the leaf hash of its stored bytes."""

P = ParamSpec("P")
T = TypeVar("T")


class SealRefused(RuntimeError):
    """The sealer will not sign; `str()` says which bytes or which checkpoint are wrong."""


def seal() -> Checkpoint | None:
    """Seal everything that waits; return the newest checkpoint (None for an empty log)."""
    with transaction.atomic():
        locks.exclusive(locks.SEALER)
        last = Checkpoint.objects.order_by("-size").first()
        _stand_behind_second_store(last)
        frontier = Frontier.from_bytes(bytes(last.frontier)) if last else Frontier()
        shapes = Shapes()
        while batch := _next_batch(shapes):
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
            stamping.ask(sealed)
    except (SealRefused, keys.KeyMissing, OSError) as error:
        LOG.error("not sealed: %s", error)


def _next_batch(shapes: Shapes) -> list[Waiting]:
    """Up to BATCH queued entries in the order of writing, each read and hashed again."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [BATCH])
        rows = cursor.fetchall()
    batch = []
    for pk, stream, n, stored, body in rows:
        if body is None:
            raise SealRefused("a queued entry has vanished")
        leaf = leaf_hash(bytes(body))
        if shapes.read(bytes(body))[:2] != (stream, n) or leaf != bytes(stored):
            raise SealRefused(f"entry {stream}#{n} does not match its hash")
        batch.append((pk, leaf))
    return batch


def _into_log(frontier: Frontier, batch: list[Waiting]) -> Frontier:
    """Give the entries consecutive places, keep finished nodes, empty the queue."""
    nodes: list[Node] = []

    def keep(level: int, index: int, node: bytes) -> None:
        if level % tree.STRIDE == 0:
            nodes.append(Node(level=level, index=index, hash=node))

    grown = frontier.extend((leaf for _, leaf in batch), keep)
    leaves = [value for index, row in enumerate(batch, frontier.size) for value in (index, *row)]
    with connection.cursor() as cursor:
        cursor.execute(LEAVES + ", ".join(["(%s, %s, %s)"] * len(batch)), leaves)
        sealed = ", ".join(["%s"] * len(batch))
        cursor.execute(f"{SEALED} ({sealed})", [pk for pk, _ in batch])
    Node.objects.bulk_create(nodes)
    return grown


def _sign(frontier: Frontier) -> Checkpoint:
    text = checkpoints.Checkpoint(settings.TRAIL_ORIGIN, frontier.size, frontier.root()).text
    return Checkpoint.objects.create(
        size=frontier.size,
        root=frontier.root(),
        frontier=frontier.to_bytes(),
        note=notes.sign_note(text, keys.log_signers()),
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
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with open(fresh, "w") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
