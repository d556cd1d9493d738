"""Sealed envelopes: a salted commitment and the ciphertext behind it (formats.md section 3).

Salt, nonce and key are values given by the caller, because this layer has no randomness.
"""

import hashlib
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit_log.domain import canonical

SALT_BYTES = 32
KEY_BYTES = 32
NONCE_BYTES = 12
BLOCK = 1024
_FIELDS = {"v", "kind", "stream", "author", "content", "salt"}


class EnvelopeError(ValueError):
    """An envelope that cannot be made or opened; `str()` says why."""


class NotOpened(EnvelopeError):
    """Wrong key, altered ciphertext, or a ciphertext stored under another commitment."""


class NotCommitted(EnvelopeError):
    """Decrypted, but the content is not what the commitment fixed."""


class Opening(NamedTuple):
    """What an envelope held; `commit(**opening._asdict())` gives its commitment again."""

    salt: bytes
    kind: str
    stream: str
    author: str
    content: dict[str, Any]


def commit(*, salt: bytes, kind: str, stream: str, author: str, content: dict[str, Any]) -> str:
    """Return SHA-256(salt ‖ canonical content with its purpose) in lower-case hex.

    Raise EnvelopeError unless the salt has 32 bytes and the content is an object, CanonicalError
    where it lies outside the canonical profile.
    """
    if len(salt) != SALT_BYTES or not isinstance(content, dict):
        raise EnvelopeError("a salt of 32 bytes and an object are needed")
    return hashlib.sha256(salt + canonical.dumps(_fixed(kind, stream, author, content))).hexdigest()


def frame(*, kind: str, stream: str, author: str) -> tuple[bytes, bytes]:
    """Return what stands before and after the content in the bytes that `commit` hashes.

    For thousands of commitments of one purpose: SHA-256(salt ‖ before ‖ content ‖ after).
    """
    written = canonical.dumps(_fixed(kind, stream, author, {}))
    before, _, after = written.partition(b'"content":{}')
    return before + b'"content":', after


def seal(
    *,
    key: bytes,
    salt: bytes,
    kind: str,
    stream: str,
    author: str,
    content: dict[str, Any],
    nonce: bytes,
    block: int = BLOCK,
) -> bytes:
    """Return nonce ‖ AES-256-GCM of salt and content, the raw commitment as associated data.

    `key` has 32 bytes; `nonce` has 12 and is never used twice under one key. The plaintext is
    padded to whole blocks of so many bytes, so that its length does not tell how a sheet or ballot
    was filled in.
    """
    _check_key(key)
    if len(nonce) != NONCE_BYTES:
        raise EnvelopeError("a nonce has 12 bytes")
    commitment = commit(salt=salt, kind=kind, stream=stream, author=author, content=content)
    plain = canonical.dumps(_fixed(kind, stream, author, content) | {"salt": salt.hex()})
    padded = plain + bytes(-len(plain) % block)
    return nonce + AESGCM(key).encrypt(nonce, padded, bytes.fromhex(commitment))


def unseal(key: bytes, commitment: str, blob: bytes) -> Opening:
    """Return what `seal` closed under `commitment` (hex).

    Raise NotOpened where the key, the blob or the commitment is another, NotCommitted where the
    blob was made by other hands than `seal` and holds something else.
    """
    _check_key(key)
    nonce, cipher = blob[:NONCE_BYTES], blob[NONCE_BYTES:]
    try:
        padded = AESGCM(key).decrypt(nonce, cipher, bytes.fromhex(commitment))
    except (InvalidTag, ValueError) as error:
        raise NotOpened("the key does not open this envelope") from error
    opening = _parse(padded.rstrip(b"\0"))  # canonical JSON ends in a brace, never in a NUL
    if commit(**opening._asdict()) != commitment:
        raise NotCommitted("the content is not what was committed")
    return opening


def _fixed(kind: str, stream: str, author: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"v": 1, "kind": kind, "stream": stream, "author": author, "content": content}


def _parse(plain: bytes) -> Opening:
    try:
        value = canonical.loads(plain)
        if value.keys() != _FIELDS or value["v"] != 1:
            raise NotCommitted("not an envelope of version 1")
        salt = bytes.fromhex(value["salt"])
    except (canonical.CanonicalError, AttributeError, TypeError, ValueError) as error:
        raise NotCommitted(f"not an envelope: {error}") from error
    return Opening(salt, value["kind"], value["stream"], value["author"], value["content"])


def _check_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise EnvelopeError("an envelope's key has 32 bytes")
