"""What a draw's stream tells of messages: well formed, of who was drawn, deciding nothing."""

from typing import Any

import pytest

from tests.verifier.drawing import faulty, with_receipt
from tests.verifier.test_draws import FIRST, SELECTED
from tests.verifier.writer import OFFICE, Book, vector_book

DRAWN = SELECTED[0]["candidate"]
DELIVERED = {
    "candidate": DRAWN,
    "template": "invitation",
    "channel": "sms",
    "status": "delivered",
    "receipt": "a" * 64,
}
CALLS = {"candidates": [DRAWN], "reason": "undelivered"}


def told(type: str, data: Any, *, after: int) -> Book:
    """The first known draw up to entry `after`, and then this one."""
    book = vector_book()
    for text in FIRST["entries"][:after]:
        book.add_line(text.encode())
    book.add("draw/D-1", type, data, OFFICE)
    return with_receipt(book, FIRST["manifest"])


@pytest.mark.parametrize(("type", "data"), [("delivered", DELIVERED), ("calls_opened", CALLS)])
def test_it_may_stand_where_somebody_was_drawn_and_no_round_hangs_open(check, type, data):
    name = f"draw.{type}"
    assert faulty(check, told(name, data, after=5)) == []
    assert faulty(check, told(name, data, after=3)) == [3]
    assert faulty(check, told(name, data, after=4)) == [4]
    assert faulty(check, told(name, data, after=len(FIRST["entries"]))) == [len(FIRST["entries"])]


@pytest.mark.parametrize(
    "wrong",
    [
        {"candidate": "c9999"},
        {"candidate": ["c0001"]},
        {"status": "read"},
        {"receipt": "A" * 64},
        {"phone": "13900000000"},
    ],
)
def test_a_receipt_is_of_who_was_drawn_and_nothing_stands_beside_it(check, wrong):
    assert faulty(check, told("draw.delivered", DELIVERED | wrong, after=5)) == [5]


@pytest.mark.parametrize(
    "wrong", [{"candidates": []}, {"candidates": ["c9999"]}, {"candidates": DRAWN}, {"phones": []}]
)
def test_a_call_list_names_who_was_drawn_and_no_numbers(check, wrong):
    assert faulty(check, told("draw.calls_opened", CALLS | wrong, after=5)) == [5]
