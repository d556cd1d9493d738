"""Interference reports: what is kept secret and what cannot be, and the commission's list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.acts import LEAVE_REPORT
from accounts.domain import policy
from accounts.models import SealedReport
from accounts.services.gate import permit
from audit_log.domain import canonical
from audit_log.domain.entry import Actor
from audit_log.selectors import reports
from audit_log.services import keys
from desk.web.acting import address
from desk.web.doors import for_actor, page_of

TAKE = "report.take"


@require_GET
@for_actor
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where a report is left; for the commission also when each was."""
    context: dict[str, Any] = {
        "leave": address(LEAVE_REPORT),
        "report_key": keys.witness_keys()["report_key"],
    }
    if policy.may(actor, TAKE, None):
        context["page"] = page_of(request, SealedReport.objects.order_by("-audit_at", "code"))
    return render(request, "desk/reports.html", context)


@require_GET
@for_actor
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All of them as a file for `python -m audit_log.witness … read`; still closed."""
    permit(actor, TAKE)
    body = canonical.dumps(reports.taken())
    headers = {"Content-Disposition": 'attachment; filename="reports.json"'}
    return HttpResponse(body, content_type="application/json", headers=headers)
