"""An expert who has accepted is taken for the planned time of the evaluation, and let go after it.

The database refuses a second engagement that overlaps; what nobody may know before the sign-in
(who is taken) shows in nothing but the answer to himself.
"""

import secrets
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from experts.models import Draw, Engagement, Seat
from experts.selectors import engagements
from experts.services import rosters
from rulebook.domain.blockers import Blocker, Refused


def begin(row: Draw, seats: Iterable[Seat]) -> None:
    """Take those who hold these seats; raise Refused("engaged") where one is taken already."""
    known = rosters.identities_of(row)
    nonces = iter(lambda: secrets.token_bytes(engagements.NONCE_BYTES), b"")
    rows = [
        part
        for seat in seats
        for part in engagements.rows_of(seat, known[seat.candidate].expert, nonces)
    ]
    try:
        with transaction.atomic():
            Engagement.objects.bulk_create(rows)
    except IntegrityError as error:
        message = "该专家在这一时段已接受其他评标,不能同时参加,请答复谢绝(工作冲突)"
        raise Refused([Blocker("engaged", message)]) from error


def end(*seats: Seat) -> None:
    """Let go of those who hold these seats."""
    Engagement.objects.filter(seat__in=seats).delete()


def end_all(row: Draw) -> None:
    """Let go of everyone whom the draw has taken."""
    Engagement.objects.filter(seat__draw=row).delete()
