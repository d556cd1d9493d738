"""Who is asking: an account, an expert by his link or after his sign-in, or nobody."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.domain.roles import EXPERT
from accounts.models import User
from audit_log.domain.entry import Actor

HANDLE, CODE, ORG = "expert_handle", "expert_code", "expert_org"
"""Session keys of an expert: `<draw>/<candidate>` before sign-in, code and employer after it."""
OWN = "expert_own"
"""Session key of an expert at his own page: his code; he is in no committee's room there."""


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], Any]:
    """Set `request.actor` (None for a visitor)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a request's session."""
    if isinstance(request.user, User) and request.user.is_active:
        return request.user.actor
    return _expert(request.session)


def _expert(session: Mapping[str, Any]) -> Actor | None:
    if code := session.get(CODE):
        return Actor(code, EXPERT, session[ORG])
    if handle := session.get(HANDLE):
        return Actor(handle, EXPERT, "")
    if own := session.get(OWN):
        return Actor(own, EXPERT, "")
    return None
