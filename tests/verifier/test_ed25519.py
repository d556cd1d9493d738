"""The verifier's own Ed25519 (RFC 8032 section 5.1) gives the verdicts of `cryptography`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_log.verifier import verify
from tests.verifier.writer import Signer

RFC_8032 = [  # section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
SMALL_ORDER = [  # points of order 1, 2 and 8, and y = p, which is not canonical
    "01" + "00" * 31,
    "ec" + "ff" * 30 + "7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "ed" + "ff" * 30 + "7f",
]
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.fixture(params=[True, False], ids=["cryptography", "own"])
def way(request, monkeypatch):
    """Run the test once with `cryptography` and once with the verifier's own arithmetic."""
    monkeypatch.setattr(verify, "HAVE_CRYPTOGRAPHY", request.param)


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_known_answers(way, key, message, signature):
    args = [bytes.fromhex(text) for text in (key, signature, message)]
    assert verify.ed25519_verify(*args) is True
    assert verify.ed25519_verify(args[0], args[1], args[2] + b"x") is False


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_a_key_under_which_anyone_could_sign_is_refused(way, key):
    identity_signature = bytes.fromhex("01" + "00" * 31) + bytes(32)
    assert verify.ed25519_verify(bytes.fromhex(key), identity_signature, b"anything") is False


def test_a_signature_has_one_spelling(way):
    signer = Signer("log", bytes(32), 1)
    good = signer.sign(b"text")
    scalar = int.from_bytes(good[32:], "little") + ORDER
    assert verify.ed25519_verify(signer.public, good, b"text") is True
    spelled = good[:32] + scalar.to_bytes(32, "little")
    assert verify.ed25519_verify(signer.public, spelled, b"text") is False
    assert verify.ed25519_verify(signer.public, good + b"\0", b"text") is False
    assert verify.ed25519_verify(signer.public[:31], good, b"text") is False


@settings(max_examples=25, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), at=st.integers(0, 767), flip=st.booleans())
def test_both_ways_agree_on_changed_signatures(seed, at, flip):
    signer = Signer("log", seed, 1)
    whole = bytearray(signer.public + signer.sign(seed))
    whole[at // 8] ^= flip << at % 8
    key, signature = bytes(whole[:32]), bytes(whole[32:])
    answers = set()
    for have in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(verify, "HAVE_CRYPTOGRAPHY", have)
            answers.add(verify.ed25519_verify(key, signature, seed))
    assert answers == {not flip}
