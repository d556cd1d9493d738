"""Each attempt on a draw comes to what is stated of it, here and in docs/trust.md."""

import pytest
from django.db import connection

from audit_log import guards
from audit_log.domain.entry import Actor
from experts.models import ExpertSpecialty
from experts.services import comparing
from tests.attacks.draw import ATTEMPTS, ON_THE_FREEZE
from tests.docs.source import rows
from tests.experts import world

COMMISSION = Actor("t-commission", "commission", world.CENTRE.org)
LEFT = "T00003"


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one.title)
def test_an_attempt_comes_to_what_is_stated(attempt):
    assert [attempt.title, *attempt.make()] == attempt.cells


def test_the_page_states_what_comes_of_each_attempt():
    told = rows("docs/trust.md", under="What can be tried on a draw")
    assert told == [one.cells for one in ATTEMPTS] + ON_THE_FREEZE


def leave_out(how):
    """Behind the program's back, for as long as the freeze takes."""
    with guards.lifted(), connection.cursor() as cursor:
        if how == "reason":
            cursor.execute("UPDATE experts_expert SET state = 'suspended' WHERE code = %s", [LEFT])
        else:
            ExpertSpecialty.objects.filter(expert=LEFT).delete()


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["silence", "reason"])
def test_whoever_was_left_out_at_the_freeze_is_missed_by_the_comparison(ladder, how):
    world.found()
    world.enter_dozen()
    leave_out(how)
    draw = world.commit()
    assert LEFT not in world.Named.of(draw.pk).expert.values()
    assert not comparing.compare(actor=COMMISSION, draw=draw.pk)[1].agrees
