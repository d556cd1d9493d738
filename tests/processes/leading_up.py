"""What must be done to a project before an edge can be taken: (world, code) → done."""

from datetime import timedelta

from award.selectors import award as awards
from award.services import halting, meeting, publicity
from config.demo import case as cases
from config.demo import job as steps
from evaluation.models import Project
from evaluation.services import bidding, committee, reporting
from tests.processes import tenders
from tests.processes.racing import World, deadline

ORDER = "南建监〔2025〕9号"
REASONS = "定标委员会逐轮票决,方案可行、报价合理、履约评价良好。"


def registered(world: World, code: str) -> None:
    job = world.job(code)
    steps.register(job)
    steps.plan_award(job)


def ready_to_draw(world: World, code: str) -> None:
    job = world.job(code)
    steps.hand_in_bids(job)
    steps.wait_until(deadline(code) - timedelta(hours=20))
    committee.appoint_representative(actor=world.cast["zbr1"], project=code, member="zbdb")


def opened_with_two_bids(world: World, code: str) -> None:
    job = world.job(code, bidders=2)
    world.play(job, steps.register, steps.hand_in_bids)
    steps.wait_until(deadline(code))
    bidding.open_bids(actor=world.cast["jyzx1"], project=code)


def all_rejected(world: World, code: str) -> None:
    bidders = Project.objects.get(pk=code).bids.values_list("bidder_id", flat=True)
    steps.reject(world.job(code), code, dict.fromkeys(bidders, "未按招标文件要求签字盖章"))


def report_signed(world: World, code: str) -> None:
    job = world.job(code)
    rows = Project.objects.get(pk=code).candidates.values_list("bid__bidder_id", flat=True)
    remark = dict.fromkeys(("strengths", "weaknesses", "risks"), "评语")
    reporting.remark_candidates(
        actor=job.members[0], project=code, candidates=[{"bidder": org} | remark for org in rows]
    )
    for member in job.members:
        reporting.sign_report(actor=member, project=code, agree=True)


def drafted(world: World, code: str) -> None:
    publicity.draft_candidates(
        actor=world.cast["zbr1"], project=code, objection_channel="异议通过本平台在线提交"
    )


def attended(world: World, code: str) -> None:
    for member in (*steps.award_members(world.job(code)), "jdz"):
        meeting.attend_award(actor=world.cast[member], project=code)


def ballots_in(world: World, code: str, votes: list[tuple[int, ...]] | None = None) -> None:
    """Open a round and let everyone vote: by score, or for the eligible of these places."""
    meeting.open_ballot(actor=world.cast["zbr1"], project=code)
    job = world.job(code)
    one = Project.objects.get(pk=code).rounds.order_by("-session", "-number")[0]
    known = {bidder.org: bidder for bidder in job.lots[0][1].bidders}
    for index, member in enumerate(steps.award_members(job)):
        by_score = steps.ballot(
            job.lots[0][1], 0, index, [known[org] for org in one.eligible], one.seats
        )
        chosen = [bidder.org for bidder in by_score]
        if votes:
            chosen = [one.eligible[place] for place in votes[index]]
        meeting.cast_ballot(
            actor=world.cast[member],
            project=code,
            choices=chosen,
            reason="综合比较候选人的方案、报价与履约情况后择优选择,特此说明。",
        )


def voted(world: World, code: str) -> None:
    while awards.next_step(Project.objects.get(pk=code)).kind == "round":
        ballots_in(world, code)
        meeting.close_ballot(actor=world.cast["zbr1"], project=code)


def result_public(world: World, code: str) -> None:
    publicity.publish_result(actor=world.cast["jyzx2"], project=code)


def three_lots_decided(world: World, code: str) -> None:
    """Everyone has won another lot when the last one is begun."""
    job = tenders.job_of(world, tenders.LINES[-1])
    whole = job.case
    job.case = cases.Case(whole.title, whole.lots[:3], whole.experts, whole.representatives)
    steps.begin_award(job)
    steps.award(job)
    meeting.begin_award(actor=world.cast["zbr1"], project=code)


def halted(world: World, code: str) -> None:
    halting.order_suspension(actor=world.cast["zjj"], project=code, document=ORDER)


def resumed(world: World, code: str) -> None:
    halting.resume(actor=world.cast["zjj"], project=code)
