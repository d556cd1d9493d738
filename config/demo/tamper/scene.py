"""The installation that is attacked: one tender awarded, one with sealed bids, a queue not empty.

It is built once through services, kept as a folder, and laid down afresh for each attack.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connections

from audit_log.domain.entry import Actor
from audit_log.models import Checkpoint, Entry, Leaf
from audit_log.services import clock, keys, sealer
from config.demo import case as cases
from config.demo import cast as casting
from config.demo import commission, show, synthetic
from config.demo import job as steps
from config.demo.job import LOCAL, Job
from desk.services import installing
from experts.services import pool

START = datetime(2025, 3, 3, 9, 0, tzinfo=LOCAL)
POOL = 24
DONE, OPEN = "T", "S"
"""Codes of the two tenders; the first is awarded, the second waits for its opening."""
WAITING = "S-1"
"""The lot of the second."""
HOME = "witness"
BACKUP = "backup"
"""A copy of the database as it was between the two tenders, with the checkpoint of that moment."""
FITS = ["A080104", "A060101", "A050101"]
SCORES = {
    "甲方建设": ["90.10", "88.00", "91.00", "87.50", "92.00"],
    "乙方建设": ["86.00", "89.50", "85.00", "88.00", "84.00"],
    "丙方建设": ["80.00", "82.00", "81.50", "79.00", "83.00"],
    "丁方建设": ["70.00", "72.00", "71.50", "69.00", "73.00"],
}


@dataclass(frozen=True)
class Scene:
    """The built installation: who acts in it, and the folder that every attack starts from."""

    cast: dict[str, Actor]
    whole: Path
    ends: dict[int, str]
    """Size of each checkpoint, ascending → the last entry below it."""

    def checkpoint(self, size: int) -> str:
        """The checkpoint that holds a log of `size` entries, by its last entry."""
        return next((end for at, end in self.ends.items() if at >= size), "(攻击之后)")

    def lay(self) -> None:
        """Put the installation back as it was built."""
        connections.close_all()
        shutil.rmtree(settings.DATA_DIR)
        shutil.copytree(self.whole, settings.DATA_DIR)


@contextmanager
def built() -> Iterator[Scene]:
    """Build the installation in DATA_DIR; keep a copy of it for the length of the block."""
    cast = _install()
    with commission.running(home()):
        _play(DONE, cast, steps.notify)
        _back_up()
        _play(OPEN, cast, steps.hand_in_bids)
        sealer.seal_now()
    _leave_something_unsealed(cast)
    ends = _ends()
    connections.close_all()
    shutil.rmtree(settings.TILES_DIR)
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        shutil.copytree(settings.DATA_DIR, whole)
        yield Scene(cast, whole, ends)


def home() -> Path:
    """The folder of the commission's tool."""
    return settings.DATA_DIR / HOME


def database() -> Path:
    """The file of the database."""
    return Path(str(settings.DATABASES["default"]["NAME"]))


def backup() -> Path:
    """Where the older copies stand: `database` and `checkpoint`."""
    return settings.DATA_DIR / BACKUP


def _install() -> dict[str, Actor]:
    installing.make_keys()
    clock.set_demo_clock(START)
    installing.install()
    commission.install(home(), keys.log_vkey())
    for box in ("in", "out"):  # the tool is slow to start; what is asked meanwhile waits there
        (settings.WITNESS_DIR / box).mkdir(parents=True)
    show.register_bidders(_case())
    players = casting.make(synthetic.credit_code("bidder/甲方建设"))
    cast = {code: player.actor for code, player in players.items()}
    people = list(synthetic.applications(POOL, synthetic.employers(POOL)))
    for person in people:
        person |= {"specialties": FITS, "region": "330402"}
        person |= {"term_from": date(2024, 1, 1), "term_to": date(2027, 12, 31)}
    pool.enter_batch(actor=cast["zjk"], reviewer=cast["zjj"], applications=people)
    return cast


def _case() -> cases.Case:
    rows = [{"bidder": name, "scores": scores} for name, scores in SCORES.items()]
    return cases.parse(
        {
            "title": "示例小学教学楼维修工程施工",
            "panel": {"experts": 4, "tenderer_representatives": 1},
            "lots": [{"lot": "1", "bidders": rows}],
        }
    )


def _play(code: str, cast: dict[str, Actor], until: steps.Step) -> None:
    steps.play(Job(code, _case(), cast, refusals=[]), until)


def _ends() -> dict[int, str]:
    found = {}
    for size in Checkpoint.objects.order_by("size").values_list("size", flat=True):
        last = Entry.objects.get(pk=Leaf.objects.get(pk=size - 1).entry_id)
        found[size] = f"至 {last.stream}#{last.n}"
    return found


def _back_up() -> None:
    backup().mkdir()
    connections.close_all()
    shutil.copy(database(), backup() / "database")
    shutil.copy(settings.TRAIL_SECOND_STORE, backup() / "checkpoint")


def _leave_something_unsealed(cast: dict[str, Actor]) -> None:
    """Two entries that no checkpoint covers yet."""
    for expert in ("E000001", "E000002"):
        pool.suspend(
            actor=cast["zjj"],
            expert=expert,
            ground=show.SUSPENSION,
            decision=show.decision_document(),
        )
