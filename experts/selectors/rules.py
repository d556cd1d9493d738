"""Which rules bind a draw, and which the pool: it belongs to a province, so the province's."""

from datetime import date

from django.utils import timezone

from audit_log.services import clock
from experts.models import Draw
from rulebook.domain.blockers import Blocker, Refused
from rulebook.domain.rules import Facts, Profile
from rulebook.models import RuleProfile
from rulebook.selectors import profiles

NATIONAL = "national"
FACTS = Facts(compulsory=True, funds="state", trade="", regime="separated")
"""The pool is kept for compulsory tenders of every trade."""


def of_draw(draw: Draw) -> Profile:
    """The rules pinned by the project a draw is for."""
    return profiles.pinned(draw.request["rules"])


def facts_of(draw: Draw) -> Facts:
    """A draw knows no project, so it is held to what binds a compulsory tender of its trade."""
    return Facts(compulsory=True, funds="state", trade=draw.trade, regime="separated")


def of_pool(region: str = "") -> Profile:
    """The profile in force today of the region's province, the nation's where it has none.

    Raise Refused("no_rules") while none is published.
    """
    today = timezone.localtime(clock.now()).date()
    province = f"{region[:2]}0000"
    for row in RuleProfile.objects.exclude(pk=profiles.CALENDAR).order_by("pk"):
        own = profiles.pinned(row.content)
        if region and own.region == province and not own.trade:
            found = profiles.in_force(row.pk, today)
            return found if found.effective_on(today) else _national(today)
    return _national(today)


def _national(today: date) -> Profile:
    try:
        return profiles.in_force(NATIONAL, today)
    except RuleProfile.DoesNotExist:
        raise Refused([Blocker("no_rules", "尚未发布国家规则集,不能办理专家库事项")]) from None
