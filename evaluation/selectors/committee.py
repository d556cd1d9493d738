"""The evaluation committee: who sits, what each has done, who must not sit."""

from collections.abc import Iterable

from accounts.models import Organisation
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from evaluation.models import Part, Project
from experts.models import Expert

SEATED = "seated"
EXPERT = "expert"
REPRESENTATIVE = "representative"
SITTING = ("opened", "evaluating")
"""States of a lot in which its committee comes together and works."""


def members(row: Project) -> list[Part]:
    """The committee of a lot, ordered by code."""
    return list(row.parts.filter(relation=SEATED).order_by("person"))


def part_of(row: Project, actor: Actor) -> Part | None:
    """The actor's own seat in a lot, or None."""
    return row.parts.filter(relation=SEATED, person=actor.id).first()


def parts_in_group(row: Project, actor: Actor) -> list[Part]:
    """The actor's seats in the lots of the group whose committee works now, by lot code."""
    rows = Part.objects.filter(
        project__group=row.group, project__state__in=SITTING, relation=SEATED, person=actor.id
    )
    return list(rows.select_related("project").order_by("project_id"))


def signed_in(handle: Actor) -> Actor | None:
    """Who the drawn expert with this handle (`<draw>/<candidate>`) is, once he has signed in."""
    draw, _, candidate = handle.id.partition("/")
    part = Part.objects.filter(
        project__draw=draw, relation=SEATED, kind=EXPERT, handle=candidate
    ).first()
    return expert_actor(part.person) if draw and candidate and part else None


def expert_actor(code: str) -> Actor:
    """The actor of an expert whose identity is open."""
    return Actor(code, "expert", Expert.objects.get(pk=code).employer)


def recused(row: Project) -> list[str]:
    """Members whose employer, or its group, is among the bidders (R06): by code."""
    bidders = units(row.bids.values_list("bidder_id", flat=True))
    seated = members(row)
    experts = [part.person for part in seated if part.kind == EXPERT]
    employers = dict(Expert.objects.filter(pk__in=experts).values_list("pk", "employer"))
    heads = group_heads([row.tenderer_id, *employers.values()])
    return [
        part.person
        for part in seated
        for org in [employers.get(part.person, row.tenderer_id)]
        if {org, heads.get(org, org)} & bidders
    ]


def units(orgs: Iterable[str]) -> set[str]:
    """The bodies with the parents of their groups."""
    codes = set(orgs)
    return codes | set(group_heads(codes).values())


def group_heads(orgs: Iterable[str]) -> dict[str, str]:
    """Return body → parent of its group, for those that have one."""
    rows = Organisation.objects.filter(pk__in=set(orgs)).exclude(group_head="")
    return dict(rows.values_list("code", "group_head"))


def recomposed(row: Project) -> bool:
    """Whether the committee is another than the one the current round started with."""
    started = trail.last_event(row.stream, "project.evaluation_started")
    if started is None:
        return False
    return [part.person for part in members(row)] != started["data"]["members"]
