"""What a race is: an edge, how its service is called, and what must be done before.

Both processes know the same table (`races.RACES`) and are told a race's name; everything else they
read from their database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from accounts.models import User
from audit_log.domain.entry import Actor
from config.demo import job as steps
from config.demo.job import STEPS, Job
from evaluation.models import Part, Project
from evaluation.selectors.committee import EXPERT, expert_actor
from tests.scenarios import small_case

MODELS = {
    "Project": "evaluation.Project",
    "Expert": "experts.Expert",
    "ExpertChange": "experts.ExpertChange",
    "ExpertAppeal": "experts.ExpertAppeal",
    "ExpertRating": "experts.ExpertRating",
    "ExpertMeasure": "experts.ExpertMeasure",
    "Draw": "experts.Draw",
    "Seat": "experts.Seat",
    "DrawnList": "experts.DrawnList",
    "ExpertConflict": "experts.ExpertConflict",
    "AccountConflict": "experts.AccountConflict",
    "Room": "evaluation.Room",
    "Booking": "evaluation.Booking",
    "Objection": "award.Objection",
    "Complaint": "award.Complaint",
    "BallotRound": "award.BallotRound",
    "RuleProfile": "rulebook.RuleProfile",
}

OWNERS = frozenset({"Project", "Expert", "Draw", "RuleProfile", "Room"})
"""Machines whose rows own a stream, so that the stream's id names them."""


@dataclass(frozen=True)
class Edge:
    """`machine` takes `name` from `source` to `target`."""

    machine: str
    name: str
    source: str
    target: str

    @property
    def model(self) -> str:
        return MODELS[self.machine]

    def where(self, code: str, part: str) -> dict[str, str]:
        """How to find the row: by the stream's own id, or by the part's."""
        if self.machine == "DrawnList":
            return {"draw": code, "number": part}
        if self.machine == "Seat":
            return {"draw": code, "candidate": part}
        if self.machine in ("ExpertRating", "ExpertMeasure"):  # one each of an expert here
            return {"expert": code}
        return {"pk": code if self.machine in OWNERS else part}


class World:
    """What a process knows: the cast, and any tender as it stands in the database."""

    @cached_property
    def cast(self) -> dict[str, Actor]:
        return {user.pk: user.actor for user in User.objects.all()}

    def job(self, code: str, bidders: int = 4) -> Job:
        """The tender of a lot, with its committee, the leader first."""
        job = Job(code.rpartition("-")[0], small_case(bidders), self.cast, refusals=[])
        job.objection = False
        seated = Part.objects.filter(project=code, relation="seated").order_by("-leader", "pk")
        job.members = [
            expert_actor(one.person) if one.kind == EXPERT else self.cast[one.person]
            for one in seated
        ]
        return job

    def play(self, job: Job, first: Callable[[Job], None], last: Callable[[Job], None]) -> None:
        """Play the demonstration's steps from one to another."""
        names = [step for step, _ in STEPS]
        for step in names[names.index(first) : names.index(last) + 1]:
            step(job)

    def after_publicity(self, code: str) -> None:
        """Wait until the morning after a project's publicity."""
        last = Project.objects.get(pk=code).public_until or steps.today()
        steps.wait_until(steps.local(last + timedelta(days=1), 9))


Act = Callable[[World, str, str], object]
"""(world, code of the stream's row, part) → take the edge."""


def _nothing(_world: World, _code: str) -> None:
    return None


def _no_part(_world: World, _code: str) -> str:
    return ""


@dataclass(frozen=True)
class Race:
    """Edges taken together by one act on the row `kind/code`; `event` tells of them, once."""

    kind: str
    code: str
    edges: tuple[Edge, ...]
    event: str
    call: Act
    before: Callable[[World, str], object] = _nothing
    part: Callable[[World, str], str] = _no_part

    @property
    def stream(self) -> str:
        return f"{self.kind}/{self.code}"

    @property
    def name(self) -> str:
        taken = (f"{e.machine}.{e.name} {e.source}>{e.target}" for e in self.edges)
        return f"{', '.join(taken) or self.event} of {self.code}"


def deadline(code: str) -> datetime:
    """When a tender's bids are due."""
    found = Project.objects.get(pk=code).deadline
    assert found is not None
    return found


def by(account: str, service: Callable[..., object], **given: Any) -> Act:
    """Call a service as an account; values that are functions get (world, code, part)."""

    def call(world: World, code: str, part: str) -> object:
        values = {
            name: value(world, code, part) if callable(value) else value
            for name, value in given.items()
        }
        return service(actor=world.cast[account], **{_kind(service): code}, **values)

    return call


def _kind(service: Callable[..., object]) -> str:
    """The object a service is about, as its keyword."""
    app, _, module = service.__module__.partition(".services.")
    if app == "rulebook":
        return "rules"
    if app != "experts":
        return "project"
    return "expert" if module in ("pool", "changes", "appeals", "ratings") else "draw"
