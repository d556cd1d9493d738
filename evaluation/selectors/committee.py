"""The evaluation committee: who sits, what each has done, who must not sit."""

from django.db.models import QuerySet

from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from evaluation.models import Part, Project
from experts.domain import eligibility
from experts.models import Expert, Seat
from experts.selectors import pool

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


def left(draw: str) -> QuerySet[Part]:
    """Seats in lots of a draw whose holder the draw has replaced."""
    replaced = Seat.objects.filter(draw=draw, state="replaced").values("candidate")
    return Part.objects.filter(
        project__draw=draw, relation=SEATED, kind=EXPERT, handle__in=replaced
    )


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
    """Members whose employer, or its group, is among the bidders (R06), by code.

    A representative counts by the tenderer he stands for.
    """
    bidders = list(row.bids.values_list("bidder_id", flat=True))
    seated = members(row)
    experts = [part.person for part in seated if part.kind == EXPERT]
    employers = dict(Expert.objects.filter(pk__in=experts).values_list("pk", "employer"))
    heads = pool.group_heads()
    return [
        part.person
        for part in seated
        if eligibility.conflict(employers.get(part.person, row.tenderer_id), bidders, heads)
    ]


def recomposed(row: Project) -> bool:
    """Whether the committee is another than the one the current round started with."""
    started = trail.last_event(row.stream, "project.evaluation_started")
    before: list[str] = started["data"]["members"] if started else []
    return [part.person for part in members(row)] != before
