"""Which rounds of a draw the commission's witness marks, and that it marks each only once."""

import dataclasses
import json
from pathlib import Path

import pytest

from audit_log.domain import canonical, entry, note
from audit_log.domain.note import Cosigner, parse_vkey
from audit_log.witness import state
from audit_log.witness.core import Witness, mark_message
from audit_log.witness.wire import ADD_CHECKPOINT, MARK
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
def opened(log):
    """The log with an opened round as its last entry."""
    log.append("draw/D-1", "draw.round_opened", ROUND)
    return log


def test_the_known_rounds_get_the_known_marks(store, witness):
    log = ALog()
    store.trust(parse_vkey(log.signer.vkey))
    for draw in VECTORS["draws"]:
        log.bodies += [body.encode() for body in draw["receipt"]["entries"]]
    line = cosigned(witness, log, 0)
    data = [entry.parse(body)["data"] for body in log.bodies]
    known = {i - 1: data[i]["mark"] for i in range(len(data)) if data[i].get("mark")}
    given = {i: witness.handle(MARK, log.ask_mark(i, line).body, NOW) for i in known}
    assert len(known) == 3
    assert given == {i: (200, mark + "\n") for i, mark in known.items()}


def test_a_mark_is_the_draw_keys_signature_over_the_leaf(witness, opened):
    line = cosigned(witness, opened, 0)
    status, mark = witness.handle(MARK, opened.ask_mark(8, line).body, NOW)
    leaf = entry.leaf_hash(opened.bodies[8])
    assert status == 200
    assert mark_message(leaf) == f"draw-round/v1\n{leaf.hex()}\n".encode()
    DRAW_KEY.public_key().verify(bytes.fromhex(mark.strip()), mark_message(leaf))


def test_the_same_round_gets_the_same_mark_again(witness, opened):
    line = cosigned(witness, opened, 0)
    request = opened.ask_mark(8, line).body
    assert witness.handle(MARK, request, NOW) == witness.handle(MARK, request, NOW + 9)


def test_a_round_under_an_earlier_cosigned_checkpoint_is_marked(witness, opened):
    line = cosigned(witness, opened, 0)
    request = opened.ask_mark(8, line)
    cosigned(witness, opened.grow(3), 9)
    assert witness.handle(MARK, request.body, NOW)[0] == 200


def test_a_second_leaf_for_a_round_is_never_marked(store, witness, opened):
    line = cosigned(witness, opened, 0)
    witness.handle(MARK, opened.ask_mark(8, line).body, NOW)
    opened.append("draw/D-1", "draw.round_opened", {**ROUND, "needs": {"1": 3}})
    line = cosigned(witness, opened, 9)
    first = entry.leaf_hash(opened.bodies[8]).hex()
    assert witness.handle(MARK, opened.ask_mark(9, line).body, NOW) == (409, f"{first}\n")
    assert [alarm.reason for alarm in store.alarms()] == ["second-leaf"]


def test_nor_is_one_from_another_trusted_log(store, witness, opened):
    line = cosigned(witness, opened, 0)
    witness.handle(MARK, opened.ask_mark(8, line).body, NOW)
    other = ALog("b.example/trail", b"b" * 32)
    store.trust(parse_vkey(other.signer.vkey))
    other.append("draw/D-1", "draw.round_opened", {**ROUND, "needs": {"1": 3}})
    line = cosigned(witness, other, 0)
    assert witness.handle(MARK, other.ask_mark(0, line).body, NOW)[0] == 409


def test_another_round_and_another_draw_have_their_own_marks(witness, opened):
    opened.append("draw/D-1", "draw.round_opened", {**ROUND, "round": 2})
    opened.append("draw/D-2", "draw.round_opened", ROUND)
    line = cosigned(witness, opened, 0)
    answers = [witness.handle(MARK, opened.ask_mark(i, line).body, NOW) for i in (8, 9, 10)]
    assert [status for status, _ in answers] == [200, 200, 200]
    assert len({mark for _, mark in answers}) == 3


def test_a_checkpoint_without_this_witness_is_403(witness, opened):
    cosigned(witness, opened, 0)
    stranger = Cosigner("nanhu.example/discipline", b"s" * 32).cosign(opened.text(), NOW)
    for line in ("", stranger):
        answer = witness.handle(MARK, opened.ask_mark(8, line).body, NOW)
        assert answer == (403, "not-cosigned\n")


def test_a_checkpoint_without_the_log_is_403_and_of_an_unknown_log_404(witness, opened):
    line = cosigned(witness, opened, 0)
    request = opened.ask_mark(8, line)
    alone = dataclasses.replace(request, checkpoint=f"{opened.text()}\n{line}")
    assert witness.handle(MARK, alone.body, NOW) == (403, "not-signed-by-log\n")
    opened.signer = note.Ed25519Signer("b.example/trail", b"l" * 32)
    answer = witness.handle(MARK, opened.ask_mark(8, line).body, NOW)
    assert answer == (404, "unknown-origin\n")


def test_a_witness_that_lost_its_state_marks_nothing(store, witness, opened):
    line = COSIGNER.cosign(opened.text(), NOW)
    for old, size in ((0, 5), (5, 8)):
        answer = witness.handle(MARK, opened.ask_mark(8, line).body, NOW)
        assert answer == (422, "not-remembered\n")
        witness.handle(ADD_CHECKPOINT, opened.ask(old, size).body, NOW)
    fork = ALog(prefix="b").grow(9)
    witness.handle(ADD_CHECKPOINT, opened.ask(8, 9).body, NOW)
    line = COSIGNER.cosign(fork.text(), NOW)
    request = dataclasses.replace(opened.ask_mark(8, ""), checkpoint=fork.note() + line)
    assert witness.handle(MARK, request.body, NOW) == (422, "not-remembered\n")
    assert {alarm.reason for alarm in store.alarms()} == {"not-remembered"}


def test_an_entry_that_is_not_in_the_log_is_422(witness, opened):
    line = cosigned(witness, opened, 0)
    request = opened.ask_mark(8, line)
    other = request.entry.replace(b'"round":1', b'"round":2')
    for change in ({"entry": other}, {"index": 7}, {"index": -1}, {"proof": ()}):
        answer = witness.handle(MARK, dataclasses.replace(request, **change).body, NOW)
        assert answer == (422, "not-included\n")


@pytest.mark.parametrize(
    ("stream", "type", "data"),
    [
        ("project/D-1", "draw.round_opened", ROUND),
        ("draw/D-1", "draw.round_run", ROUND),
        ("draw/D-1", "draw.round_opened", {**ROUND, "round": 0}),
        ("draw/D-1", "draw.round_opened", {**ROUND, "round": True}),
        ("draw/D-1", "draw.round_opened", {**ROUND, "round": "1"}),
        ("draw/D-1", "draw.round_opened", {}),
    ],
)
def test_only_an_opened_round_of_a_draw_is_marked(witness, log, stream, type, data):
    index = log.append(stream, type, data)
    line = cosigned(witness, log, 0)
    answer = witness.handle(MARK, log.ask_mark(index, line).body, NOW)
    assert answer == (400, "not-a-draw-round\n")


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"entry": None},
        {"entry": "{}"},
        {"entry": "not json"},
        {"index": "8"},
        {"index": True},
        {"proof": "AAAA"},
        {"proof": [1]},
        {"proof": ["AAAA"]},
        {"checkpoint": 1},
        {"checkpoint": "no note"},
        {"extra": 1},
    ],
)
def test_a_malformed_request_is_400(witness, opened, change):
    line = cosigned(witness, opened, 0)
    value = canonical.loads(opened.ask_mark(8, line).body) | change
    assert witness.handle(MARK, canonical.dumps(value), NOW) == (400, "malformed\n")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"v":1}\n', b"\xff", b"[" * 60_000])
def test_what_is_no_canonical_object_is_400(witness, body):
    assert witness.handle(MARK, body, NOW) == (400, "malformed\n")
