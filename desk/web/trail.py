"""The whole trail, for commission and audit administrator: standing, verification, export."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.domain import policy
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import cosigning, keys, reconciling, verification
from desk.services import bundle as bundles
from desk.web.doors import for_actor

ZIP = "application/zip"


@for_actor
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Counts and newest checkpoints; POST verifies everything and compares it with the tables."""
    _let_in(actor)
    context = {
        "counts": trail.standing(),
        "checkpoints": trail.checkpoints(),
        "waiting": verification.unsealed(),
        "unwitnessed": cosigning.waiting_leaves(),
        "log_key": keys.log_vkey(),
        "witness_key": keys.witness_keys()["vkey"],
        "reports": None,
    }
    if request.method == "POST":
        context["reports"] = (verification.verify(), reconciling.reconcile())
    return render(request, "desk/trail.html", context)


@require_GET
@for_actor
def evidence(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The evidence of the whole sealed log, or of one project, to be verified offline."""
    _let_in(actor)
    project = request.GET.get("project", "")
    name = f"evidence-{project or 'log'}.zip"
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        bundles.build(project=project),
        content_type=ZIP,
        headers={"Content-Disposition": disposition},
    )


def _let_in(actor: Actor) -> None:
    if actor.role not in policy.SEE["trail"]:
        raise PermissionDenied
