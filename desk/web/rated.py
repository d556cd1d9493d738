"""How raters rate, for those who watch over them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit_log.domain.entry import Actor
from desk.selectors import rated
from desk.web.doors import for_actor


@for_actor
def raters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The statistics of every rater whose projects the reader sees."""
    if actor.role not in rated.READS_ALL:
        raise PermissionDenied
    return render(request, "desk/raters.html", {"raters": rated.raters(actor)})
