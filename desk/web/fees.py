"""专家劳务费发放表, to print and sign."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor
from desk.selectors import fees, things
from desk.web.doors import for_actor
from evaluation.models import Project
from evaluation.selectors import sites
from rulebook.domain.blockers import Refused


@for_actor
def sheet(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The sheet by handle (GET); with names (POST), which are read one by one with a reason."""
    row: Project = things.seen(actor, "project", code)
    if not fees.reads(actor, row):
        raise NotFound
    may_name = fees.reads_names(actor, row)
    names: dict[str, str] = {}
    refusal = ""
    if request.method == "POST":
        if not may_name:
            raise PermissionDenied
        try:
            names = fees.names(actor, row)
        except Refused as refused:
            refusal = str(refused)
    found, fixed = fees.sheet(row)
    context = {
        "project": row,
        "sheet": found,
        "fixed": fixed,
        "lines": fees.lines(row, found, names),
        "named": bool(names),
        "may_name": may_name,
        "refusal": refusal,
        "sites": {site.number: site for site in sites.of_group(row.group)},
    }
    return render(request, "desk/fee_sheet.html", context, status=409 if refusal else 200)
