"""Demonstration only: the clock jumps to the next deadline of what the actor sees."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.services.gate import permit
from audit_log.domain.entry import Actor
from audit_log.services import clock
from award.models import Objection
from desk.domain import display
from desk.selectors import things
from desk.web.doors import for_actor
from experts.models import Seat

BIDDING = ("tendering", "drawing")
PUBLIC = ("candidates_public", "result_public")


@require_POST
@for_actor
def jump(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Move the clock to the next deadline; say where it stands, or why it stays."""
    if not settings.DEMO:
        raise Http404
    permit(actor, "demo.jump")
    moment = next_deadline(actor, clock.now())
    if moment is None:
        messages.info(request, "目前没有待到的期限,演示时钟没有变动")
    elif moment > clock.real_now():
        text = display.moment(timezone.localtime(moment))
        messages.info(request, f"下一期限是 {text},晚于真实时间,演示时钟不能超过真实时间")
    else:
        clock.set_demo_clock(moment, actor=actor)
        text = display.moment(timezone.localtime(moment))
        messages.success(request, f"演示时钟已跳到 {text},并已写入流水")
    after = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(after, {request.get_host()})
    return redirect(after if safe else "home")


def next_deadline(actor: Actor, now: datetime) -> datetime | None:
    """The earliest coming deadline of the projects and draws that the actor sees."""
    projects = things.projects(actor)
    moments = list(projects.filter(state__in=BIDDING).values_list("deadline", flat=True))
    ends = projects.filter(state__in=PUBLIC).values_list("public_until", flat=True)
    moments += [_after(day) for day in ends if day]
    dues = Objection.objects.filter(project__in=projects.order_by(), state="accepted")
    moments += [_after(day) for day in dues.values_list("answer_due", flat=True)]
    seats = Seat.objects.filter(draw__in=things.draws(actor).order_by(), state="selected")
    moments += list(seats.values_list("answer_by", flat=True))
    return min((moment for moment in moments if moment and moment > now), default=None)


def _after(day: date) -> datetime:
    """The first moment after a day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
