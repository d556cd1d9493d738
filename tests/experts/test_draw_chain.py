"""Code chain, mark, seed and ticket, each against its definition in formats.md section 4."""

import hashlib
import hmac

import pytest

from experts.domain.draw import (
    chain_code,
    chain_length,
    code_is_valid,
    mark_is_valid,
    mark_message,
    round_code,
    seed,
    ticket,
)
from tests.experts.ceremony import DRAW_KEY, SECRET

LEAF = "ab" * 32
PUBLIC = DRAW_KEY.public_key().public_bytes_raw()


def test_the_chain_is_repeated_sha256():
    twice = hashlib.sha256(hashlib.sha256(SECRET).digest()).digest()
    assert [chain_code(SECRET, times) for times in (0, 2)] == [SECRET, twice]


@pytest.mark.parametrize(("candidates", "length"), [(0, 32), (32, 32), (33, 33), (900, 900)])
def test_the_chain_has_a_round_for_every_candidate_and_at_least_32(candidates, length):
    assert chain_length(candidates) == length


def test_each_code_is_the_preimage_of_the_one_before():
    codes = [round_code(SECRET, 32, number) for number in range(1, 32)]
    earlier = [chain_code(SECRET, 32), *codes]
    assert [hashlib.sha256(code).digest() for code in codes] == earlier[:-1]


@pytest.mark.parametrize("number", [0, 32, 33])
def test_no_round_publishes_the_secret_itself(number):
    with pytest.raises(ValueError, match=f"round {number} of a chain of 32"):
        round_code(SECRET, 32, number)


def test_a_code_is_valid_for_its_own_round_only():
    commitment = chain_code(SECRET, 32)
    code = round_code(SECRET, 32, 2)
    valid = [number for number in range(1, 33) if code_is_valid(code, number, commitment)]
    assert valid == [2]


def test_the_mark_signs_the_leaf_that_opened_the_round():
    assert mark_message(LEAF) == b"draw-round/v1\n" + b"ab" * 32 + b"\n"
    mark = DRAW_KEY.sign(mark_message(LEAF))
    assert mark_is_valid(PUBLIC, LEAF, mark)
    assert not mark_is_valid(PUBLIC, "cd" * 32, mark)
    assert not mark_is_valid(PUBLIC, LEAF, mark[:-1] + bytes([mark[-1] ^ 1]))


@pytest.mark.parametrize(("mark", "written"), [(b"", b""), (b"\x01\xff", b"01ff")])
def test_the_seed_depends_on_code_leaf_and_mark(mark, written):
    message = b"draw-seed/v1\n" + LEAF.encode() + b"\n" + written + b"\n"
    assert seed(SECRET, LEAF, mark) == hmac.new(SECRET, message, "sha256").digest()


def test_the_ticket_depends_on_seed_slot_and_candidate():
    expected = hmac.new(SECRET, b"1\nc0001", "sha256").hexdigest()
    assert ticket(SECRET, "1", "c0001") == expected
