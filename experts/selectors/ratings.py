"""Ratings after a project, as acts and pages read them. No module of the draw imports this one."""

from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from experts.domain import ratings
from experts.models import Expert, ExpertMeasure, ExpertRating
from experts.selectors import career, modes
from rulebook.domain.blockers import Blocker
from rulebook.domain.rules import Profile

OPEN = "proposed"


def scale_of(profile: Profile) -> ratings.Scale:
    """What the profile deducts, and what its thresholds propose."""
    return ratings.scale(profile.names("rating_items"), profile.names("rating_effects"))


def since(profile: Profile) -> date:
    """The first day whose ratings still count (parameter rating_days)."""
    return career.today() - timedelta(days=profile.number("rating_days"))


def total(row: Expert, profile: Profile) -> int:
    """The points deducted of an expert that count today."""
    counted = row.ratings.filter(state="counted", rated_on__gte=since(profile))
    return counted.aggregate(points=Sum("points"))["points"] or 0


def recent(row: Expert, profile: Profile) -> QuerySet[ExpertMeasure]:
    """The measures of the period that were proposed and have not lapsed."""
    return row.measures.filter(proposed_on__gte=since(profile)).exclude(state="lapsed")


def contestable(row: Expert) -> QuerySet[ExpertRating]:
    """Ratings with a deduction that count and that no appeal was filed against."""
    appealed = row.appeals.values("against")
    found = row.ratings.filter(state="counted", points__gt=0).exclude(entry__in=appealed)
    return found.order_by("entry")


def deciding(row: Expert) -> list[Blocker]:
    """A measure is proposed, and the pool is kept here."""
    if elsewhere := modes.owner_only():
        return elsewhere
    if row.measures.filter(state=OPEN).exists():
        return []
    return [Blocker("no_measure", "没有待决定的处理建议")]


def own_rating(row: Expert, measure: ExpertMeasure, rater: str) -> list[Blocker]:
    """Who deducted does not decide on what the deductions propose."""
    if not row.ratings.filter(rated_by=rater, points__gt=0, state="counted").exists():
        return []
    message = f"处理建议 {measure.pk} 应由未参加扣分评价的人员决定"
    return [Blocker("same_person", message)]


def appealing(row: Expert) -> list[Blocker]:
    """He is suspended or disqualified, or was rated with a deduction; no appeal is open."""
    if elsewhere := modes.owner_only():
        return elsewhere
    if row.appeals.filter(state__in=career.OPEN_APPEAL).exists():
        return [Blocker("appeal_open", "已有申诉正在办理")]
    if career.is_punished(row) or contestable(row).exists():
        return []
    return [career.not_now(row)]
