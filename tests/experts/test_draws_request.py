"""A draw before its commitment: asked for as values, reviewed, cancelled, asked for again."""

import pytest

from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import Actor
from experts.models import Draw
from experts.services import draws
from tests.experts.world import (
    CENTRE,
    POOL_OWNER,
    REGULATOR,
    SLOTS,
    STRANGERS,
    TENDERER,
    ask,
    commit,
    credit_code,
    draw_round,
    last,
    refused,
    state,
)

pytestmark = pytest.mark.django_db


def review(**given):
    return draws.review(**({"actor": CENTRE, "draw": "T-D1", "approve": True} | given))


def test_a_request_is_filed_reviewed_and_knows_no_project(district):
    ref = ask()
    assert (ref.stream, ref.n, state()) == ("draw/T-D1", 0, "requested")
    review()
    assert state() == "approved"


def test_a_request_is_sent_back_with_a_reason(district):
    ask()
    with pytest.raises(BadInput):
        review(approve=False, reason=" ")
    review(approve=False, reason="专业与工程内容不符")
    assert last("draw/T-D1") == {
        "reason": "专业与工程内容不符",
        "from": "requested",
        "to": "rejected",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slots", []),
        ("slots", [SLOTS[0], SLOTS[0]]),
        ("slots", [SLOTS[0] | {"count": 0}]),
        ("slots", [SLOTS[0] | {"specialty": "装修"}]),
        ("slots", [SLOTS[0] | {"slot": "第一组"}]),
        ("slots", [SLOTS[0] | {"region": "浙江"}]),
        ("recusal", [{"org": "91330402MA00000000", "reason": "agency"}]),
        ("recusal", [{"org": credit_code(9), "reason": ""}]),
        ("rules", "0" * 64),
    ],
)
def test_a_wrong_request_is_named_by_field(district, field, value):
    with pytest.raises(BadInput) as caught:
        ask(**{field: value})
    assert list(caught.value.fields) == [field]
    assert not Draw.objects.filter(pk="T-D1").exists()


@pytest.mark.parametrize("code", ["", "抽取一", "x" * 41, "a/b"])
def test_a_draw_s_code_can_name_a_stream(district, code):
    with pytest.raises(BadInput) as caught:
        ask(code)
    assert caught.value.code == "draw_code"


def test_a_code_is_used_once(district):
    ask()
    with pytest.raises(BadInput):
        ask(case="T-OTHER")


@pytest.mark.parametrize(
    ("actor", "error"),
    [(POOL_OWNER, NotFound), (STRANGERS, NotFound), (REGULATOR, NotAllowed)],
)
def test_only_the_tenderer_and_its_centre_ask(district, actor, error):
    given = {"actor": actor, "draw": "T-D1", "case": "T-CASE", "tenderer": TENDERER.org}
    with pytest.raises(error):
        draws.request(
            **given,
            trade="construction",
            region="331002",
            held_at=None,
            place="",
            slots=SLOTS,
            recusal=[],
            rules="",
        )


def test_another_tenderer_does_not_see_the_draw(district):
    ask()
    with pytest.raises(NotFound):
        draws.cancel(actor=Actor("x", "tenderer", credit_code(8)), draw="T-D1", reason="不再需要")


def test_a_case_has_one_draw_at_a_time(district):
    ask()
    assert refused(ask, code="T-D2") == ["draw_running"]
    draws.cancel(actor=CENTRE, draw="T-D1", reason="申请有误")
    ask("T-D2")
    assert Draw.objects.get(pk="T-D2").attempt == 1


def test_an_unknown_draw_is_not_found(district):
    with pytest.raises(NotFound):
        draws.review(actor=CENTRE, draw="T-D9", approve=True)


def test_acts_out_of_turn_are_refused(dozen):
    ask()
    assert refused(draws.commit, actor=CENTRE, draw="T-D1") == ["wrong_state"]
    assert refused(draws.close, actor=CENTRE, draw="T-D1") == ["wrong_state"]
    given = {"actor": REGULATOR, "draw": "T-D1", "reason": "系统故障"}
    assert refused(draws.abandon, **given) == ["wrong_state"]
    review()
    assert refused(review) == ["wrong_state"]


def test_before_the_first_round_a_draw_is_cancelled_after_it_abandoned_by_supervision(dozen):
    commit()
    given = {"draw": "T-D1", "reason": "系统故障"}
    assert refused(draws.abandon, actor=REGULATOR, **given) == ["wrong_state"]
    draw_round()
    assert refused(draws.cancel, actor=CENTRE, **given) == ["wrong_state"]
    with pytest.raises(NotAllowed):
        draws.abandon(actor=CENTRE, **given)
    draws.abandon(actor=REGULATOR, **given)
    assert last("draw/T-D1") == {"reason": "系统故障", "from": "running", "to": "abandoned"}
