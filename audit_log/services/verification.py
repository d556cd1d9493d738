"""Verifying from inside: bytes, chains, tree, signatures; then the fold against live tables.

The outside check is audit_log/verifier/verify.py, which shares nothing with this code.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain import note as notes
from audit_log.domain.entry import GENESIS, leaf_hash, parse
from audit_log.domain.merkle import Frontier
from audit_log.guards import GUARDS, Guard
from audit_log.models import Checkpoint, Cosignature, Entry, Leaf
from audit_log.selectors import trail
from audit_log.services import cosigning, keys

PartStates = Callable[[list[dict[str, Any]]], dict[str, str]]
PARTS: dict[str, PartStates] = {}
"""Table of stream parts → fold of a stream's entries into part key → state."""


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


def verify() -> Report:
    """Check every sealed entry, chain, checkpoint and signature of this installation."""
    report = Report()
    roots = {row.size: row for row in Checkpoint.objects.order_by("size")}
    frontier, heads = Frontier(), dict[str, tuple[int, str, str]]()
    for index, body in enumerate(trail.bodies()):
        report.entries += 1
        _check_entry(index, body, heads, report)
        frontier = frontier.append(leaf_hash(body))
        if (row := roots.get(frontier.size)) is not None:
            _check_checkpoint(row, frontier, report)
    if roots and frontier.size != max(roots):
        report.faults.append(Fault("日志", f"检查点记载 {max(roots)} 条,实有 {frontier.size} 条"))
    return report


def reconcile() -> Report:
    """Fold every stream and compare state and head with the live row; name each difference."""
    report = Report()
    for guard in GUARDS.values():
        faults = _reconcile_parts(guard) if guard.is_part else _reconcile_owners(guard)
        report.faults.extend(faults)
        report.rows += guard.model._default_manager.count()
    return report


def _check_entry(
    index: int, body: bytes, heads: dict[str, tuple[int, str, str]], report: Report
) -> None:
    try:
        value = parse(body)
    except ValueError as error:
        report.faults.append(Fault(f"第 {index} 条", f"不是规范的流水条目:{error}"))
        return
    n, prev, at = heads.get(value["stream"], (-1, GENESIS, ""))
    where = f"{value['stream']}#{value['n']}(第 {index} 条)"
    if value["n"] != n + 1:
        report.faults.append(Fault(where, f"序号应为 {n + 1}"))
    if value["prev"] != prev:
        report.faults.append(Fault(where, "与上一条的哈希不衔接"))
    if value["at"] < at:
        report.faults.append(Fault(where, "时间早于上一条"))
    heads[value["stream"]] = (value["n"], leaf_hash(body).hex(), value["at"])


def _check_checkpoint(row: Checkpoint, frontier: Frontier, report: Report) -> None:
    report.checkpoints += 1
    where = f"检查点 {row.size}"
    if frontier.root() != bytes(row.root):
        report.faults.append(Fault(where, "树根与条目不符"))
    try:
        opened = notes.open_note(row.note, [notes.parse_vkey(keys.log_vkey())])
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


def fold(stream: str) -> tuple[int, str, str | None]:
    """Return (last position, last hash, state) of a stream, from its entries alone."""
    n, head, state = -1, GENESIS, None
    rows = Entry.objects.filter(stream=stream).order_by("n").values_list("n", "body")
    for position, body in rows:
        value = parse(bytes(body))
        n, head = position, leaf_hash(bytes(body)).hex()
        state = value["data"].get("to", state)
    return n, head, state


def _reconcile_owners(guard: Guard) -> Iterator[Fault]:
    folds = _fold_kind(guard.stream_kind)
    for row in _rows(guard):
        n, head, state = folds.pop(row.stream, (-1, GENESIS, None))
        where = f"{guard.table} {row.pk}"
        live = (row.audit_n, bytes(row.audit_hash).hex())
        if live != (n, head):
            yield Fault(where, f"流水位置应为 {n},实为 {row.audit_n}")
        if guard.has_state and row.state != state:
            yield Fault(where, f"state 按流水应为 {state},实为 {row.state}")
    owner = guard.kind == ""
    for stream in sorted(folds) if owner else ():
        yield Fault(f"{guard.table} {stream.partition('/')[2]}", "流水有记录,业务表中没有该行")


def _rows(guard: Guard) -> Iterator[Any]:
    return guard.model._default_manager.order_by("pk").iterator()


def _fold_kind(kind: str) -> dict[str, tuple[int, str, str | None]]:
    found: dict[str, tuple[int, str, str | None]] = {}
    rows = Entry.objects.filter(stream__startswith=f"{kind}/").order_by("stream", "n")
    for stream, n, body in rows.values_list("stream", "n", "body").iterator():
        data = parse(bytes(body))["data"]
        state = data.get("to", found.get(stream, (0, "", None))[2])
        found[stream] = (n, leaf_hash(bytes(body)).hex(), state)
    return found


def _reconcile_parts(guard: Guard) -> Iterator[Fault]:
    rows: dict[str, dict[str, Any]] = {}
    for row in _rows(guard):
        rows.setdefault(row.stream, {})[str(getattr(row, guard.named))] = row
    for stream in sorted(rows):
        told = PARTS[guard.table](trail.events(stream))
        for key in sorted(rows[stream].keys() | told.keys()):
            row, state = rows[stream].get(key), told.get(key)
            if row is None:
                yield Fault(f"{guard.table} {stream} {key}", "流水有记录,业务表中没有该行")
            elif row.state != state:
                where = f"{guard.table} {stream} {key}"
                yield Fault(where, f"state 按流水应为 {state},实为 {row.state}")


def unsealed() -> int:
    """How many entries no checkpoint covers yet."""
    return Entry.objects.count() - Leaf.objects.count()
