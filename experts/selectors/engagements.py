"""Who is taken at a time. Only the freeze and the answers of a draw read this.

Rows of a table may not tell who was drawn: an expert is found by a keyed hash of his code and the
day, so that rows of different days are not linked to each other, and named in cipher only.
"""

import hmac
from collections.abc import Iterator
from datetime import date, datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit_log.services import keys
from experts.domain.engagements import parts
from experts.models import Draw, Engagement, Seat

NONCE_BYTES = 12


def taken(start: datetime, end: datetime, but: str = "") -> set[str]:
    """Codes of the experts who are taken at some moment of start … end by a draw other than `but`.

    One query, whatever has been drawn before; ends that touch do not overlap.
    """
    rows = Engagement.objects.filter(starts_at__lt=end, ends_at__gt=start)
    found = rows.exclude(seat__draw=but).values_list("holder", flat=True)
    cipher = AESGCM(_key("holder"))
    return {_opened(cipher, bytes(blob)) for blob in found.iterator()}


def of_draw(draw: Draw) -> set[str]:
    """Codes of the experts who are taken at the time of this draw's evaluation by another."""
    return taken(draw.held_at, draw.until, but=draw.pk)


def rows_of(seat: Seat, expert: str, nonces: Iterator[bytes]) -> list[Engagement]:
    """The rows that take an expert for a seat; `nonces` yields 12 fresh bytes a time."""
    cipher, draw = AESGCM(_key("holder")), seat.draw
    return [
        Engagement(
            seat=seat,
            tag=tag_of(expert, day),
            holder=_closed(cipher, next(nonces), expert),
            starts_at=start,
            ends_at=end,
        )
        for day, start, end in parts(draw.held_at, draw.until)
    ]


def tag_of(expert: str, day: date) -> str:
    """The keyed hash (hex) of an expert on a day."""
    message = f"{expert}\n{day.isoformat()}".encode()
    return hmac.digest(_key("tag"), message, "sha256").hex()


def _closed(cipher: AESGCM, nonce: bytes, expert: str) -> bytes:
    return nonce + cipher.encrypt(nonce, expert.encode(), None)


def _opened(cipher: AESGCM, blob: bytes) -> str:
    return cipher.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], None).decode()


def _key(purpose: str) -> bytes:
    return hmac.digest(keys.read("identity.key"), f"engagement/v1\n{purpose}\n".encode(), "sha256")
