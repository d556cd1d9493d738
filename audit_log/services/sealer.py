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
LEAVES = 'INSERT INTO audit_log_leaf ("index", entry_id, hash) '
SEALED = "DELETE FROM audit_log_pending WHERE entry_id "

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
        frontier, shapes = _stand_on(last), Shapes()
        while batch := _next_batch(shapes):
            frontier = _into_log(frontier, batch)
        if frontier.size == 0 or (last and last.size == frontier.size):
            return last
        sealed = _sign(frontier, last)
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
    if any(row[-1] is None for row in rows):
        raise SealRefused("a queued entry has vanished")
    batch = []
    places = shapes.read([bytes(row[-1]) for row in rows])
    for (pk, stream, n, stored, body), place in zip(rows, places, strict=True):
        leaf = leaf_hash(bytes(body))
        told = None if isinstance(place, ValueError) else (place[3].decode(), int(place[1]))
        if told != (stream, n) or leaf != bytes(stored):
            raise SealRefused(f"entry {stream}#{n} does not match its hash")
        batch.append((pk, leaf))
    return batch


def _into_log(frontier: Frontier, batch: list[Waiting]) -> Frontier:
    """Give the entries consecutive places, keep finished nodes, empty the queue."""
    nodes: list[Node] = []

    def keep(level: int, index: int, hashes: list[bytes]) -> None:
        if level % tree.STRIDE == 0:
            numbered = enumerate(hashes, index)
            nodes.extend(Node(level=level, index=at, hash=value) for at, value in numbered)

    grown = frontier.extend((leaf for _, leaf in batch), keep)
    entries, hashes = (list(column) for column in zip(*batch, strict=True))
    _write_leaves(list(range(frontier.size, grown.size)), entries, hashes)
    Node.objects.bulk_create(nodes)
    return grown


def _write_leaves(indexes: list[int], entries: list[int], hashes: list[bytes]) -> None:
    """Write the leaves and take their entries off the queue, in one statement each."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])"
            cursor.execute(LEAVES + arrays, [indexes, entries, hashes])
            cursor.execute(f"{SEALED} = ANY(%s)", [entries])
            return
        rows = [value for row in zip(indexes, entries, hashes, strict=True) for value in row]
        cursor.execute(f"{LEAVES} VALUES {_marks('(%s, %s, %s)', entries)}", rows)
        cursor.execute(f"{SEALED} IN ({_marks('%s', entries)})", entries)


def _marks(one: str, values: list[int]) -> str:
    return ", ".join([one] * len(values))


def _sign(frontier: Frontier, last: Checkpoint | None) -> Checkpoint:
    text = checkpoints.Checkpoint(settings.TRAIL_ORIGIN, frontier.size, frontier.root()).text
    now = clock.now()
    return Checkpoint.objects.create(
        size=frontier.size,
        root=frontier.root(),
        frontier=frontier.to_bytes(),
        note=notes.sign_note(text, keys.log_signers()),
        # A machine's clock may step back; the order of the checkpoints never does.
        sealed_at=max(now, last.sealed_at) if last else now,
    )


def _stand_on(last: Checkpoint | None) -> Frontier:
    """The tree to go on from: the one that was signed, or nothing is signed any more."""
    if last is None:
        return Frontier()
    try:
        frontier = Frontier.from_bytes(bytes(last.frontier))
        signed = checkpoints.parse(notes.parse_note(last.note).text)
    except ValueError as error:
        raise SealRefused(f"the checkpoint of {last.size} entries is damaged") from error
    stated = {(frontier.size, frontier.root()), (last.size, bytes(last.root))}
    if stated != {(signed.size, signed.root)}:
        raise SealRefused(f"the checkpoint of {last.size} entries is not the one that was signed")
    return frontier


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
