"""The public pages: tenders that are out, published candidates and results; no sign-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.domain.roles import BIDDER
from accounts.services.gate import NotFound
from audit_log.selectors import trail
from award.models import Notice
from desk.selectors import cases, sealed, things
from desk.web.documents import round_shown, shown
from desk.web.doors import actor_of, for_anyone, page_of
from evaluation.models import Project

HIDDEN = frozenset(
    {"v", "notice", "project", "title", "lot", "tenderer", "report", "regime", "rules"}
    | {"plan", "rounds", "winner"}
)
"""Keys of a notice that the page's head already says, or that name other documents."""


@for_anyone
def listing(request: HttpRequest) -> HttpResponse:
    """Tenders that take bids, then the notices, newest first."""
    context = {"page": page_of(request, cases.published()), "tendering": cases.tendering()[:30]}
    return render(request, "desk/public.html", context)


@for_anyone
def project(request: HttpRequest, code: str) -> HttpResponse:
    """What the public may know of one project; a bidder finds his own sealed bid here."""
    row: Project = things.find("project", code)
    if not cases.is_public(row):
        raise NotFound
    rows = row.notices.filter(released_at__isnull=False, kind__in=("candidates", "result"))
    names = cases.bidders(row) if rows else {}
    notices = [_read(notice, names) for notice in rows.order_by("-released_at", "-pk")]
    actor = actor_of(request)
    own = sealed.own(actor, row) if actor and actor.role == BIDDER else {}
    context = {"project": row, "notices": notices, "own": own}
    return render(request, "desk/public_project.html", context)


def _read(notice: Notice, names: dict[str, str]) -> dict[str, Any]:
    """A notice with its winner and its rounds in words, the rest key by key."""
    content = trail.document(notice.body)
    rest = {key: one for key, one in content.items() if key not in HIDDEN}
    counts = enumerate(content.get("rounds", ()), start=1)
    return {
        "notice": notice,
        "winner": content.get("winner"),
        "node": shown(rest),
        "rounds": [round_shown(count, number, names) for number, count in counts],
    }
