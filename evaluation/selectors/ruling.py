"""Which rules bind a project: the profile it pinned, the facts that narrow it, the choice."""

from datetime import date
from typing import cast

from accounts.domain import policy
from evaluation.models import Project
from rulebook.domain.blockers import blocking
from rulebook.domain.rules import Facts, Profile
from rulebook.domain.tendering import profile_fits
from rulebook.selectors import profiles


def facts(row: Project) -> Facts:
    """What of the project decides which rules bind it."""
    return cast(Facts, row.facts())


def profile(row: Project) -> Profile:
    """The merged profile the project pinned on its first day."""
    return profiles.pinned(row.rules)


def suitable_profile(project: Facts, *, region: str, on: date) -> Profile | None:
    """The profile in force on `on` that is made for this kind of project most narrowly, or None.

    A profile of a smaller region stands before one of a larger, then one of a trade before one of
    every trade.
    """
    fitting = [
        candidate
        for candidate in (profiles.in_force(code, on) for code in profiles.codes())
        if policy.covers(candidate.region, region)
        and not blocking(profile_fits(candidate, project, on=on))
    ]
    return max(fitting, key=_narrowness, default=None)


def _narrowness(candidate: Profile) -> tuple[int, bool]:
    return len(candidate.region.rstrip("0")), bool(candidate.trade)
