"""Races for draws and their seats. A draw knows no project, so these have none."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from accounts.services import outbox
from audit_log.services import clock, sealer
from config.demo import job as steps
from evaluation.models import Project
from experts.models import Draw, Expert, Seat
from experts.services import answers, appointments, draws, rounds
from tests.accounts.channels import Phone
from tests.processes.racing import Act, Edge, Race, World, by

EVIDENCE = "cd" * 32
MAIN = "D-main"
Lead = Callable[[World, str], object]


def then(*acts: Lead) -> Lead:
    """One after the other."""

    def lead(world: World, code: str) -> None:
        for act in acts:
            act(world, code)

    return lead


def request(world: World, code: str, _part: str = "", *, appointed: bool = False) -> None:
    draws.request(
        actor=world.cast["zbr1"],
        draw=code,
        case=code,
        tenderer=world.cast["zbr1"].org,
        trade="construction",
        region="330402",
        held_at=clock.now() + timedelta(hours=20),
        place=steps.PLACE,
        slots=[{"slot": "1", "specialty": "A0801", "region": "33", "count": 2}],
        recusal=[],
        rules=Project.objects.values_list("rules", flat=True)[0],
        appointed=appointed,
    )


def proposed(world: World, code: str) -> None:
    """The tenderer has chosen two experts of different employers and waits for the approval."""
    request(world, code, appointed=True)
    able = Expert.objects.filter(state="active", specialties__code__startswith="A0801")
    chosen = {one.employer: one.pk for one in able.order_by("-pk")}
    appointments.ask(
        actor=world.cast["zbr1"],
        draw=code,
        ground="complex",
        document=EVIDENCE,
        experts=[{"slot": "1", "expert": one} for one in sorted(chosen.values())[:2]],
    )


def requested(world: World, code: str) -> None:
    request(world, code)


def approved(world: World, code: str) -> None:
    request(world, code)
    approve(world, code, "")


def sealed(_world: World, _code: str) -> None:
    """The pool is sealed as it stands."""
    sealer.seal_now()


def committed(world: World, code: str) -> None:
    approved(world, code)
    sealed(world, code)
    commit(world, code, "")


def contributed(world: World, code: str) -> None:
    for account in ("zjj", "zbr2"):
        rounds.contribute(actor=world.cast[account], draw=code, value="3 1 4 1 5 9")


def opened(world: World, code: str) -> None:
    contributed(world, code)
    open_round(world, code, "")


def drawn(world: World, code: str) -> None:
    opened(world, code)
    run_round(world, code, "")


def filled(world: World, code: str) -> None:
    """Everyone selected accepts."""
    for seat in Seat.objects.filter(draw=code, state="selected"):
        accept(world, code, seat.candidate)


def signed_in(world: World, code: str) -> None:
    for seat in Seat.objects.filter(draw=code, state="accepted"):
        sign_in(world, code, seat.candidate)


def answer_overdue(_world: World, code: str) -> None:
    outbox.send_due(10_000, Phone().channels)
    last = Seat.objects.filter(draw=code).order_by("pk").last()
    steps.wait_until(last.answer_by + timedelta(seconds=1))


def evaluation_begun(_world: World, code: str) -> None:
    steps.wait_until(Draw.objects.get(pk=code).held_at + timedelta(seconds=1))


def oldest(state: str) -> Callable[[World, str], str]:
    """The first seat in a state."""

    def part(_world: World, code: str) -> str:
        seats = Seat.objects.filter(draw=code, state=state).order_by("pk")
        return seats.values_list("candidate", flat=True)[0]

    return part


def _as_drawn(service: Callable[..., object], **given: Any) -> Act:
    """By the drawn expert himself, under his handle."""

    def call(_world: World, code: str, part: str) -> None:
        seat = Seat.objects.get(draw=code, candidate=part)
        service(actor=seat.actor, draw=code, **given)

    return call


def _recorded(reason: str) -> Act:
    return by(
        "jyzx1",
        answers.record_answer,
        candidate=lambda _world, _code, part: part,
        answer="no_answer",
        reason=reason,
        evidence=EVIDENCE,
    )


approve = by("jyzx1", draws.review, approve=True)
reject = by("jyzx1", draws.review, approve=False, reason="席位设置有误")
commit = by("jyzx1", draws.commit)
open_round = by("jyzx1", rounds.open_round)
run_round = by("jyzx1", rounds.run_round)
close = by("jyzx1", draws.close)
cancel = by("jyzx1", draws.cancel, reason="项目建设内容调整")
appoint = by("zjj", appointments.approve)
abandon = by("zjj", draws.abandon, reason="抽取条件发生重大变化")
accept = _as_drawn(answers.answer, answer="accepted")
decline = _as_drawn(answers.answer, answer="declined", reason="busy")
sign_in = _as_drawn(answers.sign_in)
strike = by("jyzx1", answers.strike, candidate=lambda _world, _code, part: part, reason="H6")


def draw(code: str, name: str, source: str, target: str, event: str, call: Act, **m: Any) -> Race:
    return Race("draw", code, (Edge("Draw", name, source, target),), f"draw.{event}", call, **m)


def seat(name: str, source: str, target: str, call: Act, *also: Edge, **more: Any) -> Race:
    edges = (Edge("Seat", name, source, target), *also)
    more = {"part": oldest(source), "event": "draw.answered", **more}
    return Race("draw", MAIN, edges, call=call, **more)


FILL = Edge("Draw", "fill", "running", "filled")
REOPEN = Edge("Draw", "run", "filled", "running")


def to_the_first_round() -> Iterator[Race]:
    yield Race("draw", MAIN, (), "draw.requested", request)
    yield draw(MAIN, "approve", "requested", "approved", "approved", approve)
    yield draw(MAIN, "commit", "approved", "committed", "committed", commit, before=sealed)
    yield draw(MAIN, "run", "committed", "running", "round_opened", open_round, before=contributed)
    yield Race("draw", MAIN, (), "draw.round_run", run_round)


def seats() -> Iterator[Race]:
    yield seat("accept", "selected", "accepted", accept)
    yield seat("decline", "selected", "declined", decline)
    yield seat("miss", "selected", "no_answer", _recorded(""), before=then(drawn, answer_overdue))
    yield seat("strike", "selected", "struck", strike, before=drawn)
    yield seat("accept", "selected", "accepted", accept, FILL, before=drawn)
    yield seat("strike", "accepted", "struck", strike, REOPEN)
    yield seat(
        "stay_away", "accepted", "absent", _recorded("absent"), REOPEN,
        before=then(drawn, filled, evaluation_begun),
    )  # fmt: skip
    yield seat("sign_in", "accepted", "signed_in", sign_in, event="draw.candidate_opened")
    yield seat(
        "replace", "signed_in", "replaced", strike, REOPEN,
        before=then(drawn, filled, signed_in),
    )  # fmt: skip
    shut = Edge("Draw", "close", "filled", "closed")
    yield seat(
        "serve", "signed_in", "served", close, shut,
        before=then(drawn, filled, signed_in), event="draw.closed",
    )  # fmt: skip


def ends() -> Iterator[Race]:
    yield draw("D-1", "reject", "requested", "rejected", "rejected", reject, before=requested)
    yield draw("D-7", "appoint", "requested", "running", "appointed", appoint, before=proposed)
    gone = ("cancelled", "cancelled", cancel)
    yield draw("D-2", "cancel", "requested", *gone, before=requested)
    yield draw("D-3", "cancel", "approved", *gone, before=approved)
    yield draw("D-4", "cancel", "committed", *gone, before=committed)
    void = ("abandoned", "abandoned", abandon)
    yield draw("D-5", "abandon", "running", *void, before=then(committed, drawn))
    yield draw("D-6", "abandon", "filled", *void, before=then(committed, drawn, filled))
