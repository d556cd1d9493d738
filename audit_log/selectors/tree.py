"""Reading the Merkle log: places and proofs."""

from django.db.models import Exists, OuterRef

from audit_log.domain import merkle
from audit_log.domain.entry import Ref
from audit_log.models import Checkpoint, Cosignature, Entry, Leaf, Node, Pending

STRIDE = 4
"""Inner nodes are kept at every fourth level; what lies between is hashed again."""


def place_of(ref: Ref) -> tuple[int, int] | None:
    """Return (index, size of the first checkpoint above it) of an entry, None while unsealed."""
    entry = Entry.objects.filter(stream=ref.stream, n=ref.n).values("pk")
    index = Leaf.objects.filter(entry_id__in=entry).values_list("index", flat=True).first()
    if index is None:
        return None
    above = Checkpoint.objects.filter(size__gt=index).order_by("size")
    size = above.values_list("size", flat=True).first()
    return None if size is None else (index, size)


def covering(prefix: str) -> int | None:
    """Return the newest tree size that holds every entry of the streams whose names begin so.

    A co-signed size is preferred; None while such an entry waits to be sealed or nothing is sealed.
    """
    entries = Entry.objects.filter(stream__startswith=prefix)
    if entries.filter(pk__in=Pending.objects.values("pk")).exists():
        return None
    mine = Leaf.objects.filter(Exists(entries.filter(pk=OuterRef("entry_id"))))
    last = mine.order_by("-index").values_list("index", flat=True).first()
    above = -1 if last is None else last
    for table in (Cosignature, Checkpoint):
        rows = table._default_manager.filter(size__gt=above).order_by("-size")
        if (size := rows.values_list("size", flat=True).first()) is not None:
            return int(size)
    return None


def inclusion(index: int, size: int) -> list[bytes]:
    """The inclusion proof of leaf `index` in the tree of `size`, leaf to root."""
    return [subtree_root(lo, hi) for lo, hi in merkle.inclusion_path(index, size)]


def consistency(old: int, new: int) -> list[bytes]:
    """The consistency proof from `old` to `new`; empty where old is 0 or equal to new."""
    if old in (0, new):
        return []
    return [subtree_root(lo, hi) for lo, hi in merkle.consistency_path(old, new)]


def stored(level: int, lo: int, hi: int) -> list[bytes]:
    """The kept hashes lo … hi−1 of a level: leaves at 0, nodes at every fourth above."""
    rows = Node.objects.filter(level=level) if level else Leaf.objects.all()
    places = rows.filter(index__gte=lo, index__lt=hi).order_by("index")
    return [bytes(value) for value in places.values_list("hash", flat=True)]


def _node(level: int, index: int) -> bytes:
    """The root of the perfect subtree `index` of 2**level leaves, from at most 8 stored hashes."""
    above = level % STRIDE
    return merkle.root_of(stored(level - above, index << above, (index + 1) << above))


subtree_root = merkle.subtree_reader(_node)
"""The root over the leaves lo … hi−1 of a path, in O(log n) reads."""
