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
from desk.selectors import things
from desk.selectors.phases import Phases

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
    told = [told_of(line, standing) for line in trail.lines(thing.stream)]
    return masked(list(reversed(told)))


def system(name: str) -> list[Told]:
    """The timeline of a stream of the system's, newest first."""
    standing = trail.standing()
    return [told_of(line, standing) for line in reversed(trail.lines(f"system/{name}"))]


def entry(actor: Actor, stream: str, n: int) -> Told:
    """One entry for an actor who may see its stream; raise NotFound."""
    kind, _, id = stream.partition("/")
    owner(actor, kind, id)
    shown = masked([receipt(stream, n)])
    if not shown or shown[0].n is None:
        raise NotFound
    return shown[0]


def receipt(stream: str, n: int) -> Told:
    """One entry, for whoever holds its receipt; raise NotFound."""
    line = trail.line(stream, n)
    if line is None:
        raise NotFound
    return told_of(line, trail.standing())


def readable(actor: Actor, told: Told) -> bool:
    """Whether the actor reads what the entry says, not only that it is there."""
    return reads(actor, told, Phases.of([told.value]))


def reads(actor: Actor, told: Told, phases: Phases) -> bool:
    """The same among many, whose phases were looked up together."""
    return told.value["actor"]["id"] == actor.id or phases.may_read(actor.role, told.value)


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


def owner(actor: Actor, kind: str, id: str) -> Any:
    """The row behind a stream the actor may see, None where no row is behind it; raise NotFound.

    Who may see the trail sees it of every object of his district, with a page of its own or not.
    """
    kind = things.kind_of(kind, id)
    if actor.role not in policy.SEE["trail"]:
        return things.drawn(actor, id) if kind == "draw" else things.seen(actor, kind, id)
    if kind not in things.MODELS:
        return None
    row = things.find(kind, id)
    if kind not in things.KEEPERS and not policy.may_see(actor, "trail", policy.known(actor, row)):
        raise NotFound
    return row


def masked(told: list[Told], phases: Phases | None = None) -> list[Told]:
    """Before an opening neither bids nor gaps in the numbering may tell how many there are."""
    known = phases or Phases.of(one.value for one in told)
    return [
        one if known.is_numbered(one.value) else replace(one, n=None)
        for one in told
        if known.is_told(one.value)
    ]


def told_of(line: trail.Line, standing: trail.Standing) -> Told:
    """An entry with how far it is sealed."""
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
