"""Accounts: one role in one body each, made and switched off on record; bodies by credit code."""

import pytest
from django.contrib.auth import authenticate

from accounts.domain import roles as r
from accounts.models import Organisation, User
from accounts.services import people
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.selectors import trail
from config.demo.cast import org_code
from experts.services import pool
from tests.secrets.play import application

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"


@pytest.fixture
def create(cast):
    def make(**changes):
        given = {
            "actor": cast["xtgl"],
            "code": "zbr9",
            "title": "基建处经办人",
            "role": r.TENDERER,
            "org": org_code("tenderer"),
            "password": PASSWORD,
        }
        return people.create_user(**given | changes)

    return make


def refused(create, **changes):
    with pytest.raises(BadInput) as bad:
        create(**changes)
    return bad.value.code, list(bad.value.fields)


def test_an_account_is_made_on_record_and_its_password_is_not(create, cast):
    user = create()
    (event,) = trail.events("account/zbr9")
    assert event["type"] == "account.created"
    assert event["actor"]["id"] == cast["xtgl"].id
    about = {"title": "基建处经办人", "role": r.TENDERER, "org": org_code("tenderer")}
    assert event["data"] == about
    assert PASSWORD not in user.password
    assert authenticate(username="zbr9", password=PASSWORD) == user


def test_the_actor_of_an_account_is_its_code_role_and_body(create):
    actor = create().actor
    assert (actor.id, actor.role, actor.org) == ("zbr9", r.TENDERER, org_code("tenderer"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"role": "mayor"}, ("role_unknown", ["role"])),
        ({"role": r.EXPERT}, ("role_unknown", ["role"])),
        ({"role": r.SYSTEM}, ("role_unknown", ["role"])),
        ({"org": "91350100M000100Y43"}, ("org_unknown", ["org"])),
        ({"code": "zbr1"}, ("account_exists", ["code"])),
        ({"code": ""}, ("account_malformed", ["code"])),
        ({"code": "张三"}, ("account_malformed", ["code"])),
        ({"code": "T-D1/c0001"}, ("account_malformed", ["code"])),
        ({"code": "z" * 41}, ("account_malformed", ["code"])),
        ({"title": "  "}, ("title_malformed", ["title"])),
        ({"title": "岗" * 61}, ("title_malformed", ["title"])),
        ({"password": "short"}, ("password_weak", ["password"])),
        ({"password": "password1234"}, ("password_weak", ["password"])),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(create, changes, told):
    before = User.objects.count()
    assert refused(create, **changes) == told
    assert User.objects.count() == before


@pytest.mark.parametrize("role", sorted(set(r.ROLES) - {r.EXPERT, r.SYSTEM}))
def test_every_other_role_can_have_an_account(create, role):
    assert create(role=role).actor.role == role


def test_no_account_goes_by_the_code_of_an_expert(create, ladder):
    """Seats go by codes: such an account would sit where the expert sits."""
    assert refused(create, code="E000001") == ("account_exists", ["code"])


def test_no_expert_goes_by_the_code_of_an_account(cast):
    given = application(1) | {"code": "zbdb"}
    del given["term_from"], given["term_to"]
    with pytest.raises(BadInput) as bad:
        pool.apply(actor=cast["zjk"], **given)
    assert bad.value.code == "expert_exists"


def test_only_the_system_administrator_makes_accounts(create, cast):
    for code, actor in cast.items():
        if actor.role != r.SYSTEM_ADMIN:
            with pytest.raises(NotAllowed):
                create(actor=actor, code=f"{code}-x")


def test_a_switched_off_account_does_not_come_in_until_it_is_switched_on(create, cast):
    create()
    came = []
    for active in (False, True):
        people.set_active(actor=cast["xtgl"], code="zbr9", active=active)
        came.append(authenticate(username="zbr9", password=PASSWORD) is not None)
    assert came == [False, True]
    told = [event["type"] for event in trail.events("account/zbr9")]
    assert told == ["account.created", "account.disabled", "account.enabled"]


def test_an_unknown_account_cannot_be_switched(cast):
    with pytest.raises(NotFound):
        people.set_active(actor=cast["xtgl"], code="nobody", active=False)


def test_only_the_system_administrator_switches_accounts(cast):
    with pytest.raises(NotAllowed):
        people.set_active(actor=cast["aqgl"], code="zbr1", active=False)


@pytest.mark.parametrize("code", ["", "91350100M000100Y44", "91350100m000100y43"])
def test_a_body_needs_a_valid_credit_code(db, code):
    with pytest.raises(BadInput) as bad:
        people.register_organisation(code=code, name="某单位", region="330402")
    assert bad.value.code == "credit_code_invalid"
    assert not Organisation.objects.filter(pk=code).exists()


def test_a_body_registered_again_is_the_same_body_with_its_new_name(db):
    code = "91350100M000100Y43"
    people.register_organisation(code=code, name="旧名", region="330402", trades=["water"])
    people.register_organisation(code=code, name="新名", region="330411", group_head=code)
    (body,) = Organisation.objects.filter(pk=code)
    now = {"name": "新名", "region": "330411", "trades": [], "group_head": code}
    assert {key: getattr(body, key) for key in now} == now
    told = [event["data"] for event in trail.events("system/organisations")[-2:]]
    before = {"name": "旧名", "region": "330402", "trades": ["water"], "group_head": ""}
    assert told == [{"code": code} | before, {"code": code} | now]
