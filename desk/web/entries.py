"""One entry of the trail, its proof, and the receipt of an act."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import constant_time_compare

from accounts.domain import policy
from accounts.services.gate import NotFound
from audit_log.domain import canonical
from audit_log.domain.entry import Actor
from desk.selectors import things, timeline, why
from desk.web.acting import receipt_key
from desk.web.documents import shown
from desk.web.doors import actor_of, for_actor, for_anyone

PROOF = "text/plain; charset=utf-8"


@for_actor
def entry(request: HttpRequest, actor: Actor, kind: str, id: str, n: int) -> HttpResponse:
    """One entry: read-only, with hash and place in the log; its contents for who may read them."""
    told = timeline.entry(actor, f"{kind}/{id}", n)
    readable = timeline.readable(actor, told)
    context = {
        "told": told,
        "readable": readable,
        "data": shown(told.value["data"]) if readable else None,
        "canonical": canonical.dumps(told.value).decode() if readable else "",
        "why": why.of(actor, told) if readable else None,
        "back": _crumb(actor, kind, id),
    }
    return render(request, "desk/entry.html", context)


@for_actor
def proof(request: HttpRequest, actor: Actor, kind: str, id: str, n: int) -> HttpResponse:
    """The entry's `.tlog-proof`, checked offline by anyone; nothing while it is unsealed."""
    return _download(timeline.entry(actor, f"{kind}/{id}", n))


@for_anyone
def receipt(request: HttpRequest, kind: str, id: str, n: int) -> HttpResponse:
    """What was done, under which number and hash, and how far it is sealed.

    Whoever holds the signed address may open it, as with a paper receipt; it names the act and the
    time and nothing of the contents.
    """
    told = _held(request, kind, id, n)
    key = receipt_key(told.stream, n)
    context = {"told": told, "key": key, "back": _back(request, kind, id)}
    return render(request, "desk/receipt.html", context)


@for_anyone
def receipt_proof(request: HttpRequest, kind: str, id: str, n: int) -> HttpResponse:
    """The proof for whoever holds the receipt."""
    return _download(_held(request, kind, id, n))


def _held(request: HttpRequest, kind: str, id: str, n: int) -> timeline.Told:
    stream, key = f"{kind}/{id}", request.GET.get("key", "")
    if constant_time_compare(key, receipt_key(stream, n)):
        return timeline.receipt(stream, n)
    actor = actor_of(request)
    if actor is None:
        raise Http404
    return timeline.entry(actor, stream, n)


def _download(told: timeline.Told) -> HttpResponse:
    kind, id = told.place
    name = f"{kind}-{id}-{told.n}.tlog-proof"
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        timeline.proof(told), content_type=PROOF, headers={"Content-Disposition": disposition}
    )


def _back(request: HttpRequest, kind: str, id: str) -> str:
    """The object's page for who may see it, else the first page."""
    actor, kind = actor_of(request), things.kind_of(kind, id)
    try:
        if actor is not None and kind in things.MODELS:
            things.seen(actor, kind, id)
            return _page_of(kind, id)
    except NotFound:
        pass
    return reverse("home")


def _crumb(actor: Actor, kind: str, id: str) -> str:
    """Back to the object's page, or to the stream's entries for who may see the trail."""
    if actor.role not in policy.SEE["trail"]:
        return _page_of(kind, id)
    return f"{reverse('trail')}?{urlencode({'kind': kind, 'stream': id})}"


def _page_of(kind: str, id: str) -> str:
    try:
        return reverse(things.kind_of(kind, id), args=[id])
    except NoReverseMatch:
        return reverse("trail")
