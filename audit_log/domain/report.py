"""What one reader alone opens: an envelope to the commission's X25519 key (formats.md section 3).

The blob is: ephemeral public key (32 bytes) ‖ nonce (12) ‖ AES-256-GCM of the padded envelope. The
key of the cipher is HKDF-SHA256 (RFC 5869) of the X25519 secret (RFC 7748), bound to both public
keys. Whoever made it forgets the ephemeral half, so not even he opens it again.
"""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from audit_log.domain import envelope
from audit_log.domain.envelope import EnvelopeError, NotOpened, Opening

SIZE = 16_384
"""Bytes of every padded plaintext, so that no length tells one report from another."""
BLOB_BYTES = 32 + envelope.NONCE_BYTES + SIZE + 16
_PURPOSE = b"sealed-report/v1"


def public_key(private: bytes) -> str:
    """The public half (hex) of a private key of 32 bytes."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()


def seal(*, to: str, ephemeral: bytes, nonce: bytes, **opening: Any) -> bytes:
    """Close an `Opening` (its fields as keywords) so that the private half of `to` alone opens it.

    `ephemeral` has 32 fresh unpredictable bytes, used this once. Raise EnvelopeError for a key that
    is none, and for content that does not fit into SIZE bytes.
    """
    mine = X25519PrivateKey.from_private_bytes(ephemeral)
    sender = mine.public_key().public_bytes_raw()
    try:
        reader = bytes.fromhex(to)
        secret = mine.exchange(X25519PublicKey.from_public_bytes(reader))
    except ValueError as error:
        raise EnvelopeError("not an X25519 public key") from error
    key = _key(secret, sender, reader)
    blob = sender + envelope.seal(key=key, nonce=nonce, block=SIZE, **opening)
    if len(blob) != BLOB_BYTES:
        raise EnvelopeError("a report does not fit into its fixed size")
    return blob


def unseal(private: bytes, commitment: str, blob: bytes) -> Opening:
    """Open what was closed to this private key; raise NotOpened or NotCommitted (envelope)."""
    mine = X25519PrivateKey.from_private_bytes(private)
    sender, rest = blob[:32], blob[32:]
    try:
        secret = mine.exchange(X25519PublicKey.from_public_bytes(sender))
    except ValueError as error:
        raise NotOpened("not closed to an X25519 key") from error
    reader = bytes.fromhex(public_key(private))
    return envelope.unseal(_key(secret, sender, reader), commitment, rest)


def _key(secret: bytes, sender: bytes, reader: bytes) -> bytes:
    info = _PURPOSE + sender + reader
    return HKDF(SHA256(), envelope.KEY_BYTES, salt=None, info=info).derive(secret)
