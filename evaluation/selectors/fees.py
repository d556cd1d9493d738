"""专家劳务费发放表: computed from the members' time stamps; who is paid stands in it by handle."""

from datetime import datetime
from typing import Any

from audit_log.domain.entry import format_time
from audit_log.selectors import trail
from evaluation.domain.fees import Tariff, fee
from evaluation.models import Part, Project
from evaluation.selectors import committee, ruling, sites
from evaluation.selectors.states import wrong_state
from experts.models import Seat
from rulebook.domain.blockers import Blocker
from rulebook.domain.rules import Profile

FIXED = "project.fees_fixed"
TARIFF = ("base_fen", "base_minutes", "step_fen", "step_minutes", "remote_fen")
"""Each is the profile's `fee_<name>`."""


def fix_fees(row: Project) -> list[Blocker]:
    """The committee has finished in every lot, and its fees are not fixed as they stand."""
    if row.reported_at is None:
        return [wrong_state(row)]
    if any(lot.state in committee.SITTING for lot in lots_of(row)):
        return [Blocker("lot_sitting", "其他标段尚未完成评标")]
    if fixed(row) == sheet_of(row):
        return [Blocker("fees_fixed", "劳务费发放表已经确定")]
    return []


def fixed(row: Project) -> dict[str, Any] | None:
    """The sheet as last fixed, on whichever lot of the group; None before."""
    told = [one for lot in lots_of(row) for one in trail.events(lot.stream, FIXED)]
    newest = max(told, key=lambda one: str(one["at"]), default=None)
    return trail.document(newest["data"]["sheet"]) if newest else None


def lots_of(row: Project) -> list[Project]:
    """The lots that share the committee, by code."""
    return list(Project.objects.filter(group=row.group).order_by("pk"))


def tariff_of(profile: Profile) -> Tariff:
    """The values of a profile."""
    return Tariff(*(profile.number(f"fee_{name}") for name in TARIFF))


def sheet_of(row: Project) -> dict[str, Any]:
    """What every drawn member is due for the one evaluation of all lots.

    Time runs from his first sign-in to his last signature, or to the last report where he did not
    sign. Amounts are whole fen.
    """
    profile, lots = ruling.profile(row), lots_of(row)
    tariff = tariff_of(profile)
    slots = dict(Seat.objects.filter(draw=row.draw).values_list("candidate", "slot"))
    parts = Part.objects.filter(
        project__in=lots, relation=committee.SEATED, kind=committee.EXPERT
    ).exclude(signed_in_at=None)
    by_handle: dict[str, list[Part]] = {}
    for part in parts:
        by_handle.setdefault(part.handle, []).append(part)
    over = max((lot.reported_at for lot in lots if lot.reported_at), default=None)
    rows = [
        _row(row, handle, slots[handle], by_handle[handle], tariff, over)
        for handle in sorted(by_handle, key=lambda one: (slots[one], one))
    ]
    return {
        "v": 1,
        "group": row.group,
        "profile": profile.label,
        "tariff": {name: getattr(tariff, name) for name in TARIFF},
        "rows": rows,
        "sum_fen": sum(one["total_fen"] for one in rows),
    }


def _row(
    row: Project,
    handle: str,
    slot: str,
    parts: list[Part],
    tariff: Tariff,
    over: datetime | None,
) -> dict[str, Any]:
    came = min(part.signed_in_at for part in parts if part.signed_in_at)
    left = max((part.finished_at or over or came) for part in parts)
    minutes = max(0, int((left - came).total_seconds()) // 60)
    site = sites.of_slot(row.group, slot)
    due = fee(tariff, minutes=minutes, remote=site is not None and site.kind == "sub")
    return {
        "handle": handle,
        "slot": slot,
        "site": site.number if site else 0,
        "from": format_time(came),
        "until": format_time(left),
        "minutes": minutes,
        "steps": due.steps,
        "base_fen": due.base_fen,
        "overtime_fen": due.overtime_fen,
        "remote_fen": due.remote_fen,
        "total_fen": due.total_fen,
    }
