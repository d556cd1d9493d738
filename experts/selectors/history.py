"""The pool at any moment, from the entries of its experts alone."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils import timezone

from audit_log.domain import canonical, merkle
from audit_log.domain.entry import format_time
from audit_log.selectors import trail
from experts.domain import history
from experts.domain.eligibility import Asked, in_specialty, omission
from experts.domain.freeze import SlotRequest
from experts.domain.history import Entries, Fact, Standing
from experts.domain.recusal import Check
from experts.models import Draw
from experts.selectors import pool
from experts.selectors.course import course

KIND = "expert/"
FITS = "fits"
OWN_REASONS = (
    "not_active",
    "out_of_term",
    "certificate_expired",
    "not_briefed",
    "region",
    "on_leave",
)
"""Reasons that rest on facts of the expert alone: the pool's entries decide them."""


def of_expert(code: str, moment: datetime, day: date | None = None) -> Standing | None:
    """One expert on a day (default: that of the moment), as the moment knew him."""
    return history.stand(_known(trail.events(f"{KIND}{code}"), moment), day or _day(moment))


def facts(code: str) -> list[Fact]:
    """Every fact of one expert with both its times, in the order in which they were recorded."""
    return history.facts_of(trail.events(f"{KIND}{code}"))


def as_of(moment: datetime, day: date | None = None, region: str = "") -> Iterator[Standing]:
    """Yield everyone in the pool's streams on a day (default: that of the moment), by code.

    What was recorded after the moment is not known to it, whatever day it concerns.
    """
    for entries in trail.streams_of(KIND):
        known = _known(entries, moment)
        standing = history.stand(known, day or _day(moment))
        if standing and str(standing.facts.get("region", "")).startswith(region):
            yield standing


def frozen_for(draw: Draw) -> dict[str, str]:
    """Return expert → reason of omission ("" for none) as the pool told at a draw's commitment.

    Replayed from the entries below the tree size that the commitment states; only facts of the
    pool count here, so that a recusal, or work elsewhere on that day, shows no reason.
    """
    asked, size = pool.asked_of(draw), course(draw).data["pool"]["size"]
    found = {}
    for entries in trail.streams_of(KIND, below=size):
        standing = history.stand(entries, asked.day)
        member = standing.member(asked.day) if standing else None
        if member is not None and in_specialty(member, asked):
            found[member.expert] = omission(member, _without_parties(asked))
    return found


@dataclass
class Snapshot:
    """The pool on a day: how many stand where, who may be drawn, and the digest over those.

    `counts` maps a reason of omission, or `fits`, to a number; `root` is the RFC 6962 root over the
    canonical facts of everyone who may be drawn, by code.
    """

    moment: datetime
    day: date
    members: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    eligible: list[str] = field(default_factory=list)
    root: str = ""


def snapshot(
    moment: datetime, day: date | None = None, *, specialty: str = "", region: str = "",
    within: str = "",
) -> Snapshot:  # fmt: skip
    """Take the pool at a moment. `specialty` and `region` are what a slot would ask for (prefixes).

    `within` is the district of who asks: nobody outside it is counted.
    """
    shot = Snapshot(moment, day or _day(moment))
    asked = Asked((SlotRequest("1", specialty, region, 1),), shot.day, Check.of_nobody(shot.day))
    leaves = []
    for standing in as_of(moment, shot.day, within):
        member = standing.member(shot.day)
        if not in_specialty(member, asked):
            continue
        shot.members += 1
        reason = omission(member, asked) or FITS
        shot.counts[reason] = shot.counts.get(reason, 0) + 1
        if reason == FITS:
            shot.eligible.append(standing.expert)
            leaves.append(_leaf(standing))
    shot.root = merkle.root_of(leaves).hex()
    return shot


def _leaf(standing: Standing) -> bytes:
    """The RFC 6962 leaf hash of one expert's facts."""
    told = {
        "expert": standing.expert,
        "employer": standing.facts["employer"],
        "region": standing.facts["region"],
        "specialties": list(standing.facts["specialties"]),
        "term_to": standing.term_to.isoformat() if standing.term_to else None,
    }
    return hashlib.sha256(b"\x00" + canonical.dumps(told)).digest()


def _without_parties(asked: Asked) -> Asked:
    return replace(asked, recusal=Check.of_nobody(asked.day))


def _known(entries: Entries, moment: datetime) -> Entries:
    limit = format_time(moment)
    return [entry for entry in entries if entry["at"] <= limit]


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
