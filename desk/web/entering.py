"""Coming in: accounts by password, experts by one-time links; going out."""

from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth import login as start
from django.contrib.auth import logout as end
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.domain import roles as r
from accounts.models import User
from accounts.services import throttle
from accounts.services.gate import Refusal
from audit_log.domain.entry import Actor, Ref
from desk.selectors import offers, things
from desk.web.doors import for_actor
from desk.web.guessing import address_of, subject_of, throttled
from desk.web.middleware import CODE, HANDLE, ORG
from evaluation.selectors import committee as committee_of
from evaluation.services import committee, sites
from experts.domain.grounds import DECLINED
from experts.selectors import draws
from experts.services import answers, invitations
from rulebook.domain.blockers import Blocker, Refused


@throttled
def login(request: HttpRequest) -> HttpResponse:
    """Sign in with account and password; what was typed stays, the password does not."""
    after = request.POST.get("next") or request.GET.get("next", "")
    code, wrong = request.POST.get("code", "").strip(), {}
    if request.method == "POST":
        password = request.POST.get("password", "")
        wrong = {} if code else {"code": "请填写账号"}
        wrong |= {} if password else {"password": "请填写密码"}
        user = None if wrong else _account(request, code, password)
        if user is not None:
            start(request, user)
            safe = url_has_allowed_host_and_scheme(after, {request.get_host()})
            return redirect(after if safe else "home")
        wrong = wrong or {"code": "账号或者密码不正确,或者账号已停用"}
    context = {"code": code, "wrong": wrong, "next": after}
    return render(request, "desk/login.html", context, status=422 if wrong else 200)


def _account(request: HttpRequest, code: str, password: str) -> User | None:
    made = throttle.attempt(password=f"{code} {address_of(request)}", account=code)
    user = authenticate(request, username=code, password=password)
    if not isinstance(user, User):
        return None
    throttle.passed(made)
    return user


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session, whoever it belongs to."""
    end(request)
    return redirect("public")


@throttled
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A drawn expert's invitation: time and place only; he accepts, or declines with a reason."""
    subject = subject_of(request, token, invitations.PURPOSE)
    invited = draws.invitation(subject) if subject else None
    if invited is None:
        return render(request, "desk/link_over.html", status=404)
    _come_in(request, {HANDLE: invited.actor.id})
    return redirect("my")


@for_actor
def my(request: HttpRequest, actor: Actor) -> HttpResponse:
    """An expert's own page: his invitation before the sign-in, his projects after it."""
    if actor.role != r.EXPERT:
        raise PermissionDenied
    invited = draws.invitation(actor.id)
    reasons: list[Blocker] = []
    if request.method == "POST" and invited is not None:
        ref, reasons = _answered(request, invited)
        if ref is not None:
            # No receipt's address here: the draw's code in it would tell the case.
            messages.success(request, f"已答复,记入流水第 {ref.n} 条,哈希 {ref.hash}")
            return redirect("my")
    projects = [
        (row, offers.grouped(offers.mine(actor, "project", row))) for row in things.projects(actor)
    ]
    context = {
        "invited": invited,
        "known": actor.id if "/" not in actor.id else "",
        "projects": projects,
        "declined": DECLINED.items(),
        "reasons": reasons,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "desk/my.html", context, status=409 if reasons else 200)


@throttled
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in at the place: the personal token and the code shown in the room, both together."""
    typed = {name: request.POST.get(name, "").strip() for name in ("token", "room")}
    if request.method != "POST":
        return render(request, "desk/sign_in.html", {"typed": typed})
    wrong = {name: _ASKED[name] for name, text in typed.items() if not text}
    subject = None if wrong else subject_of(request, typed["token"], invitations.PURPOSE)
    invited = draws.invitation(subject) if subject else None
    reasons: list[Blocker] = []
    if not wrong and (invited is None or not _in_the_room(invited, typed["room"])):
        wrong = {"token": "登录口令或者您所在评标场所的签到码不正确,或者口令已过期"}
    if not wrong and invited is not None:
        known, reasons = _signed_in(invited)
        if known is not None:
            _come_in(request, {CODE: known.id, ORG: known.org})
            return redirect("my")
    context = {"typed": typed, "wrong": wrong, "reasons": reasons}
    return render(request, "desk/sign_in.html", context, status=409 if reasons else 422)


_ASKED = {"token": "请填写登录口令", "room": "请填写评标室签到码"}


def _answered(request: HttpRequest, invited: draws.Invitation) -> tuple[Ref | None, list[Blocker]]:
    accepted = request.POST.get("answer") == "accepted"
    reason = "" if accepted else request.POST.get("reason", "")
    given = "accepted" if accepted else "declined"
    try:
        ref = answers.answer(actor=invited.actor, draw=invited.draw, answer=given, reason=reason)
    except Refused as refused:
        return None, refused.blockers
    except Refusal as refusal:
        return None, [Blocker(refusal.code, refusal.message)]
    return ref, []


def _in_the_room(invited: draws.Invitation, room: str) -> bool:
    """Whether he typed the code shown there; an invitation has few attempts at it."""
    seat = draws.seat_of(invited.actor)
    if seat is None:
        return False
    made = throttle.attempt(room=invited.actor.id)
    code = sites.code_of(draws.get(invited.draw).case, invited.draw, seat.slot)
    right = constant_time_compare(room, code)
    if right:
        throttle.passed(made)
    return right


def _signed_in(invited: draws.Invitation) -> tuple[Actor | None, list[Blocker]]:
    """Who he is: from his sign-in now, or from an earlier one when he comes back."""
    known = committee_of.signed_in(invited.actor)
    if known is not None:
        return known, []
    try:
        group = draws.get(invited.draw).case
        return committee.sign_in_expert(actor=invited.actor, group=group)[1], []
    except Refused as refused:
        return None, refused.blockers
    except Refusal as refusal:
        return None, [Blocker(refusal.code, refusal.message)]


def _come_in(request: HttpRequest, values: dict[str, str]) -> None:
    """Start an expert's session afresh, whoever was signed in before."""
    request.session.flush()
    for key, value in values.items():
        request.session[key] = value
