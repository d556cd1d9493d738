"""How often an expert may sit within a year: limits that the pinned rules publish.

What counts is a seat in which he signed in and was not replaced; seats nobody may know of yet do
not, so a limit tells nothing of who was drawn.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from experts.domain.recusal import years_before
from experts.models import Draw, Seat
from experts.selectors import rules
from rulebook.domain.rules import Facts, Profile, applies

PARAMS = {
    "year_limit": "draw_limit_year",
    "tenderer_limit": "draw_limit_tenderer",
    "agency_limit": "draw_limit_agency",
}
"""Reason of an omission → the parameter that sets its limit."""
SAT = ("signed_in", "served")


def reached(draw: Draw, day: date) -> dict[str, str]:
    """Expert → the first limit that he has reached in the year before the day, for this draw."""
    profile = rules.of_draw(draw)
    most = _most(profile, rules.facts_of(draw))
    if not most:
        return {}
    sat = list(_sat(draw, day))
    found: dict[str, str] = {}
    for reason, limit in most.items():
        counts = Counter(expert for expert, held in sat if _counts(reason, held, draw))
        for expert, number in counts.items():
            if number >= limit:
                found.setdefault(expert, reason)
    return found


def _most(profile: Profile, facts: Facts) -> dict[str, int]:
    """Reason → limit, of the limits that bind; 0 means none, and old rules know of none."""
    return {
        reason: profile.number(name)
        for reason, name in PARAMS.items()
        if (rule := profile.rules.get(name))
        and rule.level == "block"
        and applies(rule, facts)
        and profile.number(name)
    }


def _sat(draw: Draw, day: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """Expert, and `tenderer` and `agencies` of his draw, for every seat of the year; one query."""
    since = datetime.combine(years_before(day, 1), time(), timezone.get_current_timezone())
    rows = Seat.objects.filter(state__in=SAT, draw__held_at__gt=since).exclude(draw=draw)
    rows = rows.filter(draw__held_at__lte=draw.held_at)
    for expert, tenderer, request in rows.values_list("expert", "draw__tenderer", "draw__request"):
        yield expert, {"tenderer": tenderer, "agencies": agencies(request["recusal"])}


def _counts(reason: str, held: dict[str, Any], draw: Draw) -> bool:
    match reason:
        case "tenderer_limit":
            return bool(held["tenderer"] == draw.tenderer)
        case "agency_limit":
            return bool(held["agencies"] & agencies(draw.request["recusal"]))
    return True


def agencies(recusal: Iterable[dict[str, str]]) -> frozenset[str]:
    """The agencies that a request names among the bodies whose people are left out."""
    return frozenset(row["org"] for row in recusal if row["reason"] == "agency")
