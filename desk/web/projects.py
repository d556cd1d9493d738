"""The list of projects and one project's page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.domain import policy
from accounts.domain import roles as r
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from award.models import BallotRound
from award.selectors import closing
from desk.domain import audience, methods
from desk.selectors import (
    award_papers,
    boards,
    cases,
    fees,
    offers,
    rated,
    sealed,
    things,
    timeline,
)
from desk.web import written
from desk.web.documents import Round, round_shown
from desk.web.doors import for_actor, page_of
from evaluation.domain.lifecycle import PROJECT
from evaluation.models import Project
from evaluation.selectors import lotteries, paper, seats


@for_actor
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The projects the actor may see, by state where asked."""
    if actor.role not in policy.SEE["project"]:
        raise PermissionDenied
    state = request.GET.get("state", "")
    rows = things.projects(actor)
    if state in PROJECT:
        rows = rows.filter(state=state)
    context = {"page": page_of(request, rows), "state": state, "states": PROJECT.items()}
    return render(request, "desk/projects.html", context)


@for_actor
def project(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Where the project stands, what is missing, who can act, and the trail beside it."""
    row: Project = things.seen(actor, "project", code)
    found = offers.offers(actor, "project", row)
    case, names = cases.read(actor, row), cases.bidders(row)
    context = {
        "project": row,
        "steps": cases.steps(row),
        **offers.grouped(found),
        "case": case,
        "plan": methods.told(row.evaluation_plan),
        "clarified": cases.clarifications(actor, row),
        "said": cases.deliberation(actor, row),
        "rounds": [(one, _counted(one, names), cases.ballots(row, one)) for one in case.rounds],
        **_papers(actor, row, names),
        "told": timeline.of(row),
        "board": rated.board(actor, row),
        "places": _places(actor, row),
        "papers": paper.of(row).values() if case.members and row.state == "evaluating" else (),
        "sees_fees": fees.reads(actor, row),
        "written": actor.role in written.READERS and row.state in closing.WRITTEN_FROM,
        "terms": closing.terms(row) if actor.role in written.READERS else [],
        "reads_objections": policy.may(actor, sealed.READ, policy.known(actor, row)),
        "reads_complaints": policy.may(actor, sealed.READ_COMPLAINT, policy.known(actor, row)),
        "own": sealed.own(actor, row),
        "is_panel": actor.role in (r.EXPERT, r.TENDERER_REP),
        "sees_draw": actor.role in policy.SEE["draw"] and actor.role != r.EXPERT and row.draw,
        "draw_mark": seats.mark(row.draw)[1],
        "lotteries": _lotteries(actor, row),
        "sees_names": case.members or not case.member_count,
    }
    return render(request, "desk/project.html", context)


def _places(actor: Actor, row: Project) -> dict[str, Any]:
    """Where the committee sits, for who may know who sits in it."""
    open_to = audience.may_read(audience.COMMITTEE, actor.role, row.state, row.suspended_from)
    return boards.places(row) if open_to else {}


def _lotteries(actor: Actor, row: Project) -> list[dict[str, Any]]:
    """The public lotteries among the bidders, for whoever sees the award; results by name."""
    if not audience.may_read(audience.AWARD, actor.role, row.state, row.suspended_from):
        return []
    told = trail.events(row.stream, "project.lottery_drawn")
    drawn = {one["data"]["draw"]: one["data"]["drawn"] for one in told}
    names = cases.bidders(row)
    return [
        {
            "draw": one,
            "among": [names.get(item, item) for item in one.request["items"]],
            "drawn": [names.get(item, item) for item in drawn.get(one.pk, [])],
            "link": actor.role in policy.SEE["draw"] and actor.role != r.EXPERT,
        }
        for one in lotteries.of_project(row)
    ]


def _counted(one: BallotRound, names: dict[str, str]) -> Round | None:
    """The count of a closed round in words."""
    return round_shown(one.result["count"], one.number, names) if one.result else None


def _papers(actor: Actor, row: Project, names: dict[str, str]) -> dict[str, Any]:
    """The papers of the award and what was said, for those who read the award."""
    if row.regime != "separated" or not audience.may_read(
        audience.AWARD, actor.role, row.state, row.suspended_from
    ):
        return {}
    begun = row.award_session > 0
    return {
        "filed": award_papers.filed(row, names),
        "made": award_papers.made(row) if begun else [],
        "spoken": award_papers.spoken(row),
    }
