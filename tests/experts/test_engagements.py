"""An expert is at one evaluation at a time: held by the database, and secret until he signs in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit_log.services import clock
from experts.domain.engagements import parts
from experts.models import Draw, Engagement, Seat
from experts.selectors import engagements
from experts.selectors import pool as reading
from experts.services import answers, draws, previews
from tests.experts import world
from tests.experts.world import CENTRE, accept, application, ask, commit, draw_round, refused

NINE = datetime(2025, 6, 3, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DOUBLED = (
    "INSERT INTO experts_engagement (seat_id, tag, holder, starts_at, ends_at) SELECT seat_id,"
    " tag || '{}', holder, starts_at, ends_at FROM experts_engagement WHERE seat_id = %s"
)
CORPUS = [
    # (hours from nine at which another evaluation begins and ends, whether it overlaps 9 … 12)
    (-3, 0, False),
    (3, 6, False),
    (-3, 1, True),
    (2, 5, True),
    (0, 3, True),
    (1, 2, True),
    (-1, 4, True),
    (-30, 0, False),
    (-30, 40, True),
    (3, 60, False),
]


def at(begins, ends):
    return NINE + begins * HOUR, NINE + ends * HOUR


@pytest.fixture
def trio(district):
    """Three experts, just as many as two draws of the same time both need."""
    world.enter(*(application(number) for number in (1, 2, 3)))
    return ["T00001", "T00002", "T00003"]


@pytest.fixture
def seat(trio):
    commit()
    return draw_round()[0]


def rows(seat, expert, begins, ends):
    seat.draw.held_at, hours = NINE + begins * HOUR, ends - begins
    seat.draw.request["hours"] = hours
    return engagements.rows_of(seat, expert, iter(lambda: b"0" * 12, b""))


def held():
    """The seats of draw T-D1 that take their expert."""
    found = Engagement.objects.filter(seat__draw="T-D1")
    return list(found.values_list("seat", flat=True))


def omitted(code):
    return dict(reading.eligible(Draw.objects.get(pk=code))[1])


@pytest.mark.parametrize(("begins", "ends", "overlaps"), CORPUS)
def test_d18_times_overlap_where_their_parts_of_a_day_do(begins, ends, overlaps):
    mine, other = [list(parts(*span)) for span in (at(0, 3), at(begins, ends))]
    assert sum((end - start for _, start, end in other), timedelta()) == (ends - begins) * HOUR
    assert overlaps == any(
        day == his and start < over and begin < end
        for day, start, end in mine
        for his, begin, over in other
    )


@pytest.mark.django_db
def test_d18_the_database_refuses_what_overlaps_and_takes_ends_that_touch(seat):
    Engagement.objects.bulk_create(rows(seat, "E1", 0, 3))
    found = {}
    for begins, ends, _ in CORPUS:
        try:
            with transaction.atomic():
                Engagement.objects.bulk_create(rows(seat, "E1", begins, ends))
                transaction.set_rollback(True)
            found[begins, ends] = False
        except IntegrityError:
            found[begins, ends] = True
    assert found == {(begins, ends): overlaps for begins, ends, overlaps in CORPUS}
    Engagement.objects.bulk_create(rows(seat, "E2", 0, 3))
    free = Engagement.objects.bulk_create(rows(seat, "E1", 3, 6))
    free[0].starts_at -= HOUR
    with pytest.raises(IntegrityError), transaction.atomic():
        free[0].save()


@pytest.mark.django_db
def test_d18_a_hundred_thousand_engagements_are_read_in_one_query(seat, django_assert_num_queries):
    [far] = rows(seat, "E2", 24, 27)
    far.tag = "far"
    far.save()
    with connection.cursor() as cursor:
        for letter in "abcdefghijklmnopq":
            cursor.execute(DOUBLED.format(letter), [seat.pk])
    Engagement.objects.bulk_create(rows(seat, "E1", 0, 3))
    assert Engagement.objects.filter(seat=seat).count() > 100_000
    with django_assert_num_queries(1):
        assert engagements.taken(*at(0, 3)) == {"E1"}
    with django_assert_num_queries(1):
        assert engagements.taken(*at(-3, 0)) == set()


@pytest.mark.django_db
def test_who_has_accepted_is_no_candidate_for_the_same_time(dozen):
    commit()
    seats = draw_round()
    accept(seats[0])
    ask("T-D9", case="T-OTHER")
    taken = world.Named.of().expert[seats[0].candidate]
    assert omitted("T-D9") == {taken: "busy"}
    assert len(reading.eligible(Draw.objects.get(pk="T-D9"))[0]) == 11


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "reasons"), [(7, ["busy"] * 3), (8, [])])
def test_an_evaluation_may_begin_when_the_other_is_over(trio, hours, reasons):
    row = world.filled(hours=8)
    ask("T-D9", case="T-OTHER", held_at=row.held_at + timedelta(hours=hours))
    assert list(omitted("T-D9").values()) == reasons


@pytest.mark.django_db
def test_a_trial_before_the_freeze_tells_nothing_of_who_is_taken(trio):
    world.filled()
    ask("T-D9", case="T-OTHER")
    previews.preview_recusal(actor=CENTRE, draw="T-D9")
    data = world.last("draw/T-D9")
    assert (data["eligible"], data["counts"], data["remarks"]) == (3, [], [])


@pytest.mark.django_db
def test_who_is_taken_may_decline_and_not_accept(trio):
    commit()
    commit("T-D9", case="T-OTHER")
    first, second = draw_round(), draw_round("T-D9")
    accept(*first)
    given = {"actor": second[0].actor, "draw": "T-D9"}
    assert refused(answers.answer, **given, answer="accepted") == ["engaged"]
    assert world.seat_state(second[0]) == "selected"
    answers.answer(**given, answer="declined", reason="busy")
    assert world.seat_state(second[0]) == "declined"


@pytest.mark.django_db
def test_a_seat_lets_go_of_its_expert_when_it_ends(trio):
    world.filled()
    first, second, third = Seat.objects.filter(draw="T-D1").order_by("pk")
    answers.strike(actor=CENTRE, draw="T-D1", candidate=first.candidate, reason="H3")
    assert set(held()) == {second.pk, third.pk}
    world.jump(timedelta(hours=21))
    given = {"actor": CENTRE, "draw": "T-D1", "answer": "no_answer", "evidence": world.EVIDENCE}
    answers.record_answer(**given, candidate=second.candidate, reason="absent")
    assert set(held()) == {third.pk}
    draws.abandon(actor=world.REGULATOR, draw="T-D1", reason="候选人不足")
    assert held() == []


@pytest.mark.django_db
def test_closing_a_draw_lets_go_of_everyone(trio):
    row = world.filled()
    for seat in row.seats.all():
        draws.sign_in(actor=seat.actor, draw="T-D1")
    assert len(set(held())) == 3
    draws.close(actor=CENTRE, draw="T-D1")
    assert held() == []


@pytest.mark.django_db
def test_the_table_tells_neither_who_is_taken_nor_that_two_days_are_one_expert_s(trio):
    row = world.filled(hours=48)
    found = list(Engagement.objects.filter(seat=row.seats.first()).order_by("starts_at"))
    assert len({one.tag for one in found}) == len(found) > 1
    expert = world.Named.of().expert[row.seats.first().candidate]
    assert [expert.encode() in bytes(one.holder) for one in found] == [False] * len(found)
    assert (found[0].starts_at, found[-1].ends_at) == (row.held_at, row.until)
    assert engagements.taken(row.held_at, row.until) == set(trio)
    assert engagements.taken(timezone.now(), clock.now()) == set()
