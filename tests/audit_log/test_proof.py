"""The receipt of one entry, checked offline: `.tlog-proof`."""

import json
from pathlib import Path

import pytest

from audit_log.domain import proof
from audit_log.domain.merkle import inclusion_proof
from audit_log.domain.note import encode64, parse_vkey
from audit_log.domain.policy import Untrusted, format_policy, parse_policy
from audit_log.domain.proof import ProofError, TlogProof

VECTORS = json.loads((Path(__file__).parents[1] / "data/format_vectors.json").read_text())
LEAVES = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]
LOG_KEY, WITNESS_KEY = map(parse_vkey, VECTORS["vkeys"])
POLICY = parse_policy(format_policy([LOG_KEY], [WITNESS_KEY], 1))
NOTE = VECTORS["note"]


def receipt(place, **changes):
    values = {"index": place, "hashes": tuple(inclusion_proof(LEAVES, place)), "checkpoint": NOTE}
    return TlogProof(**(values | changes))


@pytest.mark.parametrize("index", range(3))
def test_a_receipt_proves_its_entry(index):
    verdict = proof.parse(receipt(index).text).verify(LEAVES[index], POLICY)
    assert (verdict.met, verdict.checkpoint.size) == (True, 3)


def test_a_receipt_reads_as_the_standard_says():
    hashes = "".join(f"{encode64(value)}\n" for value in inclusion_proof(LEAVES, 1))
    assert receipt(1).text == f"c2sp.org/tlog-proof@v1\nindex 1\n{hashes}\n{NOTE}"
    assert receipt(1, extra=b"hi").text.split("\n")[1:3] == ["extra aGk=", "index 1"]


@pytest.mark.parametrize("extra", [None, b"", b"salt and content"])
def test_a_receipt_is_read_as_it_was_written(extra):
    assert proof.parse(receipt(2, extra=extra).text) == receipt(2, extra=extra)


def test_the_only_leaf_of_a_tree_needs_no_hash():
    alone = TlogProof(0, (), NOTE)
    assert alone.text == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{NOTE}"
    assert proof.parse(alone.text) == alone


def test_without_the_witness_line_the_entry_is_sealed_but_not_witnessed():
    only_log = "".join(NOTE.splitlines(keepends=True)[:-1])
    assert not receipt(0, checkpoint=only_log).verify(LEAVES[0], POLICY).met


@pytest.mark.parametrize(
    ("leaf", "changes"),
    [
        (LEAVES[1], {}),
        (LEAVES[0], {"index": 1}),
        (LEAVES[0], {"index": 3}),
        (LEAVES[0], {"hashes": ()}),
        (LEAVES[0], {"hashes": tuple(inclusion_proof(LEAVES, 0)[::-1])}),
    ],
)
def test_a_receipt_proves_nothing_else(leaf, changes):
    with pytest.raises(ProofError):
        receipt(0, **changes).verify(leaf, POLICY)


def test_a_receipt_under_a_forged_checkpoint_is_untrusted():
    with pytest.raises(Untrusted):
        receipt(0, checkpoint=NOTE.replace("\n3\n", "\n4\n")).verify(LEAVES[0], POLICY)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 1", "index 01"),
        lambda text: text.replace("index 1", "index -1"),
        lambda text: text.replace("index 1", "index"),
        lambda text: text.replace("index 1\n", ""),
        lambda text: text.replace("index 1\n", "extra aGk\nindex 1\n"),
        lambda text: text.replace("index 1\n", "index 1\nindex 1\n"),
        lambda text: text.replace("index 1\n", "index 1\nAAAA\n"),
        lambda text: text.replace("index 1\n", "index 1\n" + (encode64(LEAVES[0]) + "\n") * 63),
        lambda text: text.replace("index 1\n", "index 1\n\x20"),
        lambda text: "c2sp.org/tlog-proof@v1\n\n" + NOTE,
        lambda text: "c2sp.org/tlog-proof@v1\nindex 1",
    ],
)
def test_a_malformed_receipt_is_refused(spoil):
    with pytest.raises(ProofError):
        proof.parse(spoil(receipt(1).text))
