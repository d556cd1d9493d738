"""Recusal: who may not sit, by ties that are recorded with evidence, never by a likeness of names.

One engine for the freeze, the draw, the sign-in, the evaluation and the award. It knows persons by
code, bodies by 统一社会信用代码, and what the pinned rules say of each kind of tie; who is asked
about, which bodies take part and on which day are values (招标投标法第三十七条第四款;条例第四十六条
第三款、第四款).
"""

from collections.abc import Iterable, Iterator, KeysView, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from accounts.domain.groups import Groups
from rulebook.domain.rules import Level, Profile


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of tie: its name, ground (domain 1.6) and what it is held against.

    `to` is "body", "person" or "" (the tie alone decides). `lasting`: it still counts for the
    profile's `recusal_years` after it has ended. `group`: a body of the same group counts too.
    """

    name: str
    ground: str
    to: str = "body"
    lasting: bool = False
    group: bool = False


KINDS = {
    "employer": Kind("现任职单位", "H3", group=True),
    "former_employer": Kind("曾任职单位", "H5", lasting=True, group=True),
    "kin": Kind("近亲属为该单位主要负责人", "H1"),
    "shareholder": Kind("持有该单位股份", "H5", lasting=True),
    "director": Kind("担任该单位董事、监事、高级管理人员或者为其实际控制人", "H5", lasting=True),
    "cooperation": Kind("与该单位有合作、署名等关系", "H3", lasting=True),
    "winner_pair": Kind("多次参加评标且该单位中标", "H3", lasting=True),
    "declared": Kind("本人声明与该单位有利害关系", "H3"),
    "supervisor": Kind("项目主管部门或者行政监督部门的人员", "H2"),
    "punished": Kind("曾因招标投标活动中的违法行为受过处罚", "H4", to=""),
    "member": Kind("与其他成员有亲属关系或者其他利害关系", "H7", to="person"),
    "colleague": Kind("与其他成员为同一单位人员", "H7"),
}
"""Kind → what it is. `supervisor` and `colleague` can also follow from employers."""
RECORDABLE = tuple(name for name in KINDS if name not in ("employer", "colleague"))
"""Kinds that are put on record; employers are facts of the person, colleagues follow from them."""

ROLES = {
    "tenderer": "招标人",
    "agency": "招标代理机构",
    "bidder": "投标人",
    "supervisor": "项目主管部门或者行政监督部门",
    "named": "申请列明的回避单位",
}
"""In which capacity a body takes part."""
_PEOPLE_OF = {"tenderer": "recusal_tenderer", "agency": "recusal_agency"}
_OWN_GROUND = {"tenderer": "H6", "agency": "H6", "supervisor": "H2"}


_RULE = {"colleague": "one_per_employer"}
RULES = (*(_RULE.get(kind, f"recusal_{kind}") for kind in KINDS), *_PEOPLE_OF.values())
"""Rows of a profile that say whether a kind counts, how heavily, and by which article."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties a person to a body or to another person, from `since` to `until`, both included.

    `party` is a credit code or a person's code, "" for a kind that needs none. `share` is the part
    held of a body, None where it is not known.
    """

    kind: str
    party: str = ""
    since: date | None = None
    until: date | None = None
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person by code with his ties; those of kind `employer` are where he works or worked."""

    code: str
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """A body that takes part, and as what (one of ROLES)."""

    code: str
    role: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A ground of recusal: its kind and rule, whether it blocks, which party, whether by group."""

    kind: str
    ground: str
    rule: str
    level: Level
    party: str
    role: str = ""
    by_group: bool = False

    @property
    def blocks(self) -> bool:
        """Whether he may not sit; else it is shown to those who decide and goes on record."""
        return self.level == "block"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the pinned rules say: level of each kind that counts, window in years, least share."""

    levels: Mapping[str, Level]
    years: int
    share: Fraction

    @classmethod
    def of(cls, profile: Profile) -> "Terms":
        """Read RULES, `recusal_years` and `recusal_share` of a profile."""
        rows = {name: profile.rule(name) for name in RULES}
        levels = {name: row.level for name, row in rows.items() if row.value is True}
        return cls(levels, profile.number("recusal_years"), profile.ratio("recusal_share"))


@dataclass
class Check:
    """Parties, groups and terms of one day, ready for any number of persons."""

    parties: tuple[Party, ...]
    groups: Groups
    terms: Terms
    day: date
    _met: dict[str, list[tuple[Party, bool]]] = field(init=False)

    def __post_init__(self) -> None:
        self._met = {}
        for party in dict.fromkeys(self.parties):
            own = {party.code}
            circle = own if party.role == "supervisor" else self.groups.relations(party.code)
            for body in circle:
                self._met.setdefault(body, []).append((party, body != party.code))

    @classmethod
    def of_nobody(cls, day: date) -> "Check":
        """Return a check without parties, under which nobody is recused."""
        return cls((), Groups((), day), Terms({}, 0, Fraction(0)), day)

    @property
    def bodies(self) -> KeysView[str]:
        """Every body a tie to which can be a hit: the parties and what is of their groups."""
        return self._met.keys()

    def hits(self, person: Person) -> list[Hit]:
        """Return every ground against the person, the blocking ones first, then by kind's order."""
        found = [hit for tie in person.ties for hit in self._of(tie)]
        order = list(KINDS)
        return sorted(
            dict.fromkeys(found),
            key=lambda hit: (not hit.blocks, order.index(hit.kind), hit.by_group, hit.party),
        )

    def blocking(self, person: Person) -> Hit | None:
        """Return the first ground that blocks, None where he may sit."""
        return next((hit for hit in self.hits(person) if hit.blocks), None)

    def between(self, one: Person, other: Person) -> list[Hit]:
        """Return what stands between two who would sit together: employers, and recorded ties."""
        mine, his = _employers(one, self.day), _employers(other, self.day)
        same = sorted(mine & his)
        found = [self._hit("colleague", same[0])] if same else []
        if _names(one, other, self.day) or _names(other, one, self.day):
            found.append(self._hit("member", other.code))
        return [hit for hit in found if hit is not None]

    def crowd(self, persons: Iterable[Person]) -> dict[str, Hit]:
        """Return who of these must not sit beside one that stands before him, and why."""
        kept: list[Person] = []
        found: dict[str, Hit] = {}
        for person in persons:
            hits = (hit for other in kept for hit in self.between(other, person) if hit.blocks)
            if hit := next(hits, None):
                found[person.code] = hit
            else:
                kept.append(person)
        return found

    def _of(self, tie: Tie) -> Iterator[Hit]:
        kind = self._kind_on_the_day(tie)
        if not kind:
            return
        if not KINDS[kind].to:
            yield from filter(None, [self._hit(kind, "")])
        elif KINDS[kind].to == "body":
            yield from self._against_parties(kind, tie.party)

    def _kind_on_the_day(self, tie: Tie) -> str:
        """Return the kind as which the tie counts on the day, "" where it does not (any more)."""
        if tie.since is not None and self.day < tie.since:
            return ""
        over = tie.until is not None and tie.until < self.day
        kind = "former_employer" if over and tie.kind == "employer" else tie.kind
        if over and not (KINDS[kind].lasting and self._within_window(tie.until)):
            return ""
        if kind == "shareholder" and tie.share is not None and tie.share < self.terms.share:
            return ""
        return kind

    def _within_window(self, until: date | None) -> bool:
        return until is None or until >= years_before(self.day, self.terms.years)

    def _against_parties(self, kind: str, org: str) -> Iterator[Hit]:
        for party, by_group in self._met.get(org, ()):
            if by_group and not KINDS[kind].group:
                continue
            if kind == "former_employer" and party.role in _PEOPLE_OF:
                continue  # of these bodies their present people alone are meant
            hit = self._hit(kind, party.code, party.role, by_group=by_group)
            if hit is not None:
                yield hit

    def _hit(self, kind: str, party: str, role: str = "", *, by_group: bool = False) -> Hit | None:
        ground, rule = KINDS[kind].ground, _row(kind)
        if kind == "employer" and role in _OWN_GROUND:
            ground = _OWN_GROUND[role]
            rule = _PEOPLE_OF.get(role, _row("supervisor"))
            kind = "supervisor" if role == "supervisor" else kind
        level = self.terms.levels.get(rule)
        return None if level is None else Hit(kind, ground, rule, level, party, role, by_group)


def years_before(day: date, years: int) -> date:
    """Return the same day `years` earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _row(kind: str) -> str:
    return _RULE.get(kind, f"recusal_{kind}")


def _employers(person: Person, day: date) -> set[str]:
    return {
        tie.party
        for tie in person.ties
        if tie.kind == "employer" and tie.party and _stands(tie, day)
    }


def _names(one: Person, other: Person, day: date) -> bool:
    return any(
        tie.kind == "member" and tie.party == other.code and _stands(tie, day) for tie in one.ties
    )


def _stands(tie: Tie, day: date) -> bool:
    return (tie.since is None or tie.since <= day) and (tie.until is None or day <= tie.until)


def employments(told: Iterable[tuple[date, str]]) -> tuple[Tie, ...]:
    """Return the employers of one person from (day, employer) pairs in the order of the days.

    The first stood before it was told; each lasts until the day before the next. The same employer
    told again changes nothing.
    """
    found: list[Tie] = []
    for day, org in told:
        if found and found[-1].party == org:
            continue
        if found:
            last = found.pop()
            until = date.fromordinal(day.toordinal() - 1)
            found.append(Tie("employer", last.party, last.since, until))
        found.append(Tie("employer", org, day if found else None))
    return tuple(tie for tie in found if tie.party)
