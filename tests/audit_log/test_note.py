"""Signed notes, keys and cosignatures against the known answers and the rules of C2SP."""

import json
from pathlib import Path

import pytest

from audit_log.domain import checkpoint, note
from audit_log.domain.checkpoint import Checkpoint, CheckpointError
from audit_log.domain.note import Cosigner, Ed25519Signer, NoteError, Vkey, parse_vkey

VECTORS = json.loads((Path(__file__).parents[1] / "data/format_vectors.json").read_text())
NOTE = VECTORS["note"]
LOG_KEY, WITNESS_KEY = map(parse_vkey, VECTORS["vkeys"])
LOG = Ed25519Signer("nanhu.example/trail", bytes(range(0x20)))
WITNESS = Cosigner("nanhu.example/discipline", bytes(range(0x20, 0x40)))
HEAD = Checkpoint("nanhu.example/trail", 3, bytes.fromhex(VECTORS["root"]))
TEXT, LOG_LINE, WITNESS_LINE = (
    NOTE.partition("\n\n")[0] + "\n",
    *(line + "\n" for line in NOTE.split("\n")[-3:-1]),
)
TIME = 1_746_666_060


def test_the_known_note_is_written_to_the_byte():
    signed = note.sign_note(HEAD.text, [LOG])
    assert signed + WITNESS.cosign(HEAD.text, TIME) == NOTE


def test_the_known_keys_are_written_and_read_to_the_byte():
    assert [LOG.vkey, str(WITNESS.key)] == VECTORS["vkeys"]
    assert [str(LOG_KEY), str(WITNESS_KEY)] == VECTORS["vkeys"]
    assert (LOG_KEY.type, WITNESS_KEY.type) == (note.ED25519, note.COSIGNATURE)


def test_the_known_note_opens_and_tells_who_signed_when():
    opened = note.open_note(NOTE, [LOG_KEY, WITNESS_KEY])
    assert opened.names == ("nanhu.example/trail", "nanhu.example/discipline")
    assert [signature.time for signature in opened.verified] == [None, TIME]
    assert checkpoint.parse(opened.text) == HEAD


def test_lines_of_unknown_keys_are_ignored():
    assert note.open_note(NOTE, [LOG_KEY]).names == ("nanhu.example/trail",)
    assert note.open_note(NOTE, [WITNESS_KEY]).by(LOG_KEY) is None


def test_a_note_without_a_known_key_is_refused():
    with pytest.raises(NoteError, match="no signature by a known key"):
        note.open_note(NOTE, [parse_vkey(Ed25519Signer("nanhu.example/trail", b"x" * 32).vkey)])


@pytest.mark.parametrize(
    "forged",
    [
        NOTE.replace("\n3\n", "\n4\n"),
        NOTE.replace("nanhu.example/trail\n3", "nanhu.example/trial\n3"),
        TEXT + "more\n\n" + LOG_LINE + WITNESS_LINE,
        TEXT + "\n" + LOG_LINE.replace("QRoC", "QRoD") + WITNESS_LINE,
        TEXT + "\n" + LOG_LINE + WITNESS_LINE.replace("AABoHAJM", "AABoHAJN"),
        TEXT + "\n" + LOG_LINE + WITNESS_LINE.replace("8GRKZQ", "8GRKZY"),
    ],
)
def test_one_failing_line_of_a_known_key_makes_the_whole_note_worthless(forged):
    assert forged != NOTE
    with pytest.raises(NoteError, match=r"is wrong|no valid time"):
        note.open_note(forged, [LOG_KEY, WITNESS_KEY])


def test_one_key_under_two_types_has_two_ids_and_neither_passes_for_the_other():
    as_witness = Vkey(LOG_KEY.name, note.COSIGNATURE, LOG_KEY.public)
    assert as_witness.id != LOG_KEY.id
    with pytest.raises(NoteError):
        note.open_note(NOTE, [as_witness])


def test_the_text_may_hold_empty_lines_because_the_last_one_divides():
    text = "first\n\nsecond\n\n\nthird\n"
    signed = note.sign_note(text, [LOG])
    assert note.open_note(signed, [LOG_KEY]).text == text


def test_sixteen_signatures_are_read_and_more_than_a_hundred_are_not():
    signers = [Ed25519Signer(f"s{number}", bytes([number]) * 32) for number in range(16)]
    keys = [parse_vkey(signer.vkey) for signer in signers]
    assert len(note.open_note(note.sign_note(TEXT, signers), keys).verified) == 16
    with pytest.raises(NoteError, match="too many"):
        note.parse_note(TEXT + "\n" + LOG_LINE * 101)


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        TEXT,
        TEXT + "\n",
        TEXT + LOG_LINE,
        NOTE.removesuffix("\n"),
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("\n3\n", "\n3\t\n"),
        NOTE.replace("\n3\n", "\n\ud800\n"),
        NOTE.replace("— nanhu.example/trail ", "- nanhu.example/trail "),
        NOTE.replace("— nanhu.example/trail ", "—nanhu.example/trail "),
        NOTE.replace("— nanhu.example/trail ", "— nanhu.example/trail  "),
        NOTE.replace("— nanhu.example/trail ", "—  "),
        NOTE.replace("— nanhu.example/trail ", "— nanhu+trail "),
        NOTE.replace("— nanhu.example/trail ", "— nanhu\u3000trail "),
        TEXT + "\n— name \n",
        TEXT + "\n— name AAAAAA==\n",
        TEXT + "\n— name AAAAAAA\n",
        TEXT + "\n— name AAAAAAB=\n",
        TEXT + "\n— name AAAA AAA=\n",
        TEXT + "\n— name 甲AAAAAA=\n",
    ],
)
def test_a_malformed_note_is_refused(malformed):
    with pytest.raises(NoteError):
        note.parse_note(malformed)


@pytest.mark.parametrize("text", ["no newline", "", "a\rb\n"])
def test_a_text_that_makes_no_note_is_not_signed(text):
    with pytest.raises(NoteError):
        note.sign_note(text, [LOG])


def test_a_note_is_not_made_without_a_signer():
    with pytest.raises(NoteError):
        note.sign_note(TEXT, [])


class Careless:
    """A signer whose lines would move the end of the text."""

    name, vkey = LOG.name, LOG.vkey

    def sign_lines(self, text):
        return "\n" + LOG.sign_lines(text)


def test_a_signer_cannot_change_where_the_text_ends():
    with pytest.raises(NoteError):
        note.sign_note(TEXT, [LOG, Careless()])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nanhu.example/trail+29de4da7",
        VECTORS["vkeys"][0].replace("29de4da7", "29de4da8"),
        VECTORS["vkeys"][0].replace("29de4da7", "29DE4DA7"),
        VECTORS["vkeys"][0].replace("nanhu", "nan hu"),
        VECTORS["vkeys"][0].replace("nanhu.example/trail", ""),
        VECTORS["vkeys"][0][:-4],
        VECTORS["vkeys"][0] + "\n",
        str(Vkey("ecdsa", 0x02, bytes(32))),
    ],
)
def test_a_malformed_key_is_refused(text):
    with pytest.raises(NoteError):
        parse_vkey(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\n"])
def test_a_key_has_a_proper_name(name):
    with pytest.raises(NoteError):
        Ed25519Signer(name, bytes(32))
    with pytest.raises(NoteError):
        Cosigner(name, bytes(32))


@pytest.mark.parametrize("time", [-1, 2**63])
def test_a_cosignature_has_a_possible_time(time):
    with pytest.raises(NoteError):
        WITNESS.cosign(TEXT, time)


def test_the_time_stands_under_the_signature():
    early, late = WITNESS.cosign(TEXT, 0), WITNESS.cosign(TEXT, note.MAX_TIME)
    opened = note.open_note(f"{TEXT}\n{early}{late}", [WITNESS_KEY])
    assert [signature.time for signature in opened.verified] == [0, 2**63 - 1]


def test_a_line_is_not_tried_with_another_key():
    line = note.parse_line(LOG_LINE.rstrip("\n"))
    with pytest.raises(NoteError, match="not a line of"):
        note.verify_line(TEXT, line, WITNESS_KEY)


@pytest.mark.parametrize("extensions", [(), ("one",), ("one", "two words")])
def test_a_checkpoint_is_read_as_it_was_written(extensions):
    head = HEAD._replace(extensions=extensions)
    assert checkpoint.parse(head.text) == head


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n3\n" + TEXT.split("\n")[2] + "\n",
        TEXT.removesuffix("\n"),
        TEXT + "\n",
        TEXT + "\nextension\n",
        TEXT.replace("\n3\n", "\n03\n"),
        TEXT.replace("\n3\n", "\n-3\n"),
        TEXT.replace("\n3\n", "\n+3\n"),
        TEXT.replace("\n3\n", "\n３\n"),
        TEXT.replace("\n3\n", "\n 3\n"),
        TEXT.replace("\n3\n", f"\n{2**63}\n"),
        TEXT.replace("6y8z", "6y8"),
        TEXT.replace("6y8z", ""),
        TEXT.replace("ib4=", "ib5="),
    ],
)
def test_another_text_is_no_checkpoint(text):
    with pytest.raises(CheckpointError):
        checkpoint.parse(text)
