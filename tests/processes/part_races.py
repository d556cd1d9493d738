"""Races for the parts of a project: its objections, complaints and ballot rounds."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from award.models import Complaint, Objection
from award.services import complaints, halting, meeting, objections
from evaluation.models import Project
from tests.processes import leading_up as up
from tests.processes.project_races import rung
from tests.processes.racing import Act, Edge, Race, World, by

COMPLAINT = "对业绩认定的程序有异议,请求查处。"
FIRST_DAY = date(2025, 1, 6)
"""Long ago: a late complaint is taken too."""
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
    halting.resume(actor=world.cast["zbr1"], project=code)
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
complain = by(
    "tbr", complaints.complain, matter="result", known_on=FIRST_DAY, text=COMPLAINT, objection=named
)
reevaluate = by("zbr1", halting.uphold, because=named, outcome="reevaluate")
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
    filing = Edge("Objection", "complain", "not_upheld", "complained")
    yield Race(
        "project", OBJECTED, (filing,), "project.complaint_filed", complain, part=newest_objection
    )
    yield objection("uphold", "accepted", "upheld", "answered", answer(True), before=accepted)
    edge = Edge("Project", "uphold_reevaluate", "suspended", "evaluating")
    yield Race("project", OBJECTED, (edge,), "project.upheld", reevaluate, part=newest_objection)


def newest_complaint(_world: World, code: str) -> str:
    rows = Complaint.objects.filter(project=code).order_by("filed_at")
    return str(rows.values_list("pk", flat=True).last())


def filed(world: World, code: str) -> None:
    complaints.complain(
        actor=world.cast["tbr"], project=code, matter="procedure", known_on=FIRST_DAY,
        text=COMPLAINT,
    )  # fmt: skip


def heard(world: World, code: str) -> None:
    filed(world, code)
    examine("review_complaint", accept=True)(world, code, newest_complaint(world, code))


def examined(world: World, code: str) -> None:
    heard(world, code)
    examine("stop_complaint_clock", reason="appraisal")(world, code, newest_complaint(world, code))


def examine(act: str, **given: Any) -> Act:
    return by("zjj", getattr(complaints, act), complaint=named, **given)


def decision(upheld: bool) -> Act:
    given = {"outcome": "correct" if upheld else "", "document": up.ORDER, "answer": COMPLAINT}
    return examine("decide_complaint", upheld=upheld, **given)


def complaints_raced() -> Iterator[Race]:
    back = by("tbr", complaints.withdraw_complaint, complaint=named)
    refusal = {"accept": False, "ground": "no_facts", "reason": COMPLAINT}
    for name, source, target, event, call, before in (
        ("refuse", "filed", "refused", "refused", examine("review_complaint", **refusal), filed),
        ("withdraw", "filed", "withdrawn", "withdrawn", back, filed),
        (
            "accept", "filed", "accepted", "accepted",
            examine("review_complaint", accept=True), filed,
        ),
        ("withdraw", "accepted", "withdrawn", "withdrawn", back, heard),
        ("dismiss", "accepted", "not_upheld", "decided", decision(False), heard),
        ("uphold", "accepted", "upheld", "decided", decision(True), heard),
        (
            "stop_clock", "accepted", "examining", "clock_stopped",
            examine("stop_complaint_clock", reason="appraisal"), heard,
        ),
        (
            "run_clock", "examining", "accepted", "clock_resumed",
            examine("resume_complaint_clock"), examined,
        ),
        ("withdraw", "examining", "withdrawn", "withdrawn", back, examined),
    ):  # fmt: skip
        edges = (Edge("Complaint", name, source, target),)
        told = f"project.complaint_{event}"
        yield Race("project", OBJECTED, edges, told, call, before, newest_complaint)


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
