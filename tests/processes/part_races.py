"""Races for the parts of a project: its objections and its ballot rounds."""

from collections.abc import Iterator
from typing import Any

from award.models import Objection
from award.services import meeting, objections
from evaluation.models import Project
from tests.processes import leading_up as up
from tests.processes.project_races import rung
from tests.processes.racing import Act, Edge, Race, World, by

OBJECTED = rung("candidates_public")
VOTED = rung("reported")
TIE: list[tuple[int, ...]] = [(0, 1)] * 3 + [(0, 2)] * 3 + [(1, 2)]
"""Ballots of seven members for two of three: the second place is tied."""


def newest_objection(_world: World, code: str) -> str:
    rows = Objection.objects.filter(project=code).order_by("received_at")
    return str(rows.values_list("pk", flat=True).last())


def open_round(_world: World, code: str) -> str:
    return Project.objects.get(pk=code).rounds.get(state="open").pk


def objected(world: World, code: str) -> None:
    objections.object(actor=world.cast["tbr"], project=code, text="对业绩认定有异议,请复核。")


def accepted(world: World, code: str) -> None:
    objected(world, code)
    review(True)(world, code, newest_objection(world, code))


def accepted_anew(world: World, code: str) -> None:
    """The project goes on, and is objected to again."""
    objections.resume(actor=world.cast["zbr1"], project=code)
    accepted(world, code)


def named(_world: World, _code: str, part: str) -> str:
    return part


def review(accept: bool) -> Act:
    reason = "" if accept else "不在公示期内提出"
    return by("zbr1", objections.review_objection, objection=named, accept=accept, reason=reason)


def answer(upheld: bool) -> Act:
    text = "经核对合同原件,答复如下。"
    return by("zbr1", objections.answer_objection, objection=named, upheld=upheld, answer=text)


withdraw = by("tbr", objections.withdraw_objection, objection=named)
complain = by("tbr", objections.complain, objection=named)
reevaluate = by("zbr1", objections.uphold, because=named, outcome="reevaluate")
close_ballot = by("zbr1", meeting.close_ballot)


def objection(
    name: str, source: str, target: str, event: str, call: Act, *also: Edge, **more: Any
) -> Race:
    edges = (Edge("Objection", name, source, target), *also)
    more = {"part": newest_objection} | more
    return Race("project", OBJECTED, edges, f"project.objection_{event}", call, **more)


def objections_raced() -> Iterator[Race]:
    yield objection("refuse", "submitted", "refused", "refused", review(False), before=objected)
    stop = Edge("Project", "suspend", "candidates_public", "suspended")
    yield objection(
        "accept", "submitted", "accepted", "accepted", review(True), stop, before=objected
    )
    yield objection("withdraw", "accepted", "withdrawn", "withdrawn", withdraw)
    yield objection(
        "dismiss", "accepted", "not_upheld", "answered", answer(False), before=accepted_anew
    )
    yield objection("complain", "not_upheld", "complained", "complained", complain)
    yield objection("uphold", "accepted", "upheld", "answered", answer(True), before=accepted)
    edge = Edge("Project", "uphold_reevaluate", "suspended", "evaluating")
    yield Race("project", OBJECTED, (edge,), "project.upheld", reevaluate, part=newest_objection)


def ballots_raced() -> Iterator[Race]:
    def tied(world: World, code: str) -> None:
        up.attended(world, code)
        up.ballots_in(world, code, TIE)

    close = Edge("BallotRound", "close", "open", "closed")
    for name, target, before in (("tie", "tied", tied), ("settle", "decided", up.ballots_in)):
        edges = (close, Edge("BallotRound", name, "closed", target))
        yield Race(
            "project", VOTED, edges, "project.round_counted", close_ballot, before, open_round
        )
