"""The HMAC of a draw is RFC 2104's, as the standard library gives it one message at a time."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from experts.domain.mac import keyed


@given(st.binary(max_size=64), st.lists(st.text(st.characters(codec="utf-8")), max_size=4))
def test_it_is_the_standard_library_s(key, messages):
    mac = keyed(key)
    expected = [hmac.digest(key, message.encode(), "sha256") for message in messages]
    assert [mac(message) for message in messages] == expected
