"""Verifying the newest part of a long log, in a time that the length of the log does not decide.

What lies below is taken as the kept nodes of the tree say: a page checks this while someone waits,
`manage.py verify` checks everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain.entry import GENESIS, leaf_hash
from audit_log.domain.merkle import Frontier, perfect_nodes
from audit_log.domain.shapes import Shapes
from audit_log.models import Checkpoint, Cosignature, Entry
from audit_log.selectors import trail, tree
from audit_log.services import cosigning
from audit_log.services.rotation import LogKeys
from audit_log.services.verification import Fault, Report

BATCH = 1000

Head = tuple[int, str, str]
"""Position, leaf hash (hex) and time of a stream's entry."""


@dataclass
class _Chains:
    """The streams met so far, and the entries of older places that are leaned on."""

    heads: dict[str, Head] = field(default_factory=dict)
    shapes: Shapes = field(default_factory=Shapes)
    older: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """`prev` (hex) → where it is named, and stream and position it must be of."""


def newest(limit: int) -> tuple[int, Report]:
    """Check the last `limit` places of the log; return the first of them, and what was found.

    Bytes, hashes and chains there, the link of each stream to its entry before, and root,
    signatures and cosignatures of every checkpoint that covers one of them. Raise KeyError where an
    entry is gone.
    """
    size = trail.length()
    start = max(0, size - limit)
    report, chains, keys = Report(), _Chains(), LogKeys()
    frontier = _frontier(start)
    covering = Checkpoint.objects.filter(size__gt=start).order_by("size").iterator()
    due = next(covering, None)
    for lo in range(start, size, BATCH):
        bodies = trail.bodies(lo, min(lo + BATCH, size))
        leaves = [leaf_hash(body) for body in bodies]
        report.entries += len(bodies)
        report.faults.extend(_linked(lo, bodies, leaves, chains))
        while due is not None and due.size <= lo + len(leaves):
            frontier = frontier.extend(leaves[frontier.size - lo : due.size - lo])
            _check(due, frontier, keys, report)
            due = next(covering, None)
        frontier = frontier.extend(leaves[frontier.size - lo :])
    if due is not None:
        report.faults.append(Fault("日志", f"检查点记载 {due.size} 条,实有 {size} 条"))
    report.faults.extend(_leaned_on(chains))
    return start, report


def _frontier(size: int) -> Frontier:
    """The tree of the first `size` leaves, from the nodes that are kept."""
    spans = ((index << level, (index + 1) << level) for level, index in perfect_nodes(0, size))
    return Frontier(size, tuple(tree.subtree_root(lo, hi) for lo, hi in spans))


def _linked(
    lo: int, bodies: Iterable[bytes], leaves: Iterable[bytes], chains: _Chains
) -> Iterator[Fault]:
    for index, (body, leaf) in enumerate(zip(bodies, leaves, strict=True), lo):
        try:
            stream, n, prev, at = chains.shapes.read(body)
        except ValueError as error:
            yield Fault(f"第 {index} 条", f"不是规范的流水条目:{error}")
            continue
        where = f"{stream}#{n}(第 {index} 条)"
        head = chains.heads.get(stream)
        if head is None and n > 0:
            chains.older[prev] = (where, stream, n - 1)
        elif (n, prev) != ((0, GENESIS) if head is None else (head[0] + 1, head[1])):
            yield Fault(where, "与上一条的序号或者哈希不衔接")
        elif head is not None and at < head[2]:
            yield Fault(where, "时间早于上一条")
        chains.heads[stream] = (n, leaf.hex(), at)


def _leaned_on(chains: _Chains) -> Iterator[Fault]:
    """The entry before the first of each stream is there, of the same stream, and unchanged."""
    wanted = list(chains.older)
    for start in range(0, len(wanted), BATCH):
        hashes = [bytes.fromhex(prev) for prev in wanted[start : start + BATCH]]
        found = Entry.objects.filter(hash__in=hashes).values_list("body", flat=True)
        there = {leaf_hash(bytes(body)).hex(): bytes(body) for body in found}
        for prev in wanted[start : start + BATCH]:
            where, stream, n = chains.older[prev]
            body = there.get(prev)
            if body is None or chains.shapes.read(body)[:2] != (stream, n):
                yield Fault(where, "上一条不存在,或者已被改动")


def _check(row: Checkpoint, frontier: Frontier, keys: LogKeys, report: Report) -> None:
    report.checkpoints += 1
    where = f"检查点 {row.size}"
    if frontier.root() != bytes(row.root):
        report.faults.append(Fault(where, "树根与条目不符"))
    try:
        signed = checkpoints.parse(keys.open(row.note, row.size).text)
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
