"""Reading by shape: what is matched is what would have been parsed, and nothing else passes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_log.domain import entry
from audit_log.domain.entry import Actor, EntryError
from audit_log.domain.shapes import OFTEN, Shapes

AT = datetime(2025, 5, 8, 1, 0, 1, tzinfo=UTC)
DATA = {
    "to": "opened",
    "count": -3,
    "open": True,
    "none": None,
    "text": "开标",
    "rows": [{"a": "1", "b": 2}, {"a": "2", "b": 3}],
    "mixed": ["x", 1],
    "empty": [],
    "nothing": {},
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)


def build(data=DATA, **changes):
    values = {"stream": "project/A-1", "n": 7, "prev": "ab" * 32, "type": "project.opened"}
    actor = Actor("user", "tenderer", "甲")
    return entry.build(at=AT, actor=actor, data=data, **(values | changes))


def place(body):
    value = entry.parse(body)
    return tuple(str(value[key]).encode() for key in ("at", "n", "prev", "stream"))


def told(body):
    """What reading must say of an entry: its place, or what parsing says against it."""
    try:
        return place(body)
    except EntryError as error:
        return str(error)


def read(shapes, *bodies):
    return [str(one) if isinstance(one, EntryError) else one for one in shapes.read(bodies)]


def knowing():
    """A reader that knows the shape of DATA and the day of AT."""
    known = Shapes()
    known.read([build()] * OFTEN)
    assert known.read([build()]) == [place(build())]
    return known


KNOWING = knowing()
"""For the tests that try many entries; what it learns from them is part of what is tried."""


@pytest.fixture
def shapes():
    return knowing()


def test_the_first_and_the_later_of_a_shape_are_read_alike(shapes):
    later = build(n=8, prev="cd" * 32, stream="project/B")
    assert shapes.read([later]) == Shapes().read([later]) == [place(later)]


def test_among_many_each_is_read_as_alone(shapes):
    """Known and unknown shapes, escapes, broken lines and nothing at all, side by side."""
    bodies = [
        build(),
        build({"other": "shape"}),
        build(DATA | {"text": 'a "quoted"\nline'}),
        b"",
        build()[:-1],
        build().replace(b"2025-05-08", b"2025-13-08"),
        build(n=9),
        b"\xff",
    ]
    assert read(shapes, *bodies) == [told(body) for body in bodies]


def test_a_string_that_runs_over_the_end_of_its_entry_is_no_entry(shapes):
    """Two halves that would match as one line are two lines, neither of them an entry."""
    cut = build().index("开标".encode())
    halves = [build()[:cut], build()[cut:]]
    assert read(shapes, *halves, build()) == [*map(told, halves), place(build())]


@pytest.mark.parametrize("more", [0, 1])
def test_the_longest_entry_and_one_that_is_too_long_stand_among_others(shapes, more):
    room = entry.MAX_BYTES - len(build(DATA | {"text": ""}))
    longest = build(DATA | {"text": "x" * room}).replace(b"xx", b"x" * (2 + more), 1)
    assert len(longest) == entry.MAX_BYTES + more
    assert read(shapes, build(), longest, build()) == [told(one) for one in (build(), longest)] + [
        place(build())
    ]


def test_a_newline_inside_an_entry_is_not_the_end_of_it(shapes):
    whole = build() + b"\n" + build()
    assert read(shapes, whole, build()[:-1]) == [told(whole), told(build()[:-1])]


@given(texts=st.lists(TEXT, max_size=4), number=NUMBERS, flag=st.none() | st.booleans(), text=TEXT)
def test_whatever_stands_in_a_known_shape_is_read_as_parsing_does(texts, number, flag, text):
    rows = [{"a": one, "b": number} for one in texts]
    body = build(DATA | {"rows": rows, "open": flag, "count": number, "text": text})
    assert KNOWING.read([body]) == [place(body)]


@given(at=st.integers(0, len(build()) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_read_as_parsing_does(at, byte):
    body = bytearray(build())
    body[at] = byte
    assert read(KNOWING, bytes(body), build()) == [told(bytes(body)), place(build())]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"count":-3', b'"count":-0'),
        (b'"count":-3', b'"count":03'),
        (b'"count":-3', b'"count":3.0'),
        (b'"count":-3', b'"count":9007199254740992'),
        (b'"text":"\xe5', b'"text":"\xff'),
        (b'"to":"opened"', b'"to":"\\u006fpened"'),
        (b'"to":"opened"', b'"to":"\n"'),
        (b'"to":"opened"', b'"to":"\xed\xa0\x80"'),
        (b'{"a":"1","b":2}', b'{"b":2,"a":"1"}'),
        (b'{"a":"1","b":2}', b'{"a":"1","a":"1","b":2}'),
        (b"2025-05-08T01", b"2025-02-30T01"),
        (b"2025-05-08T01", b"2025-05-08T24"),
        (b'"n":7', b'"n":-7'),
        (b"project/A-1", b"bidder/A-1"),
        (b'"v":1}', b'"v":1} '),
        (b'"to":"opened"', b'"to":"' + b"a" * 65_536 + b'"'),
    ],
)
def test_what_parsing_refuses_is_refused_in_a_known_shape_too(shapes, old, new):
    body = build().replace(old, new)
    assert body != build()
    with pytest.raises(EntryError):
        entry.parse(body)
    assert read(shapes, body, build()) == [told(body), place(build())]
