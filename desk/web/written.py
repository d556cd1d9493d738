"""The written report to the regulator (招标投标情况书面报告), as a page that prints on A4."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.domain import roles as r
from accounts.models import Organisation
from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor, parse_time
from audit_log.selectors import trail
from award.selectors import closing
from award.services import written
from desk.selectors import cases, things
from desk.web.doors import for_actor
from evaluation.models import Project

READERS = frozenset({r.TENDERER, r.TRADING_CENTER, r.REGULATOR, r.COMMISSION})


@require_GET
@for_actor
def report(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The report as handed in, or as it would be now; nobody else than who works with it."""
    row: Project = things.seen(actor, "project", code)
    if actor.role not in READERS or not row.winner or row.state not in closing.WRITTEN_FROM:
        raise NotFound
    told = closing.handed_in(row)
    document = trail.document(told["data"]["report"]) if told else written.compose(row)
    return render(request, "desk/written_report.html", _context(row, document, told))


def _context(row: Project, document: dict[str, Any], told: dict[str, Any] | None) -> dict[str, Any]:
    names = cases.bidders(row)
    tenderer = Organisation.objects.get(pk=document["tenderer"])
    award = document["award"]
    return {
        "project": row,
        "told": told,
        "document": document,
        "tenderer": tenderer.name,
        "published": parse_time(document["tender"]["published"]),
        "deadline": parse_time(document["tender"]["deadline"]),
        "bids": [one | {"name": names[one["bidder"]]} for one in document["bids"]],
        "candidates": [one | {"name": names[one["bidder"]]} for one in document["candidates"]],
        "rounds": [
            one | {"tally": [(names[line["bidder"]], line["value"]) for line in one["tally"]]}
            for one in award["rounds"]
        ],
        "winner": names[award["bidder"]],
    }
