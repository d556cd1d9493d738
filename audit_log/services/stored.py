"""What stands beside the signed bytes: columns, leaf hashes, nodes, queue, attachments, envelopes.

They only find the bytes again, serve proofs, or wait to be opened; nobody signs them. Held against
the bytes, whoever changed one of them is found, and a changed byte is named even where no later
entry of its stream vouches for it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Subquery

from audit_log.domain import canonical, entry
from audit_log.domain.merkle import Frontier
from audit_log.models import Attachment, Checkpoint, Entry, Envelope, Leaf, Node, Pending
from audit_log.selectors import tree
from audit_log.services.verification import Fault, Report

BATCH = 2000
LEAVES = (
    'SELECT leaf."index", leaf.hash, stream, n, body FROM audit_log_leaf AS leaf'
    " LEFT JOIN audit_log_entry AS entry ON entry.id = leaf.entry_id"
    ' WHERE leaf."index" > %s ORDER BY leaf."index" LIMIT %s'
)
DOCUMENTS = (
    *(
        "rules",
        "evaluation_plan",
        "plan",
        "result",
        "report",
        "notice",
        "dissent",
        "answer",
        "question",
    ),
    *("manifest", "content", "attachment"),
)
"""Keys of an entry's data under which the SHA-256 of an attachment stands (docs/events.md)."""


def verify() -> Report:
    """Compare all of it with the entries; the tables are read once, in batches."""
    report = Report()
    named: set[str] = set()
    report.faults.extend(_entries(report, named))
    report.faults.extend(_tree())
    report.faults.extend(_times())
    report.faults.extend(_queue())
    report.faults.extend(_attachments(named))
    report.faults.extend(_envelopes())
    return report


def _entries(report: Report, named: set[str]) -> Iterator[Fault]:
    """The columns of each entry say what its bytes say; collect the attachments they name."""
    for row in Entry.objects.order_by("pk").iterator(chunk_size=BATCH):
        report.entries += 1
        where, body = f"{row.stream}#{row.n}", bytes(row.body)
        try:
            value = entry.parse(body)
        except ValueError:
            yield Fault(where, "正文不是规范的流水条目")
            continue
        named.update(_documents(value["data"]))
        told = {
            "stream": value["stream"],
            "n": value["n"],
            "type": value["type"],
            "at": value["at"],
            "hash": entry.leaf_hash(body).hex(),
        }
        found = {
            "stream": row.stream,
            "n": row.n,
            "type": row.type,
            "at": entry.format_time(row.at),
            "hash": bytes(row.hash).hex(),
        }
        for column, right in told.items():
            if found[column] != right:
                yield Fault(where, f"{column} 列按正文应为 {right},实为 {found[column]}")


def _documents(data: Mapping[str, Any]) -> Iterator[str]:
    for key in DOCUMENTS:
        name = data.get(key)
        if isinstance(name, str) and entry.HASH.fullmatch(name):
            yield name


def _tree() -> Iterator[Fault]:
    """Every kept leaf is the hash of its entry, every kept node that of its leaves."""
    frontier, kept = Frontier(), Counter[int]()
    for rows in _batches():
        leaves = []
        for index, stored, stream, n, body in rows:
            leaves.append(bytes(stored) if body is None else entry.leaf_hash(bytes(body)))
            if body is None:
                yield Fault(f"第 {index} 条", "日志中有其位置,流水条目已不存在")
            elif leaves[-1] != bytes(stored):
                yield Fault(f"{stream}#{n}(第 {index} 条)", "正文与日志中留存的树叶哈希不符")
        wanted: dict[tuple[int, int], bytes] = {}

        def keep(level: int, index: int, hashes: list[bytes], wanted: Any = wanted) -> None:
            if level % tree.STRIDE == 0:
                wanted.update(((level, at), value) for at, value in enumerate(hashes, index))

        frontier = frontier.extend(leaves, keep)
        kept.update(level for level, _ in wanted)
        yield from _nodes(wanted)
    for level, number in Node.objects.order_by("level", "index").values_list("level", "index"):
        if number >= kept[level]:
            yield Fault(f"树的节点 {level}/{number}", "日志没有这个节点")


def _batches() -> Iterator[list[tuple[Any, ...]]]:
    """The leaves in order with the entries they name: index, hash, stream, n, body."""
    last = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(LEAVES, [last, BATCH])
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _nodes(wanted: Mapping[tuple[int, int], bytes]) -> Iterator[Fault]:
    for level in sorted({level for level, _ in wanted}):
        numbers = sorted(index for at, index in wanted if at == level)
        rows = Node.objects.filter(level=level, index__range=(numbers[0], numbers[-1]))
        found = {row.index: bytes(row.hash) for row in rows}
        for number in numbers:
            if found.get(number) != wanted[level, number]:
                yield Fault(f"树的节点 {level}/{number}", "留存的哈希与树叶不符")


def _times() -> Iterator[Fault]:
    """The times of the checkpoints do not go back; what they mean stands in docs/trust.md."""
    before = None
    for size, at in Checkpoint.objects.order_by("size").values_list("size", "sealed_at"):
        if before and at < before:
            yield Fault(f"检查点 {size}", "封存时间早于前一个检查点")
        before = at


def _queue() -> Iterator[Fault]:
    """Every entry is in the log or waits for it, and nothing else waits."""
    placed = Leaf.objects.filter(entry_id=OuterRef("pk"))
    waiting = Pending.objects.filter(pk=OuterRef("pk"))
    lost = Entry.objects.exclude(Exists(placed)).exclude(Exists(waiting)).order_by("pk")
    for stream, n in lost.values_list("stream", "n"):
        yield Fault(f"{stream}#{n}", "既不在日志中,也不在待封存队列中")
    known = Entry.objects.filter(pk=OuterRef("pk"))
    for number in Pending.objects.exclude(Exists(known)).values_list("pk", flat=True):
        yield Fault(f"待封存队列 {number}", "没有对应的流水条目")


def _attachments(named: set[str]) -> Iterator[Fault]:
    """Every attachment has the hash it is named by, and none that an entry names is missing."""
    for row in Attachment.objects.order_by("pk").iterator(chunk_size=100):
        named.discard(row.pk)
        if hashlib.sha256(bytes(row.body)).hexdigest() != row.pk:
            yield Fault(f"附件 {row.pk}", "内容与摘要不符")
    for name in sorted(named):
        yield Fault(f"附件 {name}", "流水引用了该附件,附件已不存在")


def _envelopes() -> Iterator[Fault]:
    """Every envelope is one that an entry of its stream sealed, at the place it says."""
    told = Entry.objects.filter(stream=OuterRef("stream"), n=OuterRef("n")).values("body")
    rows = Envelope.objects.defer("blob").annotate(told=Subquery(told)).order_by("stream", "n")
    for row in rows.iterator(chunk_size=BATCH):
        if row.told is None or not _seals(bytes(row.told), row):
            yield Fault(f"信封 {row.commitment}", f"{row.stream}#{row.n} 没有封存这样一份信封")


def _seals(body: bytes, row: Envelope) -> bool:
    """Whether an entry names the commitment, and its kind and author where it says them."""
    try:
        data = canonical.loads(body)["data"]
    except canonical.CanonicalError:
        return False
    named = row.commitment in [value for value in data.values() if isinstance(value, str)]
    return named and (row.kind, row.author) == (
        data.get("kind", row.kind),
        data.get("author", row.author),
    )
