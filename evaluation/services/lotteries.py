"""A public lottery among bidders: the engine that draws experts draws one of those who tie.

Asked for by a project, committed, contributed to and run as any draw; its result is told in the
project's stream, so that what follows there can be replayed from the lottery's receipt.
"""

from collections.abc import Sequence
from datetime import datetime

from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import sealer, trail
from evaluation.models import Project
from evaluation.selectors import lotteries
from evaluation.services import lock
from experts.domain.public_lists import LOTTERY
from experts.models import Draw
from experts.selectors import draws as draw_lookup
from experts.selectors.course import course
from experts.services import draws, public_draws, rounds
from rulebook.domain.blockers import refuse


def call(
    row: Project,
    actor: Actor,
    *,
    among: Sequence[str],
    seats: int,
    held_at: datetime,
    place: str,
    subject: str,
) -> Ref:
    """Ask for a lottery of `seats` among bidders, for a caller who has locked the project.

    What is drawn follows from plan and record, never from who asks.
    """
    code = f"{row.pk}-L{Draw.objects.filter(case=row.pk, kind=LOTTERY).count() + 1}"
    asked = public_draws.request(
        actor=actor,
        draw=code,
        case=row.pk,
        kind=LOTTERY,
        tenderer=row.tenderer_id,
        trade=row.trade,
        region=row.region,
        held_at=held_at,
        place=place,
        items=among,
        count=seats,
        rules=row.rules,
        subject=subject,
    )
    data = {"draw": code, "among": sorted(among), "seats": seats}
    return trail.record(row, "project.lottery_called", actor, data, refs=[asked])


def run_round(*, actor: Actor, draw: str) -> Ref:
    """Run the round just opened; of a public list, end the draw and tell the project the result.

    Two transactions, since the commission's mark is asked for between them. Interrupted, the act is
    done again and only tells the result.
    """
    row = draw_lookup.get(draw)
    permit(actor, "draw.run_round", row)
    refuse(lotteries.run_round(row))
    if not row.is_public:
        return rounds.run_round(actor=actor, draw=draw)
    if row.state != "filled":
        rounds.run_round(actor=actor, draw=draw)
    return _tell_result(actor=actor, draw=draw)


@sealer.ceremony
def _tell_result(*, actor: Actor, draw: str) -> Ref:
    row = draw_lookup.get(draw)
    if row.kind != LOTTERY:
        return draws.close(actor=actor, draw=draw)
    project = lock.project(row.case)
    closed = draws.close(actor=actor, draw=draw)
    data = {
        "draw": draw,
        "among": row.request["items"],
        "seats": row.request["slots"][0]["count"],
        "drawn": list(course(row).standing.selected),
    }
    return trail.record(project, "project.lottery_drawn", actor, data, refs=[closed])
