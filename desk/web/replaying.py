"""A state at a moment and what changed between two, for commission and audit administrator."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit_log.domain.entry import Actor
from audit_log.services import clock
from desk.selectors import replays, trails
from desk.web import doors
from desk.web.documents import shown
from desk.web.doors import for_actor
from experts.domain.lifecycle import EXPERT

USUAL = timedelta(days=30)
"""How far back the pool is compared with itself where nothing is asked."""
NEAR = 10
"""How many steps before and after the chosen one stand beside it."""
STATES = {
    "evaluation_project": "project",
    "experts_expert": "expert",
    "experts_draw": "draw",
    "experts_seat": "seat",
    "award_objection": "objection",
    "award_complaint": "complaint",
    "award_ballotround": "round",
}
"""Table → the words of its states (desk.templatetags.desk.WORDS)."""


@require_GET
@for_actor
def chooser(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Which project, draw or expert; the pool has a page of its own."""
    trails.let_in(actor)
    kind, id = (request.GET.get(name, "").strip() for name in ("kind", "id"))
    if kind in replays.KINDS and id and "/" not in id:
        return redirect("replay", kind, id)
    kinds = [(one, trails.KINDS[one]) for one in replays.KINDS]
    return render(request, "desk/replays.html", {"kinds": kinds, "kind": kind, "id": id})


@require_GET
@for_actor
def stream(request: HttpRequest, actor: Actor, kind: str, id: str) -> HttpResponse:
    """One stream after two of its steps, side by side; steps or moments stand in the address."""
    trails.let_in(actor)
    asked, errors = _moments(request)
    found = replays.replay(actor, kind, id, _number(request, "then"), _number(request, "at"))
    if asked:
        steps = {name: replays.step_at(found.steps, moment) for name, moment in asked.items()}
        later = steps.get("moment", found.later)
        found = replays.replay(actor, kind, id, steps.get("since"), later)
    context = {
        "kind": kind,
        "id": id,
        "kind_name": trails.KINDS[kind],
        "replay": found,
        "numbered": _around(found),
        "last": len(found.steps),
        "reached": found.steps[found.later - 1] if found.later else None,
        "left": found.steps[found.then - 1] if found.then else None,
        "tables": _tables(found.rows),
        "changes": _changes(found.rows),
        "since": request.GET.get("since", ""),
        "moment": request.GET.get("moment", ""),
        "errors": errors,
    }
    return render(request, "desk/replay.html", context, status=422 if errors else 200)


@require_GET
@for_actor
def pool(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The pool of one's district at two moments: counts by state, and the experts by code."""
    trails.let_in(actor)
    asked, errors = _moments(request)
    later = asked.get("moment", clock.now())
    then = min(asked.get("since", later - USUAL), later)
    found = replays.pool(actor, then, later)
    state = request.GET.get("state", "")
    only = request.GET.get("only") == "changed"
    listed = [
        one
        for one in found.experts
        if (not state or one.row.get("state") == state) and (one.changed or not only)
    ]
    context = {
        "pool": found,
        "then": then,
        "later": later,
        "total": (sum(row[1] for row in found.states), sum(row[2] for row in found.states)),
        "page": Paginator(listed, doors.PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "only": only,
        "states": EXPERT.items(),
        "address": _address(then, later, only=only),
        "since": _typed(then),
        "moment": _typed(later),
        "errors": errors,
    }
    return render(request, "desk/replay_pool.html", context, status=422 if errors else 200)


def _moments(request: HttpRequest) -> tuple[dict[str, datetime], list[str]]:
    """The moments `since` and `moment` of the address, and what is wrong with them."""
    found, errors = dict[str, datetime](), list[str]()
    for name, words in (("since", "前一时刻"), ("moment", "后一时刻")):
        text = request.GET.get(name, "").strip()
        if not text:
            continue
        try:
            moment = datetime.fromisoformat(text)
            found[name] = moment if moment.tzinfo else timezone.make_aware(moment)
        except (ValueError, OverflowError):
            errors.append(f"{words}的写法不对,例如 2025-07-22T10:00")
    return found, errors


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _address(then: datetime, later: datetime, *, only: bool) -> str:
    """The query of the pool's pages, besides page and state."""
    moments = {"since": _typed(then), "moment": _typed(later)}
    return urlencode(moments | ({"only": "changed"} if only else {}))


def _typed(moment: datetime) -> str:
    """A moment as its input holds it: local, to the second."""
    return timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="seconds")


def _tables(rows: list[replays.Shown]) -> list[tuple[str, list[tuple[Any, list[Any]]]]]:
    """The rows by table, each with its cells as nodes."""
    tables: dict[str, list[tuple[Any, list[Any]]]] = {}
    for row in rows:
        cells = [_cell(row, cell) for cell in row.cells]
        tables.setdefault(row.words, []).append((row, cells))
    return list(tables.items())


def _changes(rows: list[replays.Shown]) -> list[tuple[Any, list[Any]]]:
    """Only what changed, row by row."""
    found = [(row, [_cell(row, cell) for cell in row.cells if cell.changed]) for row in rows]
    return [(row, cells) for row, cells in found if cells]


def _around(found: replays.Replay) -> list[tuple[int, Any]]:
    """The steps near the chosen one, each with its number."""
    start = max(0, found.later - NEAR)
    return list(enumerate(found.steps, start=1))[start : start + 2 * NEAR]


def _cell(row: replays.Shown, cell: replays.Cell) -> dict[str, Any]:
    return {
        "words": cell.words,
        "changed": cell.changed,
        "state": STATES.get(row.table) if cell.column in ("state", "suspended_from") else None,
        "values": (cell.then, cell.later),
        "nodes": (shown(cell.then, cell.column), shown(cell.later, cell.column)),
    }
