"""What pages show of ratings (一标一评): by handle to those who rate, by code in the pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from accounts.domain import roles as r
from accounts.models import User
from audit_log.domain.entry import Actor
from desk.selectors import things
from evaluation.models import Project
from evaluation.selectors import rating
from experts.domain.outliers import STRIKING, chance
from experts.domain.ratings import ASPECTS, ITEMS
from experts.models import Expert, ExpertRating
from experts.selectors import ratings, rules

Choices = list[tuple[str, str]]
READS_ALL = (r.REGULATOR, r.COMMISSION)
"""Roles that read what every side has given; a side reads its own."""


@dataclass(frozen=True)
class Board:
    """The ratings of one project: the sides this reader reads, and a row for each seat."""

    sides: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[ExpertRating | None]]]
    """Slot, handle, and the rating of each side; None where it is not given."""


@dataclass(frozen=True)
class Rater:
    """How one person has rated, beside the others of his side."""

    aspect: str
    rater: str
    body: str
    given: int
    deducted: int
    points: int
    others: tuple[int, int]
    """Ratings of the others of his side, and how many of them with a deduction."""
    chance: str
    """How likely so many or more of his would be deductions by chance alone."""
    striking: bool


def board(actor: Actor, row: Project) -> Board | None:
    """The ratings of a project that is rated; None where this reader reads none or none are due."""
    sides = [side for side in ASPECTS if actor.role in (side, *READS_ALL)]
    if not sides or rating.rate_expert(row) or rating.still_secret(row, actor):
        return None
    given = rating.given(row)
    rows = [
        (seat.slot, seat.candidate, [given.get((seat.candidate, side)) for side in sides])
        for seat in rating.seats(row)
    ]
    return Board([ASPECTS[side] for side in sides], rows)


def of(row: Expert) -> dict[str, Any]:
    """The ratings of an expert, what they add up to, and what was proposed."""
    profile = rules.of_pool(row.region)
    rule = profile.rule("rating_items")
    return {
        "ratings": row.ratings.order_by("-entry"),
        "items": ITEMS,
        "total": ratings.total(row, profile),
        "days": profile.number("rating_days"),
        "effects": ratings.scale_of(profile).effects,
        "measures": row.measures.order_by("-audit_n"),
        "rule": rule,
        "profile": profile.label,
    }


def raters(actor: Actor) -> list[Rater]:
    """Everyone who has rated in the reader's trades and district, side by side with his peers."""
    cases = things.projects(actor).order_by().values("pk")
    rows = ExpertRating.objects.filter(case__in=cases, state="counted")
    counted = rows.values("aspect", "rated_by").annotate(
        given=Count("pk"), deducted=Count("pk", filter=Q(points__gt=0)), points=Sum("points")
    )
    found: list[dict[str, Any]] = [dict(one) for one in counted.order_by("aspect", "rated_by")]
    users = User.objects.select_related("org").in_bulk([one["rated_by"] for one in found])
    return [_rater(one, found, users) for one in found]


def _rater(one: dict[str, Any], found: list[dict[str, Any]], users: dict[str, User]) -> Rater:
    peers = [row for row in found if row["aspect"] == one["aspect"] and row is not one]
    given, deducted = (sum(row[key] for row in peers) for key in ("given", "deducted"))
    likely = chance(one["deducted"], one["given"], deducted, given)
    user = users.get(one["rated_by"])
    return Rater(
        ASPECTS[one["aspect"]],
        one["rated_by"],
        str(user.org.name) if user and user.org else "",
        one["given"],
        one["deducted"],
        one["points"],
        (given, deducted),
        f"{float(likely):.4f}",
        likely < STRIKING,
    )


def rate_expert(actor: Actor, row: Project) -> dict[str, Choices]:
    """The seats this side has still to rate, and what it may deduct for."""
    seats = [
        (seat.candidate, f"{seat.candidate}(席位 {seat.slot})")
        for seat in rating.unrated(row, actor)
    ]
    known = ratings.scale_of(rules.of_pool(row.region)).of(actor.role)
    items = [(item, f"{ITEMS[item]}(扣 {points} 分)") for item, points in known.items()]
    return {"handle": seats, "items": items}


def measures(_actor: Actor, row: Expert) -> dict[str, Choices]:
    """The proposals that wait for a decision."""
    rows = row.measures.filter(state=ratings.OPEN)
    return {
        "measure": [
            (one.pk, f"{one.pk}:{one.get_kind_display()}(累计扣 {one.points} 分)") for one in rows
        ]
    }


def contested(_actor: Actor, row: Expert) -> dict[str, Choices]:
    """The ratings that an appeal may be against."""
    rows = ratings.contestable(row)
    return {"rating": [(one.pk, f"{one.pk}:{one.case}(扣 {one.points} 分)") for one in rows]}
