"""What the award tests do again and again, through services alone."""

from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from accounts.domain.roles import BIDDER
from accounts.services import people
from accounts.services.gate import BadInput
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.selectors import trail
from award.selectors import award
from award.services import meeting, planning
from config.demo import case as cases
from config.demo import job as steps
from config.demo import synthetic
from config.demo.job import STEPS, Job
from evaluation.models import Project
from evaluation.services import projects
from rulebook.domain.blockers import Refused
from tests.scenarios import LAST_STEP, case_data

JIA, YI, BING, DING = (
    synthetic.credit_code(f"bidder/{name}建设") for name in ("甲方", "乙方", "丙方", "丁方")
)
"""The bidders of the small case, the best evaluated first; the first three are candidates."""
REASON = "履约评价优,技术方案针对性强,工期安排合理可行"
REASONS = "定标委员会逐轮票决,所选候选人得票最多,方案可行。"
CHANNEL = "招标办公室,电话 0573-82083000"


@contextmanager
def refused(*codes):
    """The block is refused by exactly these reasons."""
    with pytest.raises(Refused) as caught:
        yield caught
    assert [one.code for one in caught.value.blockers] == list(codes)


@contextmanager
def bad_input(code):
    """The block is refused for what was filled in."""
    with pytest.raises(BadInput) as caught:
        yield caught
    assert caught.value.code == code


def project(code):
    return Project.objects.get(pk=code)


def types(code, since=0):
    """The types of the entries of a project from a position."""
    return [line.value["type"].removeprefix("project.") for line in trail.lines(
        f"project/{code}", since=since
    )]  # fmt: skip


def entry(ref):
    """The parsed entry of a ref."""
    return trail.line(ref.stream, ref.n).value


def last(code, type):
    """The data of the newest entry of a type."""
    return trail.last_event(f"project/{code}", f"project.{type}")["data"]


def until(day, hour=9):
    """Let the clock stand on a local day, given as a date or as text."""
    text = day if isinstance(day, str) else day.isoformat()
    steps.wait_until(datetime.fromisoformat(f"{text}T{hour:02}:00").replace(tzinfo=steps.LOCAL))


def after_publicity(code):
    """Wait for the day after the publicity."""
    until(project(code).public_until + timedelta(days=1))


def bidder(org, code="tbr9"):
    """A bidder's account of an organisation."""
    people.create_user(
        actor=SYSTEM, code=code, title="投标联系人", role=BIDDER, org=org, password="x" * 12
    )
    return Actor(code, BIDDER, org)


def play(cast, code, upto, *, case=None, plan=None, planned=True, regime="separated"):
    """A tender of its own, played to a state; `plan` changes fields of the usual award plan."""
    job = Job(code, cases.parse(case or case_data()), cast, refusals=[], objection=False)
    for step, _ in STEPS[: LAST_STEP[upto] + 1]:
        if step is steps.register and regime != "separated":
            register_ranked(job, regime)
        elif step is steps.plan_award:
            plan_award(job, plan or {}) if planned and regime == "separated" else None
        else:
            step(job)
    return job


def register_ranked(job, regime):
    """Register every lot under a regime that awards by rank."""
    for order, (code, lot) in enumerate(job.lots, start=1):
        projects.register(
            actor=job.cast["zbr1"],
            code=code,
            title=job.case.title,
            group=job.code,
            lot=lot.name,
            order=order,
            region="330402",
            trade="construction",
            compulsory=True,
            funds="state",
            regime=regime,
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


def plan_award(job, changes):
    """Fix the usual plan with some fields changed (None takes one away), and seal the members."""
    plan = {k: v for k, v in (steps.award_plan() | changes).items() if v is not None}
    members = steps.award_members(job)
    for code, _ in job.lots:
        planning.fix_award_plan(
            actor=job.cast["zbr1"], project=code, plan=plan, policy_document=steps.POLICY
        )
        planning.seal_award_members(
            actor=job.cast["zbr1"],
            project=code,
            members=members,
            leader=members[0],
            observers=["jdz"],
        )


def two_lots(*second):
    """The small case with a second lot of these rows (default: the same bidders)."""
    data = case_data()
    rows = list(second) or data["lots"][0]["bidders"]
    return data | {"lots": [*data["lots"], {"lot": "2", "bidders": rows}]}


def members(cast):
    """The award committee, by code."""
    return [cast[code] for code in sorted(code for code in cast if code.startswith("dbwy"))]


def attend(cast, code):
    """Everyone of the committee and the observer sign in."""
    for actor in (*members(cast), cast["jdz"]):
        meeting.attend_award(actor=actor, project=code)


def open_round(cast, code):
    meeting.open_ballot(actor=cast["zbr1"], project=code)
    return award.open_round(project(code))


def cast_all(cast, code, *choices):
    """The members' ballots in order of their codes; the last of `choices` serves the rest."""
    for place, actor in enumerate(members(cast)):
        names = choices[min(place, len(choices) - 1)]
        meeting.cast_ballot(actor=actor, project=code, choices=list(names), reason=REASON)


def vote(cast, code, *choices):
    """A whole round; returns it as counted."""
    one = open_round(cast, code)
    cast_all(cast, code, *choices)
    meeting.close_ballot(actor=cast["zbr1"], project=code)
    one.refresh_from_db(fields=["result"])
    return type(one).objects.get(pk=one.pk)


def elect(cast, code, winner, other):
    """Two rounds that all members agree in."""
    vote(cast, code, [winner, other])
    return vote(cast, code, [winner])
