"""Reading who an expert is: a reason of the list, an entry without data, one door for everybody."""

import ast
from datetime import timedelta

import pytest

from accounts.models import Outgoing
from accounts.services import links, vault
from accounts.services.gate import BadInput, NotAllowed, NotFound
from accounts.services.outbox import send_due
from audit_log.domain import canonical
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import clock
from experts.domain.grounds import READING
from experts.services import erasing, own_page, persons, pool
from tests.accounts.channels import Phone
from tests.architecture.source import called, modules
from tests.experts import world
from tests.experts.world import POOL_OWNER, REGULATOR, application, enter, refused

pytestmark = pytest.mark.django_db
CODE = "T00001"
COMMISSION = Actor("t-commission", "commission", world.CENTRE.org)
DECRYPTING = {
    "experts.services.persons": "the logged act of reading",
    "experts.services.invitations": "the number alone, at sending",
    "experts.services.own_page": "the number alone, at sending",
}
"""Module that decrypts a person → why."""


@pytest.fixture
def active(district):
    enter(application(1))


@pytest.mark.parametrize("actor", [POOL_OWNER, REGULATOR, COMMISSION])
def test_who_reads_gives_a_reason_and_is_named(active, actor):
    ref, read = persons.read(actor=actor, expert=CODE, reason="fee")
    assert read == application(1)["person"] | {"documents": []}
    entry = trail.events(f"expert/{CODE}")[-1]
    assert (ref.n, entry["type"]) == (entry["n"], "expert.person_read")
    assert (entry["actor"], entry["data"]) == (actor.as_data(), {"reason": "fee"})


def test_an_entry_never_tells_what_was_read(active):
    persons.read(actor=POOL_OWNER, expert=CODE, reason="identity")
    told = canonical.dumps(trail.events(f"expert/{CODE}")).decode()
    assert [one for one in application(1)["person"].values() if one in told] == []


@pytest.mark.parametrize("reason", ["", "好奇", "IDENTITY"])
def test_a_reason_is_of_the_list(active, reason):
    with pytest.raises(BadInput):
        persons.read(actor=POOL_OWNER, expert=CODE, reason=reason)
    assert trail.last_event(f"expert/{CODE}", "expert.person_read") is None
    assert list(READING) == ["identity", "contact", "documents", "complaint", "fee", "authority"]


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (world.CENTRE, NotFound),
        (world.TENDERER, NotFound),
        (world.STRANGERS, NotFound),
        (Actor("T00002", "expert", ""), NotFound),
        (Actor(CODE, "expert", ""), NotAllowed),
    ],
)
def test_nobody_else_reads(active, actor, error):
    with pytest.raises(error):
        persons.read(actor=actor, expert=CODE, reason="contact")


def test_of_one_who_was_erased_nothing_is_left_to_read(active):
    pool.exit(actor=POOL_OWNER, expert=CODE, ground="voluntary")
    erasing.erase(actor=POOL_OWNER, expert=CODE, ground="request")
    given = {"actor": POOL_OWNER, "expert": CODE}
    assert refused(persons.read, **given, reason="contact") == ["person_erased"]
    assert refused(own_page.send_link, **given) == ["person_erased"]


def test_no_module_decrypts_a_person_but_these():
    found = {
        module.name
        for module in modules()
        for call in module.calls()
        if called(call) == "reveal" and isinstance(call.func, ast.Attribute)
    }
    assert found == set(DECRYPTING)


def sent_token():
    own_page.send_link(actor=POOL_OWNER, expert=CODE)
    phone = Phone()
    assert send_due(channels=phone.channels) == 1
    assert phone.numbers() == [application(1)["person"]["phone"]]
    return phone.tokens()[0]


def test_the_link_goes_to_his_own_phone_and_works_once(active):
    token = sent_token()
    assert own_page.come_in(token) == Actor(CODE, "expert", "")
    assert own_page.come_in(token) is None
    assert send_due(channels=Phone().channels) == 0
    assert Outgoing.objects.get(template="own_page").values == {}


def test_a_link_is_over_after_a_week_and_others_do_not_fit(active):
    token = sent_token()
    world.jump(timedelta(days=7, minutes=1))
    assert own_page.come_in(token) is None
    other = links.issue(purpose="invitation", subject=CODE, lifetime=timedelta(days=1))
    assert own_page.come_in(other) is None


def test_a_message_that_cannot_be_sent_waits(active):
    own_page.send_link(actor=POOL_OWNER, expert=CODE)
    assert send_due(channels=Phone(broken=True).channels) == 0
    world.jump(timedelta(seconds=21))
    assert send_due(channels=Phone().channels) == 1


def test_the_vault_amends_what_it_is_told_and_keeps_the_number(active):
    vault.amend(CODE, lambda person: {"phone": "12345", "id_number": "x", "name": None})
    kept = vault.reveal(CODE)
    number = application(1)["person"]["id_number"]
    assert kept == {"id_number": number, "phone": "12345"}
    vault.rotate()
    assert vault.reveal(CODE) == kept


def test_the_vault_tells_who_is_old_enough_and_nothing_of_anyone(dozen):
    born = clock.now().date().replace(1980, 1, 1)
    assert vault.born_until([*dozen, "nobody"], born - timedelta(days=1)) == set()
    assert vault.born_until(dozen, clock.now().date()) == set(dozen)
