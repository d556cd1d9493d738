"""The gate: a stranger learns nothing, whoever sees an object learns that an act is not his."""

import pytest

from accounts.acts import ACTS
from accounts.domain import policy
from accounts.domain import roles as r
from accounts.services import people
from accounts.services.gate import BadInput, NotAllowed, NotFound, Refusal, permit
from audit_log.domain.entry import Actor
from audit_log.models import Entry
from evaluation.models import Project
from evaluation.services import rooms
from experts.models import Draw, Expert
from experts.services import intakes
from tests.conftest import STRANGER
from tests.experts.sheets import as_csv, line

pytestmark = pytest.mark.django_db

AFAR = "91350100M000100Y43"
STATE = "drawing"
"""A project with everything around it: a draw, drawn experts, sealed bids and lists."""
OBJECT_ACTS = [
    (name, role)
    for name, grants in policy.ACTS.items()
    if name in ACTS and not ACTS[name].creates
    for role, relation in grants.items()
    if relation != policy.ANY
]


@pytest.fixture
def afar(ladder):
    """A body of another province with the powers of all trades."""
    people.register_organisation(
        code=AFAR, name="外省单位", region="320000", trades=["construction", "village"]
    )
    return AFAR


def code_of(ladder, kind):
    """An object of the kind that exists."""
    project = ladder.project(STATE)
    if kind == "intake":
        return intake_of(ladder.cast["zjk"])
    if kind == "room":
        rooms.register(actor=ladder.cast["jyzx1"], code="gate", name="评标室", seats=9)
        return "room-gate"
    known = {"project": project.pk, "draw": project.draw, "expert": "E000001", "account": "zbr1"}
    return known[kind]


def intake_of(owner: Actor) -> str:
    """A list of experts of the district that has passed its check."""
    ref = intakes.receive(actor=owner, file=as_csv([line(1, region="330402")]))
    intakes.advance()
    return ref.stream.partition("/")[2]


def attempt(act, actor, code):
    """Do the act with nothing filled in: whoever comes so far has passed the gate."""
    fields = act.fields().fields.items()
    return act.run(actor, code, {key: [] if hasattr(one, "child") else None for key, one in fields})


@pytest.mark.parametrize(("name", "role"), OBJECT_ACTS)
def test_the_right_role_from_elsewhere_finds_nothing(ladder, afar, name, role):
    org = "" if role == r.EXPERT else afar
    code = code_of(ladder, ACTS[name].kind)
    before = Entry.objects.count()
    with pytest.raises(NotFound):
        attempt(ACTS[name], Actor("somebody", role, org), code)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("name", sorted({name for name, _ in OBJECT_ACTS}))
def test_a_stranger_learns_of_an_object_no_more_than_of_one_that_is_not_there(ladder, name):
    told = []
    for code in (code_of(ladder, ACTS[name].kind), "nowhere"):
        with pytest.raises(Refusal) as refused:
            attempt(ACTS[name], STRANGER, code)
        told.append((type(refused.value), refused.value.code, refused.value.message))
    assert told[0] == told[1]


@pytest.mark.parametrize("name", sorted({name for name, _ in OBJECT_ACTS} - {"draw.sign_in"}))
def test_whoever_only_looks_is_told_that_the_act_is_not_his(ladder, cast, name):
    """The commission sees every project, draw, expert and account there and does nothing.

    A sign-in looks for the handle first, and so does not find it.
    """
    with pytest.raises(NotAllowed):
        attempt(ACTS[name], cast["jw"], code_of(ladder, ACTS[name].kind))


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ("zbr1", None),
        ("jyzx1", NotAllowed),
        ("zjj", NotAllowed),
        ("jw", NotAllowed),
        ("sjgl", NotAllowed),
        ("zjk", NotFound),
        ("xtgl", NotFound),
        ("aqgl", NotFound),
        ("dbwy1", NotFound),
        ("jdz", NotFound),
        ("zbdb", NotAllowed),
        ("tbr", NotFound),
    ],
)
def test_who_may_terminate_a_tender_and_who_even_knows_of_it(ladder, cast, account, told):
    """Award members are still sealed, bidders unknown; the representative is appointed."""
    thing = ladder.project(STATE)
    if told is None:
        permit(cast[account], "project.terminate", thing)
        return
    with pytest.raises(told):
        permit(cast[account], "project.terminate", thing)


def test_a_bidder_hands_in_to_a_tender_he_has_no_part_in_yet(ladder, cast):
    thing = ladder.project("tendering")
    assert not policy.may_see(cast["tbr"], "project", thing)
    permit(cast["tbr"], "project.submit_bid", thing)


@pytest.mark.parametrize(
    ("account", "act", "told"),
    [
        ("zbr1", "project.register", None),
        ("jyzx1", "project.register", NotAllowed),
        ("zjk", "expert.apply", None),
        ("zjj", "expert.apply", NotAllowed),
        ("xtgl", "account.create", None),
        ("aqgl", "account.create", NotAllowed),
        ("aqgl", "rules.propose", None),
        ("aqgl", "rules.publish", NotAllowed),
        ("xtgl", "rules.propose", NotAllowed),
    ],
)
def test_what_makes_something_new_asks_for_the_role_alone(cast, account, act, told):
    if told is None:
        permit(cast[account], act)
        return
    with pytest.raises(told):
        permit(cast[account], act)


def test_an_expert_sees_the_draw_he_was_drawn_in_and_no_other(ladder):
    draws = [ladder.project(state).draw for state in ("drawing", "opened")]
    invited = Actor(f"{draws[0]}/c0001", r.EXPERT, "")
    seen = [policy.may_see(invited, "draw", Draw.objects.get(pk=code)) for code in draws]
    assert seen == [True, False]


def test_an_expert_sees_himself_and_no_colleague(ladder):
    own = Actor("E000001", r.EXPERT, "")
    experts = [Expert.objects.get(pk=code) for code in ("E000001", "E000002")]
    assert [policy.may_see(own, "expert", one) for one in experts] == [True, False]


def test_a_neighbouring_tenderer_sees_nothing(ladder, cast):
    neighbour = Actor("other", r.TENDERER, cast["jyzx1"].org)
    found = Project.objects.all()
    assert [row.pk for row in found if policy.may_see(neighbour, "project", row)] == []


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (NotFound(), 404, "not_found"),
        (NotAllowed(), 403, "not_allowed"),
        (BadInput("price", "报价有误", {"price_fen": "应大于零"}), 422, "price"),
        (Refusal("odd", "现在不能"), 409, "odd"),
    ],
)
def test_a_refusal_has_a_stable_code_and_a_status(refusal, status, code):
    assert (refusal.status, refusal.code, str(refusal)) == (status, code, refusal.message)
