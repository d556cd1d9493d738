"""Throttles: the next attempt after too many wrong ones is not looked at."""

from datetime import timedelta

import pytest

from accounts.models import Guess
from accounts.services import throttle
from accounts.services.throttle import LIMITS, TooMany
from audit_log.services import clock

pytestmark = pytest.mark.django_db


def wrong(kind: str, what: str, times: int) -> None:
    for _ in range(times):
        throttle.attempt(**{kind: what})


@pytest.mark.parametrize(("kind", "limit"), sorted(LIMITS.items()))
def test_after_so_many_wrong_attempts_there_is_no_further_one_for_a_while(kind, limit):
    wrong(kind, "x", limit)
    with pytest.raises(TooMany):
        throttle.attempt(**{kind: "x"})
    throttle.attempt(**{kind: "y"})
    clock.demo_jump(throttle.WINDOW + timedelta(seconds=1))
    throttle.attempt(**{kind: "x"})


def test_right_ones_do_not_count():
    for _ in range(3):
        wrong("room", "x", 1)
        throttle.passed(throttle.attempt(room="x"))
    assert Guess.objects.count() == 3


def test_a_right_one_does_not_excuse_the_wrong_ones_before_it():
    wrong("room", "x", 4)
    throttle.passed(throttle.attempt(room="x"))
    wrong("room", "x", 1)
    with pytest.raises(TooMany):
        throttle.attempt(room="x")


def test_neither_code_nor_address_is_kept_and_nothing_for_long():
    throttle.attempt(password="zbr1 10.1.2.3", account="zbr1")
    assert {len(place) for place in Guess.objects.values_list("place", flat=True)} == {64}
    assert "zbr1" not in str(list(Guess.objects.values()))
    throttle.forget()
    assert Guess.objects.count() == 2
    clock.demo_jump(throttle.WINDOW)
    throttle.forget()
    assert Guess.objects.count() == 0
