"""Amounts as a cheque writes them (《支付结算办法》附一)."""

import pytest

from desk.domain.display import capital


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (10_000, "壹佰元整"),
        (120_000, "壹仟贰佰元整"),
        (30_506, "叁佰零伍元零陆分"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (10_000_000, "壹拾万元整"),
        (168_000_032 * 100 // 10, "壹仟陆佰捌拾万零叁元贰角整"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (10_000_500, "壹拾万零伍元整"),
    ],
)
def test_an_amount_is_written_in_full(fen, words):
    assert capital(fen) == words


@pytest.mark.parametrize("fen", [-1, 10**10])
def test_what_no_cheque_can_hold_is_refused(fen):
    with pytest.raises(ValueError, match="not an amount of a cheque"):
        capital(fen)
