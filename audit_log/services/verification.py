"""Verifying from inside: bytes, chains, tree, signatures.

What stands beside the signed bytes is held against them by `audit_log.services.stored`. The outside
check is audit_log/verifier/verify.py, which shares nothing with this code.
"""

import gc
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context

from django.db import connection, connections
from django.db.models import Q

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain import segment as segments
from audit_log.domain.merkle import Frontier
from audit_log.domain.segment import Fault, Head, Segment
from audit_log.domain.shapes import Lines, Shapes
from audit_log.models import Checkpoint, Cosignature, Entry, Leaf
from audit_log.selectors import trail
from audit_log.services import cosigning
from audit_log.services.rotation import LogKeys

__all__ = ["Fault", "Report", "unsealed", "verify"]


@dataclass
class Report:
    """What was checked and what was wrong."""

    entries: int = 0
    checkpoints: int = 0
    witnessed: int = 0
    rows: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults


AHEAD = 1
"""Segments that are read while one is checked."""
Part = tuple[int, int, list[int]]
"""First index and end of a segment, and the checkpoint sizes within it."""
Read = tuple[list[Lines], list[int]]
"""The entries of a segment, and the indexes of those that are gone (b"" there)."""


def verify(processes: int = 1) -> Report:
    """Check every sealed entry, chain, checkpoint and signature of this installation.

    More processes read and check segments; chains and tree are joined in this one.
    """
    report, keys, heads = Report(), LogKeys(), dict[bytes, Head]()
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    end = min(max(sizes, default=0), trail.length())
    whole = Frontier()
    with _without_collector():
        for part, segment in _segments(parts(end, sizes), processes):
            report.entries += segment.entries
            report.faults.extend(segments.joined(segment, heads))
            for size in part[2]:
                ended = tree_at(size, whole, segment)
                check_checkpoint(Checkpoint.objects.get(pk=size), ended, keys, report)
            if segment.entries == segments.LENGTH:
                whole = whole.extend(segment.ends[part[1]].nodes)
    report.faults.extend(_beyond(sizes, end))
    return report


def tree_at(size: int, whole: Frontier, segment: Segment) -> Frontier:
    """The log's tree of a size within a segment; `whole` is that of the segments before it.

    A segment that ends there in full may complete larger subtrees.
    """
    nodes = segment.ends[size].nodes
    if size % segments.LENGTH == 0:
        return Frontier(size, whole.extend(nodes).nodes)
    return Frontier(size, whole.nodes + nodes)


def parts(end: int, sizes: Sequence[int], start: int = 0) -> Iterator[Part]:
    """Divide the log from `start`, where a segment begins, to `end`."""
    waiting = [size for size in reversed(sizes) if 0 < size <= end]
    for first in range(start, end, segments.LENGTH):
        stop = min(first + segments.LENGTH, end)
        within = []
        while waiting and waiting[-1] <= stop:
            within.append(waiting.pop())
        yield first, stop, within


def _segments(parts: Iterator[Part], processes: int) -> Iterator[tuple[Part, Segment]]:
    """Yield each part with what its check found, in order."""
    if processes > 1:
        connections.close_all()  # the helpers are forked, each with its own connection
        with get_context("fork").Pool(processes) as pool:
            yield from pool.imap(_read_and_check, parts)
        return
    shapes = Shapes()
    for part, found in _read_ahead(parts):
        yield part, check(part, found, shapes)


def read(part: Part) -> Read:
    """Fetch the bytes of a part."""
    start, stop, _ = part
    stretches = trail.stretches(start, stop)
    if stretches is not None:
        return stretches, []
    bodies = trail.bodies(start, stop)
    gone = [index for index, body in enumerate(bodies, start) if body is None]
    return list(Lines.stretches([body or b"" for body in bodies])), gone


def _read_ahead(parts: Iterator[Part]) -> Iterator[tuple[Part, Read]]:
    """Yield each part with its bytes, which the database fetches while the last is checked.

    Inside a transaction nobody else sees what it wrote, so there the bytes are read in turn.
    """
    if connection.in_atomic_block:
        yield from ((part, read(part)) for part in parts)
        return
    with ThreadPoolExecutor(1) as reader:
        coming: deque[tuple[Part, Future[Read]]] = deque()
        try:
            for part in parts:
                coming.append((part, reader.submit(read, part)))
                if len(coming) > AHEAD:
                    earlier, found = coming.popleft()
                    yield earlier, found.result()
            for earlier, found in coming:
                yield earlier, found.result()
        finally:
            reader.submit(connections.close_all).result()


def _read_and_check(part: Part) -> tuple[Part, Segment]:
    return part, check(part, read(part), _SHAPES)


_SHAPES = Shapes()
"""What a helper process has met."""


def check(part: Part, found: Read, shapes: Shapes) -> Segment:
    """Check one part by itself; of an entry that is gone the kept leaf hash is taken."""
    stretches, missing = found
    gone = trail.leaf_hashes(missing) if missing else {}
    return segments.check(part[0], stretches, part[2], shapes, gone)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of small objects live for a moment and none of them in a circle."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def check_checkpoint(row: Checkpoint, frontier: Frontier, keys: LogKeys, report: Report) -> None:
    """Hold a checkpoint, its signatures and cosignatures against the tree of its size."""
    report.checkpoints += 1
    where = f"检查点 {row.size}"
    if frontier.root() != bytes(row.root):
        report.faults.append(Fault(where, "树根与条目不符"))
    elif frontier.to_bytes() != bytes(row.frontier):
        report.faults.append(Fault(where, "续接日志所用的树边与条目不符"))
    try:
        opened = keys.open(row.note, row.size)
        signed = checkpoints.parse(opened.text)
    except ValueError as error:
        report.faults.append(Fault(where, f"签名无效:{error}"))
        return
    if (signed.size, signed.root) != (row.size, bytes(row.root)):
        report.faults.append(Fault(where, "签名内容与检查点不符"))
    lines = Cosignature.objects.filter(size=row.size).values_list("line", flat=True)
    good = [cosigning.by_witness(row.note, line) is not None for line in lines]
    report.witnessed += any(good)
    if not all(good):
        report.faults.append(Fault(where, "见证签名无效"))


def _beyond(sizes: Sequence[int], end: int) -> Iterator[Fault]:
    """Yield what the newest checkpoint counts and the log has not, and the other way round."""
    last = max(sizes, default=0)
    if last != end:
        yield Fault("日志", f"检查点记载 {last} 条,实有 {end} 条")
    beyond = Leaf.objects.filter(Q(index__lt=0) | Q(index__gte=last)).order_by("index")
    for index in beyond.values_list("index", flat=True)[:1]:
        yield Fault(f"树叶 {index}", "不在任何检查点之内")
    orphans = Cosignature.objects.exclude(size__in=Checkpoint.objects.values("size"))
    for size in orphans.order_by("size").values_list("size", flat=True)[:1]:
        yield Fault(f"检查点 {size}", "有见证签名而没有该检查点")


def unsealed() -> int:
    """How many entries no checkpoint covers yet."""
    return Entry.objects.count() - Leaf.objects.count()
