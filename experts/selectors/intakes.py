"""Reading imports of experts: where each stands, and how old the list of a terminal is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from audit_log.services import clock
from experts.domain.lifecycle import INTAKE
from experts.domain.modes import TERMINAL
from experts.models import Intake
from experts.selectors import modes
from rulebook.domain import composition
from rulebook.domain.blockers import Blocker
from rulebook.domain.rules import Facts, Profile

WORKING = ("received", "approved")
"""States in which due work goes on by itself."""


@dataclass(frozen=True)
class ListAge:
    """The owner's list that a terminal draws from: of which day, and how old on another."""

    as_of: date | None
    from_pool: str
    on: date

    @property
    def days(self) -> int | None:
        """Whole days from the list's date; None where there is no list."""
        return None if self.as_of is None else (self.on - self.as_of).days

    def told(self) -> dict[str, Any]:
        """What an entry says of it."""
        as_of = self.as_of.isoformat() if self.as_of else ""
        return {"as_of": as_of, "days": self.days, "from_pool": self.from_pool}


def newest() -> date | None:
    """The date of the newest list that was written, None where there is none."""
    row = _newest()
    return row.as_of if row else None


def list_age(at: datetime | None = None) -> ListAge | None:
    """How old the list is at a moment (now); None where this is no terminal."""
    if modes.current() != TERMINAL:
        return None
    row, on = _newest(), timezone.localtime(at or clock.now()).date()
    return ListAge(row.as_of if row else None, row.from_pool if row else "", on)


def freshness(profile: Profile, facts: Facts) -> list[Blocker]:
    """Parameter pool_list_days: the list that a terminal draws from is not older than this."""
    age = list_age()
    return [] if age is None else composition.pool_list(profile, facts, days=age.days)


def approving(row: Intake) -> list[Blocker]:
    """The check has passed, and this is still the mode in which the file was handed in."""
    if row.state != "checked":
        return [wrong_state(row)]
    if row.trial:
        return [Blocker("trial_only", "本次仅校验,不入库;请去掉“仅校验”后重新上传")]
    if row.mode != modes.current():
        return [Blocker("mode_changed", "上传以后本机的专家库方式已变更,请重新上传")]
    return []


def withdrawing(row: Intake) -> list[Blocker]:
    """Nothing has been written yet."""
    return [] if row.state in ("received", "checked", "approved") else [wrong_state(row)]


def wrong_state(row: Intake) -> Blocker:
    """The import is not where the act needs it."""
    return Blocker("wrong_state", f"导入现为“{INTAKE[row.state]}”,不能办理这一事项")


def _newest() -> Intake | None:
    return (
        Intake.objects.filter(state="done", mode=TERMINAL).order_by("-as_of", "-audit_at").first()
    )
