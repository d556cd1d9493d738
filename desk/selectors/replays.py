"""A project, a draw, an expert or the pool as it stood, from entries alone, and what changed.

Steps are counted over the entries that may be told, so that no number of a step tells how many
sealed bids lie between two of them. A column is shown to its circle (desk.domain.audience).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.domain.policy import covers
from accounts.models import Organisation
from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor
from audit_log.folds import FOLDS, Entries
from audit_log.selectors import trail
from audit_log.services import replaying
from audit_log.services.replaying import Rows
from desk.domain import audience, labels
from desk.selectors import timeline
from desk.selectors.phases import Phases
from desk.selectors.timeline import Told
from evaluation.models import Project

KINDS = ("project", "draw", "expert")
PLACES = ("audit_n", "audit_hash")
"""Where a part of a stream was last told; the entries beside it say so better."""


@dataclass(frozen=True)
class Cell:
    """One column at two moments; None where the row was not there, or said nothing."""

    column: str
    words: str
    then: Any
    later: Any

    @property
    def changed(self) -> bool:
        """Whether the values differ; an empty value and none are the same."""
        return (self.then or None) != (self.later or None)


@dataclass(frozen=True)
class Shown:
    """One row at two moments. `change`: `new`, `gone`, `changed` or ""."""

    table: str
    words: str
    key: str
    cells: list[Cell]
    change: str

    @property
    def name(self) -> str:
        """The row's key as people read it: the relation of a part in words."""
        first, _, rest = self.key.partition(" ")
        return f"{labels.RELATIONS[first]} {rest}" if first in labels.RELATIONS else self.key


@dataclass(frozen=True)
class Replay:
    """A stream's steps, oldest first, and its rows after the two chosen ones (0: the beginning)."""

    steps: list[Told]
    then: int
    later: int
    rows: list[Shown]
    withheld: bool
    """Whether something is there that this reader does not read."""


def replay(actor: Actor, kind: str, id: str, then: int | None, later: int | None) -> Replay:
    """Fold the stream after two of its steps; by default after the last and the one before it.

    Raise NotFound for a stream that the actor may not see.
    """
    if kind not in KINDS:
        raise NotFound
    timeline.owner(actor, kind, id)
    standing = trail.standing()
    told = [timeline.told_of(line, standing) for line in trail.lines(f"{kind}/{id}")]
    values = [one.value for one in told]
    phases = Phases.of(values)
    steps = timeline.masked(told, phases)
    last = _step(later, len(steps), len(steps))
    first = _step(then, last, max(0, last - 1))
    before, after = (_after(values, steps, step) for step in (first, last))
    reads = _Reader(actor.role, _stands(kind, id))
    rows = _shown(f"{kind}/{id}", before, after, reads)
    return Replay(steps, first, last, rows, reads.withheld)


def step_at(steps: list[Told], moment: datetime) -> int:
    """How many of the steps had been taken at a moment."""
    return sum(one.at <= moment for one in steps)


@dataclass(frozen=True)
class Pool:
    """The pool of a district at two moments."""

    states: list[tuple[str, int, int]]
    """State, how many then, how many later."""
    experts: list["Member"]


@dataclass(frozen=True)
class Member:
    """One expert as he stood later; `then` is the state he was in before, "" where he was not."""

    code: str
    then: str
    row: Mapping[str, Any]
    specialties: list[str]
    changed: bool


def pool(actor: Actor, then: datetime, later: datetime) -> Pool:
    """Fold every expert of the actor's district at two moments; the cost grows with the pool."""
    body = Organisation.objects.filter(pk=actor.org).first()
    first, last, members = Counter[str](), Counter[str](), []
    for stream, before, after in replaying.between("expert", then, later):
        code = stream.partition("/")[2]
        row = after.get(f"{_EXPERT} {code}", {})
        if body is None or not covers(body.region, row.get("region", "")):
            continue
        earlier = before.get(f"{_EXPERT} {code}", {})
        if earlier:
            first[earlier.get("state", "")] += 1
        last[row.get("state", "")] += 1
        members.append(_member(code, earlier, row, after, before != after))
    states = [(state, first[state], last[state]) for state in sorted(first.keys() | last.keys())]
    return Pool(states, members)


_EXPERT = "experts_expert"


def _member(
    code: str, then: Mapping[str, Any], row: Mapping[str, Any], rows: Rows, changed: bool
) -> Member:
    head = f"experts_expertspecialty {code} "
    held = [name.removeprefix(head) for name in rows if name.startswith(head)]
    return Member(code, then.get("state", ""), row, held, changed)


def _step(typed: int | None, last: int, usual: int) -> int:
    return usual if typed is None else min(max(typed, 0), last)


def _after(values: Entries, steps: list[Told], step: int) -> Rows:
    """The rows after a step; entries that may not be told stand behind it with the next one."""
    if step == 0:
        return {}
    if step == len(steps):
        return replaying.folded(values)
    return replaying.folded(values[: _position(values, steps[step - 1].value) + 1])


def _position(values: Entries, value: dict[str, Any]) -> int:
    return next(place for place, one in enumerate(values) if one is value)


def _stands(kind: str, id: str) -> list[tuple[str, str]]:
    """Where the projects stand that decide who reads: this one, or the lots of this draw."""
    chosen = {"project": {"pk": id}, "draw": {"draw": id}}.get(kind)
    rows = Project.objects.filter(**chosen) if chosen else ()
    return [(row.state, row.suspended_from) for row in rows] or [("registered", "")]


@dataclass
class _Reader:
    """What one role reads in this phase; remembers whether something was kept from him."""

    role: str
    stands: list[tuple[str, str]]
    withheld: bool = field(default=False)

    def reads(self, table: str, key: str, column: str) -> bool:
        circle = audience.row_circle(table, key, column)
        found = circle is not None and any(
            audience.may_read(circle, self.role, *stand) for stand in self.stands
        )
        self.withheld |= not found
        return found


def _shown(stream: str, before: Rows, after: Rows, reader: _Reader) -> list[Shown]:
    id = stream.partition("/")[2]
    found = []
    for name in sorted(before.keys() | after.keys(), key=_order):
        table, _, rest = name.partition(" ")
        key = rest.removeprefix(id).strip()
        then, later = before.get(name, {}), after.get(name, {})
        cells = [
            Cell(column, words_of(table, column), then.get(column), later.get(column))
            for column in [*later, *(one for one in then if one not in later)]
            if column not in PLACES and reader.reads(table, key, column)
        ]
        if cells:
            change = _change(name in before, name in after, cells)
            found.append(Shown(table, labels.TABLES.get(table, table), key, cells, change))
    return found


def _change(before: bool, after: bool, cells: list[Cell]) -> str:
    if before and after:
        return "changed" if any(cell.changed for cell in cells) else ""
    return "new" if after else "gone"


def _order(name: str) -> tuple[int, str]:
    table = name.partition(" ")[0]
    order = list(labels.TABLES)
    return (order.index(table) if table in order else len(order), name)


def words_of(table: str, column: str) -> str:
    """The name of a column: its model's in Chinese, else the one documents use for such a key."""
    names = {one.attname: str(one.verbose_name) for one in FOLDS[table].model._meta.concrete_fields}
    words = names.get(column, "")
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in words)
    return words.replace("(分)", "(元)") if chinese else labels.label(column)
