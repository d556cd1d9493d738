"""Races for a project: every edge of its machine for which there is a service."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from award.services import deciding, halting, meeting, publicity
from config.demo import job as steps
from evaluation.domain.lifecycle import ORDERABLE
from evaluation.models import Project
from evaluation.services import bidding, drawing, projects, reporting, scoring
from tests.processes import leading_up as up
from tests.processes import tenders
from tests.processes.racing import Act, Edge, Race, World, by
from tests.processes.racing import deadline as due


def rung(state: str) -> str:
    """The ladder's project at a state."""
    return f"L-{state.replace('_', '-')}-1"


def project(
    code: str, name: str, source: str, target: str, event: str, call: Act, **more: Any
) -> Race:
    edge = Edge("Project", name, source, target)
    return Race("project", code, (edge,), f"project.{event}", call, **more)


def start_draw(world: World, code: str, _part: str) -> None:
    job = world.job(code)
    drawing.start_draw(
        actor=world.cast["zbr1"],
        group=job.code,
        held_at=due(code) + timedelta(minutes=30),
        place=steps.PLACE,
        slots=steps.slots(job.case.experts),
    )


def in_three_weeks(*_: object) -> datetime:
    return steps.local(steps.today() + timedelta(days=22), 9, 30)


def today(*_: object) -> date:
    return steps.today()


def everyone_gone(_world: World, code: str, _part: str) -> list[dict[str, str]]:
    candidates = Project.objects.get(pk=code).candidates.order_by("bid__bidder_id")
    bidders = candidates.values_list("bid__bidder_id", flat=True)
    return [{"bidder": bidder, "reason": "gave_up"} for bidder in bidders]


def winning_price(_world: World, code: str, _part: str) -> int:
    row = Project.objects.get(pk=code)
    return row.bids.get(bidder_id=row.winner).price_fen


publish_tender = by("zbr1", projects.publish_tender, deadline=in_three_weeks)
terminate = by("zbr1", projects.terminate, reason="项目建设内容调整")
open_bids = by("jyzx1", bidding.open_bids)
start_evaluation = by("jyzx1", scoring.start_evaluation)
fail = by("zbr1", deciding.fail, reason="没有可以确定为中标人的候选人")
fail_all_lost = by(
    "zbr1", deciding.fail, reason="候选人均放弃中标", skipped=lambda *place: everyone_gone(*place)
)
submit_report = by("jyzx1", reporting.submit_report)
request_recheck = by("zbr1", reporting.request_recheck, reason="请复核第二项评分")
publish_candidates = by("jyzx2", publicity.publish_candidates)
begin_award = by("zbr1", meeting.begin_award)
decide = by("zbr2", deciding.decide, reasons=up.REASONS, departure_reasons=up.REASONS)
confirm_first = by("zbr2", deciding.confirm_first, reasons=up.REASONS)
publish_result = by("jyzx2", publicity.publish_result)
notify = by("zbr1", publicity.notify)
lose = by("zbr1", deciding.lose_winner, reason="gave_up")
retender = by("zbr1", deciding.lose_winner, reason="gave_up", retender=True)
contract = by(
    "zbr1", deciding.contract, signed_on=lambda *_: steps.today(), price_fen=winning_price
)
archive = by("jyzx1", projects.archive)
reconfirm = by("zbr1", deciding.reconfirm, reason="候选人的经营状况发生变化")
halt = by("zjj", halting.order_suspension, document=up.ORDER)
resume = by("zjj", halting.resume)
uphold_fail = by("zjj", halting.uphold, because=up.ORDER, outcome="fail")


def halts() -> Iterator[Race]:
    """From every state between tender and notice: halted, and back to where it came from."""
    for state in ORDERABLE:
        yield project(rung(state), "suspend", state, "suspended", "suspended", halt)
        yield project(rung(state), "resume", "suspended", state, "resumed", resume)


def before_the_opening() -> Iterator[Race]:
    code, other = "P-drawing-1", "P-tendering-1"
    yield project(
        code, "publish_tender", "registered", "tendering", "tender_published", publish_tender,
        before=up.registered,
    )  # fmt: skip
    yield project(
        code, "start_draw", "tendering", "drawing", "draw_started", start_draw,
        before=up.ready_to_draw,
    )  # fmt: skip
    yield project(code, "terminate", "drawing", "terminated", "terminated", terminate)
    yield project(other, "terminate", "tendering", "terminated", "terminated", terminate)
    code = rung("registered")
    yield project(code, "terminate", "registered", "terminated", "terminated", terminate)
    yield project(code, "archive", "terminated", "archived", "archived", archive)


def opening_and_evaluation() -> Iterator[Race]:
    code, few = rung("tendering"), "P-few-1"
    yield project(code, "open_bids", "tendering", "opened", "opened", open_bids)
    yield project(code, "terminate", "opened", "terminated", "terminated", terminate)
    code = rung("drawing")
    yield project(code, "open_bids", "drawing", "opened", "opened", open_bids)
    yield project(few, "fail", "opened", "failed", "failed", fail, before=up.opened_with_two_bids)
    code, step = rung("opened"), "evaluation_started"
    yield project(code, "start_evaluation", "opened", "evaluating", step, start_evaluation)
    yield project(code, "fail", "evaluating", "failed", "failed", fail, before=up.all_rejected)
    yield project(code, "archive", "failed", "archived", "archived", archive)
    code = rung("evaluating")
    yield project(
        code, "submit_report", "evaluating", "reported", "report_submitted", submit_report,
        before=up.report_signed,
    )  # fmt: skip
    yield project(
        code, "request_recheck", "reported", "evaluating", "recheck_requested", request_recheck
    )


def publicity_and_award() -> Iterator[Race]:
    """One project from its report to the archive; its ballots are raced in `part_races`."""
    code = rung("reported")
    yield project(
        code, "publish_candidates", "reported", "candidates_public", "candidates_published",
        publish_candidates, before=up.drafted,
    )  # fmt: skip
    yield project(
        code, "begin_award", "candidates_public", "awarding", "award_begun", begin_award,
        before=World.after_publicity,
    )  # fmt: skip


def decision_and_end() -> Iterator[Race]:
    code = rung("reported")
    yield project(code, "decide", "awarding", "awarded", "awarded", decide, before=up.voted)
    yield project(
        code, "publish_result", "awarded", "result_public", "result_published", publish_result
    )
    yield project(
        code, "notify", "result_public", "notified", "notified", notify,
        before=World.after_publicity,
    )  # fmt: skip
    yield project(code, "contract", "notified", "contracted", "contracted", contract)
    yield project(code, "archive", "contracted", "archived", "archived", archive)


def setbacks() -> Iterator[Race]:
    """Reconfirmation, a winner lost by each rule, an upheld order."""
    back = ("evaluating", "reconfirmed", reconfirm)
    code = rung("suspended")
    yield project(code, "reconfirm", "candidates_public", *back, before=up.resumed)
    yield project(rung("awarding"), "reconfirm", "awarding", *back)
    yield project(rung("result_public"), "reconfirm", "result_public", *back)
    code = rung("awarded")
    yield project(
        code, "uphold_fail", "suspended", "failed", "upheld", uphold_fail, before=up.halted
    )
    code = rung("notified")
    yield project(code, "lose_winner", "notified", "awarded", "winner_lost", lose)
    yield project(
        code, "lose_winner", "result_public", "awarded", "winner_lost", lose,
        before=up.result_public,
    )  # fmt: skip


def setbacks_by_other_plans() -> Iterator[Race]:
    again = ("awarding", "winner_lost", lose)
    yield project("P-revote-1", "lose_winner", "result_public", *again)
    yield project("P-again-1", "lose_winner", "notified", *again)
    code = "P-ranked-1"
    yield project(
        code, "confirm_first", "candidates_public", "awarded", "awarded", confirm_first,
        before=World.after_publicity,
    )  # fmt: skip
    yield project(
        code, "lose_winner", "result_public", "failed", "winner_lost", retender,
        before=up.result_public,
    )  # fmt: skip
    yield project("P-retender-1", "lose_winner", "notified", "failed", "winner_lost", retender)
    yield project("P-nobody-1", "fail", "candidates_public", "failed", "failed", fail_all_lost)
    yield project(
        "P-lots-4", "fail", "awarding", "failed", "failed", fail, before=up.three_lots_decided
    )


def twice_registered() -> Iterator[Race]:
    """A birth is no edge, but two may ask for it at once."""
    code = "P-twice-1"

    def register(world: World, code: str, _part: str) -> None:
        steps.register(world.job(code))

    yield Race("project", code, (), "project.registered", register, before=tenders.play_lines)
