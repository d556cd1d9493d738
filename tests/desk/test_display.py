"""How values are written for people."""

from datetime import date, datetime

import pytest

from desk.domain import display
from desk.web.documents import round_shown, shown


@pytest.mark.parametrize(
    ("fen", "text"),
    [(2_837_861_389, "28,378,613.89"), (5, "0.05"), (-150, "-1.50"), (0, "0.00"), (None, "—")],
)
def test_money_is_written_in_yuan(fen, text):
    assert display.yuan(fen) == text


def test_a_time_is_written_as_offices_write_it():
    assert display.moment(datetime(2026, 8, 2, 9, 5)) == "2026年8月2日 09:05"
    assert display.day(date(2026, 8, 22)) == "2026年8月22日"


def test_a_hash_is_shortened_and_a_word_is_not():
    assert display.short("ab" * 32) == "abababababab…"
    assert display.short("zj@1") == "zj@1"


def test_a_document_is_shown_in_chinese():
    node = shown({"price_fen": 150, "agree": True, "to": "opened", "answer_due": "2025-07-28"})
    lines = {words: below.text for _, words, below in node.pairs}
    assert lines == {
        "报价": "1.50",
        "同意": "是",
        "变更后状态": "已开标",
        "答复期限": "2025年7月28日",
    }


def test_rows_become_a_table_without_empty_columns():
    node = shown([{"bidder": "A", "rank": None}, {"bidder": "B", "rank": None}])
    assert (node.heads, [[cell.text for cell in row] for row in node.rows]) == (
        ["投标人代码"],
        [["A"], ["B"]],
    )


def test_a_counted_round_is_shown_best_first():
    count = {
        "method": "round_elimination",
        "seats": 1,
        "eligible": ["A", "B", "C"],
        "tally": [
            {"bidder": "A", "value": 2},
            {"bidder": "B", "value": 5},
            {"bidder": "C", "value": {"sum": "9", "count": 3}},
        ],
        "kept": ["B"],
        "tie": ["A"],
    }
    assert round_shown(count, 1, {"B": "乙方"}).lines == [
        ("乙方", "5", "kept"),
        ("C", "9 ÷ 3", "out"),
        ("A", "2", "tied"),
    ]
