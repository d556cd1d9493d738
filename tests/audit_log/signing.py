"""What the tests of the log's keys share: one more checkpoint, who signed it, who accepts it."""

import time
from pathlib import Path

from audit_log.domain import note as notes
from audit_log.domain.entry import SYSTEM
from audit_log.models import Checkpoint
from audit_log.selectors import tree
from audit_log.services import sealer, verification
from audit_log.services.trail import record_system
from audit_log.verifier import verify as outside
from audit_log.witness import state
from audit_log.witness.wire import AddCheckpoint


def more() -> Checkpoint:
    """One more entry, sealed."""
    record_system("probe", "system.clock_jumped", SYSTEM, {"real_at": "2025-01-01"})
    return sealer.seal()


def signers(note: str) -> list[bytes]:
    """Key ids of the lines under a note."""
    return [line.key_id for line in notes.parse_note(note).signatures]


def key_id(vkey: str) -> bytes:
    return notes.parse_vkey(vkey).id


def faults() -> list[tuple[str, str]]:
    return [(fault.where, fault.why) for fault in verification.verify().faults]


def judged(path: Path, *, policy: str = "") -> tuple[str, list[str]]:
    report = outside.verify(str(path), policy or None)
    return report.verdict, [str(fault) for fault in report.faults]


def trust(home: Path, vkey: str) -> None:
    with state.open_store(home) as store:
        store.trust(notes.parse_vkey(vkey))


def ask(home: Path, row: Checkpoint, old: int) -> int:
    """Ask for the cosignature; return the status."""
    body = AddCheckpoint(old, tuple(tree.consistency(old, row.size)), row.note).body
    with state.open_witness(home) as witness:
        return witness.handle("add-checkpoint", body, int(time.time()))[0]
