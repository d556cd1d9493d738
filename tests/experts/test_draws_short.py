"""A freeze that finds too few experts says so in the trail, and what would let it succeed."""

import pytest

from accounts.services.gate import NotAllowed
from audit_log.selectors import trail
from experts.selectors import draws as reading
from experts.services import draws, pool
from tests.experts import world
from tests.experts.world import BUILDING, CENTRE, ENERGY, Refused, application, ask, enter

pytestmark = pytest.mark.django_db


def attempt(**changes):
    """The data of the entry and the sentences of the refusal of a freeze that comes to nothing."""
    ask(**changes)
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
    with pytest.raises(Refused) as caught:
        draws.commit(actor=CENTRE, draw="T-D1")
    assert world.state() == "approved"
    return world.last("draw/T-D1", "draw.found_short"), [
        (one.code, one.message) for one in caught.value.blockers
    ]


def ways(data):
    return [(one["kind"], one["slot"], one["to"]) for one in data["relaxations"]]


def test_a_slot_that_lacks_experts_is_named_with_what_it_lacks(district):
    enter(application(1), application(2), application(3, employer=world.employer(1)))
    data, reasons = attempt()
    assert data == {
        "trial": 1,
        "short": [{"slot": "1", "need": 2, "choice": 1, "among": ["1"]}],
        "relaxations": [{"kind": "one_per_group", "slot": "", "to": ""}],
    }
    assert reasons == [
        ("too_few_experts", "席位 1 应抽 2 人,符合条件的仅有 1 个单位的专家,还差 1"),
        (
            "widening",
            "按规定放宽其中一项即可抽满:允许同一单位有两人以上。放宽须撤销后重新申请",
        ),
    ]


def test_slots_that_share_their_few_experts_are_named_together(district):
    enter(*(application(number, specialties=[BUILDING, ENERGY]) for number in (1, 2)))
    data, reasons = attempt()
    assert data["short"] == [{"slot": "2", "need": 3, "choice": 2, "among": ["1", "2"]}]
    assert "1、2 共应抽 3 人" in reasons[0][1]
    assert (ways(data), reasons[1][1]) == (
        [],
        "放宽地区、专业、同一单位限制和次数上限,仍不能抽满",
    )


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({"region": "330106"}, [("region", "1", "33")]),
        ({"region": "440300"}, [("region", "1", "")]),
        ({"specialties": ["C130901"]}, [("specialty", "1", "C13")]),
        ({"specialties": ["C130901"], "region": "330106"}, [("together", "", "")]),
    ],
)
def test_the_narrowest_widening_that_suffices_is_named(district, there, expected):
    enter(application(1), application(2))
    far = application(5, **there)
    pool.import_expert(actor=world.POOL_OWNER, from_pool="省库", **far, **world.TERM)
    world.sealer.seal_now()
    data, _ = attempt()
    assert ways(data) == expected


def test_every_attempt_is_counted_as_a_trial(district):
    enter(application(1), application(2))
    attempt()
    assert world.refused(draws.commit, actor=CENTRE, draw="T-D1") == ["too_few_experts", "widening"]
    assert reading.trials("T-D1") == 2
    told = trail.events("draw/T-D1", "draw.found_short")
    assert [event["data"]["trial"] for event in told] == [1, 2]


def test_a_freeze_succeeds_once_there_are_enough(district):
    enter(application(1), application(2))
    attempt()
    enter(application(3))
    draws.commit(actor=CENTRE, draw="T-D1")
    assert world.state() == "committed"


def test_a_stranger_s_attempt_is_told_nowhere(district):
    enter(application(1))
    ask()
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
    with pytest.raises(world.Refused):
        draws.commit(actor=CENTRE, draw="T-D1")
    with pytest.raises(NotAllowed):
        draws.commit(actor=world.TENDERER, draw="T-D1")
    assert reading.trials("T-D1") == 1
