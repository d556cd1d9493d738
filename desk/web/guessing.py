"""Doors that can be guessed at: who tries too often waits."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.services import links, throttle
from accounts.services.throttle import TooMany

P = ParamSpec("P")


def throttled(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A page that says so where somebody has tried too often (RFC 6585 section 4)."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooMany as refusal:
            context = {"message": refusal.message}
            response = render(request, "desk/too_many.html", context, status=refusal.status)
            response["Retry-After"] = str(int(throttle.WINDOW.total_seconds()))
            return response

    return inner


def subject_of(request: HttpRequest, token: str, purpose: str) -> str | None:
    """Whom a link is for, None where it no longer works; wrong ones are counted by address."""
    made = throttle.attempt(token=address_of(request))
    subject = links.subject_of(token, purpose=purpose)
    if subject is not None:
        throttle.passed(made)
    return subject


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: as the outermost of our own proxies saw it."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        return forwarded[-settings.PROXIES].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
