"""What the commission's witness signs and what it never signs (C2SP `tlog-witness`, formats.md)."""

import dataclasses
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_log.domain import note
from audit_log.domain.checkpoint import Checkpoint
from audit_log.domain.merkle import EMPTY_ROOT
from audit_log.domain.note import open_note, parse_vkey, sign_note
from audit_log.witness import state, wire
from audit_log.witness.core import Witness, mark_message
from audit_log.witness.wire import ADD_CHECKPOINT, MARK, AddCheckpoint
from tests.audit_log.a_log import COSIGNER, DRAW_KEY, NOW, ROUND, ALog, cosigned

VECTORS = json.loads((Path(__file__).parents[1] / "data/format_vectors.json").read_text())


@pytest.fixture
def store(tmp_path):
    state.create(tmp_path / "home", "nanhu.example/discipline", "draw")
    with state.open_store(tmp_path / "home") as store:
        yield store


@pytest.fixture
def witness(store):
    return Witness(store, COSIGNER, DRAW_KEY)


@pytest.fixture
def log(store):
    log = ALog().grow(8)
    store.trust(parse_vkey(log.signer.vkey))
    return log


@pytest.fixture
def seen(witness, log):
    """The log after the witness co-signed its first five entries."""
    assert witness.handle(ADD_CHECKPOINT, log.ask(0, 5).body, NOW)[0] == 200
    return log


def times(text, lines):
    opened = open_note(f"{text}\n{lines}", [COSIGNER.key])
    return [signature.time for signature in opened.verified]


class TestCheckpoint:
    def test_the_known_checkpoint_gets_the_known_cosignature(self, store, witness):
        store.trust(parse_vkey(VECTORS["vkeys"][0]))
        *text, log_line, witness_line = VECTORS["note"].splitlines(keepends=True)
        request = AddCheckpoint(0, (), "".join(text) + log_line)
        assert witness.handle(ADD_CHECKPOINT, request.body, NOW) == (200, witness_line)

    @pytest.mark.parametrize("size", [5, 6, 8])
    def test_a_tree_that_only_grew_is_cosigned(self, witness, seen, size):
        status, line = witness.handle(ADD_CHECKPOINT, seen.ask(5, size).body, NOW + 1)
        assert status == 200
        assert times(seen.text(size), line) == [NOW + 1]

    def test_the_last_tree_is_kept_with_the_lines_of_log_and_witness_only(
        self, store, witness, log
    ):
        stranger = note.Ed25519Signer("stranger", b"s" * 32).sign_lines(log.text())
        request = AddCheckpoint(0, (), log.note() + stranger)
        _, line = witness.handle(ADD_CHECKPOINT, request.body, NOW)
        assert store.latest(log.signer.name).note == log.note() + line

    def test_a_refused_request_changes_nothing(self, store, witness, seen):
        before = store.latest(seen.signer.name)
        for request in (seen.ask(4, 6), AddCheckpoint(5, (), seen.note()), seen.ask(0, 2)):
            assert witness.handle(ADD_CHECKPOINT, request.body, NOW)[0] != 200
        assert store.latest(seen.signer.name) == before

    def test_the_time_of_a_cosignature_never_goes_back(self, witness, seen):
        _, line = witness.handle(ADD_CHECKPOINT, seen.ask(5, 6).body, NOW - 3600)
        assert times(seen.text(6), line) == [NOW]

    def test_an_unknown_origin_is_404(self, witness, log):
        request = ALog("other.example/trail").grow(1).ask(0)
        assert witness.handle(ADD_CHECKPOINT, request.body, NOW) == (404, "unknown-origin\n")

    def test_an_origin_signed_by_an_untrusted_key_is_403(self, witness, log):
        request = ALog(seed=b"x" * 32).grow(1).ask(0)
        assert witness.handle(ADD_CHECKPOINT, request.body, NOW) == (403, "not-signed-by-log\n")

    def test_a_wrong_signature_of_the_trusted_key_is_403(self, witness, log):
        request = AddCheckpoint(0, (), log.note().replace("\n8\n", "\n9\n"))
        assert witness.handle(ADD_CHECKPOINT, request.body, NOW) == (403, "not-signed-by-log\n")

    def test_an_old_size_above_the_checkpoint_is_400(self, witness, seen):
        request = dataclasses.replace(seen.ask(4, 4), old=5)
        answer = witness.handle(ADD_CHECKPOINT, request.body, NOW)
        assert answer == (400, "old-size-above-checkpoint\n")

    @pytest.mark.parametrize("old", [0, 3, 6])
    def test_an_old_size_that_is_not_the_last_one_is_409_with_the_last(self, witness, seen, old):
        assert witness.handle(ADD_CHECKPOINT, seen.ask(old, 8).body, NOW) == (409, "5\n")

    def test_a_log_never_seen_is_at_size_0(self, witness, log):
        assert witness.handle(ADD_CHECKPOINT, log.ask(3, 8).body, NOW) == (409, "0\n")

    def test_a_rolled_back_log_is_409_and_kept_as_evidence(self, store, witness, seen):
        assert witness.handle(ADD_CHECKPOINT, seen.ask(3, 4).body, NOW) == (409, "5\n")
        alarms = [(alarm.reason, alarm.note) for alarm in store.alarms()]
        assert alarms == [("behind", seen.note(4))]

    def test_another_root_at_the_same_size_is_422_and_kept_as_evidence(self, store, witness, seen):
        fork = ALog(prefix="b").grow(5)
        assert witness.handle(ADD_CHECKPOINT, fork.ask(5).body, NOW) == (422, "inconsistent\n")
        alarms = [(alarm.reason, alarm.note) for alarm in store.alarms()]
        assert alarms == [("inconsistent", fork.note())]

    def test_evidence_is_kept_once(self, store, witness, seen):
        fork = ALog(prefix="b").grow(5)
        for moment in range(3):
            witness.handle(ADD_CHECKPOINT, fork.ask(5).body, NOW + moment)
        assert [alarm.time for alarm in store.alarms()] == [NOW]

    def test_a_rewritten_history_is_422_with_whatever_proof(self, witness, seen):
        fork = ALog(prefix="b").grow(8)
        proofs = [fork.ask(5).proof, seen.ask(5).proof, ()]
        for proof in proofs:
            request = AddCheckpoint(5, proof, fork.note())
            assert witness.handle(ADD_CHECKPOINT, request.body, NOW) == (422, "inconsistent\n")

    def test_a_proof_with_one_bit_turned_is_422(self, witness, seen):
        first, *rest = seen.ask(5, 8).proof
        request = AddCheckpoint(5, (bytes([first[0] ^ 1]) + first[1:], *rest), seen.note())
        assert witness.handle(ADD_CHECKPOINT, request.body, NOW) == (422, "inconsistent\n")

    @pytest.mark.parametrize("size", [5, 8])
    def test_a_first_checkpoint_with_a_proof_is_422(self, witness, log, size):
        request = dataclasses.replace(log.ask(0, size), proof=(EMPTY_ROOT,))
        assert witness.handle(ADD_CHECKPOINT, request.body, NOW) == (422, "inconsistent\n")

    def test_an_empty_log_is_cosigned_and_may_grow(self, witness, log):
        assert witness.handle(ADD_CHECKPOINT, log.ask(0, 0).body, NOW)[0] == 200
        assert witness.handle(ADD_CHECKPOINT, log.ask(0, 0).body, NOW)[0] == 200
        assert witness.handle(ADD_CHECKPOINT, log.ask(0, 8).body, NOW)[0] == 200

    def test_an_empty_log_with_a_root_of_its_own_is_422(self, witness, log):
        text = Checkpoint(log.signer.name, 0, b"r" * 32).text
        request = AddCheckpoint(0, (), sign_note(text, [log.signer]))
        assert witness.handle(ADD_CHECKPOINT, request.body, NOW) == (422, "inconsistent\n")

    def test_two_logs_are_two_histories(self, store, witness, seen):
        other = ALog("b.example/trail", b"b" * 32, "b").grow(3)
        store.trust(parse_vkey(other.signer.vkey))
        assert witness.handle(ADD_CHECKPOINT, other.ask(0).body, NOW)[0] == 200
        assert witness.handle(ADD_CHECKPOINT, seen.ask(5).body, NOW)[0] == 200

    def test_a_log_that_changes_its_key_keeps_its_history(self, store, witness, seen):
        seen.signer = note.Ed25519Signer(seen.signer.name, b"n" * 32)
        assert witness.handle(ADD_CHECKPOINT, seen.ask(5).body, NOW)[0] == 403
        store.trust(parse_vkey(seen.signer.vkey))
        assert witness.handle(ADD_CHECKPOINT, seen.ask(5).body, NOW)[0] == 200

    def test_a_witness_key_is_not_trusted_as_a_log(self, store):
        with pytest.raises(note.NoteError):
            store.trust(COSIGNER.key)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda body: b"",
            lambda body: b"\xff",
            lambda body: body.replace(b"old 0", b"old 00"),
            lambda body: body.replace(b"old 0", b"old -1"),
            lambda body: body.replace(b"old 0", b"new 0"),
            lambda body: body.replace(b"old 0", b"old"),
            lambda body: body.replace(b"old 0\n", b"old 0\nAAAA\n"),
            lambda body: body.replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n" * 64),
            lambda body: body.replace(b"\n\n", b"\n"),
            lambda body: body[:-1],
            lambda body: body.replace(b"\n8\n", b"\n08\n"),
        ],
    )
    def test_a_malformed_request_is_400(self, witness, log, spoil):
        answer = witness.handle(ADD_CHECKPOINT, spoil(log.ask(0).body), NOW)
        assert answer == (400, "malformed\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.sampled_from(wire.KINDS), st.binary(max_size=200))
def test_no_bytes_whatever_get_a_signature_or_stop_the_witness(witness, kind, body):
    assert witness.handle(kind, body, NOW) == (400, "malformed\n")


def test_a_step_that_fails_leaves_nothing_behind(store, seen):
    before = store.latest(seen.signer.name)

    def fail():
        with store.transaction():
            store.record(seen.signer.name, before._replace(size=99))
            store.record_mark("draw/D-1", 1, "00")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.latest(seen.signer.name) == before
    assert store.marked("draw/D-1", 1) is None


def test_the_keys_of_a_home_are_its_own_and_for_its_owner_only(tmp_path):
    publics = [state.create(tmp_path / name, "w.example", "draw") for name in ("a", "b")]
    own = ("vkey", "draw_key", "report_key")
    assert len({public[name] for public in publics for name in own}) == 6
    for name in (state.COSIGNATURE_SEED, state.DRAW_SEED, state.REPORT_SEED, state.STATE):
        assert (tmp_path / "a" / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


def test_the_published_keys_are_those_that_sign(tmp_path):
    public = state.create(tmp_path, "w.example", "draw")
    log = ALog()
    log.append("draw/D-1", "draw.round_opened", ROUND)
    with state.open_store(tmp_path) as store:
        store.trust(parse_vkey(log.signer.vkey))
    with state.open_witness(tmp_path) as witness:
        line = cosigned(witness, log, 0)
        _, mark = witness.handle(MARK, log.ask_mark(0, line).body, NOW)
    assert state.public_keys(tmp_path) == {"v": 1, **public}
    assert open_note(log.note() + line, [parse_vkey(public["vkey"])]).names == ("w.example",)
    draw_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public["draw_key"]))
    draw_key.verify(bytes.fromhex(mark.strip()), mark_message(log.leaves()[0]))


@pytest.mark.parametrize("data", [b"", b"200", b"20\n", b"abcd\n", b"\xff\n", "２００\n".encode()])
def test_what_is_no_answer_is_refused(data):
    with pytest.raises(wire.WireError):
        wire.parse_answer(data)
