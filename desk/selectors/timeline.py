"""The trail beside a page: what this reader may be told of each entry, and how far it is sealed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accounts.domain import policy
from accounts.domain.roles import ROLES
from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor, Ref
from audit_log.domain.proof import TlogProof
from audit_log.selectors import trail, tree
from audit_log.services import cosigning
from desk.domain import audience
from desk.selectors import things
from evaluation.models import Project

UNSEALED, SEALED, WITNESSED = "unsealed", "sealed", "witnessed"
SEALS = {UNSEALED: "未封存", SEALED: "已封存", WITNESSED: "已见证"}


@dataclass(frozen=True)
class Told:
    """One entry as a timeline shows it; `n` is None where its place is not to be told yet."""

    stream: str
    n: int | None
    title: str
    at: datetime
    role: str
    hash: str
    seal: str
    value: dict[str, Any]
    index: int | None

    @property
    def seal_name(self) -> str:
        return SEALS[self.seal]

    @property
    def place(self) -> tuple[str, str]:
        """Kind and id of the stream, as addresses name them."""
        kind, _, id = self.stream.partition("/")
        return kind, id


def of(thing: Any) -> list[Told]:
    """The timeline of an object's own stream, newest first."""
    standing = trail.standing()
    told = [_told(line, standing) for line in trail.lines(thing.stream)]
    return list(reversed(_without_bid_count(thing, told)))


def entry(actor: Actor, stream: str, n: int) -> Told:
    """One entry for an actor who may see its stream; raise NotFound."""
    kind, _, id = stream.partition("/")
    thing = _owner(actor, kind, id)
    told = receipt(stream, n)
    if _hidden(thing, told):
        raise NotFound
    return told


def receipt(stream: str, n: int) -> Told:
    """One entry, for whoever holds its receipt; raise NotFound."""
    line = trail.line(stream, n)
    if line is None:
        raise NotFound
    return _told(line, trail.standing())


def readable(actor: Actor, told: Told) -> bool:
    """Whether the actor reads what the entry says, not only that it is there."""
    kind, id = told.place
    if told.value["actor"]["id"] == actor.id:
        return True
    if kind != "project":
        return True
    row = things.find(kind, id)
    circle = audience.CIRCLES.get(told.value["type"], audience.OPEN)
    return audience.may_read(circle, actor.role, row.state, row.suspended_from)


def proof(told: Told) -> str:
    """The `.tlog-proof` of a sealed entry, under the co-signed tree where there is one."""
    if told.index is None:
        raise NotFound
    standing = trail.standing()
    size = standing.witnessed if told.index < standing.witnessed else standing.sealed
    hashes = tuple(tree.inclusion(told.index, size))
    return TlogProof(told.index, hashes, cosigning.cosigned_note(size)).text


def seal_of(index: int | None, standing: trail.Standing) -> str:
    """How far an entry at this place of the log is sealed."""
    if index is None or index >= standing.sealed:
        return UNSEALED
    return WITNESSED if index < standing.witnessed else SEALED


def place(ref: Ref) -> tuple[str, str, int]:
    """Kind, id and position of an entry, as addresses name them."""
    kind, _, id = ref.stream.partition("/")
    return kind, id, ref.n


def _owner(actor: Actor, kind: str, id: str) -> Any:
    if actor.role in policy.SEE["trail"] and kind not in things.MODELS:
        return None
    if kind in things.KEEPERS and actor.role in policy.SEE["trail"]:
        return things.find(kind, id)
    return things.seen(actor, kind, id)


def _hidden(thing: Any, told: Told) -> bool:
    shown = [told] if thing is None else _without_bid_count(thing, [told])
    return not shown or shown[0].n is None


def _without_bid_count(thing: Any, told: list[Told]) -> list[Told]:
    """Before the opening neither bids nor gaps in the numbering may tell how many there are."""
    if not isinstance(thing, Project):
        return told
    state, origin = thing.state, thing.suspended_from
    if not audience.before_opening(state, origin):
        return told
    published = trail.last_event(thing.stream, "project.tender_published")
    last = thing.audit_n if published is None else published["n"]
    return [
        one if one.n is not None and one.n <= last else replace(one, n=None)
        for one in told
        if audience.is_told(one.value["type"], state, origin)
    ]


def _told(line: trail.Line, standing: trail.Standing) -> Told:
    value = line.value
    return Told(
        stream=value["stream"],
        n=value["n"],
        title=line.title,
        at=line.at,
        role=ROLES.get(value["actor"]["role"], value["actor"]["role"]),
        hash=line.hash,
        seal=seal_of(line.index, standing),
        value=value,
        index=line.index,
    )
