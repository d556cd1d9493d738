"""Software we did not write accepts our files, and our log works with a witness we did not write.

The packages are test dependencies of the lock file; where one is missing these tests fail.
"""

import time

import metamorphic_log
import pytest
from django.conf import settings
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from witness_log import WitnessService

from audit_log.domain import note as notes
from audit_log.domain.entry import leaf_hash
from audit_log.domain.note import Cosigner
from audit_log.models import Checkpoint, Cosignature
from audit_log.selectors import tree
from audit_log.services import bundles, cosigning, keys, sealer, tiles
from audit_log.witness.wire import AddCheckpoint

WITNESS = Cosigner("test.witness/one", bytes(range(32, 64)))


@pytest.fixture
def log(ladder) -> Checkpoint:
    """The ladder's log with two co-signed checkpoints, as static files."""
    vkey = str(WITNESS.key)
    settings.WITNESS_VKEY_FILE.write_text(f'{{"vkey":"{vkey}","draw_key":""}}')
    first, last = Checkpoint.objects.order_by("size").first(), sealer.seal()
    for one in {first, last}:
        text = notes.parse_note(one.note).text
        line = WITNESS.cosign(text, int(time.time()))
        Cosignature.objects.create(size=one.size, line=line)
    tiles.publish()
    return last


def test_tlog_scales_reads_the_tiles_and_both_signatures(log):
    reader = TilesReader(LocalBackend(settings.TILES_DIR))
    checkpoint = reader.get_checkpoint()
    assert (checkpoint.size, checkpoint.root_hash) == (log.size, bytes(log.root))
    assert reader.calculate_root_hash() == bytes(log.root)
    for vkey in (keys.log_vkey(), str(WITNESS.key)):
        checkpoint.verify(Vkey.from_string(vkey))


def test_tlog_scales_reads_every_entry(log):
    reader = TilesReader(LocalBackend(settings.TILES_DIR))
    reader.get_checkpoint()
    rows = bundles.sealed_entries()
    assert [reader.get_entry(index) for index, _ in rows] == [body for _, body in rows]


def test_tlog_scales_accepts_our_proofs_and_we_build_the_same(log):
    reader = TilesReader(LocalBackend(settings.TILES_DIR))
    reader.get_checkpoint()
    first = Checkpoint.objects.order_by("size").first()
    theirs = reader.get_consistency_proof(first.size, log.size)
    theirs.check(bytes(first.root), bytes(log.root))
    assert tree.consistency(first.size, log.size) == theirs.node_hashes
    for index in (0, 1, first.size, log.size - 1):
        theirs = reader.get_inclusion_proof(index, log.size)
        assert tree.inclusion(index, log.size) == theirs.node_hashes


def test_metamorphic_log_accepts_checkpoint_inclusion_and_consistency(log):
    first = Checkpoint.objects.order_by("size").first()
    vkeys = [keys.log_vkey()]
    head = metamorphic_log.checkpoint_verify(log.note, vkeys)
    assert (head.size, bytes(head.root)) == (log.size, bytes(log.root))
    metamorphic_log.checkpoint_verify_consistency(
        first.note, log.note, vkeys, tree.consistency(first.size, log.size)
    )
    index, body = bundles.sealed_entries(["system/log"])[0]
    metamorphic_log.checkpoint_verify_inclusion(
        log.note, vkeys, index, leaf_hash(body), tree.inclusion(index, log.size)
    )


def test_metamorphic_log_refuses_another_leaf(log):
    index, body = bundles.sealed_entries(["system/log"])[0]
    altered = leaf_hash(body.replace(b"system", b"systen", 1))
    with pytest.raises(metamorphic_log.VerifyError.Verification):
        metamorphic_log.checkpoint_verify_inclusion(
            log.note, [keys.log_vkey()], index, altered, tree.inclusion(index, log.size)
        )


def test_the_witness_of_witness_log_cosigns_our_log(log, tmp_path):
    witness = WitnessService.new("foreign.witness/w", bytes(range(32)), None)
    witness.add_log(settings.TRAIL_ORIGIN, keys.log_vkey())
    first = Checkpoint.objects.order_by("size").first()
    steps = ((0, first), (first.size, log))
    for old, checkpoint in steps:
        proof = tuple(tree.consistency(old, checkpoint.size))
        body = AddCheckpoint(old, proof, checkpoint.note).body.decode()
        status, answer = witness.handle_add_checkpoint(body)
        assert status == 200
        opened = notes.open_note(checkpoint.note + answer, [notes.parse_vkey(witness.vkey())])
        assert opened.names == ("foreign.witness/w",)


def test_the_witness_of_witness_log_refuses_a_rewritten_log(log):
    witness = WitnessService.new("foreign.witness/w", bytes(range(32)), None)
    witness.add_log(settings.TRAIL_ORIGIN, keys.log_vkey())
    first = Checkpoint.objects.order_by("size").first()
    witness.handle_add_checkpoint(AddCheckpoint(0, (), first.note).body.decode())
    proof = (bytes(32), *tree.consistency(first.size, log.size)[1:])
    status, _ = witness.handle_add_checkpoint(
        AddCheckpoint(first.size, proof, log.note).body.decode()
    )
    assert status == 422


def test_the_cosigned_note_is_what_the_bundle_holds(log):
    members = dict(bundles.members(bundles.sealed_entries(), whole=True))
    assert members["checkpoint"].decode() == cosigning.cosigned_note(log.size)
