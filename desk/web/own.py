"""The door to an expert's own page: a token sent to his phone, which works once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from desk.web.guessing import subject_of, throttled
from desk.web.middleware import OWN
from experts.services import own_page


@throttled
def enter(request: HttpRequest, token: str = "") -> HttpResponse:
    """Show the token to be sent (GET), so that a preview of the message spends nothing; come in."""
    typed = request.POST.get("token", token).strip()
    if request.method != "POST":
        return render(request, "desk/own_enter.html", {"token": typed})
    known = subject_of(request, typed, own_page.PURPOSE)
    actor = own_page.come_in(typed) if known else None
    if actor is None:
        context = {"token": typed, "wrong": "登录口令不正确,或者已经用过、已过期"}
        return render(request, "desk/own_enter.html", context, status=422)
    request.session.flush()
    request.session[OWN] = actor.id
    return redirect("me")
