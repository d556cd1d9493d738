"""Signed notes, vkeys and policies as C2SP says."""

import base64

import pytest

from audit_log.verifier.verify import Bad, Policy, check_signatures, parse_note, parse_vkey
from tests.verifier.writer import COSIGNED_AT, DISCIPLINE, LOG, MARKER, ORIGIN, STRANGER, VECTORS
from tests.verifier.writer import Signer as Key

NOTE = VECTORS["note"].encode()
TEXT = NOTE.split(b"\n\n")[0] + b"\n"
KEYS = [parse_vkey(text) for text in VECTORS["vkeys"]]
SECOND = Key("finance.example/witness", bytes([9]) * 32, 4)


def note(*lines: bytes, text: bytes = TEXT):
    return parse_note(text + b"\n" + b"".join(lines))


def test_the_known_note_is_read_and_both_signatures_hold():
    read = parse_note(NOTE)
    assert (read.origin, read.size, read.root.hex()) == (ORIGIN, 3, VECTORS["root"])
    logs, witnesses = check_signatures(read, KEYS)
    assert (logs, witnesses) == ({KEYS[0]}, {KEYS[1]: COSIGNED_AT})


def test_the_text_ends_at_the_last_empty_line():
    text = b"a\n1\n" + base64.b64encode(bytes(32)) + b"\n"
    assert note(LOG.line(text), text=text).text == text
    with pytest.raises(Bad, match="不足三行"):
        note(LOG.line(b"x"), text=b"a\n\n1\nroot\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\n3\n", b"\n03\n"),
        (b"\n3\n", b"\n-3\n"),
        (b"\n3\n", b"\n\n3\n"),
        (b"6y8z", b"6y8"),
        (b"6y8z", b"AAAA6y8z"),
        ("— nanhu".encode(), b"- nanhu"),
        ("— nanhu".encode(), "—  nanhu".encode()),
        (b"trail Kd", b"tr+ail Kd"),
        (b"\n\n", b"\n"),
        (b"trail\n3", b"trail\r\n3"),
        (b"trail\n3", b"trail\xff\n3"),
        (b"HgQ=\n", b"HgQ\n"),
        (b"uCw==\n", b"uCw=="),
    ],
)
def test_a_note_of_any_other_form_is_refused(old, new):
    assert NOTE.count(old) >= 1
    with pytest.raises(Bad):
        parse_note(NOTE.replace(old, new, 1))


def test_unknown_signatures_are_ignored():
    read = note(STRANGER.line(TEXT), MARKER.line(TEXT), LOG.line(TEXT))
    assert check_signatures(read, KEYS) == ({KEYS[0]}, {})


@pytest.mark.parametrize("signer", [LOG, DISCIPLINE])
def test_a_failing_signature_of_a_known_key_rejects_the_note(signer):
    other = LOG if signer is DISCIPLINE else DISCIPLINE
    read = note(other.line(TEXT), signer.line(TEXT + b"x"))
    with pytest.raises(Bad, match="签名无效"):
        check_signatures(read, KEYS)


def test_the_time_of_a_cosignature_is_signed():
    line = DISCIPLINE.line(TEXT, COSIGNED_AT)
    payload = bytearray(base64.b64decode(line.split(b" ")[2]))
    payload[11] ^= 1  # the last byte of the time
    later = line[: line.rindex(b" ") + 1] + base64.b64encode(bytes(payload)) + b"\n"
    with pytest.raises(Bad, match="见证签名无效"):
        check_signatures(note(LOG.line(TEXT), later), KEYS)


def test_a_vkey_is_refused_where_its_id_does_not_fit():
    name, identity, material = VECTORS["vkeys"][0].split("+", 2)
    assert parse_vkey(f"{name}+{identity}+{material}") == KEYS[0]
    for wrong in (
        f"{name}x+{identity}+{material}",
        f"{name}+29de4da8+{material}",
        f"{name}+{identity}",
        f"+{identity}+{material}",
        f"{name}+{identity.upper()}+{material}",
    ):
        with pytest.raises(Bad):
            parse_vkey(wrong)


POLICY = [f"log {LOG.vkey}", f"witness a {DISCIPLINE.vkey}", f"witness b {SECOND.vkey}"]
A, B = parse_vkey(DISCIPLINE.vkey), parse_vkey(SECOND.vkey)


@pytest.mark.parametrize(
    ("lines", "met"),
    [
        (["quorum none"], [[], [A], [B], [A, B]]),
        (["quorum a"], [[A], [A, B]]),
        (["group g any a b", "quorum g"], [[A], [B], [A, B]]),
        (["group g all a b", "quorum g"], [[A, B]]),
        (["group g 2 a b", "quorum g"], [[A, B]]),
        (["group g any a", "group h all g b", "# 说明", "", " quorum\th"], [[A, B]]),
    ],
)
def test_a_quorum_is_met_by_exactly_these(lines, met):
    policy = Policy("\n".join([*POLICY, *lines, ""]))
    every = [[], [A], [B], [A, B]]
    assert [signed for signed in every if policy.met_by(signed)] == met


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["quorum c"],
        ["quorum a", "quorum b"],
        ["quorum a b"],
        ["witness none " + Key("n", bytes([8]) * 32, 4).vkey, "quorum none"],
        ["witness a " + Key("n", bytes([8]) * 32, 4).vkey, "quorum a"],
        ["witness c " + Key("n", bytes([8]) * 32, 1).vkey, "quorum a"],
        ["witness c " + DISCIPLINE.vkey, "quorum a"],
        ["log " + Key("n", bytes([8]) * 32, 4).vkey, "quorum a"],
        ["group g 3 a b", "quorum g"],
        ["group g 0 a b", "quorum g"],
        ["group g any", "quorum g"],
        ["group g any a none", "quorum g"],
        ["group g any a", "group h any a", "quorum h"],
        ["group g any h", "group h any a", "quorum h"],
        ["allow a", "quorum a"],
        ["quorum a\r"],
    ],
)
def test_a_policy_of_any_other_form_is_refused(lines):
    with pytest.raises(Bad):
        Policy("\n".join([*POLICY, *lines, ""]))
