"""Draws: the list, one draw's page, and the official record sheet."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.domain import policy
from accounts.domain import roles as r
from accounts.models import Organisation
from audit_log.domain import canonical
from audit_log.domain.entry import Actor, parse_time
from audit_log.selectors import trail
from audit_log.services import clock
from desk.domain import audience
from desk.selectors import boards, cases, offers, receipts, things, timeline
from desk.web.doors import for_actor, page_of
from evaluation.models import Project
from evaluation.selectors import sites
from experts.domain.fairness import entropy_needed
from experts.domain.freeze import SECRET_BYTES
from experts.domain.lifecycle import DRAW
from experts.domain.public_lists import LOTTERY
from experts.models import Draw
from experts.selectors import blockers, draws, intakes, messages, refusals, shortages
from experts.services import invitations
from rulebook.domain.blockers import Blocker

WATCHING = frozenset({r.REGULATOR, r.COMMISSION})
YEAR = timedelta(days=365)
BITS = 8 * SECRET_BYTES
"""Bits of the secret behind the code chain; the commission's mark comes on top of it."""


@for_actor
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The draws the actor may see."""
    if actor.role not in policy.SEE["draw"] or actor.role == r.EXPERT:
        raise PermissionDenied
    state = request.GET.get("state", "")
    rows = things.draws(actor)
    if state in DRAW:
        rows = rows.filter(state=state)
    context: dict[str, Any] = {"page": page_of(request, rows), "state": state}
    context |= {"states": DRAW.items(), "watches": actor.role in WATCHING}
    return render(request, "desk/draws.html", context)


@for_actor
def draw(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Where the draw stands: manifest, rounds, seats by handle; names only after sign-in."""
    row = things.drawn(actor, code)
    found = offers.offers(actor, "draw", row)
    names = audience.may_read(audience.COMMITTEE, actor.role, "opened")
    seated = {seat.state for seat in draws.seats(row.pk)}
    context = facts(row) | {
        **offers.grouped([offer for offer in found if not _idle(offer, seated)]),
        "told": timeline.of(row),
        "lists_recusals": policy.may(actor, "draw.read_recusals", policy.known(actor, row))
        and not blockers.preview(row),
        "names": names,
        "withheld": not names and bool(row.chain) and receipts.is_cut(actor, row),
        "room": _room(actor, row),
        "remote": bool(sites.of_group(row.case)),
        "calls": policy.may(actor, "draw.open_calls", row) and not blockers.calls(row),
        "compares": policy.may(actor, "draw.compare_pool", row),
    }
    if row.is_public:
        return render(request, "desk/lottery.html", context | public_list(row))
    return render(request, "desk/draw.html", context)


@for_actor
def refused(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who records refusals for experts, and how often chance would: for those who watch."""
    if actor.role not in WATCHING:
        raise PermissionDenied
    since = clock.now() - YEAR
    codes = things.draws(actor).filter(held_at__gte=since).values_list("pk", flat=True)
    context = {"rows": refusals.recorded(list(codes))}
    return render(request, "desk/draws_refused.html", context)


@for_actor
def receipt(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The draw's receipt: all it takes to run it again, in any hand, as far as he may read it."""
    row = things.drawn(actor, code)
    disposition = f'attachment; filename="draw-{row.pk}.json"'
    return HttpResponse(
        canonical.dumps(receipts.read_by(actor, row)),
        content_type="application/json",
        headers={"Content-Disposition": disposition},
    )


def _idle(offer: offers.Offer, states: set[str]) -> bool:
    """An act of the drawn experts while nobody is asked for it."""
    waiting = {"draw.answer": "selected", "draw.sign_in": "accepted"}.get(offer.act.name)
    return waiting is not None and waiting not in states


def _room(actor: Actor, row: Draw) -> str:
    """The code shown in the evaluation room, for whoever runs it; "" before the commitment.

    Sites of a remote evaluation have their own, each shown to its centre alone.
    """
    shown = actor.role == r.TRADING_CENTER and row.state in boards.WORKING
    return invitations.room_code(row.pk) if shown and not sites.of_group(row.case) else ""


def facts(row: Draw) -> dict[str, Any]:
    """What page and record sheet tell of a draw."""
    manifest = trail.document(row.manifest) if row.manifest else {"slots": []}
    slots = {slot["slot"]: slot for slot in manifest["slots"]}
    handles = {one["candidate"] for slot in slots.values() for one in slot["candidates"]}
    asked = [
        {
            **slot,
            "pool": len(slots[slot["slot"]]["candidates"]) if slot["slot"] in slots else None,
        }
        for slot in row.request.get("slots", [])
    ]
    tenderer = Organisation.objects.filter(pk=row.tenderer).first()
    return {
        "draw": row,
        "tenderer": tenderer.name if tenderer else row.tenderer,
        "asked": asked,
        "wanted": sum(slot["count"] for slot in asked),
        "distinct": len(handles),
        "entropy": _entropy(row, asked),
        "rounds": _rounds(row),
        "trials": draws.trials(row.pk),
        "trial": trail.last_event(row.stream, "draw.previewed"),
        "short": _short(row),
        "seats": draws.seats(row.pk),
        "sent": messages.shown(row),
        "lists": row.lists.order_by("number"),
        "age": intakes.list_age(),
    }


def _short(row: Draw) -> list[Blocker]:
    """Why the last freeze came to nothing, and what would let it succeed, until one does."""
    told = trail.last_event(row.stream, "draw.found_short")
    if told is None or row.state != "approved":
        return []
    return shortages.reasons(told["data"], row.request["one_per_group"])


def _entropy(row: Draw, asked: list[dict[str, Any]]) -> str:
    """Bits the selection needs against bits supplied (RFC 3797 section 3.3), in words."""
    if row.is_listed or not row.manifest:
        return ""
    needed = entropy_needed((slot["pool"], slot["count"]) for slot in asked)
    verdict = "满足" if needed <= BITS else "不足"
    return f"需要 {needed} 位(log2 C(N,k)+64),提供 {BITS} 位,{verdict}"


def public_list(row: Draw) -> dict[str, Any]:
    """The list drawn from with its names and, after the draw, who was drawn in which place."""
    project = Project.objects.filter(pk=row.case).first() if row.kind == LOTTERY else None
    runs = trail.events(row.stream, "draw.round_run")
    drawn = [one for run in runs for one in run["data"]["selected"]]
    places = {one["candidate"]: place for place, one in enumerate(drawn, start=1)}
    tickets = {one["candidate"]: one["ticket"] for one in drawn}
    names = cases.bidders(project) if project else {}
    items = [
        {"item": item, "name": names.get(item), "place": places.get(item)}
        | {"ticket": tickets.get(item)}
        for item in row.request["items"]
    ]
    return {"project": project, "items": items, "drawn": drawn}


def _rounds(row: Draw) -> list[dict[str, Any]]:
    """Every round with who contributed before it, what it needed, and its mark."""
    found: list[dict[str, Any]] = []
    parties: list[str] = []
    for event in trail.events(row.stream):
        data = event["data"]
        match event["type"]:
            case "draw.contributed":
                parties.append(data["party"])
            case "draw.round_opened":
                at = parse_time(event["at"])
                found.append({"opened": data, "at": at, "parties": parties, "run": None})
                parties = []
            case "draw.round_run":
                found[-1]["run"] = data
    absent = draws.absences(row)
    for one in found:
        one["absent"] = absent[one["opened"]["round"]]
        one["needs"] = one["opened"]["needs"].items()
        one["missing"] = one["run"]["short"].items() if one["run"] else ()
    return found
