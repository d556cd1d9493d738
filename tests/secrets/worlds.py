"""Worlds that are equal but for one secret: who stands behind two handles, two sheets, two ballots.

Each is played through the services on top of the same tender and taken back. The draw's secret is
given to it in place of the machine's randomness; a round is taken back and opened again until the
tickets fall as they should, so that the worlds do not even differ in a handle.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import transaction

from accounts.services import outbox
from audit_log.services import sealer
from award.services import meeting
from config.demo import job as steps
from config.demo import synthetic
from config.demo.job import Job
from evaluation.services import committee, drawing, scoring
from experts.models import Draw, Seat
from experts.services import answers, draws, pool, rosters, rounds
from tests.accounts.channels import Phone
from tests.evaluation.tender import tender

CODE, LOT, DRAW = "W", "W-1", "W-D1"
PEOPLE = ("A1", "A2", "A3", "B1", "C1")
"""Three who fit the first two seats, and one each for the third and the fourth."""
SLOTS = (("1", "C1301", 2), ("2", "C1302", 1), ("3", "C1303", 1))
SPECIALTIES = ("C130101", "C130101", "C130101", "C130201", "C130301")
SELECTED = ["c0004", "c0005", "c0001", "c0002"]
"""Who is drawn in every world, in the order of filling; c0003 is left."""
SHEETS, BALLOTS = "sheets", "ballots"


@dataclass(frozen=True)
class World:
    """`behind`: the persons behind c0001 … c0005; `number`: which secret gives that order;
    `swapped`: whether two members have each other's sheets, or two voters each other's ballots."""

    behind: tuple[str, ...] = PEOPLE
    number: int = 0
    swapped: frozenset[str] = frozenset()

    @property
    def secret(self) -> bytes:
        return hashlib.sha256(f"world/{self.number}".encode()).digest()


AS_IT_IS, ALL_DIFFERS = "as it is", "all differs"
LEFT_OUT, EXCHANGED = ("A3", "A2", "A1", "B1", "C1"), ("A2", "A1", "A3", "B1", "C1")
WORLDS = {
    AS_IT_IS: World(PEOPLE, 2971),
    ALL_DIFFERS: World(LEFT_OUT, 11756, frozenset({SHEETS, BALLOTS})),
    "drawn exchanged": World(EXCHANGED, 7843),
    "sheets exchanged": World(PEOPLE, 2971, frozenset({SHEETS})),
    "ballots exchanged": World(PEOPLE, 2971, frozenset({BALLOTS})),
}
"""In "all differs" A1, who was drawn, is left out in place of A3. Numbers were found by trying."""


def employer(code: str) -> str:
    return synthetic.credit_code(f"world/{code}")


def people() -> list[dict[str, Any]]:
    """Five experts who differ in all that a page may show of them."""
    titles = ("高级工程师", "正高级工程师", "高级经济师", "高级工程师", "教授")
    regions = ("330402", "330400", "330411", "330402", "330402")
    facts = zip(PEOPLE, SPECIALTIES, titles, regions, count(1), strict=False)
    return [
        {
            "code": code,
            "person": {
                "name": f"上官{number}",
                "id_number": f"55443322110{number:07d}",
                "phone": f"1660000000{number}",
            },
            "employer": employer(code),
            "region": region,
            "title": title,
            "years": 10 + number,
            "specialties": [specialty],
            "term_from": date(2024, 1, number),
            "term_to": date(2027, 12, number),
        }
        for code, specialty, title, region, number in facts
    ]


def begun(ladder: Any) -> Job:
    """A tender with its bids whose draw has been asked for and approved."""
    cast = ladder.cast
    pool.enter_batch(actor=cast["zjk"], reviewer=cast["zjj"], applications=people())
    job = tender(ladder, steps.hand_in_bids, code=CODE)
    steps.wait_until(job.deadline - timedelta(hours=20))
    committee.appoint_representative(actor=cast["zbr1"], project=LOT, member="zbdb")
    drawing.start_draw(
        actor=cast["zbr1"],
        group=CODE,
        held_at=job.deadline + timedelta(minutes=30),
        place=steps.PLACE,
        slots=[
            {"slot": slot, "specialty": specialty, "region": "33", "count": number}
            for slot, specialty, number in SLOTS
        ],
    )
    draws.review(actor=cast["jyzx1"], draw=DRAW, approve=True)
    outbox.send_due(1000, Phone().channels)
    sealer.seal_now()
    return job


def commit(job: Job, world: World) -> None:
    """Freeze and commit under the world's secret, which is the first random value asked for."""
    drawn, real = iter([world.secret]), secrets.token_bytes
    with patch("secrets.token_bytes", lambda size: next(drawn, None) or real(size)):
        drawing.commit_draw(actor=job.cast["jyzx1"], draw=DRAW)
    known = rosters.identities_of(Draw.objects.get(pk=DRAW))
    assert tuple(one.expert for one in known.values()) == world.behind


def run_round(job: Job, world: World) -> None:
    """Open and run the round anew until the tickets fall as in every other world."""
    store = settings.TRAIL_SECOND_STORE
    before = store.read_bytes()
    for _ in range(200):
        with transaction.atomic():
            for account in ("zjj", "zbr2"):
                rounds.contribute(actor=job.cast[account], draw=DRAW, value="3 1 4 1 5 9")
            rounds.open_round(actor=job.cast["jyzx1"], draw=DRAW)
            rounds.run_round(actor=job.cast["jyzx1"], draw=DRAW)
            seats = Seat.objects.filter(draw=DRAW).order_by("pk")
            if [seat.candidate for seat in seats] == SELECTED:
                return
            transaction.set_rollback(True)
        store.write_bytes(before)
    raise AssertionError("the tickets never fell as they should")


def send(job: Job, world: World) -> None:
    assert outbox.send_due(channels=Phone().channels) == len(SELECTED)


def accept(job: Job, world: World) -> None:
    for seat in Seat.objects.filter(draw=DRAW).order_by("pk"):
        answers.answer(actor=seat.actor, draw=DRAW, answer="accepted")
    send(job, world)


def begin(job: Job, world: World) -> None:
    steps.sign_in(job)
    steps.start_evaluation(job)


def other(place: int, *, swapped: bool) -> int:
    """Whose sheet or ballot it is that the member at a place gives."""
    return 1 - place if swapped and place < 2 else place


def seal_sheets(job: Job, world: World) -> None:
    for place, member in enumerate(job.members):
        column = other(place, swapped=SHEETS in world.swapped)
        scores = [
            {"bidder": one.org, "factor": "total", "score": one.scores[column]}
            for one in job.lots[0][1].scored
        ]
        scoring.seal_sheet(actor=member, project=LOT, scores=scores)


def open_sheets(job: Job, world: World) -> None:
    scoring.open_sheets(actor=job.cast["jyzx1"], project=LOT)


def cast_ballots(job: Job, world: World) -> None:
    meeting.open_ballot(actor=job.cast["zbr1"], project=LOT)
    current = job.project(LOT).rounds.get()
    for place, member in enumerate(steps.award_members(job)):
        voter = other(place, swapped=BALLOTS in world.swapped)
        left = voter % len(current.eligible)
        choices = [org for at, org in enumerate(current.eligible) if at != left][: current.seats]
        meeting.cast_ballot(
            actor=job.cast[member], project=LOT, choices=choices, reason=f"{voter}" + REASON
        )


REASON = "号意见:综合比较各候选人的方案、报价与履约情况后择优选择,理由如前。"


def close_ballot(job: Job, world: World) -> None:
    meeting.close_ballot(actor=job.cast["zbr1"], project=LOT)


def only(step: Callable[[Job], None]) -> Callable[[Job, World], None]:
    return lambda job, world: step(job)


COURSE: dict[str, Callable[[Job, World], None]] = {
    "committed": commit,
    "drawn": run_round,
    "invited": send,
    "accepted": accept,
    "opened": only(steps.open_bids),
    "evaluating": begin,
    "sheets sealed": seal_sheets,
    "sheets opened": open_sheets,
    "reported": only(steps.report),
    "candidates public": only(steps.publish_candidates),
    "awarding": only(steps.begin_award),
    "ballots cast": cast_ballots,
    "ballots counted": close_ballot,
    "awarded": only(steps.award),
    "result public": only(steps.publish_result),
    "notified": only(steps.notify),
}
"""Stage → how it is reached from the one before."""


def play(job: Job, world: World, *, upto: str) -> None:
    """Play a world up to a stage."""
    for stage, step in COURSE.items():
        step(job, world)
        if stage == upto:
            return


@contextmanager
def taken_back(place: Path) -> Iterator[None]:
    """Database and key folder are afterwards as they were before."""
    names = ("KEY_DIR", "TRAIL_SECOND_STORE", "WITNESS_VKEY_FILE")
    before = {name: getattr(settings, name) for name in names}
    shutil.copytree(settings.KEY_DIR, place)
    try:
        for name, path in before.items():
            setattr(settings, name, place / path.relative_to(before["KEY_DIR"]))
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for name, path in before.items():
            setattr(settings, name, path)
        shutil.rmtree(place)
