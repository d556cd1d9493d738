"""How a page lets people in: with an actor or to the sign-in, strangers get "not found"."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.services.gate import NotAllowed, NotFound
from audit_log.domain.entry import Actor

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
PER_PAGE = 30


def actor_of(request: HttpRequest) -> Actor | None:
    """Who is asking, as the middleware found out."""
    found: Actor | None = getattr(request, "actor", None)
    return found


def for_actor(
    view: Callable[Concatenate[HttpRequest, Actor, P], R],
) -> Callable[..., R | HttpResponse]:
    """A page for people who are signed in; the view gets the actor."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R | HttpResponse:
        actor = actor_of(request)
        if actor is None:
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('login')}?{query}")
        try:
            return view(request, actor, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except NotAllowed as error:
            raise PermissionDenied from error

    return inner


def for_anyone(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A public page; what is not there is "not found"."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error

    return inner


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """The page of a list that the address asks for; a wrong number gives the nearest page."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
