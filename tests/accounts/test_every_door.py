"""Pool and draw: an act is let in and turned away alike by page, API and service, whoever comes.

Everyone of the cast tries every act, and so does whoever has the right role in another district.
Whoever sees the object is told that the act is not his, whoever does not finds nothing.
"""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory

from accounts.acts import ACTS
from accounts.domain import policy
from accounts.domain import roles as r
from accounts.services import people
from accounts.services.gate import NotAllowed, NotFound
from audit_log.domain.entry import Actor
from audit_log.models import Entry
from desk.api.acts import let_in
from desk.selectors import things
from desk.web import acting
from tests.accounts.test_gate import AFAR, attempt, code_of
from tests.desk.doors import sign_in

pytestmark = pytest.mark.django_db

KINDS = ("expert", "draw", "intake", "mode")
HERE = [*sorted(name for name, act in ACTS.items() if act.kind in KINDS), "project.start_draw"]
BY_HANDLE = {"draw.answer", "draw.sign_in"}
"""Acts of the drawn: they are asked for at the door, where whoever has no seat finds nothing."""
LET_IN, TURNED_AWAY, NOT_THERE = "let in", "turned away", "not there"
ANSWERS = {NotAllowed: TURNED_AWAY, PermissionDenied: TURNED_AWAY, NotFound: NOT_THERE}
ANSWERS |= {Http404: NOT_THERE}


def answered(door, *given) -> str:
    """What a door says."""
    try:
        door(*given)
    except tuple(ANSWERS) as refusal:
        return ANSWERS[type(refusal)]
    return LET_IN


def by_policy(actor, act, code) -> str:
    """What the table of rights says."""
    if act.creates:
        return LET_IN if policy.may(actor, act.name, None) else TURNED_AWAY
    known = policy.known(actor, things.find(act.kind, code))
    if policy.may(actor, act.name, known):
        return LET_IN
    return TURNED_AWAY if policy.may_see(actor, act.kind, known) else NOT_THERE


def by_page(actor, act, code) -> None:
    """The act's page; whoever is let in gets the form or is led to the door."""
    request = RequestFactory().get("/")
    request.actor = actor
    place = acting.NEW if act.creates else code
    if by_policy(actor, act, code) != LET_IN:
        acting.act(request, act.kind, place, act.slug)
    elif actor.role != r.EXPERT and actor.org != AFAR:
        status = sign_in(actor).get(acting.address(act, code)).status_code
        assert status in (200, 302), (actor.id, act.name, status)


def by_service(actor, act, code) -> None:
    """The service with nothing filled in, taken back; who passes its gate is tested elsewhere."""
    if by_policy(actor, act, code) != LET_IN:
        with transaction.atomic():
            attempt(act, actor, code)


def everyone(cast, act) -> list[Actor]:
    """One of every role, an expert of another number, and the rightful roles from elsewhere."""
    here = {actor.role: actor for actor in cast.values()}
    elsewhere = [
        Actor("somebody", role, "" if role == r.EXPERT else AFAR) for role in policy.ACTS[act.name]
    ]
    return [*here.values(), Actor("E000002", r.EXPERT, ""), *elsewhere]


@pytest.mark.parametrize("name", HERE)
def test_page_api_and_service_say_the_same_to_everyone(ladder, cast, name):
    people.register_organisation(
        code=AFAR, name="外省单位", region="320000", trades=["construction"]
    )
    act = ACTS[name]
    code = "" if act.creates else code_of(ladder, act.kind)
    before = Entry.objects.count()
    for actor in everyone(cast, act):
        expected = by_policy(actor, act, code)
        doors = {
            "page": answered(by_page, actor, act, code),
            "API": answered(let_in, actor, act, code),
        }
        if name not in BY_HANDLE and expected != LET_IN:
            doors["service"] = answered(by_service, actor, act, code)
        assert doors == dict.fromkeys(doors, expected), (actor, name)
    assert Entry.objects.count() == before


def test_nobody_of_another_district_is_let_in_by_his_role(ladder):
    people.register_organisation(
        code=AFAR, name="外省单位", region="320000", trades=["construction"]
    )
    codes = {kind: code_of(ladder, kind) for kind in ("expert", "draw", "intake", "project")}
    told = {
        by_policy(
            Actor("somebody", role, "" if role == r.EXPERT else AFAR), ACTS[name], codes[kind]
        )
        for name in HERE
        if not ACTS[name].creates
        for role in r.ROLES
        for kind in [ACTS[name].kind]
    }
    assert told == {NOT_THERE}
