"""What a recusal check rests on: parties, groups, rules, and the recorded ties of persons.

To whom a recorded conflict ties is sealed; it is found by a keyed hash of the party, so a check
reads the few rows that concern its parties and opens nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

from accounts.domain import roles
from accounts.domain.groups import Groups
from accounts.selectors import bodies
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import clock
from experts.domain import history
from experts.domain.history import Entries
from experts.domain.recusal import (
    ROLES,
    Check,
    Party,
    Person,
    Terms,
    Tie,
    employments,
    years_before,
)
from experts.models import AccountConflict, Draw, Expert, ExpertConflict
from experts.selectors.conflicts import tag_of
from experts.selectors.course import course
from rulebook.domain.rules import Profile
from rulebook.selectors import profiles

MOVES = (history.CONFIRMED, "expert.listed", "expert.recorded")
"""Entries after the first that may name another employer."""
EMPLOYED = ("expert.applied", "expert.imported", *MOVES)
"""Entries that may name an employer."""
CHANGES = (
    *MOVES,
    "expert.conflict_recorded",
    "account.bodies_related",
    "account.organisation_registered",
)
"""Entries after which somebody of a frozen roster may have a ground of recusal."""
_WITHOUT_LOCK = (roles.EXPERT, roles.BIDDER, roles.SYSTEM)
AT_ONCE = 500
"""Tags asked for in one query."""
Model = type[ExpertConflict] | type[AccountConflict]


def check(parties: Iterable[Party], profile: Profile, day: date) -> Check:
    """A check of one day against these parties, with the groups as they stand on it."""
    return Check(tuple(parties), Groups(bodies.edges(), day), Terms.of(profile), day)


def check_of(draw: Draw) -> Check:
    """The check of a draw, on the day of its evaluation; bidders count once they are known."""
    day = timezone.localtime(draw.held_at).date()
    return check(parties_of(draw), profiles.pinned(draw.request["rules"]), day)


def as_frozen(draw: Draw) -> bool:
    """Whether nothing has come up since the freeze, so that a committed roster is clear as it is.

    The day of the check is that of the evaluation, so time alone changes nothing.
    """
    if draw.is_listed or draw.bidders:
        return False
    now = course(draw)
    # Clocks may step back a little; what the freeze has seen lies below the size it states.
    since = now.committed.at - timedelta(days=1)
    if trail.has_beyond(now.data["pool"]["size"], since, *CHANGES):
        return False
    levels = Terms.of(profiles.pinned(draw.request["rules"])).levels
    return levels.get("recusal_member") != "block" or not any(
        model.objects.filter(kind="member").exclude(state="lifted").exists()
        for model in (ExpertConflict, AccountConflict)
    )


def parties_of(draw: Draw) -> list[Party]:
    """Tenderer, bodies named at the request, bidders known by now, and the supervising bodies."""
    named = [(row["org"], row["reason"]) for row in draw.request["recusal"]]
    return [
        Party(draw.tenderer, "tenderer"),
        *(Party(org, reason if reason in ROLES else "named") for org, reason in named),
        *(Party(org, "bidder") for org in draw.bidders),
        *(Party(org, "supervisor") for org in bodies.regulators(draw.region, draw.trade)),
    ]


def ties(
    parties: Collection[str], *, among: Collection[str] | None = None, model: Model = ExpertConflict
) -> dict[str, list[Tie]]:
    """Person → his recorded ties in force to these parties (bodies or persons), and punishments.

    `among` narrows it to those persons. One query for each 500 parties.
    """
    rows = model.objects.exclude(state="lifted")
    rows = rows if among is None else rows.filter(person__in=among)
    by_tag = {tag_of(party): party for party in parties} | {"": ""}
    tags, found = sorted(by_tag), defaultdict(list)
    for start in range(0, len(tags), AT_ONCE):
        for row in rows.filter(tag__in=tags[start : start + AT_ONCE]):
            found[row.person_id].append(_tie(row, by_tag[row.tag]))
    return dict(found)


def ties_of(expert: str, check: Check) -> tuple[Tie, ...]:
    """One expert's employers by time, where he had several, and his recorded ties."""
    recorded = ties(check.bodies, among=[expert]).get(expert, [])
    return (*moves(check).get(expert, ()), *recorded)


def moves(check: Check) -> dict[str, tuple[Tie, ...]]:
    """Expert → his employers by time, for those who moved within the window of the check."""
    start = years_before(check.day, check.terms.years)
    since = datetime.combine(start, time(), timezone.get_current_timezone())
    moved = trail.streams_naming("employer", since, *MOVES)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for place in range(0, len(moved), AT_ONCE):
        for event in trail.told_in(moved[place : place + AT_ONCE], *EMPLOYED):
            found[event["stream"].partition("/")[2]].append(event)
    return {code: employers_of(events) for code, events in found.items()}


def employers_of(events: Entries) -> tuple[Tie, ...]:
    """The employers of one expert by time, as the entries of his stream tell them."""
    facts = [fact for fact in history.facts_of(events) if fact.kind == "employer"]
    facts.sort(key=lambda fact: (fact.valid_from, fact.n))
    return employments((fact.valid_from, fact.value) for fact in facts)


def persons(
    check: Check, employers: Mapping[str, str], beside: Iterable[str] = ()
) -> dict[str, Person]:
    """Expert → the person a check asks about; `employers` says where each worked at the freeze.

    Of up to 500 persons their employers now and their ties to each other, and to the persons
    `beside` them, are read as well; of a whole roster those who moved are told by their streams.
    """
    codes = list(employers)
    few = len(codes) <= AT_ONCE
    known = [*check.bodies, *beside, *(codes if few else ())]
    recorded, moved = ties(known, among=codes if few else None), moves(check)
    present = Expert.objects.filter(pk__in=codes) if few else Expert.objects.none()
    now = dict(present.values_list("pk", "employer"))
    return {
        code: Person(
            code,
            (
                *(moved.get(code) or _employed(org, now.get(code, org))),
                *recorded.get(code, ()),
            ),
        )
        for code, org in employers.items()
    }


def bars(actor: Actor, thing: Any) -> bool:
    """Whether an official has a ground of recusal against a party of this project or draw.

    Bidders count once they are open, so a lock tells nobody who bids. His own body is no party to
    him, and experts are held by the draw and the committee.
    """
    if actor.role in _WITHOUT_LOCK or not hasattr(thing, "parties"):
        return False
    rows = AccountConflict.objects.filter(person=actor.id).exclude(state="lifted")
    if not thing.rules or not rows.exists():
        return False
    parties = [Party(code, role) for code, role in thing.parties() if code != actor.org]
    day = timezone.localdate(clock.now())
    found = check(parties, profiles.pinned(thing.rules), day)
    return found.blocking(official(actor.id, "", found.bodies)) is not None


def official(code: str, org: str, parties: Collection[str]) -> Person:
    """An account's holder with his body (employer, "" to leave it out) and recorded ties."""
    recorded = ties(parties, among=[code], model=AccountConflict).get(code, [])
    return Person(code, (*_employed(org), *recorded))


def _employed(*orgs: str) -> tuple[Tie, ...]:
    return tuple(Tie("employer", org) for org in dict.fromkeys(orgs) if org)


def _tie(row: ExpertConflict | AccountConflict, party: str) -> Tie:
    share = Fraction(row.share) / 100 if row.share else None
    return Tie(row.kind, party, row.valid_from, row.valid_to, share)
