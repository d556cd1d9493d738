"""Races for recorded conflicts: every edge, of an expert and of an official."""

from collections.abc import Callable, Iterator
from typing import Any

from config.demo import synthetic
from experts.acts.conflicts import OF_EXPERTS, OF_OFFICIALS
from experts.models import AccountConflict, ExpertConflict
from tests.processes.racing import Act, Edge, Race, World

DOCUMENT = "ab" * 32
EXPERT, OFFICIAL = "E000001", "zbr1"
FIRST = {"expert": "zjk", "account": "jyzx1"}
"""Who records and asks; the regulator is the other person each time."""
SECOND = "zjj"
MODELS = {"expert": ExpertConflict, "account": AccountConflict}
SERVICES = {
    "expert": [act.service for act in OF_EXPERTS],
    "account": [act.service for act in OF_OFFICIALS],
}
"""Declare, record, confirm, ask for a release, agree to one."""


def newest(kind: str) -> Callable[[World, str], str]:
    def found(_world: World, code: str) -> str:
        rows = MODELS[kind].objects.filter(person=code).order_by("audit_n")
        return str(rows.values_list("pk", flat=True).last())

    return found


def record(kind: str) -> Callable[[World, str], None]:
    def done(world: World, code: str) -> None:
        SERVICES[kind][1](
            actor=world.cast[FIRST[kind]],
            **{kind: code},
            kind="kin",
            party=synthetic.credit_code("bidder/of-races"),
            source="register",
            evidence=DOCUMENT,
        )

    return done


def by(kind: str, account: str, service: Callable[..., object], **given: Any) -> Act:
    def call(world: World, code: str, part: str) -> object:
        return service(actor=world.cast[account], **{kind: code}, conflict=part, **given)

    return call


def then(kind: str, *acts: Act) -> Callable[[World, str], None]:
    """Record one, and take it further."""

    def done(world: World, code: str) -> None:
        record(kind)(world, code)
        for act in acts:
            act(world, code, newest(kind)(world, code))

    return done


def _of(kind: str, code: str) -> Iterator[Race]:
    machine = f"{kind.capitalize()}Conflict"
    confirm = by(kind, SECOND, SERVICES[kind][2])
    ask = by(kind, FIRST[kind], SERVICES[kind][3], ground="error", decision=DOCUMENT)
    lift = by(kind, SECOND, SERVICES[kind][4], approve=True)
    refuse = by(kind, SECOND, SERVICES[kind][4], approve=False)

    def race(name: str, source: str, target: str, event: str, call: Act, **more: Any) -> Race:
        edges = (Edge(machine, name, source, target),)
        return Race(kind, code, edges, f"{kind}.conflict_{event}", call, part=newest(kind), **more)

    yield race("confirm", "recorded", "confirmed", "confirmed", confirm, before=record(kind))
    yield race("ask_release", "confirmed", "release_asked", "release_asked", ask)
    yield race("refuse_release", "release_asked", "confirmed", "release_refused", refuse)
    asked = {"before": then(kind, ask)}
    yield race("lift", "release_asked", "lifted", "lifted", lift, **asked)
    recorded = {"before": record(kind)}
    yield race("ask_release", "recorded", "release_asked", "release_asked", ask, **recorded)


def races() -> Iterator[Race]:
    yield from _of("expert", EXPERT)
    yield from _of("account", OFFICIAL)
