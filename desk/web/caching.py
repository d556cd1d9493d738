"""Answers that may be kept: by an entity tag of what they say, and only by visitors."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

from desk.web.doors import actor_of

SECONDS = 60


def answered(
    request: HttpRequest, said: str, page: Callable[[], HttpResponse], *, anyone: bool = False
) -> HttpResponse:
    """The page, or 304 where the visitor has it; `said` decides whether two answers are the same.

    A page shows who is signed in, so his is not kept; `anyone` says that it looks alike to all.
    """
    if not anyone and actor_of(request) is not None:
        return page()
    tag = quote_etag(hashlib.sha256(said.encode()).hexdigest())
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response = HttpResponseNotModified() if tag in known or "*" in known else page()
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    if not anyone:
        patch_vary_headers(response, ["Cookie"])
    return response
