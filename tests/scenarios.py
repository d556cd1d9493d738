"""A project at any state, reached only through services.

The ladder is two batches of small tenders played with the demonstration's own steps: the first goes
far (its windows are over when the tests run), the second stops on the way with its windows open.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from audit_log.domain.entry import Actor
from audit_log.services import clock, sealer
from award.services import deciding, halting
from config.demo import case as cases
from config.demo import cast as casting
from config.demo import job as steps
from config.demo import synthetic
from config.demo.job import LOCAL, STEPS, Job
from desk.services import installing
from evaluation.models import Project
from evaluation.services import projects
from experts.services import pool

START = datetime(2025, 1, 6, 9, 0, tzinfo=LOCAL)
POOL = 60
FAR = ("archived", "contracted", "notified", "result_public", "awarded", "awarding")
NEAR = (
    "suspended",
    "candidates_public",
    "reported",
    "evaluating",
    "opened",
    "drawing",
    "tendering",
    "registered",
)
ENDED = ("failed", "terminated")
LAST_STEP = {state: index for index, (_, state) in enumerate(STEPS)}
"""State → the last step after which the lot is there."""
DRAWING = range(STEPS.index((steps.commit_draw, "drawing")), LAST_STEP["drawing"] + 1)
TURNS = [
    *([index] for index in range(DRAWING.start)),
    DRAWING,
    *([index] for index in range(DRAWING.stop, len(STEPS))),
]
"""Steps that every job takes before the next is begun. Each draws in one go: whoever has accepted
is no candidate for another evaluation of the same time."""
SCORES = (
    ("甲方建设", ("90.10", "88.00", "91.00", "87.50", "92.00")),
    ("乙方建设", ("86.00", "89.50", "85.00", "88.00", "84.00")),
    ("丙方建设", ("80.00", "82.00", "81.50", "79.00", "83.00")),
    ("丁方建设", ("70.00", "72.00", "71.50", "69.00", "73.00")),
)


@dataclass
class Ladder:
    """What the session fixture built: `ladder["opened"]` is a project's code."""

    cast: dict[str, Actor]
    jobs: dict[str, Job] = field(default_factory=dict)

    def __getitem__(self, state: str) -> str:
        return self.jobs[state].lots[0][0]

    def project(self, state: str) -> Project:
        return Project.objects.get(pk=self[state])

    @classmethod
    def build(cls) -> "Ladder":
        """Install, fill the pool, play both batches; every project ends where its name says."""
        ladder = cls(install())
        ladder.play(FAR + ENDED)
        ladder.play(NEAR)
        sealer.seal()
        found = {state: ladder.project(state).state for state in ladder.jobs}
        assert found == {state: state for state in ladder.jobs}
        return ladder

    def play(self, targets: tuple[str, ...]) -> None:
        batch = {state: self.job(state) for state in targets}
        for some in TURNS:
            for state, job in batch.items():
                for index in some:
                    if index <= LAST_STEP[_stop(state)]:
                        STEPS[index][0](job)
        for state, job in batch.items():
            finish(state, job)
        self.jobs |= batch

    def job(self, state: str) -> Job:
        """A tender of its own for one rung."""
        few = 2 if state == "failed" else len(SCORES)
        name = state.replace("_", "-")
        return Job(f"L-{name}", small_case(few), self.cast, refusals=[], objection=False)


def _stop(state: str) -> str:
    ways = {
        "archived": "notified",
        "contracted": "notified",
        "suspended": "candidates_public",
        "failed": "opened",
        "terminated": "registered",
    }
    return ways.get(state, state)


def finish(state: str, job: Job) -> None:
    """The acts of rungs that lie beside the main line."""
    code, actor = job.lots[0][0], job.cast["zbr1"]
    match state:
        case "contracted" | "archived":
            sign_contract(job)
            if state == "archived":
                projects.archive(actor=job.cast["jyzx1"], project=code)
        case "suspended":
            halting.order_suspension(
                actor=job.cast["zjj"], project=code, document="南建监〔2025〕8号"
            )
        case "failed":
            projects.fail(actor=actor, project=code, reason="投标人少于三个")
        case "terminated":
            projects.terminate(actor=actor, project=code, reason="项目建设内容调整")


def sign_contract(job: Job) -> None:
    code = job.lots[0][0]
    row = Project.objects.get(pk=code)
    price = row.bids.get(bidder_id=row.winner).price_fen
    deciding.contract(
        actor=job.cast["zbr1"], project=code, signed_on=steps.today(), price_fen=price
    )


def install() -> dict[str, Actor]:
    """Keys, clock, rules, the cast, bidders and a pool in which everyone fits every slot."""
    installing.make_keys()
    clock.set_demo_clock(START)
    installing.install()
    first = synthetic.credit_code(f"bidder/{SCORES[0][0]}")
    for name, _ in SCORES:
        register_bidder(name)
    players = casting.make(first)
    cast = {code: player.actor for code, player in players.items()}
    applications = list(synthetic.applications(POOL, synthetic.employers(POOL)))
    for person in applications:
        person |= {"specialties": ["A080104", "A060101", "A050101"], "region": "330402"}
        person |= {"term_from": date(2024, 1, 1), "term_to": date(2027, 12, 31)}
    pool.enter_batch(actor=cast["zjk"], reviewer=cast["zjj"], applications=applications)
    return cast


def register_bidder(name: str) -> None:
    from accounts.services import people

    people.register_organisation(
        code=synthetic.credit_code(f"bidder/{name}"), name=name, region="330400"
    )


def small_case(bidders: int = len(SCORES)) -> cases.Case:
    """A tender of one lot with five evaluators."""
    return cases.parse(case_data(bidders))


def case_data(bidders: int = len(SCORES)) -> dict[str, Any]:
    rows = [{"bidder": name, "scores": list(scores)} for name, scores in SCORES[:bidders]]
    return {
        "title": "示例小学教学楼维修工程施工",
        "panel": {"experts": 4, "tenderer_representatives": 1},
        "lots": [{"lot": "1", "bidders": rows}],
    }


def later(**span: float) -> None:
    """Let time pass."""
    steps.wait_until(clock.now() + timedelta(**span))
