"""Time stamps of a third party (RFC 3161) on checkpoints; sealing never depends on them."""

import hashlib
import shutil
import socket
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from audit_log.domain.entry import SYSTEM
from audit_log.models import Checkpoint, TimeStamp
from audit_log.services import sealer, stamping
from audit_log.services.trail import record_system
from tests.audit_log import tsa

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the real tokens"),
]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return tsa.Authority(tmp_path_factory.mktemp("tsa") / "home")


@pytest.fixture
def server(authority, ladder, settings):
    sealer.seal()
    with tsa.serving(authority) as server:
        settings.TSA_URL, settings.TSA_CERT = server.url, authority.root
        yield server


def newest() -> Checkpoint:
    return Checkpoint.objects.order_by("size").last()


def sealed() -> Checkpoint:
    """One more entry, sealed as a ceremony seals."""
    record_system("probe", "system.clock_jumped", SYSTEM, {"real_at": "2025-01-01"})
    sealer.seal_now()
    return newest()


def stamped() -> list[int]:
    return list(TimeStamp.objects.order_by("size").values_list("size", flat=True))


def test_a_new_checkpoint_gets_a_token_over_the_sha256_of_its_note(server, authority):
    checkpoint = sealed()
    [row] = TimeStamp.objects.all()
    answer = decode_timestamp_response(bytes(row.token))
    root = x509.load_pem_x509_certificate(authority.root.read_bytes())
    note = checkpoint.note.encode()
    assert row.size == checkpoint.size
    assert answer.tst_info.message_imprint.message == hashlib.sha256(note).digest()
    assert VerifierBuilder().add_root_certificate(root).build().verify_message(answer, note)
    assert abs(answer.tst_info.gen_time - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_checkpoint_is_stamped_once(server):
    sealed()
    sealer.seal_now()
    assert (server.asked, stamped()) == (1, [newest().size])


def test_without_a_server_nobody_is_asked(server, settings):
    settings.TSA_URL = ""
    sealed()
    assert (server.asked, stamped()) == (0, [])


def flipped(body: bytes) -> bytes:
    return body[:-20] + bytes([body[-20] ^ 1]) + body[-19:]


@pytest.mark.parametrize(
    "spoil", [flipped, lambda body: body[:100], lambda body: b"", lambda body: b"<html>"]
)
def test_an_answer_that_does_not_verify_is_not_kept_and_the_checkpoint_stands(server, spoil):
    server.spoil = spoil
    checkpoint = sealed()
    assert (server.asked, stamped()) == (1, [])
    server.spoil = lambda body: body
    sealer.seal_now()
    assert stamped() == [checkpoint.size]


def test_the_answer_to_an_earlier_question_is_not_taken(server):
    answers: list[bytes] = []
    server.spoil = lambda body: answers.append(body) or answers[0]
    first = sealed()
    sealed()
    assert stamped() == [first.size]


def test_a_token_of_another_authority_is_not_kept(server, settings, tmp_path):
    settings.TSA_CERT = tsa.Authority(tmp_path / "other").root
    sealed()
    assert stamped() == []


def silent_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


@pytest.mark.parametrize(
    "address",
    [silent_port(), "file:///etc/hostname", "nonsense"],
    ids=["silent port", "file", "no address"],
)
def test_a_server_that_cannot_be_asked_does_not_stop_the_sealing(server, settings, address):
    settings.TSA_URL = address
    before = newest().size
    assert sealed().size == before + 1
    assert stamped() == []


def test_missing_certificates_do_not_stop_the_sealing(server, settings, tmp_path):
    settings.TSA_CERT = tmp_path / "none.pem"
    before = newest().size
    assert sealed().size == before + 1
    assert stamped() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_log_timestamp SET size = 1",
        "DELETE FROM audit_log_timestamp",
    ],
)
def test_a_kept_token_is_never_changed_or_removed(server, change):
    sealed()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert stamped() == [newest().size]


def test_the_export_is_what_openssl_verifies(server, authority, tmp_path, capsys):
    sizes = [sealed().size, sealed().size]
    call_command("timestamps", str(tmp_path / "out"))
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [f"检查点 {size}" for size in sizes]
    for size in sizes:
        base = tmp_path / "out" / str(size)
        words = ["openssl", "ts", "-verify", "-in", f"{base}.tsr", "-data", f"{base}.note"]
        done = subprocess.run([*words, "-CAfile", authority.root], capture_output=True, text=True)
        assert "Verification: OK" in done.stdout + done.stderr


def test_a_token_that_no_longer_verifies_is_named(server, tmp_path, capsys):
    sealed()
    first = Checkpoint.objects.order_by("size").first().size
    TimeStamp.objects.create(size=first, token=b"nothing")
    with pytest.raises(SystemExit) as ended:
        call_command("timestamps", str(tmp_path / "out"))
    assert ended.value.code == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"检查点 {first}:时间戳无效"
    assert [stamp.at is None for stamp in stamping.kept()] == [True, False]
