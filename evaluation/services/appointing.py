"""A project whose experts are chosen, not drawn: a special one (条例第四十七条).

The tenderer asks, the supervising department approves; everything that shows the committee says so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import sealer, trail
from evaluation.models import Project
from evaluation.selectors import ruling
from evaluation.services import drawing, lock
from experts.selectors import draws as reading
from experts.services import appointments
from rulebook.domain import composition
from rulebook.domain.blockers import Blocker, refuse


@transaction.atomic
def ask_appointment(
    *,
    actor: Actor,
    group: str,
    held_at: datetime,
    place: str,
    slots: Sequence[Mapping[str, Any]],
    ground: str,
    document: str,
    experts: Sequence[Mapping[str, str]],
    **asked: Any,
) -> Ref:
    """Ask to choose the experts of a whole group; returns the entry of its first lot.

    Takes what `drawing.start_draw` takes, and the ground, the document (SHA-256) that states it,
    and `{"slot","expert"}` for every seat. Raises Refused (R01, R02, R03, R06, window).
    """
    for row in lock.group(group):
        permit(actor, "project.ask_appointment", row)
    ref = drawing.start_draw(
        actor=actor,
        group=group,
        held_at=held_at,
        place=place,
        slots=slots,
        appointed=True,
        **asked,
    )
    draw = reading.of_case(group)[-1].pk
    appointments.ask(actor=actor, draw=draw, ground=ground, document=document, experts=experts)
    return ref


@sealer.ceremony
def appoint(*, actor: Actor, draw: str) -> Ref:
    """Approve the experts whom the tenderer chose, and say so in every lot.

    Raises Refused where the committee would not be composed rightly (R01, R02) or one of them must
    not sit (R06).
    """
    row = reading.get(draw)
    lots = list(Project.objects.select_for_update().filter(draw=draw).order_by("pk"))
    permit(actor, "draw.appoint", row)
    noted = lock.noted([_directly()])
    if lots:
        noted = lock.noted([*drawing.composed(lots[0], row.request["slots"]), _directly()])
        chosen = sum(slot["count"] for slot in row.request["slots"])
        profile, facts = ruling.profile(lots[0]), ruling.facts(lots[0])
        refuse(
            composition.drawn_at_random(profile, facts, direct=chosen, special=True, approved=True)
        )
    ref = appointments.approve(actor=actor, draw=draw)
    for lot in lots:
        data = {"draw": draw, "origin": row.origin} | noted
        trail.record(lot, "project.experts_appointed", actor, data, refs=[ref])
    return ref


def _directly() -> Blocker:
    """What stands in the entry of every lot, as a warning to whoever reads it."""
    message = "评标专家由招标人直接确定,未经随机抽取"
    basis = "《中华人民共和国招标投标法实施条例》第四十七条"
    return Blocker("appointed_directly", message, "R03", basis, "warn")
