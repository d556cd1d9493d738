"""Races for rule profiles: one proposal, one decision."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from audit_log.services import clock
from rulebook.services import publishing
from tests.processes.racing import Act, Edge, Race, World, by

PROFILE = "zj_water"
"""One that no tender of the races is held to."""
CHANGE = {"rule": "R32", "value": "25", "level": "block", "basis": "", "sure": "profile"}


def _today(*_: Any) -> Any:
    return timezone.localtime(clock.now()).date()


propose = by(
    "aqgl", publishing.propose, effective_from=_today, changes=[CHANGE], reason="延长编制时间"
)
approve = by("fgj", publishing.approve)
reject = by("fgj", publishing.reject, reason="依据不足")


def proposed(world: World, code: str) -> None:
    propose(world, code, "")


def _rules(name: str, source: str, target: str, event: str, call: Act, **more: Any) -> Race:
    edge = Edge("RuleProfile", name, source, target)
    return Race("rules", PROFILE, (edge,), f"rules.{event}", call, **more)


def races() -> Iterator[Race]:
    yield _rules("propose", "published", "proposed", "proposed", propose)
    yield _rules("reject", "proposed", "published", "rejected", reject)
    yield _rules("approve", "proposed", "published", "published", approve, before=proposed)
