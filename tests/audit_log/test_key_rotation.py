"""The key of the log changes (formats.md section 2): both keys announce, then the new one signs."""

import time

import pytest
from django.conf import settings
from django.core.management import call_command

from audit_log.domain import note as notes
from audit_log.domain.entry import SYSTEM
from audit_log.domain.note import Cosigner, Ed25519Signer
from audit_log.domain.policy import parse_policy
from audit_log.models import Checkpoint, Cosignature
from audit_log.selectors import trail
from audit_log.services import bundles, keys, rotation, sealer
from audit_log.services.trail import record_system
from audit_log.verifier import verify as outside
from desk.services import bundle
from tests.audit_log.signing import ask, faults, judged, key_id, more, signers, trust

pytestmark = pytest.mark.django_db

WITNESS = Cosigner("test.witness/one", bytes(range(32, 64)))


def told() -> list[dict[str, object]]:
    return [event["data"] for event in trail.events("system/log", "system.key_rotated")]


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
