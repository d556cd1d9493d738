"""Signed notes, verifier keys and cosignatures (C2SP `signed-note`, `tlog-cosignature`).

A note is text and signature lines. A signer is anything that can write its lines under a text, so a
hardware key or another algorithm needs no change here. Two algorithms are verified: Ed25519 (0x01),
with which a log signs, and `cosignature/v1` (0x04), with which a witness does.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_SIGNATURES = 100
MAX_TIME = 2**63 - 1
_DASH = "\u2014 "


class NoteError(ValueError):
    """A note, key or signature line that is malformed or must not be trusted; `str()` says why."""


@dataclass(frozen=True)
class Vkey:
    """A verifier key: name, signature type (0x01 or 0x04), Ed25519 public key (32 bytes)."""

    name: str
    type: int
    public: bytes

    @cached_property
    def id(self) -> bytes:
        """The key id: SHA-256(name ‖ 0x0A ‖ type ‖ public key), its first 4 bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._material).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode64(self._material)}"

    @property
    def _material(self) -> bytes:
        return bytes([self.type]) + self.public


class SignatureLine(NamedTuple):
    """One line under a note: key name, key id (4 bytes), the rest of the payload."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {encode64(self.key_id + self.signature)}\n"


class Note(NamedTuple):
    """A parsed note, nothing of it verified: text with its last newline, signature lines."""

    text: str
    signatures: tuple[SignatureLine, ...]


class Verified(NamedTuple):
    """A line that verified; `time` (POSIX seconds) is a cosignature's, None under Ed25519."""

    vkey: Vkey
    line: SignatureLine
    time: int | None


class OpenedNote(NamedTuple):
    """A note with at least one valid signature by a known key; only the known ones are listed."""

    text: str
    verified: tuple[Verified, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the keys that signed, in the order of their lines."""
        return tuple(signature.vkey.name for signature in self.verified)

    def by(self, vkey: Vkey) -> Verified | None:
        """Return the first verified line of this key, if there is one."""
        return next((found for found in self.verified if found.vkey == vkey), None)


class Signer(Protocol):
    """Writes signature lines under a text: one, or several during a key change."""

    @property
    def name(self) -> str:
        """Key name; for a log, its origin line."""

    @property
    def vkey(self) -> str:
        """The verifier key as C2SP text."""

    def sign_lines(self, text: str) -> str:
        """Return whole lines, each ending in a newline."""


class Ed25519Signer:
    """A log's key (type 0x01) from its name and its RFC 8032 seed of 32 bytes."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._vkey = Vkey(_name(name), ED25519, self._private.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        """Key name, equal to the origin line."""
        return self._vkey.name

    @property
    def vkey(self) -> str:
        """The verifier key as C2SP text."""
        return str(self._vkey)

    def sign_lines(self, text: str) -> str:
        """Return the one line of this key."""
        signature = self._private.sign(text.encode())
        return str(SignatureLine(self.name, self._vkey.id, signature))


class Cosigner:
    """A witness's key (type 0x04) from its name and its RFC 8032 seed; use it for nothing else."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = Vkey(_name(name), COSIGNATURE, self._private.public_key().public_bytes_raw())

    def cosign(self, text: str, time: int) -> str:
        """Return the line that states `text` as the largest tree seen at `time` (POSIX seconds)."""
        if not 0 <= time <= MAX_TIME:
            raise NoteError(f"time {time} is out of range")
        payload = time.to_bytes(8, "big") + self._private.sign(_cosigned(text, time))
        return str(SignatureLine(self.key.name, self.key.id, payload))


def parse_vkey(text: str) -> Vkey:
    """Return the key of `name+id+base64`; raise NoteError unless its id, type and length fit."""
    parts = text.split("+", 2)  # base64 has a plus of its own
    if len(parts) != 3:
        raise NoteError("a verifier key has three parts")
    material = decode64(parts[2])
    if len(material) != 33 or material[0] not in (ED25519, COSIGNATURE):
        raise NoteError("a verifier key is Ed25519 or cosignature/v1 with 32 bytes")
    vkey = Vkey(_name(parts[0]), material[0], material[1:])
    if vkey.id.hex() != parts[1]:
        raise NoteError("the key id is not that of name and key")
    return vkey


def sign_note(text: str, signers: Iterable[Signer]) -> str:
    """Return the signed note over `text`, which ends in a newline; raise NoteError otherwise."""
    note = text + "\n" + "".join(signer.sign_lines(text) for signer in signers)
    if parse_note(note).text != text:
        raise NoteError("a signature line holds an empty line")
    return note


def parse_note(note: str) -> Note:
    """Return text and lines of a note without verifying; raise NoteError where malformed."""
    if any(char < " " and char != "\n" for char in note):
        raise NoteError("a control character in the note")
    try:
        note.encode()
    except UnicodeEncodeError as error:
        raise NoteError("not UTF-8") from error
    at = note.rfind("\n\n")
    if at < 0 or not note.endswith("\n") or len(note) == at + 2:
        raise NoteError("no signatures under an empty line")
    lines = note[at + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError("too many signatures")
    return Note(note[: at + 1], tuple(parse_line(line) for line in lines))


def parse_line(line: str) -> SignatureLine:
    """Return a signature line given without its newline; raise NoteError where malformed."""
    name, space, payload = line.removeprefix(_DASH).partition(" ")
    data = decode64(payload)
    if not line.startswith(_DASH) or not space or len(data) < 5:
        raise NoteError("malformed signature line")
    return SignatureLine(_name(name), data[:4], data[4:])


def open_note(note: str, vkeys: Iterable[Vkey]) -> OpenedNote:
    """Return the note as signed by known keys; unknown lines are ignored.

    Raise NoteError where the note is malformed, a known key's line fails, or none is known.
    """
    parsed = parse_note(note)
    known = {(vkey.name, vkey.id): vkey for vkey in vkeys}
    verified = tuple(
        verify_line(parsed.text, line, known[line.name, line.key_id])
        for line in parsed.signatures
        if (line.name, line.key_id) in known
    )
    if not verified:
        raise NoteError("no signature by a known key")
    return OpenedNote(parsed.text, verified)


def verify_line(text: str, line: SignatureLine, vkey: Vkey) -> Verified:
    """Return the verified line of `vkey` over `text`; raise NoteError where it fails."""
    if (line.name, line.key_id) != (vkey.name, vkey.id):
        raise NoteError(f"not a line of {vkey.name}")
    time, message, signature = None, text.encode(), line.signature
    if vkey.type == COSIGNATURE:
        time, signature = int.from_bytes(line.signature[:8], "big"), line.signature[8:]
        message = _cosigned(text, time)
        if time > MAX_TIME:
            raise NoteError(f"the cosignature of {vkey.name} has no valid time")
    try:
        Ed25519PublicKey.from_public_bytes(vkey.public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise NoteError(f"the signature of {vkey.name} is wrong") from error
    return Verified(vkey, line, time)


def encode64(data: bytes) -> str:
    """Return standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode()


def decode64(text: str) -> bytes:
    """Return the bytes of standard base64; raise NoteError for any other spelling of them."""
    try:
        data = base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise NoteError("not base64") from error
    if encode64(data) != text:
        raise NoteError("not the one base64 spelling")
    return data


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _name(name: str) -> str:
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise NoteError(f"{name!r} is no key name")
    return name
