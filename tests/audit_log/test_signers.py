"""Signers beside the log's key (SM2, a hardware module), whose lines others pass over."""

import metamorphic_log
import pytest
from django.conf import settings
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from witness_log import WitnessService

from audit_log.domain import note as notes
from audit_log.domain.policy import parse_policy
from audit_log.models import Checkpoint
from audit_log.services import bundles, cosigning, keys, rotation, tiles
from audit_log.verifier import verify as outside
from audit_log.witness.wire import AddCheckpoint
from desk.services import bundle
from tests.audit_log import other_signer
from tests.audit_log.signing import ask, faults, judged, key_id, more, signers

pytestmark = pytest.mark.django_db

OTHER = "tests.audit_log.other_signer.make"


@pytest.fixture
def beside(old, settings) -> Checkpoint:
    """A checkpoint with a line of another kind under the log's own."""
    settings.TRAIL_SIGNERS = [OTHER]
    sealed = more()
    tiles.publish()
    return sealed


def test_each_signer_writes_its_line(beside, old):
    parsed = notes.parse_note(beside.note)
    ours, other = parsed.signatures
    assert ours.key_id == key_id(old.vkey)
    assert other.name == other_signer.NAME
    assert other.signature == other_signer.signature(parsed.text)
    assert faults() == []


def test_tlog_scales_passes_over_a_line_it_does_not_know(beside):
    reader = TilesReader(LocalBackend(settings.TILES_DIR))
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(keys.log_vkey()))
    assert (checkpoint.size, checkpoint.root_hash) == (beside.size, bytes(beside.root))


def test_metamorphic_log_passes_over_a_line_it_does_not_know(beside):
    head = metamorphic_log.checkpoint_verify(beside.note, [keys.log_vkey()])
    assert (head.size, bytes(head.root)) == (beside.size, bytes(beside.root))


def test_the_witness_of_witness_log_cosigns_above_a_line_it_does_not_know(beside):
    witness = WitnessService.new("foreign.witness/w", bytes(range(32)), None)
    witness.add_log(settings.TRAIL_ORIGIN, keys.log_vkey())
    status, line = witness.handle_add_checkpoint(AddCheckpoint(0, (), beside.note).body.decode())
    opened = notes.open_note(beside.note + line, [notes.parse_vkey(witness.vkey())])
    assert (status, opened.names) == (200, ("foreign.witness/w",))


def test_our_witness_cosigns_above_a_line_it_does_not_know(commission, settings):
    before = Checkpoint.objects.order_by("size").last().size
    settings.TRAIL_SIGNERS = [OTHER]
    assert ask(commission, more(), before) == 200


def test_the_bundle_lists_the_other_key_and_the_outside_verifier_passes_over_it(beside, tmp_path):
    members = dict(bundles.members(bundles.sealed_entries(), whole=True))
    assert other_signer.make().vkey in members["keys"].decode().splitlines()
    assert [str(key) for key in parse_policy(members["policy"].decode()).logs] == keys.log_vkeys()
    path = bundle.write(tmp_path / "whole.zip")
    assert judged(path, policy=members["policy"].decode()) == (outside.VERDICT_SEALED, [])


def test_while_the_key_changes_each_signer_writes_its_line(old, settings):
    settings.TRAIL_SIGNERS = [OTHER]
    new = rotation.rotate()
    note = Checkpoint.objects.order_by("size").last().note
    others = other_signer.make().key_id
    assert signers(note) == [key_id(old.vkey), key_id(new), others]
    assert cosigning.cosigned_note(Checkpoint.objects.order_by("size").last().size) == note


def test_the_witness_refuses_what_only_an_unknown_key_signed(commission, settings):
    before = Checkpoint.objects.order_by("size").last().size
    keys.destroy("log.seed")
    keys.create_log_key()
    assert ask(commission, more(), before) == 403
