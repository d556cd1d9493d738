"""Roots and proofs of RFC 6962 section 2.1, against known answers and the plain recursion."""

import pytest

from audit_log.verifier import verify
from audit_log.verifier.verify import Bad, Tree, consistency_roots, inclusion_root, leaf_hash
from tests.verifier import writer

# Leaves and roots of the known-answer tests of Certificate Transparency.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = range(1, 18)


def some_leaves(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % n) for n in range(size)]


@pytest.mark.parametrize(("size", "root"), [*ROOTS.items()])
def test_known_roots(size, root):
    tree = Tree()
    for text in LEAVES[:size]:
        tree.append(leaf_hash(bytes.fromhex(text)))
    assert (tree.size, tree.root().hex()) == (size, root)


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_proof_leads_to_the_root_and_to_no_other_place(size):
    leaves = some_leaves(size)
    root = writer.root_of(leaves)
    for index in range(size):
        proof = writer.inclusion(leaves, index)
        assert inclusion_root(leaves[index], index, size, proof) == root
        for wrong in ([*proof, root], proof[:-1]) if proof else ([root],):
            with pytest.raises(Bad):
                inclusion_root(leaves[index], index, size, wrong)
        if size > 1:
            other = (index + 1) % size
            assert root_or_none(leaves[index], other, size, proof) != root
    with pytest.raises(Bad):
        inclusion_root(leaves[0], size, size, writer.inclusion(leaves, 0))


def root_or_none(leaf, index, size, proof):
    try:
        return inclusion_root(leaf, index, size, proof)
    except Bad:
        return None


@pytest.mark.parametrize("new", SIZES)
def test_every_consistency_proof_gives_both_roots(new):
    leaves = some_leaves(new)
    for old in range(1, new + 1):
        proof = writer.consistency(leaves, old)
        roots = (writer.root_of(leaves[:old]), writer.root_of(leaves))
        assert consistency_roots(old, new, proof, roots[0]) == roots
        with pytest.raises(Bad):
            consistency_roots(old, new, [*proof, roots[0]], roots[0])
        if proof:
            changed = [verify.node_hash(proof[0], b""), *proof[1:]]
            assert consistency_roots(old, new, changed, roots[0]) != roots


@pytest.mark.parametrize(("old", "new"), [(0, 4), (5, 4), (3, 4)])
def test_a_proof_of_the_wrong_shape_is_refused(old, new):
    with pytest.raises(Bad):
        consistency_roots(old, new, [], bytes(32))
