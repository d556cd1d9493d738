"""A new key for the log (formats.md section 2): announced by an entry that both keys seal.

1. the new key is made, and from then on both sign every checkpoint; 2. the entry is written; 3. it
is sealed; 4. the new key takes over and the old is destroyed. What was interrupted is taken up at
the step that is missing. The commission's tool must be told of the new key (docs/witness.md).
"""

from itertools import pairwise

from django.db import transaction

from audit_log.domain import canonical
from audit_log.domain import note as notes
from audit_log.domain.entry import SYSTEM
from audit_log.models import Checkpoint, Entry, Leaf
from audit_log.selectors.trail import last_event
from audit_log.services import keys, locks, sealer, trail

ROTATED = "system.key_rotated"
STREAM = "system/log"


def rotate() -> str:
    """Change the log's key; return the new vkey. Raise SealRefused where the sealer will not."""
    if keys.next_log_signer() is None:
        keys.create_next_log_key()
    vkey = keys.log_vkeys()[-1]
    if not _told(vkey):
        _announce(vkey)
    sealer.seal()
    with transaction.atomic():
        locks.exclusive(locks.SEALER)  # nobody is about to sign with the old key alone
        keys.promote_next_log_key()
    return vkey


@transaction.atomic
def _announce(vkey: str) -> None:
    """Write the entry; no checkpoint above the last one stands without the new key."""
    locks.exclusive(locks.SEALER)
    last = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    trail.record_system("log", ROTATED, SYSTEM, {"vkey": vkey, "from_size": last + 1})


def _told(vkey: str) -> bool:
    told = last_event(STREAM, ROTATED)
    return told is not None and told["data"]["vkey"] == vkey


class LogKeys:
    """Who had to sign which checkpoint; read once for a whole verification.

    A key is known by the files of KEY_DIR, never by the database alone.
    """

    def __init__(self) -> None:
        self._known = [notes.parse_vkey(vkey) for vkey in keys.log_vkeys()]
        self._due = _due(str(self._known[0]))

    def open(self, note: str, size: int) -> notes.OpenedNote:
        """Return the note of a kept checkpoint; raise NoteError unless all who had to, signed."""
        opened = notes.open_note(note, self._known)
        signed = {str(one.vkey) for one in opened.verified}
        if not self._due[size] <= signed:
            raise notes.NoteError("not signed by the key in force")
        return opened


def _due(first: str) -> dict[int, set[str]]:
    """Checkpoint size → vkeys that had to sign: the key in force at this size.

    Under the first checkpoint above an announcement that is the new key and its predecessor.
    """
    held = [(-1, 0, first), *_changes()]
    due: dict[int, set[str]] = {}
    before = 0
    for size in Checkpoint.objects.order_by("size").values_list("size", flat=True):
        due[size] = {[vkey for _, start, vkey in held if start <= size][-1]}
        for (_, _, old), (place, _, new) in pairwise(held):
            if before <= place < size:
                due[size] |= {old, new}
        before = size
    return due


def _changes() -> list[tuple[int, int, str]]:
    """(log index, first size, vkey) of every sealed announcement, in log order."""
    rows = dict(Entry.objects.filter(stream=STREAM, type=ROTATED).values_list("pk", "body"))
    places = Leaf.objects.filter(entry_id__in=rows).order_by("index")
    told = [
        (index, canonical.loads(bytes(rows[pk]))["data"])
        for index, pk in places.values_list("index", "entry_id")
    ]
    return [(index, data["from_size"], data["vkey"]) for index, data in told]
