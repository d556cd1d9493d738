"""Sealed envelopes: fixed by a commitment, hidden by a key, opened as they were closed."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from audit_log.domain import canonical, envelope
from audit_log.domain.canonical import CanonicalError
from audit_log.domain.envelope import EnvelopeError, NotCommitted, NotOpened, Opening

KNOWN = json.loads((Path(__file__).parents[1] / "data/format_vectors.json").read_text())["seal"]
KEY, NONCE, SALT = b"k" * 32, b"n" * 12, b"s" * 32
BALLOT = {"kind": "ballot/1/1", "stream": "project/A-1", "author": "user/7"}


def seal(content, **changes):
    return envelope.seal(
        **({"key": KEY, "salt": SALT, "nonce": NONCE, **BALLOT} | changes), content=content
    )


def commit(content, **changes):
    return envelope.commit(**({"salt": SALT, **BALLOT} | changes), content=content)


def test_the_known_commitment():
    named = {name: KNOWN[name] for name in ("kind", "stream", "author", "content")}
    assert envelope.commit(salt=bytes.fromhex(KNOWN["salt"]), **named) == KNOWN["commitment"]


@pytest.mark.parametrize(
    "change",
    [
        {"salt": b"t" * 32},
        {"kind": "ballot/1/2"},
        {"stream": "project/A-2"},
        {"author": "user/8"},
    ],
)
def test_a_commitment_fixes_salt_purpose_case_and_author(change):
    assert commit({"vote": "b1"}, **change) != commit({"vote": "b1"})


def test_a_commitment_fixes_the_content():
    assert commit({"vote": "b1"}) != commit({"vote": "b2"})


@given(st.dictionaries(st.sampled_from("abc"), st.text(st.characters(codec="utf-8"))))
def test_an_envelope_opens_as_it_was_closed(content):
    opening = envelope.unseal(KEY, commit(content), seal(content))
    assert opening == Opening(SALT, *BALLOT.values(), content)
    assert envelope.commit(**opening._asdict()) == commit(content)


@pytest.mark.parametrize("letters", [0, 1, 500, 5000])
def test_the_stored_length_tells_whole_kib_only(letters):
    content = {"reason": "甲" * letters}
    assert (len(seal(content)) - envelope.NONCE_BYTES - 16) % 1024 == 0
    assert envelope.unseal(KEY, commit(content), seal(content)).content == content


def test_a_content_that_fills_its_block_exactly_opens_too():
    short = len(canonical.dumps({"v": 1, "salt": SALT.hex(), **BALLOT, "content": {"a": ""}}))
    content = {"a": "x" * (1024 - short)}
    assert len(seal(content)) == 12 + 1024 + 16
    assert envelope.unseal(KEY, commit(content), seal(content)).content == content


def test_a_yes_and_a_no_are_equally_long():
    assert len(seal({"vote": "赞成"})) == len(seal({"vote": "反对", "reason": "报价明显偏低"}))


def test_another_key_does_not_open_it():
    with pytest.raises(NotOpened):
        envelope.unseal(b"x" * 32, commit({"a": 1}), seal({"a": 1}))


def test_it_does_not_open_under_another_commitment():
    with pytest.raises(NotOpened):
        envelope.unseal(KEY, commit({"a": 2}), seal({"a": 1}))


@pytest.mark.parametrize("at", [0, 12, 500, -1])
def test_it_does_not_open_with_one_bit_turned(at):
    blob = bytearray(seal({"a": 1}))
    blob[at] ^= 1
    with pytest.raises(NotOpened):
        envelope.unseal(KEY, commit({"a": 1}), bytes(blob))


@pytest.mark.parametrize("blob", [b"", b"x" * 11, b"x" * 27])
def test_a_stump_does_not_open(blob):
    with pytest.raises(NotOpened):
        envelope.unseal(KEY, commit({"a": 1}), blob)


@pytest.mark.parametrize("commitment", ["", "zz", "00" * 31])
def test_it_does_not_open_under_what_is_no_commitment(commitment):
    with pytest.raises(NotOpened):
        envelope.unseal(KEY, commitment, seal({"a": 1}))


@pytest.mark.parametrize(
    "plain",
    [
        b"not json",
        b"[]",
        b"{}",
        canonical.dumps({"v": 1, "salt": SALT.hex(), **BALLOT, "content": {"a": 2}}),
        canonical.dumps({"v": 2, "salt": SALT.hex(), **BALLOT, "content": {"a": 1}}),
        canonical.dumps({"v": 1, "salt": "zz", **BALLOT, "content": {"a": 1}}),
        canonical.dumps({"v": 1, "salt": 5, **BALLOT, "content": {"a": 1}}),
    ],
)
def test_who_holds_the_key_cannot_put_another_content_under_a_commitment(plain):
    commitment = commit({"a": 1})
    blob = NONCE + AESGCM(KEY).encrypt(NONCE, plain, bytes.fromhex(commitment))
    with pytest.raises(NotCommitted):
        envelope.unseal(KEY, commitment, blob)


@pytest.mark.parametrize(
    "change", [{"salt": b"s" * 31}, {"nonce": b"n" * 11}, {"key": b"k" * 16}, {"key": b""}]
)
def test_salt_nonce_and_key_have_their_length(change):
    with pytest.raises(EnvelopeError):
        seal({"a": 1}, **change)


def test_the_key_for_opening_has_its_length_too():
    with pytest.raises(EnvelopeError):
        envelope.unseal(b"k" * 31, commit({"a": 1}), seal({"a": 1}))


def test_the_content_is_an_object_of_the_canonical_profile():
    with pytest.raises(EnvelopeError):
        commit(["a"])
    with pytest.raises(CanonicalError):
        commit({"score": 89.39})
