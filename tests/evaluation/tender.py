"""A tender of one's own in a test: played with the demonstration's steps, stopped where wanted."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest

from audit_log.selectors import trail
from config.demo import case as cases
from config.demo import job as steps
from config.demo.job import STEPS, Job
from evaluation.models import Project
from evaluation.services import registering
from rulebook.domain.blockers import Refused
from tests.scenarios import Ladder, case_data


def tender(
    ladder: Ladder,
    last: Callable[[Job], None],
    code: str = "T-1",
    bidders: int = 4,
    same_price: bool = False,
) -> Job:
    """Play a tender of one lot from its registration to the step `last`."""
    data = case_data(bidders)
    for row in data["lots"][0]["bidders"] if same_price else ():
        row["price_yuan"] = "28000000.00"
    job = Job(code, cases.parse(data), ladder.cast, refusals=[], objection=False)
    return play(job, last)


def play(job: Job, last: Callable[[Job], None], after: Callable[[Job], None] | None = None) -> Job:
    """Play the steps behind `after` (default: all) up to `last`."""
    order = [step for step, _ in STEPS]
    start = order.index(after) + 1 if after else 0
    for step in order[start : order.index(last) + 1]:
        step(job)
    return job


def lot(job: Job) -> Project:
    """The job's first lot as it is now."""
    return job.project(job.lots[0][0])


def last(job: Job, kind: str) -> dict[str, Any]:
    """The data of the newest entry of a type in the lot's stream."""
    found = trail.last_event(lot(job).stream, f"project.{kind}")
    assert found is not None
    return found["data"]


def codes(refused: Refused) -> list[str]:
    """The codes of the reasons that stopped an act."""
    return [blocker.code for blocker in refused.blockers]


@contextmanager
def refused(*expected: str):
    """The block is refused for exactly these reasons, in this order."""
    with pytest.raises(Refused) as caught:
        yield
    assert codes(caught.value) == list(expected)


def plan(**changes: Any) -> dict[str, Any]:
    """An evaluation plan for ranked candidates."""
    base = {
        "v": 1,
        "factors": [steps.FACTOR],
        "aggregation": "mean",
        "review_items": [{"item": "compliance", "name": "符合性审查"}],
        "candidates": {"count": 3, "ranked": True},
        "tie_rule": ["lower_price"],
    }
    return base | changes


def details(**changes: Any) -> dict[str, Any]:
    """What the registration of a lot needs, besides actor and code."""
    base = {
        "title": "示例中学运动场维修工程施工",
        "group": "T-9",
        "lot": "1",
        "region": "330402",
        "trade": "construction",
        "compulsory": True,
        "funds": "state",
        "regime": "ranked_first",
        "ceiling_fen": 1_000_000_00,
        "evaluation_plan": plan(),
    }
    return base | changes


def planned(
    ladder: Ladder,
    evaluation_plan: dict[str, Any],
    last: Callable[[Job], None] = steps.start_evaluation,
    prices: tuple[str, ...] = (),
) -> Job:
    """Play a tender of one lot under an evaluation plan of its own; prices in yuan, by bidder."""
    data = case_data(4)
    for row, price in zip(data["lots"][0]["bidders"], prices, strict=False):
        row["price_yuan"] = price
    job = Job("T-1", cases.parse(data), ladder.cast, refusals=[], objection=False)
    ((code, one),) = job.lots
    about = details(group="T-1", lot=one.name, regime="separated", ceiling_fen=one.ceiling_fen)
    about["evaluation_plan"] = evaluation_plan
    registering.register(actor=job.cast["zbr1"], code=code, **about)
    return play(job, last, after=steps.register)
