"""The rules: what a project pinned, every profile with its versions, and two of them compared."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.domain import policy
from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from desk.selectors import offers, things, timeline
from desk.web.doors import for_actor
from evaluation.models import Project
from rulebook.domain.changes import Difference, by_id, difference, written
from rulebook.domain.rules import Profile, Rule
from rulebook.models import RuleProfile
from rulebook.selectors import profiles
from rulebook.selectors.profiles import CALENDAR

Row = tuple[Rule, str]
"""A rule and its value in words."""


@dataclass(frozen=True)
class Compared:
    """One rule in two profiles, as the page shows it."""

    difference: Difference
    before: str
    after: str


@for_actor
def pinned(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The rules the project pinned on its first day: value, weight, legal basis."""
    row: Project = things.seen(actor, "project", code)
    profile = profiles.pinned(row.rules)
    context = {"project": row, "profile": profile, "tables": _tables(profile)}
    return render(request, "desk/rules.html", context)


@for_actor
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every profile, the newest version of each, and what waits for approval."""
    _let_in(actor)
    rows = list(RuleProfile.objects.order_by("pk"))
    named = [(row, _name(row), profiles.versions(row.pk)) for row in rows]
    return render(request, "desk/rules_list.html", {"rows": named})


@for_actor
def profile(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One profile merged with its parents, its versions, and the proposal that waits."""
    row: RuleProfile = things.seen(actor, "rules", code)
    context = {
        "row": row,
        "name": _name(row),
        "versions": [(one, f"{code}@{one.number}") for one in reversed(profiles.versions(code))],
        **offers.grouped(offers.offers(actor, "rules", row)),
        "told": timeline.of(row),
    }
    if code == CALENDAR:
        return render(request, "desk/calendar.html", context | {"calendar": profiles.calendar()})
    whole = profiles.whole(code, row.version)
    draft = profiles.merged_with(profiles.pinned(row.draft)) if row.draft else None
    context |= {"profile": whole, "tables": _tables(whole), "draft": draft}
    context["changes"] = _compared(whole, draft) if draft else []
    context["reason"] = _reason(row)
    return render(request, "desk/profile.html", context)


@for_actor
def compare(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Two published versions side by side: `?a=national@1&b=zhejiang@1`."""
    _let_in(actor)
    known = [f"{code}@{one.number}" for code in profiles.codes() for one in profiles.versions(code)]
    labels = [request.GET.get("a", ""), request.GET.get("b", "")]
    context: dict[str, Any] = {"known": known, "a": labels[0], "b": labels[1], "rows": None}
    if all(labels):
        if not set(labels) <= set(known):
            raise NotFound
        before, after = map(_labelled, labels)
        context |= {"before": before, "after": after, "rows": _compared(before, after)}
    return render(request, "desk/rules_compare.html", context)


def _let_in(actor: Actor) -> None:
    if not things.sees(actor, "rules", policy.known(actor, None)):
        raise NotFound


def _labelled(label: str) -> Profile:
    code, _, number = label.rpartition("@")
    return profiles.whole(code, int(number))


def _name(row: RuleProfile) -> str:
    return "工作日历" if row.pk == CALENDAR else profiles.pinned(row.content).name


def _reason(row: RuleProfile) -> str:
    event = trail.last_event(row.stream, "rules.proposed") if row.draft else None
    return str(event["data"]["reason"]) if event else ""


def _tables(profile: Profile) -> list[tuple[str, list[Row]]]:
    binding = [(rule, written(rule.value)) for rule in by_id(profile).values()]
    return [
        ("规则", [pair for pair in binding if pair[0].id[1:].isdigit()]),
        ("参数", [pair for pair in binding if not pair[0].id[1:].isdigit()]),
    ]


def _compared(before: Profile, after: Profile) -> list[Compared]:
    return [Compared(one, _in(one.before), _in(one.after)) for one in difference(before, after)]


def _in(rule: Rule | None) -> str:
    return "(没有这条规则)" if rule is None else written(rule.value)
