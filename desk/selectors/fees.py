"""The sheet of fees as a page shows it: by handle, with codes and names where the reader may."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.domain import policy
from accounts.domain import roles as r
from audit_log.domain.entry import Actor, parse_time
from desk.domain import audience
from evaluation.models import Part, Project
from evaluation.selectors import committee, fees
from experts.models import Expert
from experts.services import persons

READERS = (r.TRADING_CENTER, r.TENDERER, r.REGULATOR, r.COMMISSION)
REASON = "fee"
"""The reason under which a name is read for the sheet (experts.domain.grounds.READING)."""


@dataclass(frozen=True)
class Line:
    """One member's line; `code` and `name` "" where this reader does not see them."""

    due: dict[str, Any]
    came: datetime
    left: datetime
    code: str
    name: str


def reads(actor: Actor, row: Project) -> bool:
    """Whether the actor may read the sheet: it is due, and who sat is no secret to him."""
    open_to = audience.may_read(audience.COMMITTEE, actor.role, row.state, row.suspended_from)
    return actor.role in READERS and row.reported_at is not None and open_to


def sheet(row: Project) -> tuple[dict[str, Any], bool]:
    """The sheet, and whether it is fixed as it stands."""
    now = fees.sheet_of(row)
    return now, fees.fixed(row) == now


def lines(row: Project, found: dict[str, Any], names: dict[str, str]) -> list[Line]:
    """The lines of a sheet; `names` are those that were read for it, by code."""
    codes = codes_of(row)
    return [
        Line(
            one,
            parse_time(one["from"]),
            parse_time(one["until"]),
            codes.get(one["handle"], ""),
            names.get(codes.get(one["handle"], ""), ""),
        )
        for one in found["rows"]
    ]


def codes_of(row: Project) -> dict[str, str]:
    """Handle → expert, of the members who have signed in."""
    parts = Part.objects.filter(
        project__group=row.group, relation=committee.SEATED, kind=committee.EXPERT
    )
    return dict(parts.values_list("handle", "person"))


def reads_names(actor: Actor, row: Project) -> bool:
    """Whether the actor may read who every one of the members is."""
    rows = Expert.objects.filter(pk__in=codes_of(row).values())
    return all(policy.may(actor, "expert.read_person", one) for one in rows)


def names(actor: Actor, row: Project) -> dict[str, str]:
    """Read every member's name for the sheet; each reading is an entry that he can see."""
    return {
        code: persons.read(actor=actor, expert=code, reason=REASON)[1]["name"]
        for code in sorted(codes_of(row).values())
    }
