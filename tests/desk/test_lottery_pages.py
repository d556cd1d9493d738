"""A public lottery on the pages: the list by name, who was drawn, and its receipt."""

import pytest

from experts.selectors import draws
from tests.award.acting import BING, JIA, YI, last
from tests.award.lots import draw_lots, tied
from tests.desk.doors import sign_in, text_of

pytestmark = pytest.mark.django_db


def test_a_lottery_is_called_watched_and_told_on_the_pages(cast):
    code = tied(cast)
    assert "申请公开抽签" in text_of(sign_in(cast["zbr1"]).get(f"/project/{code}/"))
    draw = draw_lots(cast, code)
    (winner,) = last(code, "lottery_drawn")["drawn"]
    for account in ("jyzx1", "zbr1", "zjj", "jw"):
        page = text_of(sign_in(cast[account]).get(f"/draw/{draw}/"))
        assert ("甲方建设" in page, "乙方建设" in page, "丙方建设" in page) == (True, True, False)
        assert page.index(winner) < page.index("第 1 个抽中")
        assert text_of(sign_in(cast[account]).get(f"/project/{code}/")).count(draw) >= 1
    ticket = draws.receipt(draw)["entries"][-2]
    assert winner in ticket
    assert BING not in ticket
    assert {winner} < {JIA, YI}
    assert sign_in(cast["tbr"]).get(f"/draw/{draw}/").status_code == 404
