"""Throttles: how often somebody may try a password, a link's token or a room's code.

Each attempt is written down before it is judged, so that many at once are counted like one after
another; one that was right is taken out again. Neither code nor address is kept, but a keyed hash
of both (GB/T 22239-2019 8.1.4.1 b: failed attempts at signing in are limited).
"""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings

from accounts.models import Guess
from accounts.services.gate import Refusal
from audit_log.services import clock

WINDOW = timedelta(minutes=15)
LIMITS = {
    "password": 5,  # at one account from one address
    "account": 50,  # at one account from anywhere
    "token": 20,  # at links, from one address
    "room": 5,  # at the code of the room, by one invitation
}
"""What is guessed → failed attempts in WINDOW; the next is not looked at."""


class TooMany(Refusal):
    """Too many wrong attempts: nothing is looked at until some time has passed."""

    status = 429

    def __init__(self) -> None:
        minutes = int(WINDOW.total_seconds() // 60)
        super().__init__("too_many_attempts", f"尝试次数过多,请 {minutes} 分钟后再试")


def attempt(**tried: str) -> list[int]:
    """Write an attempt down at each of what is `tried` (of LIMITS); raise TooMany.

    Returns what `passed` needs where it was right.
    """
    at = clock.now()
    places = {kind: _place(kind, what) for kind, what in tried.items()}
    rows = [Guess(place=place, at=at) for place in places.values()]
    made = Guess.objects.bulk_create(rows)
    recent = Guess.objects.filter(at__gt=at - WINDOW)
    for kind, place in places.items():
        if recent.filter(place=place).count() > LIMITS[kind]:
            raise TooMany
    return [row.pk for row in made]


def passed(made: list[int]) -> None:
    """Take a right attempt out of the count."""
    Guess.objects.filter(pk__in=made).delete()


def forget() -> None:
    """Due work: attempts that no longer count are deleted."""
    Guess.objects.filter(at__lte=clock.now() - WINDOW).delete()


def _place(kind: str, what: str) -> str:
    text = f"throttle\n{kind}\n{what}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), text, hashlib.sha256).hex()
