"""一标一评 of a project: by handle, once for each side, when nobody's name is secret any more."""

import pytest

from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.domain.entry import Actor
from award.services import halting
from evaluation.selectors import rating as reading
from evaluation.services import rating
from experts.models import ExpertRating, Seat
from tests.desk.doors import sign_in, text_of
from tests.experts.world import EVIDENCE, refused

ORDER = "南建监〔2025〕8号"
pytestmark = pytest.mark.django_db
SIDES = {"zbr1": "tenderer", "jyzx1": "trading_center", "zjj": "regulator"}


@pytest.fixture
def awarded(ladder):
    return ladder.project("awarded")


def handles(row):
    return [seat.candidate for seat in reading.seats(row)]


def rate(actor, row, handle, *items, evidence=EVIDENCE):
    return rating.rate_expert(
        actor=actor, project=row.pk, handle=handle, items=items, evidence=evidence
    )


def test_each_side_rates_each_member_once_and_the_entry_is_the_members(cast, awarded):
    first = handles(awarded)[0]
    expert = Seat.objects.get(draw=awarded.draw, candidate=first).expert
    for account in SIDES:
        ref = rate(cast[account], awarded, first)
        assert ref.stream == f"expert/{expert}"
    rows = ExpertRating.objects.filter(case=awarded.pk)
    assert set(rows.values_list("expert", "handle", "aspect")) == {
        (expert, first, side) for side in SIDES.values()
    }
    with pytest.raises(BadInput) as again:
        rate(cast["zbr1"], awarded, first)
    assert again.value.code == "handle_unknown"


def test_nobody_rates_while_the_committee_is_secret_in_any_lot(ladder, cast):
    for state in ("reported", "candidates_public", "awarding"):
        row = ladder.project(state)
        assert refused(rate, actor=cast["jyzx1"], row=row, handle=handles(row)[0]) == [
            "committee_secret"
        ]
    early = ladder.project("evaluating")
    assert refused(rate, actor=cast["jyzx1"], row=early, handle="c0001") == ["not_evaluated"]


def test_where_a_tender_failed_its_tenderer_rates_nobody(ladder, cast):
    given = {"actor": cast["zjj"], "project": ladder["candidates_public"]}
    halting.order_suspension(**given, document=ORDER)
    halting.uphold(**given, because=ORDER, outcome="fail")
    row = ladder.project("candidates_public")
    first = handles(row)[0]
    assert refused(rate, actor=cast["zbr1"], row=row, handle=first) == ["committee_secret"]
    assert not reading.offered(cast["zbr1"], row)
    assert rate(cast["zjj"], row, first).n > 0


def test_others_have_no_say(ladder, cast, awarded):
    first = handles(awarded)[0]
    with pytest.raises(NotAllowed):
        rate(cast["jw"], awarded, first)
    with pytest.raises(NotFound):
        rate(Actor("far", "tenderer", "none"), awarded, first)


def test_a_rater_sees_handles_and_his_own_side_alone(cast, awarded):
    first = handles(awarded)[0]
    expert = Seat.objects.get(draw=awarded.draw, candidate=first).expert
    rate(cast["zjj"], awarded, first, "objective")
    form = text_of(sign_in(cast["zbr1"]).get(f"/project/{awarded.pk}/rate-expert/"))
    assert f"{first}(席位" in form
    assert expert not in form
    board = {
        account: text_of(sign_in(cast[account]).get(f"/project/{awarded.pk}/"))
        for account in ("zbr1", "zjj", "jw", "tbr")
    }
    assert {account: "扣 3 分" in page for account, page in board.items()} == {
        "zbr1": False,
        "zjj": True,
        "jw": True,
        "tbr": False,
    }


def test_the_statistics_set_a_rater_beside_his_peers(cast, awarded):
    for handle in handles(awarded):
        rate(cast["zjj"], awarded, handle, "objective")
    page = text_of(sign_in(cast["zjj"]).get("/experts/raters/"))
    assert "共扣分" in page
    count = len(handles(awarded))
    assert f'<td class="number">{3 * count}</td>' in page
    assert sign_in(cast["zbr1"]).get("/experts/raters/").status_code == 403
