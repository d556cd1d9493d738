"""The pool by code, and the accounts: for the bodies that keep them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.domain import policy
from accounts.domain import roles as r
from accounts.models import Organisation, User
from audit_log.domain.entry import Actor
from desk.selectors import offers, things, timeline
from desk.web.acting import address
from desk.web.doors import for_actor, page_of
from experts.domain.lifecycle import EXPERT


@for_actor
def experts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The experts the actor may see, by code and state; no names."""
    if actor.role not in policy.SEE["expert"] or actor.role == r.EXPERT:
        raise PermissionDenied
    state = request.GET.get("state", "")
    rows = things.experts(actor).prefetch_related("specialties")
    if state in EXPERT:
        rows = rows.filter(state=state)
    context = {
        "page": page_of(request, rows),
        "state": state,
        "states": EXPERT.items(),
        "creating": _creating(actor, "expert"),
    }
    return render(request, "desk/experts.html", context)


@for_actor
def expert(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One expert: standing, specialties, acts, trail."""
    row = things.seen(actor, "expert", code)
    employer = Organisation.objects.filter(pk=row.employer).first()
    context = {
        "expert": row,
        "employer": employer.name if employer else row.employer,
        "specialties": row.specialties.order_by("-main", "code"),
        **offers.grouped(offers.mine(actor, "expert", row)),
        "told": timeline.of(row),
    }
    return render(request, "desk/expert.html", context)


@for_actor
def accounts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The accounts, for the system administrator."""
    if actor.role != r.SYSTEM_ADMIN:
        raise PermissionDenied
    rows = User.objects.select_related("org").order_by("code")
    context = {"page": page_of(request, rows), "creating": _creating(actor, "account")}
    return render(request, "desk/accounts.html", context)


@for_actor
def account(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One account with what may be done to it."""
    row = things.seen(actor, "account", code)
    context = {
        "account": row,
        **offers.grouped(offers.mine(actor, "account", row)),
        "told": timeline.of(row),
    }
    return render(request, "desk/account.html", context)


def _creating(actor: Actor, kind: str) -> list[tuple[str, str]]:
    return [(act.title, address(act)) for act in offers.creating(actor) if act.kind == kind]
