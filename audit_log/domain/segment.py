"""A stretch of the log, checked as far as its entries go by themselves.

Stretches can be checked apart, by several processes, and joined in the order of the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from audit_log.domain.entry import GENESIS
from audit_log.domain.merkle import Frontier
from audit_log.domain.shapes import Lines, Place, Shapes

LENGTH = 4096
"""Entries of a segment (a power of two, so that a whole one is a perfect subtree)."""


@dataclass(frozen=True)
class Fault:
    """One thing that does not agree; `where` names entry or row, `why` is plain Chinese."""

    where: str
    why: str


Head = tuple[bytes, bytes, bytes]
"""What the next entry of a stream must have: `prev` (hex), `n`, and the time it may not precede."""
START: Head = (GENESIS.encode(), b"0", b"")
Placed = tuple[int, Fault]
"""A fault with the log index it stands at."""


@dataclass
class Segment:
    """The checked entries from one log index on."""

    entries: int
    ends: dict[int, Frontier] = field(default_factory=dict)
    """Log size → the tree of this segment's leaves below it; the last one holds them all."""
    firsts: list[tuple[int, Place]] = field(default_factory=list)
    """Log index and place of each stream's first entry here: what came before decides on it."""
    heads: dict[bytes, Head] = field(default_factory=dict)
    faults: list[Placed] = field(default_factory=list)


class _Numbers(dict[bytes, bytes]):
    """The next number of each, in digits: to look it up costs less than to count."""

    def __missing__(self, digits: bytes) -> bytes:
        after = b"%d" % (int(digits) + 1)
        if len(self) < LENGTH:
            self[digits] = after
        return after


_NEXT = _Numbers()


def check(
    start: int,
    stretches: Sequence[Lines],
    sizes: Sequence[int],
    shapes: Shapes,
    gone: Mapping[int, bytes],
) -> Segment:
    """Check form, chain and tree of the entries that stand in the log from index `start` on.

    The stretches follow each other. `sizes` are the tree sizes to report, ascending, within the
    segment. `gone` maps the index of an entry that is not there any more (its body is b"") to the
    leaf hash that was kept.
    """
    places: list[Place | ValueError] = []
    leaves: list[bytes] = []
    for lines in stretches:
        places += shapes.read_lines(lines)
        leaves += [sha256(b"\x00" + body).digest() for body in lines.bodies]
    segment = Segment(len(leaves))
    for index, leaf in gone.items():
        leaves[index - start] = leaf
    segment.faults += _gone(sorted(gone))
    frontier, done = Frontier(), start
    for size in dict.fromkeys([*sizes, start + len(leaves)]):
        frontier, done = frontier.extend(leaves[done - start : size - start]), size
        segment.ends[size] = frontier
    _link(segment, start, places, leaves, gone)
    return segment


def _link(
    segment: Segment,
    start: int,
    places: Sequence[Place | ValueError],
    leaves: Sequence[bytes],
    gone: Mapping[int, bytes],
) -> None:
    """Follow the chains through the segment."""
    heads, head_of, add_first = segment.heads, segment.heads.get, segment.firsts.append
    hashes = b"".join(leaves).hex("\n", 32).encode().split()
    for index, (place, leaf) in enumerate(zip(places, hashes, strict=True), start):
        if type(place) is not tuple:
            if index not in gone:
                fault = Fault(f"第 {index} 条", f"不是规范的流水条目:{place}")
                segment.faults.append((index, fault))
            continue
        at, n, prev, stream = place
        head = head_of(stream)
        if head is None:
            add_first((index, place))
        elif head[0] != prev or head[1] != n or head[2] > at:
            segment.faults.extend(_unlinked(index, place, head))
        heads[stream] = (leaf, _NEXT[n], at)


def joined(segment: Segment, heads: dict[bytes, Head]) -> Iterator[Fault]:
    """Yield a segment's faults behind what came before, in log order; bring `heads` forward."""
    found = list(segment.faults)
    for index, place in segment.firsts:
        found.extend(_unlinked(index, place, heads.get(place[3], START)))
    heads |= segment.heads
    yield from (fault for _, fault in sorted(found, key=itemgetter(0)))


def _unlinked(index: int, place: Place, head: Head) -> Iterator[Placed]:
    at, n, prev, stream = place
    where = f"{stream.decode()}#{n.decode()}(第 {index} 条)"
    if n != head[1]:
        yield index, Fault(where, f"序号应为 {head[1].decode()}")
    if prev != head[0]:
        yield index, Fault(where, "与上一条的哈希不衔接")
    if at < head[2]:
        yield index, Fault(where, "时间早于上一条")


def _gone(indexes: Sequence[int]) -> Iterator[Placed]:
    """One fault for each run of neighbouring entries that are not there any more."""
    for _, run in groupby(enumerate(indexes), key=lambda pair: pair[1] - pair[0]):
        first, *rest = (index for _, index in run)
        span = f"第 {first} 至 {rest[-1]} 条" if rest else f"第 {first} 条"
        yield first, Fault(span, "流水条目已不存在,日志中仍有其位置")
