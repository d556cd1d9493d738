"""An entry is canonical, has exactly its keys, and follows its stream."""

import json

import pytest

from audit_log.verifier.verify import Bad, parse_canonical, parse_entry
from tests.verifier.writer import OFFICE, VECTORS, Book, canonical

LINE = VECTORS["entries"][0].encode()


@pytest.mark.parametrize(
    ("line", "leaf"), [*zip(VECTORS["entries"], VECTORS["leaves"], strict=True)]
)
def test_known_entries_have_the_known_hash(line, leaf):
    assert parse_entry(line.encode(), 0).leaf == leaf


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1} ',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        '{"键":1}'.encode(),
        b'{"a":"\\u4e2d"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\/"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xff"}',
        b"[" * 30_000 + b"]" * 30_000,
        b"",
    ],
)
def test_anything_but_the_canonical_form_is_refused(text):
    with pytest.raises(Bad):
        parse_canonical(text)


def test_the_fast_mode_still_refuses_duplicate_keys():
    assert parse_canonical(b'{"b":1, "a":2}', fast=True) == {"a": 2, "b": 1}
    with pytest.raises(Bad, match="重复的键"):
        parse_canonical(b'{"a":1,"a":1}', fast=True)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"extra": 1},
        {"stream": "projects/1"},
        {"stream": "project/"},
        {"stream": "project/a b"},
        {"n": -1},
        {"n": "0"},
        {"n": True},
        {"prev": "0" * 63},
        {"prev": "A" * 64},
        {"type": "registered"},
        {"type": "project.Registered"},
        {"at": "2025-05-08T01:00:01Z"},
        {"at": "2025-02-30T01:00:01.000000Z"},
        {"at": "2025-05-08T24:00:01.000000Z"},
        {"at": 1746666060},
        {"actor": {"id": "user/1", "role": "tenderer"}},
        {"actor": {"id": "user/1", "role": "tenderer", "org": None}},
        {"actor": "user/1"},
        {"data": []},
        {"data": {"to": "x" * 65_535}},
    ],
)
def test_an_entry_of_another_shape_is_refused(change):
    with pytest.raises(Bad):
        parse_entry(canonical({**json.loads(LINE), **change}), 0)


def faults(check, book: Book) -> list[tuple[str, str, int]]:
    """(area, stream, n) of every fault of the book's bundle."""
    report = check(book.whole())
    return [(f.area, f.where.stream, f.where.n) for f in report.faults if f.where]


def forged(book: Book, **change: object) -> Book:
    """The book with the last entry changed before it was sealed."""
    entry = json.loads(book.lines.pop())
    book.add_line(canonical({**entry, **change}))
    return book


def stream_of(*states: tuple[str, ...]) -> Book:
    book = Book()
    for pair in states:
        book.add("expert/E1", "expert.moved", dict(zip(("to", "from"), pair, strict=False)))
    return book


@pytest.mark.parametrize(
    "change",
    [{"n": 0}, {"n": 2}, {"prev": "0" * 64}, {"at": "2025-05-07T00:00:00.000000Z"}],
)
def test_a_stream_has_no_gap_no_fork_and_no_way_back(check, change):
    book = forged(stream_of(("applied",), ("under_review", "applied")), **change)
    assert [(area, stream) for area, stream, _ in faults(check, book)] == [("streams", "expert/E1")]


@pytest.mark.parametrize(
    "states",
    [
        [("applied",), ("active", "under_review")],
        [("applied",), ("active",)],
        [("applied",), ("active", "applied"), ("exited", "applied")],
    ],
)
def test_a_state_starts_where_the_last_one_ended(check, states):
    assert faults(check, stream_of(*states)) == [("streams", "expert/E1", len(states) - 1)]


def test_states_that_follow_each_other_pass(check):
    book = stream_of(("applied",), ("under_review", "applied"), ("active", "under_review"))
    book.add("expert/E1", "expert.noted", {"note": "no transition"})
    assert faults(check, book) == []


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"n": 1}, False),
        ({"hash": "0" * 64}, False),
        ({"stream": "expert/E2"}, False),
        ({"more": 1}, False),
    ],
)
def test_a_ref_names_an_earlier_entry_by_its_hash(check, change, good):
    book = Book()
    ref = book.add("expert/E1", "expert.imported", {"to": "active"})
    book.add(
        "project/P", "project.registered", {"regime": "", "to": "r", "refs": [{**ref, **change}]}
    )
    assert faults(check, book) == ([] if good else [("refs", "project/P", 0)])


@pytest.mark.parametrize("refs", [None, 1, {}, "x", [1], [None]])
def test_refs_of_another_shape_are_a_fault(check, refs):
    book = Book()
    book.add("rules/zj", "rules.published", {"refs": refs})
    assert faults(check, book) == [("refs", "rules/zj", 0)]


def test_a_ref_to_a_later_entry_is_a_fault(check):
    book = Book()
    later = Book()
    later.add("expert/E0", "expert.imported", {"to": "active"})
    ref = later.add("expert/E1", "expert.imported", {"to": "active"})
    book.add("rules/zj", "rules.published", {"refs": [ref]})
    book.add("expert/E1", "expert.imported", {"to": "active"}, OFFICE)
    assert json.loads(book.lines[1])["at"] == json.loads(later.lines[1])["at"]
    assert faults(check, book) == [("refs", "rules/zj", 0)]
