"""The Merkle tree of the log: roots, proofs and their verification (RFC 6962 section 2.1).

Hashes are 32 raw bytes. Every proof is first a list of leaf ranges `[lo, hi)`, and only then a list
of hashes, so the same ranges serve a list in memory, a table of stored nodes and the verifier.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Range = tuple[int, int]
"""Leaves `lo` to `hi` − 1 (indices from 0)."""
SubtreeRoot = Callable[[int, int], bytes]
"""`(lo, hi)` → root of the tree over exactly these leaves."""
Node = Callable[[int, int], bytes]
"""`(level, index)` → root of the 2^level leaves from index · 2^level on; level 0 is a leaf."""
Keep = Callable[[int, int, list[bytes]], None]
"""Takes `(level, index, hashes)` of neighbouring perfect nodes above the leaves, the first of them
at `index`; each node once, when it is full."""


class MerkleError(ValueError):
    """A size, an index or stored bytes that no tree has."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """Compact range over the first `size` leaves: roots of its perfect subtrees, largest first.

    Enough to go on appending and to give the root, in O(log size) memory.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """Return the frontier with one more leaf hash; raise MerkleError unless it is 32 bytes."""
        return self.extend([leaf])

    def extend(self, leaves: Iterable[bytes], keep: Keep | None = None) -> "Frontier":
        """Return the frontier after the leaf hashes; hand each completed node to `keep`."""
        waiting = list(leaves)
        if not _hashes(waiting):
            raise MerkleError("a leaf hash has 32 bytes")
        size, nodes, done = self.size, list(self.nodes), 0
        while done < len(waiting):
            width = _widest(size, len(waiting) - done)
            node = _perfect(waiting[done : done + width], size, keep)
            size, done = size + width, done + width
            level = width.bit_length() - 1
            index = (size >> level) - 1
            while index & 1:
                node, index, level = node_hash(nodes.pop(), node), index >> 1, level + 1
                if keep:
                    keep(level, index, [node])
            nodes.append(node)
        return Frontier(size, tuple(nodes))

    def root(self) -> bytes:
        """Return the root of the whole tree; SHA-256 of nothing for size 0."""
        return _fold(self.nodes)

    def to_bytes(self) -> bytes:
        """Return size (8 bytes, big-endian) followed by the nodes."""
        return self.size.to_bytes(8, "big") + b"".join(self.nodes)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Return what `to_bytes` wrote; raise MerkleError where length and size do not fit."""
        size = int.from_bytes(data[:8], "big")
        if len(data) != 8 + HASH_BYTES * size.bit_count():
            raise MerkleError("not a stored frontier")
        nodes = (data[at : at + HASH_BYTES] for at in range(8, len(data), HASH_BYTES))
        return cls(size, tuple(nodes))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    return Frontier().extend(leaves).root()


def inclusion_path(index: int, size: int) -> list[Range]:
    """Return the ranges whose roots prove leaf `index` in `size` leaves, from leaf to root.

    RFC 6962 section 2.1.1; raise MerkleError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise MerkleError(f"no leaf {index} in {size}")
    path = []
    lo, hi = 0, size
    while hi - lo > 1:
        middle = _split(lo, hi)
        if index < middle:
            path.append((middle, hi))
            hi = middle
        else:
            path.append((lo, middle))
            lo = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[Range]:
    """Return the ranges whose roots prove that `old` leaves are the beginning of `new`.

    RFC 6962 section 2.1.2. Empty for old = new, and for old = 0, where there is nothing to prove;
    raise MerkleError unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise MerkleError(f"{old} leaves are not the beginning of {new}")
    path = []
    lo, hi = 0, new
    while 0 < old < hi:
        middle = _split(lo, hi)
        if old <= middle:
            path.append((middle, hi))
            hi = middle
        else:
            path.append((lo, middle))
            lo = middle
    # A left-most subtree of exactly `old` leaves has the old root, which the verifier holds.
    return ([(lo, hi)] if lo else []) + path[::-1]


def subtree_reader(node: Node) -> SubtreeRoot:
    """Return a SubtreeRoot that reads O(log n) stored perfect nodes."""

    def subtree_root(lo: int, hi: int) -> bytes:
        return _fold([node(level, index) for level, index in perfect_nodes(lo, hi)])

    return subtree_root


def perfect_nodes(lo: int, hi: int) -> list[tuple[int, int]]:
    """Return `(level, index)` of the perfect subtrees that make up a range of a path."""
    nodes = []
    while lo < hi:
        level = (hi - lo).bit_length() - 1
        if lo % (1 << level):
            raise MerkleError(f"leaves {lo} to {hi} are no subtree")
        nodes.append((level, lo >> level))
        lo += 1 << level
    return nodes


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the inclusion proof of leaf `index` among the leaf hashes, in O(n)."""
    return [root_of(leaves[lo:hi]) for lo, hi in inclusion_path(index, len(leaves))]


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """Return the proof that the first `old` leaf hashes begin the whole list, in O(n)."""
    return [root_of(leaves[lo:hi]) for lo, hi in consistency_path(old, len(leaves))]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether `proof` shows leaf hash `leaf` at `index` in the tree of that size and root."""
    if not 0 <= index < size or not _hashes([leaf, *proof]):
        return False
    path = inclusion_path(index, size)
    if len(path) != len(proof):
        return False
    node = leaf
    for (_, hi), sibling in zip(path, proof, strict=True):
        node = node_hash(sibling, node) if hi <= index else node_hash(node, sibling)
    return node == root


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Tell whether `proof` shows that the old tree is the beginning of the new one.

    From size 0 to a larger one nothing can be shown, so the answer is False. A C2SP witness has a
    rule of its own for its first checkpoint; it must not ask here.
    """
    if not 0 <= old <= new or not _hashes([old_root, *proof]):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = consistency_path(old, new)
    if old == 0 or len(path) != len(proof):
        return False
    steps = list(zip(path, proof, strict=True))
    before = after = old_root
    if path[0][1] == old:
        before = after = steps.pop(0)[1]
    for (lo, _), sibling in steps:
        if lo < old:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
        else:
            after = node_hash(after, sibling)
    return before == old_root and after == new_root


def _widest(size: int, waiting: int) -> int:
    """Return how many leaves make the largest perfect subtree that may begin behind `size`."""
    fits = 1 << (waiting.bit_length() - 1)
    return min(size & -size, fits) if size else fits


def _perfect(leaves: list[bytes], lo: int, keep: Keep | None) -> bytes:
    """Return the root over 2^k leaves from `lo` on, level by level: half the work of one by one."""
    level, row = 0, leaves
    while len(row) > 1:
        halves = iter(row)
        row = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(halves, halves, strict=True)
        ]
        level += 1
        if keep:
            keep(level, lo >> level, row)
    return row[0]


def _split(lo: int, hi: int) -> int:
    """Return where RFC 6962 divides: `lo` + the largest power of two below the width."""
    return lo + (1 << ((hi - lo - 1).bit_length() - 1))


def _fold(nodes: Sequence[bytes]) -> bytes:
    if not nodes:
        return EMPTY_ROOT
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = node_hash(node, root)
    return root


def _hashes(values: Iterable[bytes]) -> bool:
    return set(map(len, values)) <= {HASH_BYTES}
