"""Verifying from inside: bytes, chains, tree, signatures.

The outside check is audit_log/verifier/verify.py, which shares nothing with this code.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from operator import itemgetter

from django.db import connections

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain.entry import GENESIS, leaf_hash
from audit_log.domain.merkle import Frontier
from audit_log.domain.shapes import Place, Shapes
from audit_log.models import Checkpoint, Cosignature, Entry, Leaf
from audit_log.selectors import trail
from audit_log.services import cosigning
from audit_log.services.rotation import LogKeys


@dataclass(frozen=True)
class Fault:
    """One thing that does not agree; `where` names entry or row, `why` is plain Chinese."""

    where: str
    why: str


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


Head = tuple[int, str, str]
"""Position, leaf hash (hex) and time of a stream's last entry."""
START: Head = (-1, GENESIS, "")
BATCH = 4096


@dataclass
class Batch:
    """Neighbouring entries, checked as far as they go by themselves."""

    leaves: list[bytes] = field(default_factory=list)
    firsts: list[tuple[int, Place]] = field(default_factory=list)
    """Log index and place of each stream's first entry here: what came before decides on it."""
    heads: dict[str, Head] = field(default_factory=dict)
    faults: list[tuple[int, Fault]] = field(default_factory=list)


def verify(processes: int = 1) -> Report:
    """Check every sealed entry, chain, checkpoint and signature of this installation.

    More processes read and parse; chains between batches and the tree are joined in this one.
    """
    report, keys = Report(), LogKeys()
    signed = Checkpoint.objects.filter(size__gt=0).order_by("-size")
    waiting = list(signed.values_list("size", flat=True))
    last = waiting[0] if waiting else 0
    frontier, heads = Frontier(), dict[str, Head]()
    for batch in _batches(trail.length(), processes):
        report.entries += len(batch.leaves)
        report.faults.extend(_joined(batch, heads))
        start = frontier.size
        while waiting and waiting[-1] <= start + len(batch.leaves):
            size = waiting.pop()
            frontier = frontier.extend(batch.leaves[frontier.size - start : size - start])
            _check_checkpoint(Checkpoint.objects.get(pk=size), frontier, keys, report)
        frontier = frontier.extend(batch.leaves[frontier.size - start :])
    if last and frontier.size != last:
        report.faults.append(Fault("日志", f"检查点记载 {last} 条,实有 {frontier.size} 条"))
    return report


def _batches(size: int, processes: int) -> Iterator[Batch]:
    """Yield the log's batches in order; the helpers are forked, each with its own connection."""
    starts = range(0, size, BATCH)
    if processes == 1:
        shapes = Shapes()
        yield from (check(start, trail.bodies(start, start + BATCH), shapes) for start in starts)
        return
    connections.close_all()
    with get_context("fork").Pool(processes) as pool:
        yield from pool.imap(_read_and_check, starts)


def _read_and_check(start: int) -> Batch:
    return check(start, trail.bodies(start, start + BATCH), _SHAPES)


_SHAPES = Shapes()
"""What a helper process has met."""


def check(start: int, bodies: list[bytes], shapes: Shapes) -> Batch:
    """Check the entries that stand in the log from index `start` on: form, and chain among them."""
    batch = Batch()
    heads, leaves, read = batch.heads, batch.leaves, shapes.read
    for index, body in enumerate(bodies, start):
        leaf = leaf_hash(body)
        leaves.append(leaf)
        try:
            place = read(body)
        except ValueError as error:
            fault = Fault(f"第 {index} 条", f"不是规范的流水条目:{error}")
            batch.faults.append((index, fault))
            continue
        stream, n, prev, at = place
        head = heads.get(stream)
        if head is None:
            batch.firsts.append((index, place))
        elif head[0] + 1 != n or head[1] != prev or head[2] > at:
            batch.faults.extend(_unlinked(index, place, head))
        heads[stream] = (n, leaf.hex(), at)
    return batch


def _joined(batch: Batch, heads: dict[str, Head]) -> Iterator[Fault]:
    """Yield the faults of a batch behind what came before, in log order; bring `heads` forward."""
    found = list(batch.faults)
    for index, place in batch.firsts:
        found.extend(_unlinked(index, place, heads.get(place[0], START)))
    heads.update(batch.heads)
    yield from (fault for _, fault in sorted(found, key=itemgetter(0)))


def _unlinked(index: int, place: Place, head: Head) -> Iterator[tuple[int, Fault]]:
    stream, n, prev, at = place
    where = f"{stream}#{n}(第 {index} 条)"
    if n != head[0] + 1:
        yield index, Fault(where, f"序号应为 {head[0] + 1}")
    if prev != head[1]:
        yield index, Fault(where, "与上一条的哈希不衔接")
    if at < head[2]:
        yield index, Fault(where, "时间早于上一条")


def _check_checkpoint(row: Checkpoint, frontier: Frontier, keys: LogKeys, report: Report) -> None:
    report.checkpoints += 1
    where = f"检查点 {row.size}"
    if frontier.root() != bytes(row.root):
        report.faults.append(Fault(where, "树根与条目不符"))
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


def unsealed() -> int:
    """How many entries no checkpoint covers yet."""
    return Entry.objects.count() - Leaf.objects.count()
