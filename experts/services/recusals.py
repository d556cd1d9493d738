"""Recusal within a draw: who of the roster hits what. Only services of the draw read this.

Names never leave here; what goes on record is a handle and a ground, and while bids may be secret
a ground that would tell who is bidding is `recused` (formats.md section 4).
"""

from collections.abc import Iterable, Sequence

from audit_log.services import clock
from experts.domain import grounds
from experts.domain.recusal import Hit
from experts.models import Draw, Seat
from experts.selectors import recusal
from experts.services import rosters

IN_PLAY = ("selected", "accepted", "signed_in")


def of_seats(
    row: Draw, seats: Iterable[Seat], beside: Sequence[str] = ()
) -> list[tuple[Seat, Hit]]:
    """The seats whose holder must not sit: against the parties, or beside one who sits already.

    `seats` stand in the order in which they were taken; of two who must not sit together the later
    one goes, and before them come those who sit `beside` them (accounts: representatives).
    """
    if recusal.as_frozen(row):
        return []
    known, seats = rosters.identities_of(row), list(seats)
    check = recusal.check_of(row)
    held = [(one, known[one.candidate]) for one in seats]
    found = recusal.persons(check, {who.expert: who.org for _, who in held}, beside)
    others = [recusal.official(code, "", list(found)) for code in beside]
    own = {code: check.blocking(person) for code, person in found.items()}
    hits = {code: hit for code, hit in own.items() if hit is not None}
    clear = [person for code, person in found.items() if code not in hits]
    hits |= check.crowd([*others, *clear])
    return [(one, hits[who.expert]) for one, who in held if who.expert in hits]


def of_roster(row: Draw, handles: Iterable[str]) -> list[tuple[str, Hit]]:
    """Those of these handles who must not be drawn, ascending by handle."""
    if recusal.as_frozen(row):
        return []
    known, check = rosters.identities_of(row), recusal.check_of(row)
    names = {known[name].expert: name for name in handles}
    asked = {code: known[name].org for code, name in names.items()}
    persons = recusal.persons(check, asked)
    found = [(names[code], check.blocking(person)) for code, person in persons.items()]
    return sorted((name, hit) for name, hit in found if hit is not None)


def ground_of(row: Draw, hit: Hit) -> str:
    """The ground as it may stand in the draw's stream now."""
    secret = not row.bidders and clock.now() < row.held_at
    return grounds.recorded(hit.ground, bids_may_be_secret=secret)
