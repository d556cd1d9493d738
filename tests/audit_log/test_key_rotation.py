"""The log's key changes (formats.md section 2): announced under both keys, then the new one alone.

Also: further signers beside the log's key, whose lines others pass over.
"""

import time
from pathlib import Path

import metamorphic_log
import pytest
from django.conf import settings
from django.core.management import call_command
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from witness_log import WitnessService

from audit_log.domain import note as notes
from audit_log.domain.entry import SYSTEM
from audit_log.domain.note import Cosigner, Ed25519Signer
from audit_log.domain.policy import parse_policy
from audit_log.models import Checkpoint, Cosignature
from audit_log.selectors import trail, tree
from audit_log.services import bundles, cosigning, keys, rotation, sealer, tiles, verification
from audit_log.services.trail import record_system
from audit_log.verifier import verify as outside
from audit_log.witness import state
from audit_log.witness.wire import AddCheckpoint
from desk.services import bundle
from tests.audit_log import other_signer

pytestmark = pytest.mark.django_db

OTHER = "tests.audit_log.other_signer.make"
WITNESS = Cosigner("test.witness/one", bytes(range(32, 64)))


@pytest.fixture
def old(ladder) -> Ed25519Signer:
    """The log's key before the change; everything is sealed."""
    sealer.seal()
    return keys.log_signer()


def more() -> Checkpoint:
    """One more entry, sealed."""
    record_system("probe", "system.clock_jumped", SYSTEM, {"real_at": "2025-01-01"})
    return sealer.seal()


def signers(note: str) -> list[bytes]:
    """Key ids of the lines under a note."""
    return [line.key_id for line in notes.parse_note(note).signatures]


def key_id(vkey: str) -> bytes:
    return notes.parse_vkey(vkey).id


def told() -> list[dict[str, object]]:
    return [event["data"] for event in trail.events("system/log", "system.key_rotated")]


def faults() -> list[tuple[str, str]]:
    return [(fault.where, fault.why) for fault in verification.verify().faults]


def judged(path: Path, *, policy: str = "") -> tuple[str, list[str]]:
    report = outside.verify(str(path), policy or None)
    return report.verdict, [str(fault) for fault in report.faults]


# ----------------------------------------------------------------------------------- the change


def test_the_announcement_is_sealed_under_both_keys_and_all_later_by_the_new_alone(old):
    before = Checkpoint.objects.order_by("size").last()
    new = rotation.rotate()
    announced, later = Checkpoint.objects.order_by("size").last(), more()
    assert signers(before.note) == [key_id(old.vkey)]
    assert signers(announced.note) == [key_id(old.vkey), key_id(new)]
    assert signers(later.note) == [key_id(new)]
    assert told() == [{"vkey": new, "from_size": before.size + 1}]
    assert announced.size == before.size + 1
    assert faults() == []


def test_of_the_old_key_only_the_public_half_is_kept(old):
    seed = keys.read("log.seed")
    new = rotation.rotate()
    assert (keys.log_vkey(), keys.log_vkeys()) == (new, [old.vkey, new])
    assert keys.next_log_signer() is None
    held = [path.read_text() for path in settings.KEY_DIR.iterdir() if path.is_file()]
    assert [text for text in held if seed.hex() in text] == []


def test_keys_change_again_and_again(old):
    second = rotation.rotate()
    more()
    third = rotation.rotate()
    more()
    assert keys.log_vkeys() == [old.vkey, second, third]
    assert [data["vkey"] for data in told()] == [second, third]
    assert faults() == []


def interrupted_after_the_key() -> None:
    keys.create_next_log_key()


def interrupted_after_the_entry() -> None:
    keys.create_next_log_key()
    rotation._announce(keys.log_vkeys()[-1])


def interrupted_after_the_seal() -> None:
    interrupted_after_the_entry()
    more()


@pytest.mark.parametrize(
    "interrupted",
    [interrupted_after_the_key, interrupted_after_the_entry, interrupted_after_the_seal],
)
def test_an_interrupted_change_is_taken_up_and_told_once(old, interrupted):
    interrupted()
    new = keys.log_vkeys()[-1]
    between = more()
    assert signers(between.note) == [key_id(old.vkey), key_id(new)]
    assert rotation.rotate() == new
    assert [data["vkey"] for data in told()] == [new]
    assert signers(more().note) == [key_id(new)]
    assert keys.log_vkeys() == [old.vkey, new]
    assert faults() == []


def test_a_change_that_cannot_be_sealed_leaves_both_keys(old):
    settings.TRAIL_SECOND_STORE.write_text(Checkpoint.objects.order_by("size").last().note)
    kept = settings.TRAIL_SECOND_STORE.read_text()
    other = notes.sign_note(kept.partition("\n\n")[0].replace("\n", "\n9", 1) + "\n", [old])
    settings.TRAIL_SECOND_STORE.write_text(other)
    with pytest.raises(sealer.SealRefused):
        rotation.rotate()
    settings.TRAIL_SECOND_STORE.write_text(kept)
    assert keys.log_vkey() == old.vkey
    new = rotation.rotate()
    assert [data["vkey"] for data in told()] == [new]
    assert faults() == []


# ------------------------------------------------------------------------------- who notices what


def forged(size: int, *signing: Ed25519Signer) -> None:
    """Put another note under a checkpoint, as the owner of the database can."""
    from audit_log import guards

    with guards.lifted():
        row = Checkpoint.objects.get(pk=size)
        text = notes.parse_note(row.note).text
        Checkpoint.objects.filter(pk=size).update(note=notes.sign_note(text, signing))


def test_a_later_checkpoint_by_the_stolen_old_key_is_found(old):
    rotation.rotate()
    size = more().size
    forged(size, old)
    wrong = "签名无效:not signed by the key in force"
    assert faults() == [(f"检查点 {size}", wrong)]


def test_an_announcement_that_one_key_alone_sealed_is_found(old):
    rotation.rotate()
    size = Checkpoint.objects.order_by("size").last().size
    for alone in (old, keys.log_signer()):
        forged(size, alone)
        assert [where for where, _ in faults()] == [f"检查点 {size}"]


def test_a_key_that_only_the_database_knows_signs_nothing(old):
    stranger = Ed25519Signer(settings.TRAIL_ORIGIN, bytes(32))
    last = Checkpoint.objects.order_by("size").last().size
    data = {"vkey": stranger.vkey, "from_size": last + 1}
    record_system("log", "system.key_rotated", SYSTEM, data)
    size = sealer.seal().size
    forged(size, old, stranger)
    assert [where for where, _ in faults()] == [f"检查点 {size}"]


# -------------------------------------------------------------------------------------- bundles


def cosigned() -> None:
    settings.WITNESS_VKEY_FILE.write_text(f'{{"vkey":"{WITNESS.key}","draw_key":""}}')
    for row in Checkpoint.objects.all():
        line = WITNESS.cosign(notes.parse_note(row.note).text, int(time.time()))
        Cosignature.objects.create(size=row.size, line=line)


@pytest.fixture
def changed(old, ladder) -> tuple[str, str]:
    """Old and new vkey of a log with co-signed checkpoints before and after the change."""
    new = rotation.rotate()
    more()
    cosigned()
    return old.vkey, new


def test_a_bundle_lists_every_key_and_its_policy_names_them(changed):
    members = dict(bundles.members(bundles.sealed_entries(), whole=True))
    listed = members["keys"].decode().splitlines()
    assert listed == [*changed, str(WITNESS.key)]
    policy = parse_policy(members["policy"].decode())
    assert [str(log) for log in policy.logs] == list(changed)
    assert policy.judge(members["checkpoint"].decode()).met


@pytest.mark.parametrize("held", ["old", "both", "own keys"])
def test_the_outside_verifier_accepts_the_whole_log(changed, tmp_path, held):
    path = bundle.write(tmp_path / "whole.zip")
    logs = {"old": changed[:1], "both": changed}.get(held, ())
    policy = bundles.policy(logs, str(WITNESS.key)) if logs else ""
    verdict = outside.VERDICT_WITNESSED if logs else outside.VERDICT_UNKNOWN_SIGNER
    assert judged(path, policy=policy) == (verdict, [])


def test_the_outside_verifier_accepts_a_case_that_spans_the_change(changed, ladder, tmp_path):
    path = bundle.write(tmp_path / "case.zip", project=ladder["opened"])
    policy = bundles.policy(changed, str(WITNESS.key))
    assert judged(path, policy=policy) == (outside.VERDICT_WITNESSED, [])


def test_the_outside_verifier_refuses_a_log_that_the_old_key_went_on_signing(old, tmp_path):
    stolen = keys.read("log.seed")
    rotation.rotate()
    keys.destroy("log.seed")
    keys.write("log.seed", stolen)
    more()
    verdict, found = judged(bundle.write(tmp_path / "whole.zip"))
    assert verdict == outside.VERDICT_BAD
    assert found == ["不通过 最终检查点:更换密钥后没有新密钥的签名"]


# -------------------------------------------------------------------------------------- witness


@pytest.fixture
def commission(old, tmp_path):
    """A witness that trusts the old key and has co-signed what it signed."""
    home = tmp_path / "home"
    state.create(home, "test.discipline/one", "test.discipline/draw")
    trust(home, old.vkey)
    ask(home, Checkpoint.objects.order_by("size").last(), 0)
    return home


def trust(home: Path, vkey: str) -> None:
    with state.open_store(home) as store:
        store.trust(notes.parse_vkey(vkey))


def ask(home: Path, row: Checkpoint, old: int) -> int:
    """Ask for the cosignature; return the status."""
    body = AddCheckpoint(old, tuple(tree.consistency(old, row.size)), row.note).body
    with state.open_witness(home) as witness:
        return witness.handle("add-checkpoint", body, int(time.time()))[0]


def test_the_witness_signs_the_announcement_and_later_only_a_key_it_was_told_of(commission):
    before = Checkpoint.objects.order_by("size").last().size
    new = rotation.rotate()
    announced, later = Checkpoint.objects.order_by("size").last(), more()
    assert ask(commission, announced, before) == 200
    assert ask(commission, later, announced.size) == 403
    trust(commission, new)
    assert ask(commission, later, announced.size) == 200


def test_the_command_names_the_new_key_for_the_commission(old, capsys):
    call_command("rotate_log_key")
    assert capsys.readouterr().out.splitlines()[0] == f"日志的新公钥:{keys.log_vkey()}"
    assert keys.log_vkeys()[0] == old.vkey


# ------------------------------------------------------------------------------ signers beside it


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
