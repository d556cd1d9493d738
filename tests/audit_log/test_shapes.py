"""Reading by shape: what is matched is what would have been parsed, and nothing else passes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_log.domain import entry
from audit_log.domain.entry import Actor, EntryError
from audit_log.domain.shapes import Shapes

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
    return value["stream"], value["n"], value["prev"], value["at"]


@pytest.fixture
def shapes():
    """A reader that knows the shape of DATA and the day of AT."""
    known = Shapes()
    known.read(build())
    return known


def test_the_first_and_the_second_of_a_shape_are_read_alike(shapes):
    later = build(n=8, prev="cd" * 32, stream="project/B")
    assert shapes.read(later) == Shapes().read(later) == place(later)


@given(texts=st.lists(TEXT, max_size=4), number=NUMBERS, flag=st.none() | st.booleans(), text=TEXT)
def test_whatever_stands_in_a_known_shape_is_read_as_parsing_does(texts, number, flag, text):
    known = Shapes()
    known.read(build())
    rows = [{"a": one, "b": number} for one in texts]
    body = build(DATA | {"rows": rows, "open": flag, "count": number, "text": text})
    assert known.read(body) == place(body)


@given(at=st.integers(0, len(build()) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_read_as_parsing_does(at, byte):
    known = Shapes()
    known.read(build())
    body = bytearray(build())
    body[at] = byte
    try:
        told = place(bytes(body))
    except EntryError:
        with pytest.raises(EntryError):
            known.read(bytes(body))
    else:
        assert known.read(bytes(body)) == told


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
    with pytest.raises(EntryError):
        shapes.read(body)
