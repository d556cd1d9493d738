"""Who stands behind the handles of a draw. Only services of the draw itself read this.

The one-time secret x is a file in KEY_DIR under the draw's code and the head of its code chain, so
that a commitment which came to nothing never lends its secret to another.
"""

import secrets

from django.db import transaction

from accounts.services.gate import NotFound
from audit_log.services import keys
from experts.domain import roster
from experts.domain.draw import chain_code
from experts.domain.drawn_lists import Drawn
from experts.domain.freeze import SECRET_BYTES, Eligible, Identity, identities
from experts.models import Draw, DrawnList
from experts.selectors.course import course


def listed_before(draw: Draw) -> list[Drawn]:
    """Who stands in the confirmed lists of one where nobody is drawn here, in order of entry."""
    rows = draw.lists.filter(state="confirmed").order_by("number")
    return [one for row in rows for one in listed(draw, row)]


def listed(draw: Draw, row: DrawnList) -> list[Drawn]:
    """Who stands in one list; nobody once the draw is over."""
    if not row.blob:
        return []
    blob = bytes(row.blob)
    return roster.unlock_list(blob, draw=draw.pk, number=row.number, secret=_list_secret(draw))


def lock_list(draw: Draw, number: int, people: list[Drawn]) -> bytes:
    """Lock a list under the draw's secret, which is made with the first of its lists."""
    if not draw.lists.exists():
        keys.destroy(_list_name(draw))  # of a draw whose entering was rolled back
        keys.write(_list_name(draw), fresh_secret())
    nonce = secrets.token_bytes(roster.NONCE_BYTES)
    secret = _list_secret(draw)
    return roster.lock_list(people, draw=draw.pk, number=number, secret=secret, nonce=nonce)


def forget_lists(draw: Draw) -> None:
    """Forget the persons of a draw made elsewhere: those who signed in are in the vault."""
    draw.lists.exclude(blob=None).update(blob=None)
    transaction.on_commit(lambda: keys.destroy(_list_name(draw)))


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
    if draw.is_listed:
        return _list_secret(draw)
    return keys.read(_name(draw, course(draw).data["code"]))


def identities_of(draw: Draw) -> dict[str, Identity]:
    """Return handle → who stands behind it."""
    if draw.is_listed:
        return {one.candidate: _identity(one) for one in listed_before(draw)}
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


def _identity(one: Drawn) -> Identity:
    salt = bytes.fromhex(one.salt)
    return Identity(one.candidate, one.expert, one.org, salt, one.commitment)


def _list_secret(draw: Draw) -> bytes:
    return keys.read(_list_name(draw))


def _list_name(draw: Draw) -> str:
    return f"secrets/list.{draw.pk}"


def _name(draw: Draw, code: str) -> str:
    return f"secrets/draw.{draw.pk}.{code[:16]}"
