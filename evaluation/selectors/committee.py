"""The evaluation committee: who sits, what each has done, who must not sit."""

from datetime import UTC, date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail
from audit_log.services import clock
from evaluation.models import Part, Project
from evaluation.selectors import ruling
from experts.domain.recusal import Check, Hit, Party
from experts.models import Draw, Expert, Seat
from experts.selectors import recusal

SEATED = "seated"
EXPERT = "expert"
REPRESENTATIVE = "representative"
_LATEST = datetime.max.replace(tzinfo=UTC)
SITTING = ("opened", "evaluating")
"""States of a lot in which its committee comes together and works."""


def at_work(row: Project) -> bool:
    """Whether the committee of a lot comes together or works, or would but for a suspension."""
    return (row.suspended_from or row.state) in SITTING


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


def newcomers(row: Project) -> list[tuple[Seat, Ref]]:
    """Experts who have signed in to the draw and have no seat in this lot, with their openings."""
    seats = Seat.objects.filter(draw=row.draw, state__in=("signed_in", "served"))
    known = [part.person for part in members(row)]
    lines = trail.lines(f"draw/{row.draw}", type="draw.candidate_opened")
    opened = {line.value["data"]["content"]["candidate"]: line for line in lines}
    return [
        (seat, Ref(seat.stream, opened[seat.candidate].value["n"], opened[seat.candidate].hash))
        for seat in seats.exclude(expert__in=known).order_by("candidate")
    ]


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


def representatives(row: Project) -> list[str]:
    """The tenderer's representatives of a lot, by account."""
    return [part.person for part in members(row) if part.kind == REPRESENTATIVE]


def recused(row: Project) -> list[str]:
    """Members who must not sit, by code (R06): against the parties, or beside another member.

    A representative counts by the tenderer he stands for and by what is recorded of himself.
    """
    seated = members(row)
    codes = [part.person for part in seated if part.kind == EXPERT]
    employers = dict(Expert.objects.filter(pk__in=codes).values_list("pk", "employer"))
    officials = representatives(row)
    check = _check(row)
    found = recusal.persons(check, employers, officials)
    hits = {code for code, person in found.items() if check.blocking(person)}
    hits |= {code for code in officials if representative_recused(row, code)}
    order = sorted(seated, key=lambda part: (part.kind == EXPERT, part.signed_in_at or _LATEST))
    people = found | {code: recusal.official(code, "", codes) for code in officials}
    clear = [people[part.person] for part in order if part.person not in hits]
    return sorted(hits | check.crowd(clear).keys())


def remarks(row: Project, expert: Actor) -> list[Hit]:
    """Ties of a member who signs in that stop nobody, but are to stand on record."""
    check = _check(row)
    found = recusal.persons(check, {expert.id: expert.org}, representatives(row))
    return [hit for hit in check.hits(found[expert.id]) if not hit.blocks]


def representative_recused(row: Project, member: str) -> bool:
    """Whether a representative of the tenderer must not sit with these bidders."""
    check = recusal.check(_bidders(row), ruling.profile(row), _day(row))
    return check.blocking(recusal.official(member, row.tenderer_id, check.bodies)) is not None


def _check(row: Project) -> Check:
    draw = Draw.objects.filter(pk=row.draw).first()
    parties = recusal.parties_of(draw) if draw else []
    return recusal.check([*parties, *_bidders(row)], ruling.profile(row), _day(row))


def _bidders(row: Project) -> list[Party]:
    codes = row.bids.order_by("bidder_id").values_list("bidder_id", flat=True)
    return [Party(code, "bidder") for code in codes]


def _day(row: Project) -> date:
    """The day of the evaluation: what is recused is looked at as of then."""
    held = Draw.objects.filter(pk=row.draw).values_list("held_at", flat=True).first()
    return timezone.localtime(held or clock.now()).date()


def recomposed(row: Project) -> bool:
    """Whether the committee is another than the one the current round started with."""
    started = trail.last_event(row.stream, "project.evaluation_started")
    before: list[str] = started["data"]["members"] if started else []
    return [part.person for part in members(row)] != before
