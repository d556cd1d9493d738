"""The published known answers: every value of their draws is computed again."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit_log.domain import canonical, entry
from experts.domain.draw import (
    Standing,
    chain_code,
    code_is_valid,
    mark_is_valid,
    mark_message,
    round_code,
    run_round,
    seed,
    ticket,
)
from experts.domain.draw_replay import Opened, RoundOutcome
from experts.domain.freeze import identity_commitment
from experts.domain.manifest import manifest_hash, parse_manifest
from experts.domain.receipt import verify_receipt

DRAWS = json.loads(
    (Path(__file__).parents[1] / "data" / "format_vectors.json").read_text(encoding="utf-8")
)["draws"]
DRAW_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(0x40, 0x60)))

each_draw = pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw["case"][:20])


def entries_of(draw, *types):
    """The parsed entries of these types with their leaf hashes."""
    bodies = [text.encode() for text in draw["receipt"]["entries"]]
    pairs = [(entry.parse(body), entry.leaf_hash(body).hex()) for body in bodies]
    return [(one, leaf) for one, leaf in pairs if one["type"] in types]


def committed(draw):
    [(one, _)] = entries_of(draw, "draw.committed")
    return one["data"]


def rounds(draw):
    """Pairs of what opened a round (with its leaf) and what ran it."""
    opened = entries_of(draw, "draw.round_opened")
    run = entries_of(draw, "draw.round_run")
    return [
        (one["data"], leaf, ran["data"]) for (one, leaf), (ran, _) in zip(opened, run, strict=True)
    ]


@each_draw
def test_the_manifest_is_the_committed_one(draw):
    manifest = parse_manifest(canonical.dumps(draw["receipt"]["manifest"]))
    assert manifest == draw["receipt"]["manifest"]
    assert manifest_hash(manifest) == committed(draw)["manifest"]


@each_draw
def test_the_codes_are_the_chain_of_the_secret(draw):
    secret, commitment = bytes.fromhex(draw["secret"]), bytes.fromhex(committed(draw)["code"])
    assert chain_code(secret, committed(draw)["chain"]) == commitment
    for number, (_, _, run) in enumerate(rounds(draw), start=1):
        assert round_code(secret, committed(draw)["chain"], number).hex() == run["code"]
        assert code_is_valid(bytes.fromhex(run["code"]), number, commitment)


@each_draw
def test_the_marks_are_signatures_of_the_draw_key(draw):
    for _, leaf, run in rounds(draw):
        if committed(draw)["mark_key"]:
            assert DRAW_KEY.sign(mark_message(leaf)).hex() == run["mark"]
            assert mark_is_valid(
                bytes.fromhex(committed(draw)["mark_key"]), leaf, bytes.fromhex(run["mark"])
            )
        else:
            assert run["mark"] == ""


@each_draw
def test_the_tickets_follow_from_code_leaf_and_mark(draw):
    for _, leaf, run in rounds(draw):
        of_round = seed(bytes.fromhex(run["code"]), leaf, bytes.fromhex(run["mark"]))
        for row in run["selected"]:
            assert ticket(of_round, row["slot"], row["candidate"]) == row["ticket"]


@each_draw
def test_every_round_gives_the_recorded_result_again(draw):
    standing = Standing()
    opened, leaf = {}, ""
    for one, its_leaf in entries_of(draw, "draw.round_opened", "draw.round_run", "draw.answered"):
        data = one["data"]
        if one["type"] == "draw.round_run":
            of_round = seed(bytes.fromhex(data["code"]), leaf, bytes.fromhex(data["mark"]))
            result = run_round(draw["receipt"]["manifest"], standing, opened["needs"], of_round)
            assert result == (data["selected"], data["short"])
        opened, leaf = data, its_leaf
        standing = standing.after(one["type"], data)


def test_the_opened_identity_is_the_one_in_the_manifest():
    [(opened, _)] = entries_of(DRAWS[0], "draw.candidate_opened")
    data = opened["data"]
    computed = identity_commitment(
        draw="D-1", salt=bytes.fromhex(data["salt"]), content=data["content"]
    )
    [in_manifest] = {
        row["id"]
        for slot in DRAWS[0]["receipt"]["manifest"]["slots"]
        for row in slot["candidates"]
        if row["candidate"] == data["content"]["candidate"]
    }
    assert computed == data["commitment"] == in_manifest


@each_draw
def test_the_receipt_holds_as_json_and_as_bytes(draw):
    assert verify_receipt(draw["receipt"]) == verify_receipt(canonical.dumps(draw["receipt"]))


def test_the_outcome_of_two_slots_with_a_second_round():
    outcome = verify_receipt(DRAWS[0]["receipt"])
    assert (outcome.draw, outcome.project, outcome.attempt) == ("D-1", "NH-2025-001", 1)
    assert outcome.mark_key == DRAW_KEY.public_key().public_bytes_raw().hex()
    assert outcome.rounds == (
        RoundOutcome(1, ("supervision", "tenderer"), True, ("c0007", "c0004", "c0005"), {}),
        RoundOutcome(2, ("supervision",), True, ("c0002", "c0011"), {}),
    )
    assert outcome.seated == {"1": ["c0002", "c0004"], "2": ["c0011"]}
    assert outcome.short == {}
    assert outcome.opened == (Opened("c0002", "E0002", "91330402000000002U"),)
    assert (outcome.pending, outcome.closed, outcome.abandoned) == (None, True, False)


def test_the_outcome_of_an_unwitnessed_draw():
    outcome = verify_receipt(DRAWS[1]["receipt"])
    assert outcome.rounds == (
        RoundOutcome(1, (), False, ("c0001", "c0004", "c0003"), {}),
        RoundOutcome(2, (), False, ("c0002",), {}),
    )
    assert outcome.mark_key == ""
    assert outcome.seated == {"1": ["c0003", "c0004"]}
    assert outcome.short == {"1": 1}


def test_the_outcome_of_a_slot_that_stays_short():
    outcome = verify_receipt(DRAWS[2]["receipt"])
    assert outcome.rounds == (RoundOutcome(1, ("tenderer",), True, ("c0004", "c0003"), {"1": 1}),)
    assert outcome.short == {"1": 1}
