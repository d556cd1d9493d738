"""The statistics of all draws are public, tell counts alone, and leave out what is still open."""

import re

import pytest

from experts.models import Draw
from experts.selectors import statistics
from tests.award.lots import draw_lots, tied
from tests.desk.doors import sign_in, text_of

pytestmark = pytest.mark.django_db


def test_ended_draws_are_counted_and_open_ones_are_not(ladder, client):
    ended = Draw.objects.filter(state__in=("closed", "abandoned"), kind="experts")
    found = statistics.published()
    seats = sum(slot["count"] for row in ended for slot in row.request["slots"])
    assert (found.ended, sum(one.lists for one in found.strata)) == (
        len(ended), sum(len(row.request["slots"]) for row in ended),
    )  # fmt: skip
    assert sum(one.drawn for one in found.strata) == sum(found.single.observed) == seats
    assert sum(found.single.expected) == pytest.approx(seats)
    assert found.counts["rounds"] - found.counts["later"] == len(ended)
    assert Draw.objects.exclude(state__in=("closed", "abandoned")).exists()


def test_the_page_is_for_everyone_and_names_nobody_and_no_case(ladder, cast, client):
    page = text_of(client.get("/statistics/"))
    assert text_of(sign_in(cast["tbr"]).get("/statistics/")).count("抽取是否均匀") == 1
    assert f"共 {statistics.published().ended} 次" in page
    for row in Draw.objects.all():
        assert row.pk not in page
        assert row.case not in page
    assert re.findall(r"c0[0-9]{3}|E0[0-9]{5}", page) == []


def test_a_lottery_among_bidders_counts_when_it_has_ended(cast):
    before = statistics.published()
    draw_lots(cast, tied(cast))
    after = statistics.published()
    (lottery,) = [one for one in after.strata if one.kind == "lottery"]
    assert (lottery.candidates, lottery.drawn, lottery.share) == (2, 1, "50.00%")
    assert after.ended == before.ended + 2  # and the draw of the lot's experts
