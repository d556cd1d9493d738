"""Who stands behind the handles of a draw. Only services of the draw itself read this.

The one-time secret x is a file in KEY_DIR under the draw's code and the head of its code chain, so
that a commitment which came to nothing never lends its secret to another.
"""

import secrets

from accounts.services.gate import NotFound
from audit_log.services import keys
from experts.domain import roster
from experts.domain.draw import chain_code
from experts.domain.freeze import SECRET_BYTES, Eligible, Identity, identities
from experts.models import Draw
from experts.selectors.course import course


def fresh_secret() -> bytes:
    """Return 32 unpredictable bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def keep(draw: Draw, secret: bytes, eligible: list[Eligible], chain: int) -> str:
    """Lock the roster into the row and store the secret; return the head of the code chain (hex).

    A secret is never replaced: FileExistsError.
    """
    nonce = secrets.token_bytes(roster.NONCE_BYTES)
    draw.roster = roster.lock(eligible, draw=draw.pk, secret=secret, nonce=nonce)
    code = chain_code(secret, chain).hex()
    keys.write(_name(draw, code), secret)
    return code


def secret_of(draw: Draw) -> bytes:
    """Return x of a committed draw; raise KeyMissing where its file is gone."""
    return keys.read(_name(draw, course(draw).data["code"]))


def identities_of(draw: Draw) -> dict[str, Identity]:
    """Return handle → who stands behind it."""
    secret = secret_of(draw)
    eligible = roster.unlock(bytes(draw.roster or b""), draw=draw.pk, secret=secret)
    return {
        one.candidate: one for one in identities(draw=draw.pk, eligible=eligible, secret=secret)
    }


def identity_of(draw: Draw, candidate: str) -> Identity:
    """Return who stands behind one handle; raise NotFound."""
    found = identities_of(draw).get(candidate)
    if found is None:
        raise NotFound
    return found


def _name(draw: Draw, code: str) -> str:
    return f"secrets/draw.{draw.pk}.{code[:16]}"
