"""Races for experts: every edge of the pool."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from config.demo import synthetic
from experts.models import ExpertAppeal, ExpertChange
from experts.selectors import career
from experts.services import appeals, changes, pool
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


def another(name: str, service: Callable[..., object], **given: Any) -> Act:
    """As an official of the same department who did not decide before."""

    def call(world: World, code: str, part: str) -> object:
        actor = replace(world.cast["zjj"], id=name)
        return service(actor=actor, expert=code, appeal=part, **given)

    return call


def review(approve: bool) -> Act:
    return by("zjj", pool.review, approve=approve, ground="" if approve else "years")


pass_test = by("zjk", pool.pass_test, **ENTERING)
fail_test = by("zjk", pool.fail_test, score=40, material=DECISION)
suspend = by("zjj", pool.suspend, ground="inquiry", decision=DECISION)
resume = by("zjj", pool.resume)
leave = by("zjk", pool.exit, ground="voluntary")
reapply = by("zjk", pool.reapply)
disqualify = by("zjj", pool.disqualify, ground="grave", decision=DECISION)


review_appeal = partial(another, "zjj2", appeals.review_appeal)
draft = another("zjj2", appeals.draft_appeal, outcome="upheld", decision=DECISION)
maintain = another("zjj2", appeals.draft_appeal, outcome="not_upheld", decision=DECISION)
uphold = another("zjj3", appeals.decide_appeal, agree=True)
send_back = another("zjj3", appeals.decide_appeal, agree=False)


def newest_appeal(_world: World, code: str) -> str:
    return str(ExpertAppeal.objects.filter(expert=code).order_by("-audit_n")[0].pk)


def newest_change(_world: World, code: str) -> str:
    return str(ExpertChange.objects.filter(expert=code).order_by("-audit_n")[0].pk)


def appealed(world: World, code: str) -> None:
    appeals.appeal(actor=world.cast["zjk"], expert=code, ground="law", letter=DECISION)


def accepted(world: World, code: str) -> None:
    appealed(world, code)
    review_appeal(accept=True)(world, code, newest_appeal(world, code))


def drafted(outcome: Act, *before: Callable[[World, str], object]) -> Callable[[World, str], None]:
    def lead(world: World, code: str) -> None:
        for step in (*before, accepted):
            step(world, code)
        outcome(world, code, newest_appeal(world, code))

    return lead


def reported(world: World, code: str) -> None:
    since = career.today()
    changes.report_change(
        actor=world.cast["zjk"], expert=code, valid_from=since, title="正高级工程师"
    )


def confirm(approve: bool) -> Act:
    ground = "" if approve else "mistaken"
    named = {"change": lambda _world, _code, part: part}
    return by("zjj", changes.confirm_change, approve=approve, ground=ground, **named)


def expert(code: str, name: str, source: str, target: str, event: str, call: Act, **m: Any) -> Race:
    edges: tuple[Edge, ...] = (Edge("Expert", name, source, target),)
    if source == "under_review":
        edges = (Edge("Expert", "begin_review", "applied", source), *edges)
    return Race("expert", code, edges, f"expert.{event}", call, **m)


def appeal(code: str, name: str, source: str, target: str, event: str, call: Act, **m: Any) -> Race:
    edges = (Edge("ExpertAppeal", name, source, target),)
    told = f"expert.appeal_{event}"
    return Race("expert", code, edges, told, call, part=newest_appeal, **m)


def upheld(code: str, source: str, **more: Any) -> Race:
    """An appeal that is upheld annuls what it was against."""
    edges = (
        Edge("ExpertAppeal", "uphold", "drafted", "upheld"),
        Edge("Expert", "annul", source, "active"),
    )
    told = "expert.appeal_upheld"
    return Race("expert", code, edges, told, uphold, part=newest_appeal, **more)


def changed(code: str, *edges: tuple[str, str, str], event: str, call: Act) -> Race:
    found = tuple(Edge("ExpertChange", *edge) for edge in edges)
    told = f"expert.change_{event}"
    return Race("expert", code, found, told, call, before=reported, part=newest_change)


def appeals_raced(code: str) -> Iterator[Race]:
    """On one who is suspended."""
    yield appeal(
        code, "refuse", "filed", "refused", "refused",
        review_appeal(accept=False, ground="late"), before=appealed,
    )  # fmt: skip
    yield appeal(
        code, "accept", "filed", "accepted", "accepted",
        review_appeal(accept=True), before=appealed,
    )  # fmt: skip
    yield appeal(code, "draft_outcome", "accepted", "drafted", "drafted", maintain)
    yield appeal(code, "send_back", "drafted", "accepted", "returned", send_back)
    yield appeal(
        code, "dismiss", "drafted", "not_upheld", "dismissed", uphold,
        before=lambda world, code: maintain(world, code, newest_appeal(world, code)),
    )  # fmt: skip


def races() -> Iterator[Race]:
    one, two, three, four = "X19700101", "X19700102", "X19700103", "X19700104"
    yield Race("expert", one, (), "expert.applied", apply)
    yield expert(one, "pass_review", "under_review", "testing", "review_passed", review(True))
    yield expert(one, "enter", "testing", "active", "entered", pass_test)
    yield changed(one, ("refuse", "reported", "refused"), event="refused", call=confirm(False))
    yield changed(
        one,
        ("confirm", "reported", "confirmed"),
        ("take_effect", "confirmed", "effective"),
        event="confirmed",
        call=confirm(True),
    )
    yield expert(one, "suspend", "active", "suspended", "suspended", suspend)
    yield from appeals_raced(one)
    yield expert(one, "resume", "suspended", "active", "resumed", resume)
    yield upheld(one, "suspended", before=drafted(draft, suspended))
    yield expert(one, "exit", "active", "exited", "exited", leave)
    yield expert(one, "reapply", "exited", "applied", "reapplied", reapply)
    yield expert(one, "reject", "under_review", "rejected", "rejected", review(False))
    yield expert(one, "reapply", "rejected", "applied", "reapplied", reapply)
    yield expert(
        two, "disqualify", "active", "disqualified", "disqualified", disqualify, before=enter
    )
    yield upheld(two, "disqualified", before=drafted(draft))
    yield expert(
        two, "disqualify", "suspended", "disqualified", "disqualified", disqualify, before=suspended
    )

    def entered_and_suspended(world: World, code: str) -> None:
        enter(world, code)
        suspended(world, code)

    yield expert(
        three, "exit", "suspended", "exited", "exited", leave, before=entered_and_suspended
    )

    def reviewed(world: World, code: str) -> None:
        apply(world, code)
        review(True)(world, code, "")

    yield expert(four, "reject", "testing", "rejected", "rejected", fail_test, before=reviewed)
