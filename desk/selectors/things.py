"""Objects that acts are done to: finding them, and who sees which of them, in one query."""

from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.domain import policy
from accounts.domain import roles as r
from accounts.domain.policy import Known
from accounts.models import Organisation, User
from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor
from evaluation.models import Project, Room
from experts.models import Draw, Expert, Intake
from rulebook.models import RuleProfile

MODELS: dict[str, type[Model]] = {
    "project": Project,
    "draw": Draw,
    "expert": Expert,
    "intake": Intake,
    "room": Room,
    "account": User,
    "rules": RuleProfile,
}
OPEN = frozenset({"rules"})
"""Kinds that everyone with an account may read."""
_OF_SYSTEM = ("intake", "room")
"""Kinds whose streams are the system's, each named by its kind."""
KEEPERS = {"account": r.SYSTEM_ADMIN}
"""Kind → the one role that keeps all of them and sees them."""


def find(kind: str, code: str) -> Any:
    """The object of a kind by its code; raise NotFound."""
    model = MODELS.get(kind)
    row = model._default_manager.filter(pk=code).first() if model else None
    if row is None:
        raise NotFound
    return row


def sees(actor: Actor, kind: str, relations: Known) -> bool:
    """Whether the actor may know that the object exists."""
    if kind in OPEN:
        return actor.role != r.EXPERT
    if actor.role == KEEPERS.get(kind):
        return True
    return policy.may_see(actor, kind, relations)


def seen(actor: Actor, kind: str, code: str) -> Any:
    """The object, for an actor who may see it; raise NotFound for everyone else."""
    row = find(kind, code)
    if not sees(actor, kind, policy.known(actor, row)):
        raise NotFound
    return row


def drawn(actor: Actor, code: str) -> Draw:
    """A draw; an expert learns time and place from his invitation, never the case from here."""
    if actor.role == r.EXPERT:
        raise NotFound
    row: Draw = seen(actor, "draw", code)
    return row


def kind_of(kind: str, id: str) -> str:
    """The kind of object whose stream this is: imports and rooms have theirs among the system's."""
    own = id.partition("-")[0]
    return own if kind == "system" and own in _OF_SYSTEM else kind


def projects(actor: Actor) -> QuerySet[Project]:
    """The projects that the actor may see, newest change first."""
    rows = Project.objects.filter(visible(actor, "project")).select_related("tenderer")
    return rows.distinct().order_by("-audit_at", "code")


def draws(actor: Actor) -> QuerySet[Draw]:
    """The draws that the actor may see, newest change first."""
    return Draw.objects.filter(visible(actor, "draw")).order_by("-audit_at", "code")


def experts(actor: Actor) -> QuerySet[Expert]:
    """The experts that the actor may see, by code."""
    return Expert.objects.filter(visible(actor, "expert")).order_by("code")


def intakes(actor: Actor) -> QuerySet[Intake]:
    """The imports of experts that the actor may see, newest first."""
    return Intake.objects.filter(visible(actor, "intake")).order_by("-audit_at", "code")


def accounts(actor: Actor) -> QuerySet[User]:
    """The accounts that the actor may see, by code: of his district, or his own."""
    rows = User.objects.select_related("org").order_by("code")
    if actor.role == KEEPERS["account"]:
        return rows
    if policy.SEE["account"].get(actor.role) != policy.DISTRICT:
        return rows.filter(pk=actor.id)
    body = Organisation.objects.filter(pk=actor.org).first()
    prefix = body.region.rstrip("0") if body else "none"
    return rows.filter(org__region__startswith=prefix)


def visible(actor: Actor, kind: str) -> Q:
    """What `policy.may_see` says of one object, as a condition on many."""
    relation = policy.SEE[kind].get(actor.role, "")
    if relation in (policy.DISTRICT, policy.TRADE):
        return _district(actor, kind if relation == policy.TRADE else "")
    if relation in (policy.SEATED, policy.BALLOT, policy.WATCH):
        if policy.outside(actor):
            return Q(pk__in=[])
        return Q(parts__relation=relation, parts__person=actor.id)
    conditions = {
        policy.OWNER: Q(tenderer=actor.org) & ~Q(tenderer=""),
        policy.BIDDING: Q(bids__bidder=actor.org),
        policy.INVITED: Q(code=actor.id.rpartition("/")[0]),
        policy.SELF: Q(code=actor.id),
    }
    return conditions[relation] if relation else Q(pk__in=[])


def _district(actor: Actor, regulated: str) -> Q:
    """What lies in the actor's district; of a `regulated` kind, what his trades are."""
    body = Organisation.objects.filter(pk=actor.org).first()
    if body is None:
        return Q(pk__in=[])
    prefix = body.region.rstrip("0") if len(body.region) == 6 else body.region
    here = Q(region__startswith=prefix)
    if not regulated:
        return here
    own = Q(trade__in=body.trades)
    if regulated == "project":
        own = Q(supervisor="") & own | Q(supervisor__in=body.trades)
    return here & own
