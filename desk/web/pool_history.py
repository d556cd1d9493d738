"""The pool at any moment, its sweeps, and what a draw froze of it: for those who watch over it."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.domain import policy
from accounts.domain import roles as r
from accounts.models import Organisation
from accounts.services.gate import permit
from audit_log.domain.entry import Actor
from audit_log.services import clock
from desk.selectors import careers, things
from desk.web.doors import for_actor
from experts.domain.edges import BASES, EDGES
from experts.domain.eligibility import REASONS
from experts.domain.lifecycle import EXPERT
from experts.models import Draw, Expert
from experts.selectors import history as reading
from experts.services import comparing
from rulebook.domain.blockers import Refused

MOST_SHOWN = 200
MOST_FOLDED = 20_000
"""Experts that a page folds; a larger pool is asked with `manage.py pool_at`."""
COUNTED = {reading.FITS: "可以参加抽取"} | REASONS


@for_actor
def history(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who could have been drawn at a moment, by reason, with the digest; and the sweeps."""
    region = _let_in(actor)
    asked = {name: request.GET.get(name, "").strip() for name in ("at", "day", "specialty", "to")}
    context: dict[str, Any] = {"asked": asked, "sweeps": careers.sweeps(), "most": MOST_SHOWN}
    status = 200
    if asked["at"]:
        moment, day, wrong = _times(asked)
        if Expert.objects.count() > MOST_FOLDED:
            wrong = "专家库人数较多,请由系统管理员以 pool_at 命令查询"
        context["wrong"], status = wrong, 422 if wrong else 200
        if moment is not None and not wrong:
            shot = reading.snapshot(
                moment, day, specialty=asked["specialty"], region=asked["to"], within=region
            )
            rows = [
                (words, shot.counts[code]) for code, words in COUNTED.items() if code in shot.counts
            ]
            context |= {"shot": shot, "counts": rows, "shown": shot.eligible[:MOST_SHOWN]}
    return render(request, "desk/pool_history.html", context, status=status)


@for_actor
def sweep(request: HttpRequest, actor: Actor, n: int) -> HttpResponse:
    """The report of one sweep, of the reader's district: whom to look at, who left and why."""
    region = _let_in(actor)
    found = [one for one in careers.sweeps() if one["n"] == n]
    if not found:
        raise Http404
    entry = found[0]
    context = {"entry": entry, "report": careers.report(entry["data"]["report"], region)}
    return render(request, "desk/pool_sweep.html", context)


@for_actor
def grounds(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The closed table: each edge of an expert's life, its grounds, their articles."""
    _let_in(actor)
    rows = [
        (edge.title, [(one.name, BASES[one.basis].citation) for one in edge.grounds.values()])
        for edge in EDGES.values()
    ]
    return render(request, "desk/pool_grounds.html", {"edges": rows, "states": EXPERT})


@for_actor
def compare(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Say that comparing is recorded (GET); compare what a draw froze with the trail (POST)."""
    row: Draw = things.drawn(actor, code)
    permit(actor, "draw.compare_pool", row)
    context: dict[str, Any] = {"draw": row, "refusal": ""}
    status = 200
    if request.method == "POST":
        try:
            ref, found = comparing.compare(actor=actor, draw=code)
        except Refused as refused:
            context["refusal"], status = str(refused), 409
        else:
            rows = [
                (REASONS.get(why, "应当回避"), number)
                for why, number in sorted(found.reasons.items())
            ]
            context |= {"ref": ref, "found": found, "rows": rows}
    return render(request, "desk/draw_pool.html", context, status=status)


def _let_in(actor: Actor) -> str:
    """The region prefix of a body that watches over the pool; experts see themselves alone."""
    if actor.role not in policy.SEE["expert"] or actor.role == r.EXPERT:
        raise PermissionDenied
    body = Organisation.objects.filter(pk=actor.org).first()
    if body is None:
        raise PermissionDenied
    return body.region.rstrip("0")


def _times(asked: dict[str, str]) -> tuple[datetime | None, date | None, str]:
    """The moment and the day asked for, or what is wrong with them."""
    try:
        moment, day = (
            parse_datetime(asked["at"]),
            parse_date(asked["day"]) if asked["day"] else None,
        )
    except ValueError:
        moment, day = None, None
    if moment is None or (asked["day"] and day is None):
        return None, None, "请填写时刻,例如 2025-05-03T09:30"
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if moment > clock.now():
        return None, None, "时刻不能晚于现在"
    return moment, day, ""
