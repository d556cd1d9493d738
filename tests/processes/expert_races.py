"""Races for experts: every edge of the pool."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from config.demo import synthetic
from experts.services import pool
from tests.processes.racing import Act, Edge, Race, World, by

DECISION = "ab" * 32
ENTERING = {"term_from": date(2025, 1, 1), "term_to": date(2027, 12, 31)}


def application(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "person": {"name": "王甲子", "id_number": f"999999{code[-8:]}0000", "phone": "10000000000"},
        "employer": synthetic.credit_code("employer/of-races"),
        "region": "330402",
        "title": "高级工程师",
        "years": 12,
        "specialties": ["C130101"],
    }


def apply(world: World, code: str, _part: str = "") -> None:
    pool.apply(actor=world.cast["zjk"], **application(code))


def enter(world: World, code: str) -> None:
    apply(world, code)
    review(True)(world, code, "")
    pass_test(world, code, "")


def suspended(world: World, code: str) -> None:
    suspend(world, code, "")


def annul(world: World, code: str, _part: str) -> None:
    """By another person than the one who decided."""
    another = replace(world.cast["zjj"], id="zjj2")
    pool.annul(actor=another, expert=code, decision=DECISION)


def review(approve: bool) -> Act:
    return by("zjj", pool.review, approve=approve, ground="" if approve else "years")


pass_test = by("zjk", pool.pass_test, **ENTERING)
suspend = by("zjj", pool.suspend, ground="recusal", decision=DECISION)
resume = by("zjj", pool.resume)
leave = by("zjk", pool.exit, ground="voluntary")
reapply = by("zjk", pool.reapply)
disqualify = by("zjj", pool.disqualify, ground="grave", decision=DECISION)


def expert(code: str, name: str, source: str, target: str, event: str, call: Act, **m: Any) -> Race:
    edges: tuple[Edge, ...] = (Edge("Expert", name, source, target),)
    if source == "under_review":
        edges = (Edge("Expert", "begin_review", "applied", source), *edges)
    return Race("expert", code, edges, f"expert.{event}", call, **m)


def races() -> Iterator[Race]:
    one, two, three = "X19700101", "X19700102", "X19700103"
    yield Race("expert", one, (), "expert.applied", apply)
    yield expert(one, "pass_review", "under_review", "testing", "review_passed", review(True))
    yield expert(one, "enter", "testing", "active", "entered", pass_test)
    yield expert(one, "suspend", "active", "suspended", "suspended", suspend)
    yield expert(one, "resume", "suspended", "active", "resumed", resume)
    yield expert(one, "annul", "suspended", "active", "annulled", annul, before=suspended)
    yield expert(one, "exit", "active", "exited", "exited", leave)
    yield expert(one, "reapply", "exited", "applied", "reapplied", reapply)
    yield expert(one, "reject", "under_review", "rejected", "rejected", review(False))
    yield expert(
        two, "disqualify", "active", "disqualified", "disqualified", disqualify, before=enter
    )
    yield expert(two, "annul", "disqualified", "active", "annulled", annul)
    yield expert(
        two, "disqualify", "suspended", "disqualified", "disqualified", disqualify, before=suspended
    )

    def entered_and_suspended(world: World, code: str) -> None:
        enter(world, code)
        suspended(world, code)

    yield expert(
        three, "exit", "suspended", "exited", "exited", leave, before=entered_and_suspended
    )
