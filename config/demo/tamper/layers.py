"""Asking every layer what it sees after an attack; each answers with the place it names."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from threading import Event, Thread

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import DatabaseError

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain import note as notes
from audit_log.models import Checkpoint
from audit_log.services import clock, cosigning, reconciling, sealer, stored, verification
from audit_log.services.verification import Fault
from audit_log.verifier import verify
from audit_log.witness import files, state
from config.demo.played import wait_until
from config.demo.tamper import scene
from config.demo.tamper.hand import Hand
from config.demo.tamper.scene import Scene
from config.demo.tamper.table import KEY, SQL, Attack
from desk.services import bundle
from evaluation.models import Project
from evaluation.services import bidding

_INDEX = re.compile(r"\((?:第 \d+ 条|日志序号 \d+)\)")
_HASH = re.compile(r"[0-9a-f]{64}|(?<=checkpoints/)\d+")
_HANDLE = re.compile(r"(?<=experts_seat T-D1 )\w+")
_KNOWN = re.compile(r"the second store knows .* (\d+) entries")
_SIZE = re.compile(r"(?<=检查点 )\d+")
PAUSE = 0.005
"""Seconds between two looks of the commission's tool into its folder."""


@dataclass(frozen=True)
class Outcome:
    """What came of one attack: layer → place it names, for the layers that noticed something."""

    attack: Attack
    noticed: dict[str, str]

    @property
    def as_stated(self) -> bool:
        return self.noticed == self.attack.noticed


def outcome(attack: Attack, built: Scene) -> Outcome:
    """Try an attack with the triggers standing, then without; ask every layer."""
    built.lay()
    found = {"database": _refusal(attack, built)}
    if found["database"]:
        built.lay()
    if found["database"] or not _by_sql(attack):
        attack.act(Hand(built.cast, guarded=False))
    for layer, look in _looks(attack, built):
        found[layer] = _answer(look)
    named = {layer: _relative(place, built) for layer, place in found.items() if place}
    return Outcome(attack, named)


def _relative(place: str, built: Scene) -> str:
    """The place without what chance or an earlier entry decides: a checkpoint by its last entry."""
    if place.startswith(("第 ", "无法解析的条目")):
        return "日志中的一处"  # named by its index alone: what stood there cannot be read
    place = _HANDLE.sub("…", _HASH.sub("…", _INDEX.sub("", place)))
    return _SIZE.sub(lambda size: built.checkpoint(int(size[0])), place)


def _looks(attack: Attack, built: Scene) -> Iterator[tuple[str, Callable[[], str]]]:
    inside = cache(lambda: verification.verify().faults)
    yield "start", _missing_triggers
    yield "chain", lambda: _entry_faults(inside())
    yield "checkpoint", lambda: _log_faults(inside())
    yield "stored", lambda: _place(stored.verify().faults)
    yield "reconcile", lambda: _first(reconciling.reconcile().faults)
    if attack.opens:
        yield "opening", lambda: _open_bids(built)
    yield "outside", _outside
    yield "sealer", _goes_on
    if attack.shown:
        yield "witness", _witness


def _by_sql(attack: Attack) -> bool:
    return attack.means in (SQL, KEY)


def _answer(look: Callable[[], str]) -> str:
    """What a layer says; a layer that cannot even read what it finds has noticed too."""
    try:
        return look()
    except Exception as error:
        return f"中断({type(error).__name__})"


def _refusal(attack: Attack, built: Scene) -> str:
    """What the triggers say while they stand, to whoever comes through SQL."""
    if not _by_sql(attack):
        return ""
    try:
        attack.act(Hand(built.cast, guarded=True))
    except sqlite3.IntegrityError as error:
        return str(error)
    return ""


def _missing_triggers() -> str:
    errors = run_checks(tags=[Tags.database], databases=["default"])
    return str(errors[0].id) if errors else ""


def _entry_faults(faults: list[Fault]) -> str:
    return next((fault.where for fault in faults if "第 " in fault.where), "")


def _log_faults(faults: list[Fault]) -> str:
    return next((fault.where for fault in faults if "第 " not in fault.where), "")


def _place(faults: list[Fault]) -> str:
    return faults[0].where if faults else ""


def _first(faults: list[Fault]) -> str:
    """The first row that differs, and its column where it is a column."""
    if not faults:
        return ""
    column, told, _ = faults[0].why.partition(" 按流水应为")
    return f"{faults[0].where} {column}" if told else faults[0].where


def _open_bids(built: Scene) -> str:
    """The waiting tender goes on: its bids are opened when they are due."""
    deadline = Project.objects.get(pk=scene.WAITING).deadline
    if deadline is None:
        raise LookupError(scene.WAITING)
    wait_until(deadline)
    with _answering():
        bidding.open_bids(actor=built.cast["jyzx1"], project=scene.WAITING)
    return ""


def _outside() -> str:
    """The whole log and one case, checked by the stand-alone program under one's own policy."""
    return _bundle("") or _bundle(scene.WAITING)


def _bundle(project: str) -> str:
    path = bundle.write(settings.DATA_DIR / "evidence.zip", project=project)
    report = verify.verify(str(path), (scene.home() / "policy").read_text())
    if report.ok:
        return ""
    first = report.first_bad
    return str(first.where) if first else report.faults[0].text


def _goes_on() -> str:
    """One more entry, and the log's program is to sign."""
    with suppress(DatabaseError):  # where not even that can be written, it still has to sign
        clock.demo_jump(timedelta(seconds=1))
    try:
        sealer.seal()
    except sealer.SealRefused as refused:
        known = _KNOWN.fullmatch(str(refused))
        return f"第二处检查点 {known[1]}" if known else str(refused)
    return ""


def _witness() -> str:
    """The newest checkpoint is shown to the commission's tool: its alarm and the size it knows."""
    with state.open_store(scene.home()) as store:
        before = len(store.alarms())
    with _answering():
        signed = cosigning.ask(Checkpoint.objects.latest("size"))
    with state.open_store(scene.home()) as store:
        fresh = store.alarms()[before:]
        seen = store.latest(settings.TRAIL_ORIGIN)
    if fresh and seen:
        shown = checkpoints.parse(notes.parse_note(fresh[0].note).text)
        return f"{fresh[0].reason} 检查点 {shown.size}(已联署检查点 {seen.size})"
    return "" if signed else "no cosignature"


@contextmanager
def _answering() -> Iterator[None]:
    """The commission's tool answers what lies in its inbox, for the length of the block."""
    stop = Event()
    folder = settings.WITNESS_DIR

    def answer() -> None:
        with state.open_witness(scene.home()) as witness:
            while not stop.wait(PAUSE):
                now = int(clock.real_now().timestamp())
                list(files.answer_waiting(witness, folder / "in", folder / "out", now))

    thread = Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
