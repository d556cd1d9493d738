"""One tender being played: where it stands, its lots, and the time of day in the district."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from audit_log.domain.entry import Actor
from audit_log.services import clock
from award.selectors import blockers as award_blockers
from award.services import deciding
from config.demo.case import Case, Lot
from evaluation.models import Project
from evaluation.selectors import blockers

LOCAL = ZoneInfo("Asia/Shanghai")
CODE = re.compile(r"[A-Za-z0-9._-]+")
FAILED = {
    "opened": (blockers.fail, "投标人少于三个,应当重新招标"),
    "evaluating": (blockers.fail, "全部投标被否决,应当重新招标"),
    "awarding": (award_blockers.fail, "没有可以确定为中标人的候选人,应当重新招标"),
}
"""State → why a lot cannot be declared failed in it (nothing: it can), and the reason to give."""


@dataclass
class Job:
    """One tender being played; `say` receives a line for people at each thing that happens."""

    code: str
    case: Case
    cast: dict[str, Actor]
    say: Callable[[str], None] = lambda _line: None
    members: list[Actor] = field(default_factory=list)
    refusals: list[str] = field(default_factory=lambda: ["declined", "no_answer", "declined"])
    objection: bool = True

    @property
    def lots(self) -> list[tuple[str, Lot]]:
        """(project code, lot of the case) in the order of the award.

        A lot gives its name to the code, or all of them their number where a name does not fit.
        """
        fits = all(CODE.fullmatch(lot.name) for lot in self.case.lots)
        numbered = enumerate(self.case.lots, start=1)
        return [(f"{self.code}-{lot.name if fits else order}", lot) for order, lot in numbered]

    @property
    def going(self) -> list[tuple[str, Lot]]:
        """The lots that have not failed."""
        return [(code, lot) for code, lot in self.lots if not self.is_at(code, "failed")]

    @property
    def draw(self) -> str:
        return Project.objects.filter(group=self.code).values_list("draw", flat=True)[0]

    def project(self, code: str) -> Project:
        return Project.objects.get(pk=code)

    @property
    def deadline(self) -> datetime:
        """When the bids are due; raise LookupError before the tender is published."""
        found = self.project(self.lots[0][0]).deadline
        if found is None:
            raise LookupError(self.code)
        return found

    def is_at(self, code: str, *states: str) -> bool:
        return self.project(code).state in states


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """An aware moment on the wall clock of the district."""
    return datetime.combine(day, time(hour, minute), LOCAL)


def today() -> date:
    return clock.now().astimezone(LOCAL).date()


def wait_until(moment: datetime) -> None:
    """Move the demonstration's clock forward to `moment`; nothing where it is past already."""
    if moment > clock.now():
        clock.set_demo_clock(moment)


def end_failed(job: Job) -> None:
    """Declare each lot failed that by the rules cannot succeed any more."""
    for code, lot in job.going:
        row = job.project(code)
        reasons, text = FAILED.get(row.state, (None, ""))
        if reasons is not None and not reasons(row):
            deciding.fail(actor=job.cast["zbr1"], project=code, reason=text)
            job.say(f"{lot.name} 标段招标失败:{text}")
