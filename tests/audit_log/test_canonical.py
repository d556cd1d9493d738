"""Canonical JSON: inside the profile it is RFC 8785, outside it nothing passes."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit_log.domain import canonical
from audit_log.domain.canonical import CanonicalError

KEYS = st.text(st.characters(codec="ascii"), max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(VALUES)
def test_the_bytes_are_those_of_rfc_8785(value):
    assert canonical.dumps(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_was_written_is_read_back(value):
    assert canonical.loads(canonical.dumps(value)) == value


def test_keys_are_sorted_and_chinese_stays_readable():
    value = {"b": 1, "a": "评定分离", "B": [True, None]}
    assert canonical.dumps(value).decode() == '{"B":[true,null],"a":"评定分离","b":1}'


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        2**53,
        -(2**53),
        "\ud800",
        {"键": 1},
        {1: 1},
        {"a": [{"b": float("nan")}]},
        b"bytes",
        {1, 2},
    ],
)
def test_a_value_outside_the_profile_is_not_written(value):
    with pytest.raises(CanonicalError):
        canonical.dumps(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'{"a":"\\u8bc4"}',
        b"1.0",
        b"-0",
        b"1e3",
        b"NaN",
        b"9007199254740992",
        b"1" * 5000,
        b"[" * 60_000,
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"",
        b"{",
    ],
)
def test_bytes_that_are_not_their_own_canonical_form_are_refused(data):
    with pytest.raises(CanonicalError):
        canonical.loads(data)
