"""The first stage of an import: every line of the file is checked and nothing is written.

It takes no lock and may be broken off at any time; begun again, it begins at the beginning.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from accounts.services.gate import BadInput
from audit_log.domain.entry import SYSTEM, Ref
from audit_log.services import keys, trail
from experts.models import Expert, Intake
from experts.services import intake_files, progress
from experts.services.intake_lines import Batch, Pass
from experts.services.intake_report import Report
from rulebook.domain.blockers import Refused

STAGE = "check"


@dataclass
class Found:
    """What a pass over the whole file has found."""

    faults: Report
    changes: Report
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    regions: set[str] = field(default_factory=set)

    def take(self, batch: Batch) -> None:
        """Note a batch."""
        self.rows += batch.count
        self.faults.faults(batch.faulty)
        self.changes.changes(batch.listed)
        self.counts.update(one.kind for one in batch.listed)
        self.regions |= {one.line.values["region"] for one in batch.listed}

    def take_absent(self, codes: list[str]) -> None:
        """Note who is not in a complete list any more."""
        if codes:
            self.counts["exited"] += len(codes)
        self.changes.absent(codes)
        rows = Expert.objects.filter(pk__in=codes).order_by()
        self.regions |= set(rows.values_list("region", flat=True).distinct())


def check(row: Intake) -> Ref | None:
    """Check an import and record what was found; None where it was withdrawn meanwhile."""
    found = Found(Report(row), Report(row))
    try:
        _read(row, found)
    except (BadInput, Refused, keys.KeyMissing) as error:
        found.faults.add(0, *_of_file(error))
    return refuse_file(row, found) if found.faults.found else _pass(row, found)


@transaction.atomic
def refuse_file(checked: Intake, found: Found) -> Ref | None:
    """Record that the file cannot be taken, with the report; nothing of it stays."""
    row = Intake.locked(checked.pk)
    if row is None or row.state != checked.state:
        return None
    found.faults.keep()
    row.find_faults()
    row.rows, row.faults = found.rows, found.faults.found
    data = {"rows": row.rows, "faults": row.faults}
    ref = trail.record(row, "system.intake_refused", SYSTEM, data)
    intake_files.destroy(row)
    return ref


def common(regions: Iterable[str]) -> str:
    """The smallest region that holds all of them: 330402 and 330411 give 330400."""
    first, last = min(regions), max(regions)
    same = next((length for length in (6, 4, 2) if first[:length] == last[:length]), 0)
    return first[:same].ljust(6, "0")


def _read(row: Intake, found: Found) -> None:
    reading = Pass(row)
    for batch in reading.batches():
        found.take(batch)
        progress.tell(row.pk, STAGE, found.rows, 100 * batch.place // max(1, batch.size))
    if row.complete and not found.faults.found:
        for codes in reading.absent():
            found.take_absent(codes)


@transaction.atomic
def _pass(checked: Intake, found: Found) -> Ref | None:
    row = Intake.locked(checked.pk)
    if row is None or row.state != checked.state:
        return None
    found.changes.keep()
    row.pass_check()
    row.rows, row.counts = found.rows, dict(sorted(found.counts.items()))
    row.region = common(found.regions)
    data = {"rows": row.rows, "counts": row.counts, "region": row.region}
    ref = trail.record(row, "system.intake_checked", SYSTEM, data)
    if row.trial:
        intake_files.destroy(row)
    return ref


def _of_file(error: BadInput | Refused | keys.KeyMissing) -> tuple[str, str]:
    """Code and message of what is wrong with the file, or the installation, as a whole."""
    if isinstance(error, Refused):
        return error.blockers[0].code, error.blockers[0].message
    if isinstance(error, BadInput):
        return error.code, error.message
    return "file_gone", "文件的密钥已不在,请重新上传"
