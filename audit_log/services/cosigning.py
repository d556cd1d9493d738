"""Talking to the commission's tool: cosignatures under checkpoints, marks on draw rounds."""

import logging

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction

from audit_log.domain import note as notes
from audit_log.domain.entry import Ref, leaf_hash
from audit_log.models import Checkpoint, Cosignature, Entry, Leaf
from audit_log.selectors import tree
from audit_log.services import alarms, keys, locks
from audit_log.witness.client import FileClient, WitnessRefused, WitnessUnavailable
from audit_log.witness.core import mark_message
from audit_log.witness.wire import MarkRequest

LOG = logging.getLogger(__name__)


def ask(sealed: Checkpoint) -> bool:
    """Ask for the cosignature under a checkpoint; return whether it now carries one."""
    if Cosignature.objects.filter(size=sealed.size).exists():
        return True
    client = _client()
    if client is None:
        return False
    old = _last_cosigned(sealed.size)
    try:
        try:
            lines = client.add_checkpoint(old, tree.consistency(old, sealed.size), sealed.note)
        except WitnessRefused as refused:
            old = _size_known_to_witness(refused)
            if old > sealed.size:
                raise  # the witness has seen a longer log: a restored backup, or a second log
            lines = client.add_checkpoint(old, tree.consistency(old, sealed.size), sealed.note)
    except (WitnessUnavailable, WitnessRefused) as error:
        LOG.warning("sealed, not witnessed: %s", error)
        if isinstance(error, WitnessRefused):
            alarms.keep(sealed.size, error.status, error.body.strip())
        return False
    good = [line for line in lines if by_witness(sealed.note, line)]
    _keep(sealed.size, good)
    return bool(good)


@transaction.atomic
def _keep(size: int, lines: list[str]) -> None:
    """Store what is new: due work and a ceremony may have asked for the same checkpoint at once."""
    locks.exclusive(locks.SEALER)
    known = set(Cosignature.objects.filter(size=size).values_list("line", flat=True))
    fresh = (line for line in dict.fromkeys(lines) if line not in known)
    Cosignature.objects.bulk_create(Cosignature(size=size, line=line) for line in fresh)


def mark(ref: Ref) -> str:
    """Return the commission's mark (hex) on a sealed, co-signed round opening; "" without one."""
    client = _client()
    place = tree.place_of(ref)
    if client is None or place is None:
        return ""
    index, _ = place
    above = Cosignature.objects.filter(size__gt=index).order_by("size")
    size = above.values_list("size", flat=True).first()
    if size is None:
        return ""
    body = bytes(Entry.objects.get(stream=ref.stream, n=ref.n).body)
    proof = tuple(tree.inclusion(index, size))
    try:
        signature = client.mark(MarkRequest(body, index, proof, cosigned_note(size)))
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys.witness_keys()["draw_key"]))
        key.verify(signature, mark_message(leaf_hash(body)))
    except (WitnessUnavailable, WitnessRefused, InvalidSignature) as error:
        LOG.warning("round without a mark: %s", error)
        return ""
    return signature.hex()


def cosigned_note(size: int) -> str:
    """The checkpoint of `size` with every cosignature line we hold."""
    lines = Cosignature.objects.filter(size=size).order_by("pk").values_list("line", flat=True)
    return Checkpoint.objects.get(pk=size).note + "".join(lines)


def _client() -> FileClient | None:
    if not keys.witness_keys()["vkey"]:
        return None
    folder = settings.WITNESS_DIR
    return FileClient(folder / "in", folder / "out", timeout=settings.WITNESS_TIMEOUT)


def _size_known_to_witness(refused: WitnessRefused) -> int:
    """The size in a 409 answer; any other refusal is raised again."""
    if refused.status != 409:
        raise refused
    return int(refused.body.strip())


def _last_cosigned(below: int) -> int:
    last = Cosignature.objects.filter(size__lt=below).order_by("-size").first()
    return last.size if last else 0


def by_witness(note: str, line: str) -> int | None:
    """Return the time (POSIX seconds) of the commission's line under the note, None if not its."""
    try:
        vkey = notes.parse_vkey(keys.witness_keys()["vkey"])
        parsed = notes.parse_line(line.removesuffix("\n"))
        return notes.verify_line(notes.parse_note(note).text, parsed, vkey).time
    except notes.NoteError:
        return None


def waiting_leaves() -> int:
    """How many sealed entries stand above the last co-signed size (the window of doubt)."""
    last = Cosignature.objects.order_by("-size").values_list("size", flat=True).first() or 0
    return Leaf.objects.filter(index__gte=last).count()
