"""Pages that open what is sealed about recusal; each reading is an entry, so only POST reads."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Organisation
from accounts.services.gate import NotFound, permit
from audit_log.domain.entry import Actor, Ref
from desk.selectors import things
from desk.web.doors import for_actor
from experts.selectors import blockers
from experts.services import conflicts, previews

READ = {"expert": "expert.read_conflict", "account": "account.read_conflict"}
SERVICES: dict[str, Callable[..., tuple[Ref, dict[str, Any]]]] = {
    "expert": conflicts.read_of_expert,
    "account": conflicts.read_of_official,
}


@for_actor
def conflict(
    request: HttpRequest, actor: Actor, kind: str, code: str, conflict: str
) -> HttpResponse:
    """Say that reading is recorded (GET); show to whom the conflict ties the person (POST)."""
    if kind not in READ:
        raise NotFound
    row = things.find(kind, code)
    permit(actor, READ[kind], row)
    found = row.conflicts.filter(pk=conflict).first()
    if found is None:
        raise NotFound
    context: dict[str, Any] = {"kind": kind, "code": code, "conflict": found}
    if request.method == "POST":
        ref, content = SERVICES[kind](actor=actor, conflict=conflict, **{kind: code})
        body = Organisation.objects.filter(pk=content["party"]).first()
        context |= {"ref": ref, "party": content["party"], "name": body.name if body else ""}
    return render(request, "desk/conflict.html", context)


@for_actor
def recusals(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Who would be left out of a draw that is not committed yet, for the commission."""
    row = things.drawn(actor, code)
    permit(actor, "draw.read_recusals", row)
    context: dict[str, Any] = {"draw": row, "reasons": blockers.preview(row)}
    if request.method == "POST" and not context["reasons"]:
        ref, omitted = previews.read_recusals(actor=actor, draw=code)
        context |= {"ref": ref, "omitted": omitted}
    return render(request, "desk/recusals.html", context)
