"""The Merkle tree against RFC 6962 section 2.1, written down a second time as it stands there."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_log.domain import merkle
from audit_log.domain.merkle import (
    EMPTY_ROOT,
    Frontier,
    MerkleError,
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parents[1] / "data/format_vectors.json").read_text())
LARGEST = 130
LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(LARGEST)]
SIZES = range(LARGEST + 1)


def rfc_split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def rfc_root(leaves):
    """MTH, section 2.1; leaves are hashed already."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = rfc_split(len(leaves))
    return hashlib.sha256(b"\x01" + rfc_root(leaves[:k]) + rfc_root(leaves[k:])).digest()


def rfc_path(m, leaves):
    """PATH, section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = rfc_split(len(leaves))
    if m < k:
        return [*rfc_path(m, leaves[:k]), rfc_root(leaves[k:])]
    return [*rfc_path(m - k, leaves[k:]), rfc_root(leaves[:k])]


def rfc_subproof(m, leaves, whole):
    """SUBPROOF, section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [rfc_root(leaves)]
    k = rfc_split(len(leaves))
    if m <= k:
        return [*rfc_subproof(m, leaves[:k], whole), rfc_root(leaves[k:])]
    return [*rfc_subproof(m - k, leaves[k:], False), rfc_root(leaves[:k])]


ROOTS = [rfc_root(LEAVES[:size]) for size in SIZES]


@st.composite
def trees(draw):
    """A tree size and an index in it."""
    size = draw(st.integers(1, LARGEST))
    return size, draw(st.integers(0, size - 1))


@st.composite
def growths(draw):
    """An old size above 0 and a larger new one."""
    old = draw(st.integers(1, LARGEST - 1))
    return old, draw(st.integers(old + 1, LARGEST))


def tamperings(hashes):
    """Every proof with one bit turned, one hash less, one more, two exchanged, one too short."""
    for at, value in enumerate(hashes):
        turned = bytes([value[0] ^ 1]) + value[1:]
        yield [*hashes[:at], turned, *hashes[at + 1 :]]
        yield [*hashes[:at], *hashes[at + 1 :]]
        yield [*hashes[:at], value[:-1], *hashes[at + 1 :]]
    yield [*hashes, LEAVES[0]]
    if len(hashes) > 1:
        yield hashes[::-1]


def test_the_known_leaves_have_the_known_root():
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]
    assert root_of(leaves).hex() == VECTORS["root"]


@pytest.mark.parametrize("size", SIZES)
def test_the_root_is_that_of_the_rfc(size):
    assert root_of(LEAVES[:size]) == ROOTS[size]


def test_a_frontier_gives_every_root_while_it_grows_one_leaf_at_a_time():
    frontier, roots = Frontier(), [EMPTY_ROOT]
    for leaf in LEAVES:
        frontier = frontier.append(leaf)
        roots.append(frontier.root())
    assert roots == ROOTS


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_a_stored_frontier_goes_on_where_it_stopped(first, second):
    stored = Frontier().extend(LEAVES[:first]).to_bytes()
    resumed = Frontier.from_bytes(stored).extend(LEAVES[first:second])
    assert resumed == Frontier().extend(LEAVES[: max(first, second)])


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 8, 130])
def test_a_stored_frontier_of_the_wrong_length_is_refused(size):
    stored = Frontier().extend(LEAVES[:size]).to_bytes()
    for wrong in (stored[:-1], stored + b"\0", stored[:7]):
        with pytest.raises(MerkleError):
            Frontier.from_bytes(wrong)


def test_a_leaf_of_another_length_is_refused():
    with pytest.raises(MerkleError):
        Frontier().append(b"short")


@given(trees())
def test_an_inclusion_proof_is_that_of_the_rfc_and_verifies(tree):
    size, index = tree
    proof = inclusion_proof(LEAVES[:size], index)
    assert proof == rfc_path(index, LEAVES[:size])
    assert verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@given(trees())
def test_an_inclusion_proof_fits_no_other_leaf_index_root_or_hash(tree):
    size, index = tree
    proof = inclusion_proof(LEAVES[:size], index)
    assert not verify_inclusion(b"\0" * 32, index, size, proof, ROOTS[size])
    assert not verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size - 1])
    assert not any(
        verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])
        for other in range(-1, size + 1)
        if other != index
    )
    assert not any(
        verify_inclusion(LEAVES[index], index, size, wrong, ROOTS[size])
        for wrong in tamperings(proof)
    )


@given(growths())
def test_a_consistency_proof_is_that_of_the_rfc_and_verifies(growth):
    old, new = growth
    proof = consistency_proof(LEAVES[:new], old)
    assert proof == rfc_subproof(old, LEAVES[:new], True)
    assert verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@given(growths())
def test_a_consistency_proof_fits_no_other_tree_or_hash(growth):
    old, new = growth
    proof = consistency_proof(LEAVES[:new], old)
    rewritten = rfc_root([b"\0" * 32, *LEAVES[1:new]])
    assert not verify_consistency(old, new, proof, ROOTS[old], rewritten)
    assert not verify_consistency(old, new, proof, b"\0" * 32, ROOTS[new])
    assert not verify_consistency(new, old, proof, ROOTS[new], ROOTS[old])
    assert not any(
        verify_consistency(old, new, wrong, ROOTS[old], ROOTS[new]) for wrong in tamperings(proof)
    )


@pytest.mark.parametrize("size", [0, 1, 7])
def test_a_tree_is_consistent_with_itself_without_a_proof(size):
    root = ROOTS[size]
    assert verify_consistency(size, size, [], root, root)
    assert not verify_consistency(size, size, [root], root, root)
    assert not verify_consistency(size, size, [], root, ROOTS[8])


def test_nothing_is_shown_to_be_consistent_with_the_empty_tree():
    assert consistency_proof(LEAVES[:3], 0) == []
    assert not verify_consistency(0, 3, [], EMPTY_ROOT, ROOTS[3])
    assert not verify_consistency(0, 3, [ROOTS[3]], EMPTY_ROOT, ROOTS[3])


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65, 130])
def test_proofs_read_from_stored_nodes_are_the_same(size):
    stored = {(0, index): leaf for index, leaf in enumerate(LEAVES[:size])}
    reads = []

    def node(level, index):
        reads.append((level, index))
        return stored[level, index]

    def keep(level, index, hashes):
        stored.update(((level, at), value) for at, value in enumerate(hashes, index))

    Frontier().extend(LEAVES[:size], keep)
    subtree_root = merkle.subtree_reader(node)
    for index in range(size):
        path = merkle.inclusion_path(index, size)
        assert [subtree_root(*part) for part in path] == rfc_path(index, LEAVES[:size])
        assert len(reads) <= 2 * size.bit_length()
        reads.clear()
        path = merkle.consistency_path(index + 1, size)
        proof = [subtree_root(*part) for part in path]
        assert proof == rfc_subproof(index + 1, LEAVES[:size], True)
        assert len(reads) <= 2 * size.bit_length()
        reads.clear()


def test_a_path_in_a_log_of_a_billion_is_short():
    size = 10**9 + 7
    path = merkle.inclusion_path(123_456_789, size)
    assert len(path) == 30
    assert sum(hi - lo for lo, hi in path) == size - 1


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_there_is_no_path_to_a_leaf_that_is_not_there(index, size):
    with pytest.raises(MerkleError):
        merkle.inclusion_path(index, size)


@pytest.mark.parametrize(("old", "new"), [(4, 3), (-1, 3)])
def test_there_is_no_path_from_a_tree_that_is_not_smaller(old, new):
    with pytest.raises(MerkleError):
        merkle.consistency_path(old, new)


def test_leaves_that_are_no_subtree_have_no_nodes():
    with pytest.raises(MerkleError):
        merkle.perfect_nodes(1, 3)
