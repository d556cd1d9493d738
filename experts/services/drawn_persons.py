"""Someone drawn elsewhere becomes a row of this installation when he signs in, not before.

Until then no stream but the draw's may tell anything that depends on who was drawn (formats.md
section 4). His term is the other pool's: he has none here, so no draw made here takes him.
"""

from typing import Any, cast

from accounts.services import vault
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from experts.domain.drawn_lists import Drawn
from experts.models import Draw, Expert, ExpertSpecialty
from experts.services import rosters
from experts.services.applications import (
    Application,
    facts_of,
    keep_persons,
    keep_specialties,
    new_expert,
    refuse_known,
)

YEARS_UNKNOWN = 0
"""A record sheet does not tell them."""


def enrol(draw: Draw, candidate: str, actor: Actor, opening: Ref) -> Ref:
    """Record who has signed in: a new row with his person in the vault, or what has changed."""
    one = next(one for one in rosters.listed_before(draw) if one.candidate == candidate)
    given = _given(one)
    row = Expert.locked(one.expert)
    return _new(given, actor, opening) if row is None else _known(row, given, actor, opening)


def _given(one: Drawn) -> Application:
    found = {
        "code": one.expert,
        "person": dict(one.person),
        "employer": one.org,
        "region": one.region,
        "title": one.title,
        "years": YEARS_UNKNOWN,
        "specialties": [one.specialty],
    }
    return cast(Application, found)


def _new(given: Application, actor: Actor, opening: Ref) -> Ref:
    row = new_expert(given, state="active")
    refuse_known([given])
    ref = trail.record(row, "expert.recorded", actor, facts_of(given), refs=[opening])
    keep_persons([given])
    keep_specialties([given])
    return ref


def _known(row: Expert, given: Application, actor: Actor, opening: Ref) -> Ref:
    """His employer above all: recusal is judged by it."""
    data: dict[str, Any] = {}
    for key, value in (("employer", given["employer"]), ("title", given["title"])):
        if getattr(row, key) != value:
            setattr(row, key, value)
            data[key] = value
    held = list(row.specialties.order_by("-main", "code").values_list("code", flat=True))
    if not set(given["specialties"]) <= set(held):
        data["specialties"] = [*held, *given["specialties"]]
        ExpertSpecialty.objects.filter(expert=row).delete()
        keep_specialties([cast(Application, {**given, "specialties": data["specialties"]})])
    person = dict(given["person"])
    if vault.differing([(row.pk, person)]):
        vault.amend(row.pk, lambda _: person)
        data["contact"] = True
    return trail.record(row, "expert.recorded", actor, data, refs=[opening])
