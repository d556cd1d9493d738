"""The public site: tenders that are out, a page per notice, and a feed; no sign-in.

Nothing is served here but notices that two persons released. A notice's address and its bytes never
change, so visitors' browsers and other platforms may keep them.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.domain.roles import BIDDER
from accounts.services.gate import NotFound
from audit_log.domain.entry import format_time
from audit_log.selectors import trail
from award.models import Notice
from award.selectors import releases
from desk.selectors import cases, sealed, things
from desk.web import caching
from desk.web.documents import round_shown, shown
from desk.web.doors import actor_of, for_anyone, page_of
from evaluation.models import Project

HIDDEN = frozenset(
    {"v", "notice", "project", "title", "lot", "tenderer", "report", "regime", "rules"}
    | {"plan", "rounds", "winner"}
)
"""Keys of a notice that the page's head already says, or that name other documents."""
FEED_ITEMS = 50
FEED = "https://jsonfeed.org/version/1.1"  # the format's own name of its version


@for_anyone
def listing(request: HttpRequest) -> HttpResponse:
    """Tenders that take bids, then the notices, newest first."""
    notices = releases.public().order_by("-serial")
    context = {"page": page_of(request, notices), "tendering": cases.tendering()[:30]}
    return render(request, "desk/public.html", context)


@for_anyone
def project(request: HttpRequest, code: str) -> HttpResponse:
    """What the public may know of one project; a bidder finds his own sealed bid here."""
    row: Project = things.find("project", code)
    if not cases.is_public(row):
        raise NotFound
    notices = releases.public().filter(project=row).order_by("-serial")
    actor = actor_of(request)
    own = sealed.own(actor, row) if actor and actor.role == BIDDER else {}
    context = {"project": row, "notices": notices, "own": own}
    return render(request, "desk/public_project.html", context)


@require_safe
@for_anyone
def notice(request: HttpRequest, serial: int) -> HttpResponse:
    """One notice, to read and to print."""
    row = releases.public().filter(serial=serial).first()
    if row is None:
        raise NotFound

    def page() -> HttpResponse:
        return render(request, "desk/public_notice.html", _read(row))

    return caching.answered(request, row.body, page)


@require_safe
@for_anyone
def feed(request: HttpRequest) -> HttpResponse:
    """The notices as a JSON Feed: the newest, or with `?after=n` those that followed number n.

    Numbers rise without gaps in the order of the commits, so a reader who asks on from the last
    number he saw misses none and sees none twice.
    """
    after = request.GET.get("after", "")
    rows = releases.public()
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        after = ""
    if after:
        found = list(rows.filter(serial__gt=int(after))[:FEED_ITEMS])
    else:
        found = list(rows.order_by("-serial")[:FEED_ITEMS])[::-1]
    newest = found[-1].serial if found else int(after or 0)

    def page() -> HttpResponse:
        return JsonResponse(
            _feed(request, found, newest), json_dumps_params={"ensure_ascii": False}
        )

    numbers = ",".join(f"{one.serial}:{one.body}" for one in found)
    response = caching.answered(request, f"{after}|{numbers}", page, anyone=True)
    response["Content-Type"] = "application/feed+json; charset=utf-8"
    return response


def _feed(request: HttpRequest, found: list[Notice], newest: Any) -> dict[str, Any]:
    here = request.build_absolute_uri(reverse("public-feed"))
    return {
        "version": FEED,
        "title": "公示公告",
        "language": "zh-CN",
        "home_page_url": request.build_absolute_uri(reverse("public")),
        "feed_url": here,
        "next_url": f"{here}?after={newest}",
        "items": [_item(request, one) for one in reversed(found)],
    }


def _item(request: HttpRequest, row: Notice) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("public-notice", args=[row.serial]))
    return {
        "id": address,
        "url": address,
        "title": f"{row.get_kind_display()}:{row.project.title}({row.project.lot}标段)",
        "date_published": format_time(row.released_at) if row.released_at else "",
        "authors": [{"name": row.project.tenderer.name}],
        "content_text": _told(row),
        "_notice": {"serial": row.serial, "kind": row.kind, "sha256": row.body},
    }


def _told(row: Notice) -> str:
    until = f",公示至 {row.public_until.isoformat()}" if row.public_until else ""
    return f"{row.project.pk} {row.get_kind_display()}{until}"


def _read(row: Notice) -> dict[str, Any]:
    """A notice with its winner and its rounds in words, the rest key by key."""
    content = trail.document(row.body)
    rest = {key: one for key, one in content.items() if key not in HIDDEN}
    names = cases.bidders(row.project) if content.get("rounds") else {}
    counts = enumerate(content.get("rounds", ()), start=1)
    return {
        "notice": row,
        "project": row.project,
        "winner": content.get("winner"),
        "node": shown(rest),
        "rounds": [round_shown(count, number, names) for number, count in counts],
        "calendar": _calendar(row),
    }


def _calendar(row: Notice) -> str:
    """The calendar by which the last day of a publicity was counted, as its entry says."""
    told = trail.events(row.project.stream, f"project.{row.kind}_published")
    found = [one["data"] for one in told if one["data"]["serial"] == row.serial]
    return str(found[0]["calendar"]) if found else ""
