"""Asking every layer what it sees after an attack; each answers with the place it names."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

from django.conf import settings
from django.core.checks import Tags, run_checks

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain import note as notes
from audit_log.models import Checkpoint
from audit_log.services import clock, cosigning, reconciling, sealer, verification
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
    found = {"database": _refusal(attack, built)}
    built.lay()
    attack.act(Hand(built.cast, guarded=False))
    for layer, look in _looks(attack, built):
        found.setdefault(layer, "")
        found[layer] = found[layer] or _answer(look)
    return Outcome(attack, {layer: place for layer, place in found.items() if place})


def _looks(attack: Attack, built: Scene) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "database", _missing_triggers
    yield "chain", lambda: _entry_faults(verification.verify().faults)
    yield "checkpoint", lambda: _log_faults(verification.verify().faults)
    yield "reconcile", lambda: _first(reconciling.reconcile().faults)
    if attack.opens:
        yield "opening", lambda: _open_bids(built)
    yield "outside", _outside
    yield "sealer", _goes_on
    yield "witness", _witness


def _answer(look: Callable[[], str]) -> str:
    """What a layer says; a layer that cannot even read what it finds has noticed too."""
    try:
        return look()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _refusal(attack: Attack, built: Scene) -> str:
    """What the triggers say while they stand, to whoever comes through SQL."""
    if attack.means not in (SQL, KEY):
        return ""
    built.lay()
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
    bidding.open_bids(actor=built.cast["jyzx1"], project=scene.WAITING)
    return ""


def _outside() -> str:
    """The whole log as a bundle, checked by the stand-alone program under the commission's key."""
    path = bundle.write(settings.DATA_DIR / "evidence.zip")
    report = verify.verify(str(path), (scene.home() / "policy").read_text())
    if report.ok:
        return ""
    first = report.first_bad
    return str(first.where) if first else report.faults[0].text


def _goes_on() -> str:
    """One more entry, and the log's program is to sign."""
    clock.demo_jump(timedelta(seconds=1))
    try:
        sealer.seal()
    except sealer.SealRefused as refused:
        return str(refused)
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
        return f"{fresh[0].reason} {shown.size}/{seen.size}"
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
