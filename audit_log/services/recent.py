"""Verifying the newest part of a long log, in a time that the length of the log does not decide.

What lies below is taken as the kept nodes of the tree say: a page checks this while someone waits,
`manage.py verify` checks everything.
"""

from collections.abc import Iterator

from audit_log.domain import segment
from audit_log.domain.entry import leaf_hash
from audit_log.domain.merkle import Frontier, perfect_nodes
from audit_log.domain.segment import Fault, Head, Segment
from audit_log.domain.shapes import Place, Shapes
from audit_log.models import Checkpoint, Entry
from audit_log.selectors import trail, tree
from audit_log.services import verification
from audit_log.services.rotation import LogKeys
from audit_log.services.verification import Report

Heads = dict[bytes, Head]
AT_ONCE = 500
"""Entries that are looked up together."""


def newest(limit: int) -> tuple[int, Report]:
    """Check the last `limit` places of the log; return the first that was, and what was found.

    That one begins a segment, so up to a segment more is checked. Bytes, hashes and chains there,
    the link of each stream to its entry before, and root, signatures and cosignatures of every
    checkpoint that covers one of them.
    """
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    last, length = max(sizes, default=0), trail.length()
    end = min(last, length)
    start = max(0, end - limit) // segment.LENGTH * segment.LENGTH
    report, keys, shapes, heads = Report(), LogKeys(), Shapes(), Heads()
    whole = _frontier(start)
    for part in verification.parts(end, [size for size in sizes if size > start], start):
        found = verification.check(part, verification.read(part), shapes)
        report.entries += found.entries
        report.faults.extend(_leaned_on(found, heads))
        report.faults.extend(segment.joined(found, heads))
        for size in part[2]:
            ended = verification.tree_at(size, whole, found)
            verification.check_checkpoint(Checkpoint.objects.get(pk=size), ended, keys, report)
        if found.entries == segment.LENGTH:
            whole = whole.extend(found.ends[part[1]].nodes)
    if last != length:
        report.faults.append(Fault("日志", f"检查点记载 {last} 条,实有 {length} 条"))
    return start, report


def _frontier(start: int) -> Frontier:
    """The tree below a segment's beginning from the kept nodes, counted in segments."""
    spans = ((index << level, (index + 1) << level) for level, index in perfect_nodes(0, start))
    nodes = tuple(tree.subtree_root(lo, hi) for lo, hi in spans)
    return Frontier(start // segment.LENGTH, nodes)


def _leaned_on(found: Segment, heads: Heads) -> Iterator[Fault]:
    """Learn the heads of streams that began before the part, each from the entry that is leaned on.

    Where that is not there any more, or is another, the first entry here is the fault.
    """
    unknown = [
        (index, place)
        for index, place in found.firsts
        if place[3] not in heads and int(place[1]) > 0
    ]
    for lo in range(0, len(unknown), AT_ONCE):
        some = unknown[lo : lo + AT_ONCE]
        known = _before([place[2].decode() for _, place in some])
        for index, (_, n, prev, stream) in some:
            older = known.get(prev.decode())
            if older is None or (older[3], int(older[1])) != (stream, int(n) - 1):
                where = f"{stream.decode()}#{int(n)}(第 {index} 条)"
                yield Fault(where, "上一条不存在,或者已被改动")
            heads[stream] = (prev, n, older[0] if older else b"")


def _before(hashes: list[str]) -> dict[str, Place]:
    """Leaf hash → place, of those whose bytes have that hash."""
    rows = Entry.objects.filter(hash__in=[bytes.fromhex(one) for one in hashes])
    bodies = [bytes(body) for body in rows.values_list("body", flat=True)]
    places = zip(bodies, Shapes().read(bodies), strict=True)
    return {leaf_hash(body).hex(): place for body, place in places if isinstance(place, tuple)}
