"""Tenders of our own, played together up to where their races begin.

They differ from the ladder's in what decides an edge: the plan's rule for a lost winner, an award
by rank, four lots of one group.
"""

from dataclasses import dataclass

from award.services import deciding, planning
from config.demo import case as cases
from config.demo import job as steps
from config.demo.job import STEPS, Job
from evaluation.services import registering
from tests.processes.racing import World
from tests.scenarios import SCORES, case_data


@dataclass(frozen=True)
class Line:
    """A tender played up to `last`; `register` and `plan` where they differ from the usual."""

    code: str
    last: steps.Step
    register: steps.Step = steps.register
    plan: steps.Step = steps.plan_award
    bidders: int = 4


def plan_revote(job: Job) -> None:
    """As usual, but who loses the winner votes again among the rest."""
    steps.plan_award(job)
    for code, _ in job.lots:
        plan = steps.award_plan() | {"withdrawal": "REVOTE_REMAINING"}
        planning.fix_award_plan(
            actor=job.cast["zbr1"], project=code, plan=plan, policy_document=steps.POLICY
        )


def register_ranked(job: Job) -> None:
    """A lot whose first ranked candidate wins."""
    code, lot = job.lots[0]
    registering.register(
        actor=job.cast["zbr1"],
        code=code,
        title=job.case.title,
        group=job.code,
        lot=lot.name,
        region="330402",
        trade="construction",
        compulsory=True,
        funds="state",
        regime="ranked_first",
        ceiling_fen=lot.ceiling_fen,
        evaluation_plan={
            "v": 1,
            "factors": [steps.FACTOR],
            "aggregation": "mean",
            "review_items": [{"item": "compliance", "name": "符合性审查"}],
            "candidates": {"count": 3, "ranked": True},
            "tie_rule": ["lower_price"],
        },
    )


def no_plan(_job: Job) -> None:
    """A ranked award needs none."""


def four_lots() -> cases.Case:
    """Three bidders and four lots, each of the first three lots clearly another's."""
    data = case_data(3)
    names = [name for name, _ in SCORES[:3]]
    data["lots"] = [
        {
            "lot": str(number),
            "bidders": [
                {"bidder": name, "scores": ["95.00" if name == best else "70.00"] * 5}
                for name in names
            ],
        }
        for number, best in enumerate([*names, names[0]], start=1)
    ]
    return cases.parse(data)


LINES = (
    Line("P-tendering-1", steps.publish_tender),
    Line("P-revote-1", steps.publish_result, plan=plan_revote),
    Line("P-again-1", steps.notify, plan=plan_revote),
    Line("P-ranked-1", steps.publish_candidates, register_ranked, no_plan),
    Line("P-retender-1", steps.notify, register_ranked, no_plan),
    Line("P-nobody-1", steps.publish_candidates, register_ranked, no_plan),
    Line("P-lots-4", steps.publish_candidates),
)


def play_lines(world: World, _code: str) -> None:
    """Play all lines step by step, so that they share the passing of time."""
    order = [step for step, _ in STEPS]
    played = [(line, job_of(world, line)) for line in LINES]
    for place, step in enumerate(order):
        for line, job in played:
            if place <= order.index(line.last):
                _step(world, line, job, step)


def job_of(world: World, line: Line) -> Job:
    job = world.job(line.code, line.bidders)
    if line.code == "P-lots-4":
        job.case = four_lots()
    return job


def _step(world: World, line: Line, job: Job, step: steps.Step) -> None:
    if step is steps.register:
        line.register(job)
    elif step is steps.plan_award:
        line.plan(job)
    elif line.register is register_ranked and step in (steps.begin_award, steps.award):
        if step is steps.award:
            world.after_publicity(line.code)
            deciding.confirm_first(
                actor=job.cast["zbr2"], project=line.code, reasons="第一中标候选人"
            )
    else:
        step(job)
