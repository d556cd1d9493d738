"""Races about ratings: on what they propose, and on an appeal against one."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from experts.models import ExpertMeasure, ExpertRating
from experts.services import appeals, ratings
from tests.processes.expert_races import (
    DECISION,
    draft,
    enter,
    newest_appeal,
    review_appeal,
    uphold,
)
from tests.processes.racing import Act, Edge, Race, World, by


def rated(*items: str) -> Callable[[World, str], None]:
    """One expert with one rating, which proposes one measure."""

    @transaction.atomic
    def lead(world: World, code: str) -> None:
        enter(world, code)
        ratings.record(
            actor=world.cast["zjj"],
            expert=code,
            case="X-RATED",
            handle="c0001",
            items=items,
            evidence=DECISION,
        )

    return lead


def appealed(world: World, code: str) -> None:
    rated("disclosure")(world, code)
    against = ExpertRating.objects.get(expert=code).pk
    appeals.appeal(
        actor=world.cast["zjk"], expert=code, ground="law", letter=DECISION, rating=against
    )
    part = newest_appeal(world, code)
    review_appeal(accept=True)(world, code, part)
    draft(world, code, part)


def measure(_world: World, code: str, _part: str) -> str:
    return str(ExpertMeasure.objects.get(expert=code).pk)


def decide(account: str, adopt: bool) -> Act:
    given: dict[str, Any] = {"measure": measure, "adopt": adopt, "decision": DECISION}
    return by(account, ratings.decide, **given)


def races() -> Iterator[Race]:
    taken = Edge("ExpertMeasure", "dismiss", "proposed", "dismissed")
    yield Race(
        "expert", "X19700105", (taken,), "expert.measure_dismissed", decide("zjk", False),
        before=rated("objective", "deviation"),
    )  # fmt: skip
    left = (
        Edge("ExpertMeasure", "adopt", "proposed", "adopted"),
        Edge("Expert", "exit", "active", "exited"),
    )
    yield Race(
        "expert", "X19700106", left, "expert.exited", decide("zjk", True),
        before=rated("disclosure"),
    )  # fmt: skip
    taken_back = (
        Edge("ExpertAppeal", "uphold", "drafted", "upheld"),
        Edge("ExpertRating", "annul", "counted", "annulled"),
        Edge("ExpertMeasure", "lapse", "proposed", "lapsed"),
    )
    yield Race(
        "expert", "X19700107", taken_back, "expert.rating_annulled", uphold,
        before=appealed, part=newest_appeal,
    )  # fmt: skip
