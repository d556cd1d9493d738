"""Finding projects: what an actor may see, one by its code, what is open for bids."""

from django.db.models import Q, QuerySet

from accounts.domain import policy
from accounts.models import Organisation
from accounts.services.gate import NotFound
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.services import clock
from evaluation.models import Project
from evaluation.selectors.blockers import BEFORE_OPENING

_BY_PART = (policy.SEATED, policy.BALLOT, policy.WATCH)


def visible(actor: Actor) -> QuerySet[Project]:
    """The projects the actor may see, by code: two queries, however many they are."""
    rows = Project.objects.select_related("tenderer").order_by("pk")
    if actor == SYSTEM:
        return rows
    relation = policy.SEE["project"].get(actor.role)
    if relation is None:
        return rows.none()
    if relation in _BY_PART:
        if policy.outside(actor):
            return rows.none()
        return rows.filter(parts__relation=relation, parts__person=actor.id)
    if relation == policy.BIDDING:
        return rows.filter(bids__bidder_id=actor.org)
    if relation == policy.OWNER:
        return rows.filter(tenderer_id=actor.org)
    return rows.filter(_within(actor, relation))


def by_code(actor: Actor, code: str) -> Project:
    """One project the actor may see; raise NotFound, as for one that does not exist."""
    row = visible(actor).filter(pk=code).first()
    if row is None:
        raise NotFound
    return row


def open_for_bids() -> QuerySet[Project]:
    """The published projects whose deadline is still ahead; anyone may know them."""
    rows = Project.objects.select_related("tenderer").filter(state__in=BEFORE_OPENING)
    return rows.filter(deadline__gt=clock.now()).order_by("deadline", "pk")


def _within(actor: Actor, relation: str) -> Q:
    """District and trade of the actor's body; an unknown body sees nothing."""
    body = Organisation.objects.filter(pk=actor.org).first() if actor.org else None
    if body is None:
        return Q(pk__in=())
    prefix = body.region.rstrip("0") if len(body.region) == 6 else body.region
    district = Q(region__startswith=prefix)
    return district & Q(trade__in=body.trades) if relation == policy.TRADE else district


def group_of(code: str) -> str:
    """The group a project belongs to; raise NotFound."""
    found = Project.objects.filter(pk=code).values_list("group", flat=True).first()
    if found is None:
        raise NotFound
    return found
