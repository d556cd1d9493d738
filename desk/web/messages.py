"""Messages to experts: receipts from gateways, and the list of those who have to be called."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.services import gateway, receipts
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor
from desk.selectors import things
from desk.web.doors import for_actor
from experts.domain.grounds import CALLING
from experts.selectors import blockers
from experts.services import deliveries


@csrf_exempt  # the gateway has no session; it signs what it says
@require_POST
def receipt(request: HttpRequest, name: str) -> HttpResponse:
    """A gateway tells what became of a message; a stranger learns nothing (docs/messages.md)."""
    body = request.body
    method, path = request.method or "", request.path
    if not gateway.is_from(name, request.headers, method=method, path=path, body=body):
        raise Http404
    content = gateway.content_of(body)
    told = gateway.receipt_in(content)
    if told.status and not receipts.take(content.get("key", ""), name, told):
        raise Http404
    return HttpResponse(status=204)


@for_actor
def calls(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Ask for a reason (GET); show whom to call, which is an entry (POST)."""
    row = things.drawn(actor, code)
    permit(actor, "draw.open_calls", row)
    reasons = blockers.calls(row)
    context: dict[str, Any] = {"draw": row, "reasons": reasons, "choices": CALLING.items()}
    status = 200
    if request.method == "POST" and not reasons:
        try:
            reason = request.POST.get("reason", "")
            context["ref"], context["calls"] = deliveries.open_calls(
                actor=actor, draw=row.pk, reason=reason
            )
        except BadInput:
            context["refusal"], status = "请选择打开名单的事由", 422
    return render(request, "desk/calls.html", context, status=status)
