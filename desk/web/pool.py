"""The pool by code, and the accounts: for the bodies that keep them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.domain import policy
from accounts.domain import roles as r
from accounts.models import Organisation
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor
from desk.selectors import careers, offers, rated, things, timeline
from desk.web.acting import address
from desk.web.doors import for_actor, page_of
from experts.domain.grounds import READING
from experts.domain.lifecycle import EXPERT
from experts.domain.modes import MEANS, MODES
from experts.models import Expert
from experts.selectors import conflicts, modes
from experts.selectors.career import OPEN_APPEAL
from experts.services import persons
from rulebook.domain.blockers import Refused

WAITING = "waiting"
"""In place of a state: those on whom somebody has to act."""


@for_actor
def experts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The experts the actor may see, by code and state; no names."""
    if actor.role not in policy.SEE["expert"] or actor.role == r.EXPERT:
        raise PermissionDenied
    state = request.GET.get("state", "")
    rows = things.experts(actor).prefetch_related("specialties")
    if state in EXPERT:
        rows = rows.filter(state=state)
    elif state == WAITING:
        rows = rows.filter(_waiting()).distinct()
    context = {
        "page": page_of(request, rows),
        "state": state,
        "states": [(WAITING, "有待办事项"), *EXPERT.items()],
        "creating": _creating(actor, "expert"),
        "reads_raters": actor.role in rated.READS_ALL,
    }
    return render(request, "desk/experts.html", context)


@for_actor
def expert(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One expert: standing, specialties, acts, trail."""
    row: Expert = things.seen(actor, "expert", code)
    return _expert(request, actor, row)


@for_actor
def me(request: HttpRequest, actor: Actor) -> HttpResponse:
    """An expert's own page: what is recorded of him, his reports, and who read his data."""
    if actor.role != r.EXPERT:
        raise PermissionDenied
    row: Expert = things.seen(actor, "expert", actor.id)
    return _expert(request, actor, row)


@for_actor
def person(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Ask for a reason (GET); read who an expert is (POST), which is an entry."""
    row: Expert = things.seen(actor, "expert", code)
    permit(actor, "expert.read_person", row)
    context: dict[str, Any] = {"expert": row, "reasons": READING.items(), "refusal": ""}
    status = 200
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            context["ref"], context["person"] = persons.read(
                actor=actor, expert=row.pk, reason=reason
            )
        except BadInput:
            context["refusal"], status = "请选择查阅事由", 422
        except Refused as refused:
            context["refusal"], status = str(refused), 409
    return render(request, "desk/person.html", context, status=status)


def _expert(request: HttpRequest, actor: Actor, row: Expert) -> HttpResponse:
    bodies = Organisation.objects.filter(pk__in=[row.employer, row.recommended_by])
    names = dict(bodies.values_list("pk", "name"))
    context = {
        "expert": row,
        "employer": names.get(row.employer, row.employer),
        "recommender": names.get(row.recommended_by, row.recommended_by),
        "specialties": row.specialties.order_by("-main", "code"),
        "reads_person": policy.may(actor, "expert.read_person", row),
        **careers.of(actor, row),
        "rated": rated.of(row),
        "conflicts": conflicts.of_expert(row.pk),
        "reads": policy.may(actor, "expert.read_conflict", policy.known(actor, row)),
        **offers.grouped(offers.mine(actor, "expert", row)),
        "told": timeline.of(row),
    }
    return render(request, "desk/expert.html", context)


@for_actor
def mode(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whose pool this installation works with, and a change that waits, for administrators."""
    if actor.role not in r.ADMINISTRATORS:
        raise PermissionDenied
    current, proposal = modes.current(), modes.proposal()
    context = {
        "current": current,
        "modes": [(key, name, MEANS[key]) for key, name in MODES.items()],
        "proposed": MODES[proposal["data"]["mode"]] if proposal else "",
        "proposer": proposal["actor"]["id"] if proposal else "",
        "creating": _creating(actor, "mode"),
        "told": timeline.system(modes.STREAM),
    }
    return render(request, "desk/pool_mode.html", context)


@for_actor
def accounts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The accounts that the actor may see: all, those of his district, or his own."""
    if actor.role not in policy.SEE["account"]:
        raise PermissionDenied
    rows = things.accounts(actor)
    context = {
        "page": page_of(request, rows),
        "creating": _creating(actor, "account"),
        "heading": _accounts(actor),
    }
    return render(request, "desk/accounts.html", context)


@for_actor
def account(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One account with what may be done to it."""
    row = things.seen(actor, "account", code)
    context = {
        "account": row,
        "heading": _accounts(actor),
        "conflicts": conflicts.of_account(row.pk) if actor.role != r.SYSTEM_ADMIN else (),
        "reads": policy.may(actor, "account.read_conflict", policy.known(actor, row)),
        **offers.grouped(offers.mine(actor, "account", row)),
        "told": timeline.of(row),
    }
    return render(request, "desk/account.html", context)


def _waiting() -> Q:
    """Experts on whom somebody has to act: an application, a report, an appeal."""
    found = Q(state__in=("applied", "testing")) | Q(changes__state="reported")
    return found | Q(appeals__state__in=OPEN_APPEAL)


def _accounts(actor: Actor) -> str:
    """What the list of accounts is to this reader."""
    return "账号" if actor.role == r.SYSTEM_ADMIN else "人员回避"


def _creating(actor: Actor, kind: str) -> list[tuple[str, str]]:
    return [(act.title, address(act)) for act in offers.creating(actor) if act.kind == kind]
