"""An upheld complaint leads back to the evaluation only where there has been one."""

import pytest

from award.services import halting
from rulebook.domain.blockers import Refused

pytestmark = pytest.mark.django_db
ORDER = "南建监〔2025〕8号"


def _stopped(ladder, cast, state):
    code = ladder[state]
    halting.order_suspension(actor=cast["zjj"], project=code, document=ORDER)
    return {"actor": cast["zjj"], "project": code, "because": ORDER}


@pytest.mark.parametrize("state", ["tendering", "drawing", "opened"])
def test_nothing_is_evaluated_anew_that_was_not_evaluated(ladder, cast, state):
    given = _stopped(ladder, cast, state)
    with pytest.raises(Refused) as refused:
        halting.uphold(**given, outcome="reevaluate")
    assert [one.code for one in refused.value.blockers] == ["not_evaluated"]
    assert ladder.project(state).state == "suspended"
    halting.uphold(**given, outcome="fail")
    assert ladder.project(state).state == "failed"


@pytest.mark.parametrize("state", ["evaluating", "reported", "awarded"])
def test_what_was_evaluated_can_be_evaluated_anew(ladder, cast, state):
    halting.uphold(**_stopped(ladder, cast, state), outcome="reevaluate")
    assert ladder.project(state).state == "evaluating"
