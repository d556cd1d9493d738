"""Verifying from inside: bytes, chains, tree, signatures.

The outside check is audit_log/verifier/verify.py, which shares nothing with this code.
"""

from dataclasses import dataclass, field

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain import note as notes
from audit_log.domain.entry import GENESIS, leaf_hash, parse
from audit_log.domain.merkle import Frontier
from audit_log.models import Checkpoint, Cosignature, Entry, Leaf
from audit_log.selectors import trail
from audit_log.services import cosigning, keys


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


def unsealed() -> int:
    """How many entries no checkpoint covers yet."""
    return Entry.objects.count() - Leaf.objects.count()
