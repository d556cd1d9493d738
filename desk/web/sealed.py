"""Pages that open something sealed for one reader; each reading is an entry, so only POST reads.

What was read stands in that one response and nowhere else (every page is sent with `no-store`).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.domain import policy
from accounts.domain import roles as r
from accounts.services.gate import NotFound, permit
from audit_log.domain import canonical
from audit_log.domain.entry import Actor
from award.services import complaints, objections
from desk.selectors import sealed, things
from desk.web.doors import for_actor
from evaluation.models import Project
from evaluation.services import proofs


@for_actor
def objection(request: HttpRequest, actor: Actor, code: str, objection: str) -> HttpResponse:
    """Say that reading is recorded (GET); read the text (POST)."""
    row: Project = things.find("project", code)
    permit(actor, sealed.READ, row)
    context: dict[str, Any] = {"project": row, "objection": sealed.objection(row, objection)}
    if request.method == "POST":
        ref, text = objections.read_objection(actor=actor, project=code, objection=objection)
        context |= {"ref": ref, "text": text}
    return render(request, "desk/objection.html", context)


@for_actor
def complaint(request: HttpRequest, actor: Actor, code: str, complaint: str) -> HttpResponse:
    """The same of a complaint, for its regulator and the commission."""
    row: Project = things.find("project", code)
    permit(actor, sealed.READ_COMPLAINT, row)
    context: dict[str, Any] = {"project": row, "complaint": sealed.complaint(row, complaint)}
    if request.method == "POST":
        ref, text = complaints.read_complaint(actor=actor, project=code, complaint=complaint)
        context |= {"ref": ref, "text": text}
    return render(request, "desk/complaint.html", context)


@for_actor
def own_envelope(request: HttpRequest, actor: Actor, code: str, kind: str) -> HttpResponse:
    """Salt and content of one's own sealed envelope (POST), with which its author proves it.

    No entry number is shown: before the opening it would tell how many bids there are.
    """
    row: Project = things.find("project", code)
    title = sealed.own(actor, row).get(kind)
    if title is None:
        raise NotFound
    bidder = actor.role == r.BIDDER and not things.sees(actor, "project", policy.known(actor, row))
    home = reverse("public-project" if bidder else "project", args=[code])
    context: dict[str, Any] = {"project": row, "title": title, "home": home}
    if request.method == "POST":
        _, proof = proofs.own_envelope(actor=actor, project=code, kind=kind)
        context |= {"proof": proof, "fixed": _fixed(proof)}
    return render(request, "desk/own_envelope.html", context)


def _fixed(proof: dict[str, Any]) -> str:
    """The canonical JSON that was hashed behind the salt (formats.md section 3)."""
    parts = {name: proof[name] for name in ("kind", "stream", "author", "content")}
    return canonical.dumps({"v": 1, **parts}).decode()
