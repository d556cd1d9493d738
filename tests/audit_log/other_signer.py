"""A signer of a kind of its own, as SM2 or a hardware module would be (C2SP type 0xff).

Its "signature" is an HMAC, which only the holder of the secret can check: enough for a line that
others must pass over.
"""

import hashlib
import hmac

from audit_log.domain.note import SignatureLine, encode64

NAME = "test.mingding/other"
KIND = b"\xfftest.mingding/hmac-sha256"
SECRET = bytes(range(32))
PUBLIC = hashlib.sha256(SECRET).digest()


class OtherSigner:
    """Implements `note.Signer`."""

    @property
    def name(self) -> str:
        return NAME

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(NAME.encode() + b"\n" + KIND + PUBLIC).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{NAME}+{self.key_id.hex()}+{encode64(KIND + PUBLIC)}"

    def sign_lines(self, text: str) -> str:
        return str(SignatureLine(NAME, self.key_id, signature(text)))


def signature(text: str) -> bytes:
    return hmac.digest(SECRET, text.encode(), hashlib.sha256)


def make() -> OtherSigner:
    """What TRAIL_SIGNERS names."""
    return OtherSigner()
