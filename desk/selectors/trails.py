"""The whole trail as the commission and the audit administrator may search it.

They see the streams of the projects, draws and experts of their district, and those that belong to
none (accounts, rules, the system, sealed reports). What a page of one object withholds is withheld
here too: neither sealed bids nor their number, and contents by circle and phase.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Concat

from accounts.domain import policy
from accounts.models import Organisation
from audit_log.domain.entry import Actor
from audit_log.selectors import searching, trail
from audit_log.selectors.searching import Wanted
from desk.domain import audience
from desk.selectors import phases, timeline, why
from desk.selectors.phases import Phases
from desk.selectors.timeline import Told
from evaluation.models import Project
from experts.models import Draw, Expert

KINDS: dict[str, str] = {
    "project": "项目",
    "draw": "专家抽取",
    "expert": "专家",
    "account": "账号",
    "rules": "规则",
    "system": "系统",
    "sealed": "密封报告",
}
"""Kinds of streams (audit_log.domain.entry.STREAM)."""
_REGIONAL: tuple[tuple[str, type[Model]], ...] = (
    ("project", Project),
    ("draw", Draw),
    ("expert", Expert),
)
CHUNK = 500


@dataclass(frozen=True)
class Row:
    """One entry of the list: as told, whether its contents are this reader's, what it cites."""

    told: Told
    readable: bool
    cited: list[why.Cited]
    refs: int


def let_in(actor: Actor) -> None:
    """Raise PermissionDenied for whoever may not see the trail (accounts.domain.policy)."""
    if actor.role not in policy.SEE["trail"]:
        raise PermissionDenied


def entries(actor: Actor, wanted: Wanted) -> QuerySet[Any]:
    """The entries that are looked for and that the actor may be told of, newest first."""
    rows = searching.matching(wanted).filter(_within(district(actor), wanted.kind))
    return rows.exclude(_secret())


def rows(actor: Actor, found: list[Any]) -> list[Row]:
    """The same entries as a list shows them, in a number of queries that does not grow."""
    standing = trail.standing()
    told = [timeline.told_of(trail.line_of(row), standing) for row in found]
    known = Phases.of(one.value for one in told)
    rules = why.rules_of(one.value for one in told)
    return [
        _row(actor, one, known, rules.get(one.stream, why.Rules()))
        for one in timeline.masked(told, known)
    ]


def chunks(actor: Actor, wanted: Wanted) -> Iterator[list[Row]]:
    """All of them in the order in which they were written, some hundred at a time."""
    matching = entries(actor, wanted).order_by("pk")
    last = 0
    while found := list(matching.filter(pk__gt=last)[:CHUNK]):
        last = found[-1].pk
        yield rows(actor, found)


def district(actor: Actor) -> str | None:
    """The leading figures of the regions that the actor's body covers; None for an unknown body."""
    body = Organisation.objects.filter(pk=actor.org).values_list("region", flat=True).first()
    if body is None:
        return None
    return body.rstrip("0") if len(body) == 6 else body


def _row(actor: Actor, told: Told, known: Phases, rules: why.Rules) -> Row:
    readable = told.n is not None and timeline.reads(actor, told, known)
    cited = why.cites(told.value, rules) if readable else []
    refs = len(told.value["data"].get("refs", ())) if readable else 0
    return Row(told, readable, cited, refs)


def _within(prefix: str | None, kind: str) -> Q:
    """Streams of the district, and those without a region; of one kind where one is asked for."""
    free = [name for name in KINDS if name not in dict(_REGIONAL)]
    if kind in free:
        return Q(stream__startswith=f"{kind}/")
    found = Q()
    for name in free if not kind else ():
        found |= Q(stream__startswith=f"{name}/")
    for name, model in _REGIONAL:
        if kind in ("", name):
            found |= Q(stream__in=_streams(name, _here(model, prefix)))
    return found or Q(pk__in=[])


def _here(model: type[Model], prefix: str | None) -> QuerySet[Any]:
    every: QuerySet[Any] = model._default_manager.all()
    return every.none() if prefix is None else every.filter(region__startswith=prefix)


def _secret() -> Q:
    """Entries from which the number of sealed bids could be counted."""
    states = phases.before_opening()
    closed = Q(suspended_from="", state__in=states) | Q(suspended_from__in=states)
    streams = _streams("project", Project.objects.filter(closed))
    return Q(type__in=audience.COUNTING, stream__in=streams)


def _streams(kind: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    named: QuerySet[Any] = rows.annotate(_stream=Concat(Value(f"{kind}/"), F("code")))
    streams: QuerySet[Any] = named.order_by().values("_stream")
    return streams
