"""The desk: what waits for me, and my projects."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.domain import policy
from accounts.domain import roles as r
from audit_log.domain.entry import Actor
from desk.selectors import cases, offers, terms, things
from desk.web.acting import address
from desk.web.doors import actor_of, for_actor
from experts.models import Draw
from experts.selectors import blockers

OVER = ("archived",)
LIMIT = 20
"""How many of the newest objects are looked through for waiting acts."""


@dataclass(frozen=True)
class Waiting:
    """The acts of one object that wait for this actor."""

    kind: str
    thing: Any
    ready: list[offers.Offer]
    blocked: list[offers.Offer]


def home(request: HttpRequest) -> HttpResponse:
    """Everyone to his own first page: visitors to the public one, experts to their tasks."""
    actor = actor_of(request)
    if actor is None:
        return redirect("public")
    return redirect("my") if actor.role == r.EXPERT else desk(request)


@for_actor
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What can be done now, what waits for something, and the newest projects."""
    projects = list(things.projects(actor).exclude(state__in=OVER)[:LIMIT])
    draws = list(things.draws(actor).exclude(state__in=("closed", "cancelled", "rejected"))[:LIMIT])
    waiting = [_waiting(actor, "project", row) for row in projects]
    waiting += [_waiting(actor, "draw", row) for row in draws]
    if actor.role == r.BIDDER:
        others = cases.tendering().exclude(pk__in=[row.pk for row in projects])
        waiting += [_waiting(actor, "project", row) for row in others[:LIMIT]]
    creating = [(act.title, address(act)) for act in offers.creating(actor)]
    context = {
        "ready": [one for one in waiting if one.ready],
        "blocked": [one for one in waiting if one.blocked and not one.ready],
        "creating": creating,
        "terms": terms.of(actor),
        "projects": projects,
        "calls": [row.pk for row in draws if _must_call(actor, row)],
    }
    return render(request, "desk/home.html", context)


def _must_call(actor: Actor, row: Draw) -> bool:
    """Whether messages of a draw did not get through, and this actor may have people called."""
    return policy.may(actor, "draw.open_calls", row) and not blockers.calls(row)


def _waiting(actor: Actor, kind: str, thing: Any) -> Waiting:
    found = [offer for offer in offers.mine(actor, kind, thing) if offer.usual]
    return Waiting(
        kind,
        thing,
        [offer for offer in found if offer.ready],
        [offer for offer in found if not offer.ready],
    )
