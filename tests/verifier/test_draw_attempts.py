"""Manifests, repeated draws, identities, and how a draw may end."""

import copy
import json
from typing import Any

import pytest

from audit_log.verifier.verify import Bad, Manifest
from tests.verifier.drawing import SmallDraw, faulty, with_receipt
from tests.verifier.writer import OFFICE, SUPERVISION, VECTORS, Book, vector_book

FIRST = VECTORS["draws"][0]["receipt"]


def changed_manifest(**change: Any) -> dict[str, Any]:
    return {**copy.deepcopy(FIRST["manifest"]), **change}


SLOTS = FIRST["manifest"]["slots"]
CANDIDATE = SLOTS[1]["candidates"][0]


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"slots": []},
        {"slots": SLOTS[::-1]},
        {"slots": [SLOTS[0], SLOTS[0]]},
        {"slots": [{**SLOTS[0], "count": 0}]},
        {"slots": [{**SLOTS[0], "slot": "a b"}]},
        {"slots": [{**SLOTS[0], "candidates": SLOTS[0]["candidates"][::-1]}]},
        {"slots": [{**SLOTS[0], "candidates": [CANDIDATE, CANDIDATE]}]},
        {"slots": [{**SLOTS[0], "candidates": [{**CANDIDATE, "id": "x"}]}]},
        {"slots": [SLOTS[0], {**SLOTS[1], "candidates": [{**CANDIDATE, "group": "g9"}]}]},
        {"slots": [{**SLOTS[0], "candidates": [CANDIDATE, {**CANDIDATE, "candidate": "c9"}]}]},
        {"one_per_group": 1},
        {"more": 1},
    ],
)
def test_a_manifest_of_another_shape_is_refused(change):
    committed = json.loads(FIRST["entries"][0])["data"]
    assert Manifest(FIRST["manifest"]).hash == committed["manifest"]
    with pytest.raises(Bad):
        Manifest(changed_manifest(**change))


# ----------------------------------------------------------------------------- repeated draws


TWO = {"c0001": ("E0001", "org1"), "c0002": ("E0002", "org2")}


def abandoned(
    book: Book, name: str, actor: Any, attempt: int = 1, replaces: str | None = None
) -> str:
    """Draw one of two and abandon it, unless the actor is None; return the commitment's leaf."""
    draw = SmallDraw(book, name, TWO).hold("G-1", attempt, replaces)
    if actor:
        draw.abandon(actor)
    return draw.leaf


@pytest.mark.parametrize(
    ("ender", "attempt", "named", "good"),
    [
        (SUPERVISION, 2, True, True),
        (SUPERVISION, 3, True, False),
        (SUPERVISION, 2, False, False),
        (OFFICE, 2, True, False),
        (None, 2, True, False),
    ],
)
def test_a_second_attempt_names_the_draw_that_supervision_abandoned(
    check, ender, attempt, named, good
):
    book = Book()
    first = abandoned(book, "S-1", ender)
    abandoned(book, "S-2", SUPERVISION, attempt, first if named else "0" * 64)
    assert check(book.whole()).ok is good


def test_no_two_draws_replace_the_same(check):
    book = Book()
    first = abandoned(book, "S-1", SUPERVISION)
    abandoned(book, "S-2", SUPERVISION, 2, first)
    abandoned(book, "S-3", SUPERVISION, 2, first)
    assert [f.where.stream for f in check(book.whole()).faults] == ["draw/S-3"]


@pytest.mark.parametrize(
    ("people", "good"),
    [
        (TWO, True),
        ({**TWO, "c0002": ("E0001", "org2")}, False),
        ({**TWO, "c0002": ("E0002", "org1")}, False),
    ],
    ids=["two", "one expert twice", "one employer in two groups"],
)
def test_identities_agree_with_the_groups_of_the_manifest(check, people, good):
    book = Book()
    SmallDraw(book, "S-1", people, count=2).hold("G-1").sign_in()
    assert faulty(check, book) == ([] if good else [6])


@pytest.mark.parametrize(("round_first", "good"), [(False, True), (True, False)])
def test_a_draw_is_cancelled_before_its_first_round_only(check, round_first, good):
    book = vector_book()
    for text in FIRST["entries"][: 5 if round_first else 1]:
        book.add_line(text.encode())
    state = "running" if round_first else "committed"
    cancelled = {"reason": "终止招标", "from": state, "to": "cancelled"}
    book.add("draw/D-1", "draw.cancelled", cancelled)
    assert faulty(check, with_receipt(book, FIRST["manifest"])) == ([] if good else [5])


def test_a_draw_is_not_abandoned_before_its_first_round(check):
    book = vector_book()
    book.add_line(FIRST["entries"][0].encode())
    ended = {"reason": "设备故障", "from": "committed", "to": "abandoned"}
    book.add("draw/D-1", "draw.abandoned", ended, SUPERVISION)
    assert faulty(check, with_receipt(book, FIRST["manifest"])) == [1]


def test_two_of_one_employer_are_not_seated_together(check):
    """c0007 (g3) declined and c0011 (g3) took a place; now c0007 accepts after all."""
    book = vector_book()
    for text in FIRST["entries"][:13]:
        book.add_line(text.encode())
    data = {"candidate": "c0007", "answer": "accepted", "reason": "", "evidence": ""}
    himself = {"id": "D-1/c0007", "role": "expert", "org": ""}
    declined = {"candidate": "c0002", "answer": "declined", "reason": "", "evidence": ""}
    book.add("draw/D-1", "draw.answered", declined, {**himself, "id": "D-1/c0002"})
    assert faulty(check, with_receipt(book, FIRST["manifest"])) == []
    book.add("draw/D-1", "draw.answered", data, himself)
    report = check(with_receipt(book, FIRST["manifest"]).whole())
    assert [fault.text for fault in report.faults] == ["同一单位有两人在席"]
