"""Lists of experts from a file: handed in, checked, approved by another, written whole or not.

What is between the acts is due work (`advance`): nobody waits before a page for 100,000 lines.
"""

import secrets
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.domain import roles
from accounts.models import Organisation
from accounts.services.gate import BadInput, NotAllowed, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import clock, envelopes, trail
from experts.domain.modes import OWNER, TERMINAL
from experts.models import Intake
from experts.selectors import intakes as intakes_of
from experts.selectors import modes
from experts.services import intake_check, intake_files, intake_write, progress, tables
from rulebook.domain.blockers import refuse

KIND = "intake"
POOL_CHARS = 40
APPROVES = {OWNER: roles.REGULATOR, TERMINAL: roles.POOL_OWNER}
"""Mode → who approves: in the owner's pool the entry is reviewed by another body."""


@transaction.atomic
def receive(
    *,
    actor: Actor,
    file: Any,
    from_pool: str = "",
    as_of: date | None = None,
    complete: bool = False,
    trial: bool = False,
) -> Ref:
    """Take in a file of experts (CSV or XLSX; anything with `chunks()`, as an upload has).

    A terminal says whose list it is and of which day, and whether it is `complete`: whoever it does
    not name any more then leaves the pool here. `trial` ends with the check.
    """
    permit(actor, "intake.receive")
    refuse(modes.with_pool())
    row = Intake(
        code=f"intake-{clock.now():%Y%m%d}-{secrets.token_hex(4)}",
        mode=modes.current(),
        from_pool=from_pool.strip(),
        as_of=as_of,
        complete=complete,
        trial=trial,
        region=Organisation.objects.get(pk=actor.org).region,
    )
    _check(row)
    return _received(row, actor, file.chunks())


@transaction.atomic
def approve(*, actor: Actor, intake: str) -> Ref:
    """Let a checked list be written: in the owner's pool by the regulator, as its review."""
    row = _locked(intake)
    permit(actor, "intake.approve", row)
    if actor.role != APPROVES[row.mode]:
        raise NotAllowed
    refuse(intakes_of.approving(row))
    row.accept_intake()
    return trail.record(row, "system.intake_approved", actor, {})


@transaction.atomic
def withdraw(*, actor: Actor, intake: str) -> Ref:
    """Withdraw an import before it is written; its file is destroyed."""
    row = _locked(intake)
    permit(actor, "intake.withdraw", row)
    refuse(intakes_of.withdrawing(row))
    row.withdraw_intake()
    ref = trail.record(row, "system.intake_withdrawn", actor, {})
    intake_files.destroy(row)
    return ref


def advance(say: Callable[[str], None] = lambda _line: None) -> int:
    """Due work: check what was received and write what was approved; returns how many went on.

    One that another process is at is left to it.
    """
    waiting = Intake.objects.filter(state__in=intakes_of.WORKING).order_by("audit_at", "pk")
    return sum(_advance(code, say) for code in list(waiting.values_list("pk", flat=True)))


def _advance(code: str, say: Callable[[str], None]) -> bool:
    with progress.alone(code) as mine:
        row = Intake.objects.get(pk=code)
        if not mine:
            say(f"{code} 正由另一个进程办理")
        if not mine or row.state not in intakes_of.WORKING:
            return False
        say(f"{code} {row.get_state_display()},开始办理")
        step = intake_check.check if row.state == "received" else intake_write.write
        ref = step(row)
        progress.forget(code)
    say(f"{code} {Intake.objects.get(pk=code).get_state_display()}")
    return ref is not None


def _received(row: Intake, actor: Actor, chunks: Iterable[bytes]) -> Ref:
    """Keep the file and record it: by a salted commitment, since a short list could be guessed."""
    try:
        sha256, size, first = intake_files.keep(row, chunks)
        format = tables.kind_of(first)
        content = {"sha256": sha256, "bytes": size}
        commitment, _ = envelopes.keep(row, kind=KIND, author=actor.id, content=content)
        row.commitment = commitment
        return trail.record(row, "system.intake_received", actor, _told(row, format, size))
    except BaseException:
        intake_files.forget_key(row)
        raise


def _told(row: Intake, format: str, size: int) -> dict[str, Any]:
    return {
        "mode": row.mode,
        "from_pool": row.from_pool,
        "as_of": row.as_of.isoformat() if row.as_of else "",
        "complete": row.complete,
        "trial": row.trial,
        "region": row.region,
        "format": format,
        "bytes": size,
        "commitment": row.commitment,
    }


def _check(row: Intake) -> None:
    """A terminal names the list it takes over; the owner's own pool has no list of another."""
    wrong = {}
    if row.mode == TERMINAL:
        if not 1 <= len(row.from_pool) <= POOL_CHARS:
            wrong["from_pool"] = f"请填写库主的名称,不超过 {POOL_CHARS} 字"
        if row.as_of is None or row.as_of > timezone.localtime(clock.now()).date():
            wrong["as_of"] = "请填写名单出具的日期,不能晚于今天"
        elif (newest := intakes_of.newest()) and row.as_of < newest:
            wrong["as_of"] = f"已导入过 {newest} 的名单,不能再导入更早的名单"
    elif row.from_pool or row.as_of or row.complete:
        wrong["from_pool"] = "本机管理专家库,导入时不填写库主的名单"
    if wrong:
        raise BadInput("intake_incomplete", "导入的说明有误", wrong)


def _locked(code: str) -> Intake:
    row = Intake.locked(code)
    if row is None:
        raise NotFound
    return row
