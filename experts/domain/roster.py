"""The roster of a draw: who stands behind the handles, readable with the draw's secret alone.

Each purpose has a key of its own, a labelled HMAC of the secret x: the code chain publishes SHA-256
images of x, and none of them is such a key.
"""

import hmac
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit_log.domain import canonical
from experts.domain.drawn_lists import Drawn
from experts.domain.freeze import Eligible

NONCE_BYTES = 12


class RosterError(ValueError):
    """A roster that does not open: another secret, another draw, or altered bytes."""


def lock(eligible: Iterable[Eligible], *, draw: str, secret: bytes, nonce: bytes) -> bytes:
    """Return nonce ‖ AES-256-GCM of the eligible experts; `nonce` has 12 bytes, used once."""
    people = list(eligible)
    where = {slots: canonical.dumps(sorted(slots)).decode() for slots in {e.slots for e in people}}
    rows = (
        f'{{"expert":{canonical.text(expert)},"org":{canonical.text(org)},"slots":{where[slots]}}}'
        for expert, org, slots in people
    )
    plain = f"[{','.join(rows)}]".encode()
    return nonce + AESGCM(_key(secret, "roster")).encrypt(nonce, plain, draw.encode())


def unlock(blob: bytes, *, draw: str, secret: bytes) -> list[Eligible]:
    """Return what `lock` closed; raise RosterError."""
    nonce, sealed = blob[:NONCE_BYTES], blob[NONCE_BYTES:]
    try:
        plain = AESGCM(_key(secret, "roster")).decrypt(nonce, sealed, draw.encode())
    except InvalidTag as error:
        raise RosterError(draw) from error
    rows = canonical.trusted(plain)  # nobody without the secret could have written it
    return [Eligible(row["expert"], row["org"], frozenset(row["slots"])) for row in rows]


def lock_list(
    people: Iterable[Drawn], *, draw: str, number: int, secret: bytes, nonce: bytes
) -> bytes:
    """Return nonce ‖ AES-256-GCM of a list drawn elsewhere; `nonce` has 12 bytes, used once."""
    rows = [one.as_data() for one in people]
    about = f"{draw}/{number}".encode()
    return nonce + AESGCM(_key(secret, "list")).encrypt(nonce, canonical.dumps(rows), about)


def unlock_list(blob: bytes, *, draw: str, number: int, secret: bytes) -> list[Drawn]:
    """Return what `lock_list` closed; raise RosterError."""
    nonce, sealed = blob[:NONCE_BYTES], blob[NONCE_BYTES:]
    try:
        plain = AESGCM(_key(secret, "list")).decrypt(nonce, sealed, f"{draw}/{number}".encode())
    except InvalidTag as error:
        raise RosterError(draw) from error
    return [Drawn(**row) for row in canonical.loads(plain)]


def room_code(secret: bytes, site: int = 0) -> str:
    """Return the six digits shown in the evaluation room, which prove that one is there.

    Each site of a remote evaluation (numbered from 1) has its own; 0 is the only place there is.
    """
    number = int.from_bytes(_key(secret, f"room-{site}" if site else "room")[:8])
    return f"{number % 1_000_000:06d}"


def _key(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"draw-{purpose}/v1\n".encode(), "sha256")
