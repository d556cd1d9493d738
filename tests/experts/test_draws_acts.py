"""The acts of pool and draw as pages and API offer them: one declaration serves both."""

import pytest

from accounts import acts as registry
from accounts.domain import policy
from experts.acts import ACTS as EDGES_AND_DRAW
from experts.acts import ApplyForm, ImportForm
from experts.acts.appointments import ACTS as APPOINTMENTS
from experts.acts.career import ACTS as CAREER
from experts.acts.conflicts import ACTS as CONFLICTS
from experts.acts.intakes import ACTS as INTAKES
from experts.acts.ratings import ACTS as RATINGS
from experts.models import Draw, Expert
from tests.experts.world import (
    CENTRE,
    POOL_OWNER,
    REGULATOR,
    TENDERER,
    accept,
    application,
    ask,
    commit,
    draw_round,
    state,
)

WRAPPED = {
    *("draw.request", "draw.commit", "draw.sign_in", "draw.strike", "draw.confirm_list"),
    "draw.appoint",
    "draw.run_round",
}
"""These move a project as well, so the evaluation declares them."""
READING = {
    *("expert.read_person", "draw.compare_pool", "draw.read_recusals", "expert.read_conflict"),
    "draw.open_calls",
}
"""These show what is no receipt, on pages of their own."""
ACTS = EDGES_AND_DRAW + CAREER + INTAKES + CONFLICTS + APPOINTMENTS + RATINGS


def flat(number=1):
    given = application(number)
    return {**{k: v for k, v in given.items() if k != "person"}, **given["person"]}


def valid(form, values):
    serializer = form(data=values)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def test_every_act_of_the_policy_is_declared_once():
    kinds = ("expert.", "intake.", "mode.", "draw.")
    wanted = {name for name in policy.ACTS if name.startswith(kinds)} - WRAPPED - READING
    wanted |= {act.name for act in CONFLICTS if act.kind == "account"}
    assert sorted(act.name for act in ACTS) == sorted(wanted)
    assert wanted <= set(registry.ACTS)


def test_d6_opening_and_running_a_round_take_no_input():
    forms = [registry.ACTS[name].fields for name in ("draw.open_round", "draw.run_round")]
    assert forms == [registry.NoInput, registry.NoInput]


def test_every_field_has_a_chinese_label():
    unlabelled = [
        (act.name, name)
        for act in ACTS
        for name, field in act.fields().fields.items()
        if not field.label or field.label.isascii()
    ]
    assert unlabelled == []


def test_a_form_of_flat_fields_becomes_an_application():
    assert valid(ApplyForm, flat()) == application(1)


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "电话"), ("specialties", ["A1"]), ("years", -1), ("code", "")]
)
def test_a_form_refuses_what_the_service_would(field, value):
    serializer = ApplyForm(data=flat() | {field: value})
    assert not serializer.is_valid()
    assert list(serializer.errors) == [field]


@pytest.mark.django_db
def test_an_expert_is_imported_through_the_act(district):
    values = flat() | {
        "from_pool": "省库",
        "term_from": "2025-01-01",
        "term_to": "2028-12-31",
    }
    act = registry.ACTS["expert.import"]
    ref = act.run(POOL_OWNER, None, valid(ImportForm, values))
    assert (ref.stream, Expert.objects.get(pk="T00001").state) == ("expert/T00001", "active")


@pytest.mark.django_db
def test_a_draw_goes_its_way_through_the_acts(dozen):
    def do(name, actor, **values):
        act = registry.ACTS[name]
        assert act.blockers(Draw.objects.get(pk="T-D1")) == []
        return act.run(actor, "T-D1", valid(act.fields, values))

    ask()
    do("draw.review", CENTRE, approve=True)
    registry.ACTS["draw.review"].blockers(Draw.objects.get(pk="T-D1"))
    from experts.services import draws

    draws.commit(actor=CENTRE, draw="T-D1")
    do("draw.contribute", REGULATOR, value="6 6 1 3 4 2")
    do("draw.contribute", TENDERER, value="秋风起白云飞")
    do("draw.open_round", CENTRE)
    do("draw.run_round", CENTRE)
    for seat in Draw.objects.get(pk="T-D1").seats.all():
        do("draw.answer", seat.actor, answer="accepted")
    assert state() == "filled"


@pytest.mark.django_db
def test_an_answer_is_offered_to_who_has_not_answered(dozen):
    row = commit()
    seats = draw_round()
    act = registry.ACTS["draw.answer"]
    assert act.allowed(seats[0].actor, row)
    accept(seats[0])
    assert not act.allowed(seats[0].actor, row)
    assert not act.allowed(CENTRE, row)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("draw.review", ["wrong_state"]),
        ("draw.contribute", ["wrong_state"]),
        ("draw.open_round", ["wrong_state"]),
        ("draw.run_round", ["wrong_state"]),
        ("draw.answer", ["wrong_state"]),
        ("draw.record_answer", ["wrong_state"]),
        ("draw.strike", ["wrong_state"]),
        ("draw.abandon", ["wrong_state"]),
        ("draw.cancel", ["wrong_state"]),
    ],
)
def test_a_page_is_told_beforehand_why_an_act_cannot_be_done(district, name, codes):
    from experts.services import draws

    ask()
    draws.review(actor=CENTRE, draw="T-D1", approve=False, reason="申请有误")
    found = registry.ACTS[name].blockers(Draw.objects.get(pk="T-D1"))
    assert [one.code for one in found] == codes
    assert "已退回" in found[0].message
