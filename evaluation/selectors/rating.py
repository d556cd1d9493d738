"""一标一评: whose seats of a project are rated, from when on, and what is still to be rated."""

from audit_log.domain.entry import Actor
from evaluation.domain.lifecycle import MAIN_LINE
from evaluation.models import Project
from evaluation.selectors import ruling
from experts.models import ExpertRating, Seat
from rulebook.domain.blockers import Blocker, blocker, collect

WON = MAIN_LINE[MAIN_LINE.index("awarded") :]
ENDED = ("failed", "terminated")
SERVED = ("served", "replaced")
"""A member who was replaced has sat as well."""


def rate_expert(row: Project) -> list[Blocker]:
    """The evaluation is over, and so is the secrecy of its committee in every lot (R10)."""
    lots = Project.objects.filter(draw=row.draw) if row.draw else []
    if row.reported_at is None or not seats(row):
        return [Blocker("not_evaluated", "本项目没有完成评标,不需要评价")]
    if all(_stands(lot) in (*WON, *ENDED) for lot in lots):
        return []
    message = "评标委员会成员名单在中标结果确定前保密,确定后方可评价"
    profile, facts = ruling.profile(row), ruling.facts(row)
    return collect(blocker(profile, "R10", "committee_secret", message, facts))


def still_secret(row: Project, actor: Actor) -> list[Blocker]:
    """Where a tender failed its tenderer never learns who sat, and so rates nobody."""
    if actor.role != "tenderer" or row.winner:
        return []
    return [Blocker("committee_secret", "本项目没有中标人,招标人不参加评价", "R10")]


def seats(row: Project) -> list[Seat]:
    """The drawn members who sat, in order of their handles."""
    rows = Seat.objects.filter(draw=row.draw, state__in=SERVED).exclude(expert="")
    return list(rows.order_by("slot", "candidate"))


def given(row: Project) -> dict[tuple[str, str], ExpertRating]:
    """(Handle, rater's role) → the rating."""
    rows = ExpertRating.objects.filter(case=row.pk)
    return {(one.handle, one.aspect): one for one in rows}


def unrated(row: Project, actor: Actor) -> list[Seat]:
    """The seats that the actor's side has not rated."""
    done = {handle for handle, aspect in given(row) if aspect == actor.role}
    return [seat for seat in seats(row) if seat.candidate not in done]


def offered(actor: Actor, row: Project) -> bool:
    """Offered as long as one of his is missing and he may rate here."""
    return bool(row.draw) and not still_secret(row, actor) and bool(unrated(row, actor))


def _stands(row: Project) -> str:
    return str(row.suspended_from or row.state)
