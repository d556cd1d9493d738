"""Operators whose records of refusals chance does not explain (D20)."""

from fractions import Fraction

import pytest

from experts.domain.refusals import Operator, Tally, operators, tail
from experts.selectors import refusals
from experts.services import answers
from tests.experts.world import CENTRE, EVIDENCE, commit, draw_round, reach

ALARM = (10, Fraction(1, 1000))


def told(id: str, role: str, answer: str, reason: str = "") -> dict:
    return {"actor": {"id": id, "role": role}, "data": {"answer": answer, "reason": reason}}


def by_experts(accepted: int, declined: int) -> list[dict]:
    return [told("D/c1", "expert", "accepted")] * accepted + [
        told("D/c2", "expert", "declined", "ill")
    ] * declined


def test_the_tail_of_the_binomial_law_is_exact():
    assert tail(3, 0, Fraction(1, 3)) == 1
    assert tail(3, 2, Fraction(1, 3)) == Fraction(7, 27)
    assert tail(10, 10, Fraction(1, 2)) == Fraction(1, 1024)
    assert sum(tail(5, k, Fraction(2, 7)) - tail(5, k + 1, Fraction(2, 7)) for k in range(6)) == 1


def test_who_records_only_refusals_where_others_accept_stands_out():
    forced = [told("clerk", "trading_center", "declined", "busy")] * 10
    [clerk] = operators(by_experts(30, 6) + forced)
    assert (clerk.own, clerk.others) == (Tally(10, 10), Tally(36, 6))
    assert clerk.chance == Fraction(7, 38) ** 10
    assert clerk.stands_out(*ALARM)


def test_few_records_and_usual_ones_do_not():
    few = [told("clerk", "trading_center", "declined", "busy")] * 9
    usual = [told("other", "trading_center", "no_answer")] * 2
    usual += [told("other", "trading_center", "accepted")] * 10
    found = operators(by_experts(30, 6) + few + usual)
    assert [(one.id, one.stands_out(*ALARM)) for one in found] == [
        ("clerk", False),
        ("other", False),
    ]


def test_who_stays_away_is_struck_or_lapses_is_no_record_of_an_operator():
    entries = [
        told("clerk", "trading_center", "no_answer", "absent"),
        told("clerk", "trading_center", "struck", "H1"),
        told("system", "system", "no_answer"),
    ]
    assert operators(entries) == []


@pytest.mark.django_db
def test_the_records_of_draws_are_read_from_their_streams(dozen):
    commit()
    seats = draw_round()
    reach()
    for seat, reason in ((seats[0], "ill"), (seats[1], "busy")):
        answers.record_answer(
            actor=CENTRE,
            draw="T-D1",
            candidate=seat.candidate,
            answer="declined",
            reason=reason,
            evidence=EVIDENCE,
        )
    answers.answer(actor=seats[2].actor, draw="T-D1", answer="accepted")
    [row] = refusals.recorded(["T-D1"])
    assert row.operator == Operator(CENTRE.id, Tally(2, 2), Tally(1, 0), Fraction(1, 9))
    assert not row.unusual
