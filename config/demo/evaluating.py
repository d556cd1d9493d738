"""From the opening of the bids to the evaluation report."""

from datetime import timedelta

from config.demo.case import Lot
from config.demo.played import Job, wait_until
from config.demo.tendering import LEADER, draw_experts
from evaluation.selectors import deliberation_blockers
from evaluation.selectors import scores as opened
from evaluation.services import (
    bidding,
    committee,
    deliberating,
    reporting,
    scoring,
    undertakings,
)
from experts.models import Draw, Seat


def open_bids(job: Job) -> None:
    wait_until(job.deadline)
    for code, lot in job.lots:
        bidding.open_bids(actor=job.cast["jyzx1"], project=code)
        job.say(f"{lot.name} 标段开标:{len(lot.bidders)} 家;按统一社会信用代码复核回避")
    draw_experts(job)


def sign_in(job: Job) -> None:
    """Everyone signs in, promises, is briefed and declares; a late recusal is another round."""
    wait_until(Draw.objects.get(pk=job.draw).held_at - timedelta(minutes=20))
    first, _ = job.going[0]
    for seat in Seat.objects.filter(draw=job.draw, state="accepted").order_by("candidate"):
        _, known = committee.sign_in_expert(actor=seat.actor, group=job.code)
        job.members.append(known)
    if job.case.representatives:
        committee.sign_in_representative(actor=job.cast["zbdb"], project=first)
        job.members.append(job.cast["zbdb"])
    for member in job.members:
        committee.promise(actor=member, project=first)
        material = undertakings.digest(undertakings.BRIEFING)
        committee.brief(actor=member, project=first, material=material, minutes=15)
        committee.declare(actor=member, project=first, conflict=False)
    leader = job.members[LEADER]
    committee.elect_leader(actor=leader, project=first, member=leader.id)
    job.say(f"评标委员会 {len(job.members)} 人签到、承诺、学习纪律、声明无回避情形")


def start_evaluation(job: Job) -> None:
    wait_until(Draw.objects.get(pk=job.draw).held_at)
    for code, lot in job.going:
        scoring.start_evaluation(actor=job.cast["jyzx1"], project=code)
        reject(job, code, {one.org: one.rejected_for for one in lot.bidders if one.rejected_for})
        if deliberation_blockers.few(job.project(code)):
            deliberating.judge_competition(
                actor=job.members[LEADER],
                project=code,
                sufficient=True,
                reason="有效投标的报价和方案各有差异,仍具有竞争性",
            )
        job.say(f"{lot.name} 标段初步评审:否决 {len(lot.bidders) - len(lot.scored)} 家")


def reject(job: Job, code: str, grounds: dict[str, str], item: str = "compliance") -> None:
    """Every member is for rejecting these bids (bidder → reason); the leader announces each."""
    against = [{"bidder": org, "item": item, "reason": why} for org, why in grounds.items()]
    for member in job.members if against else ():
        deliberating.review(actor=member, project=code, against=against)
    for one in against:
        scoring.reject_bid(actor=job.members[LEADER], project=code, **one)


def score(job: Job) -> None:
    """Each member seals the column of scores that is his; together they are opened."""
    for code, lot in job.going:
        for column, member in enumerate(job.members):
            scores = [
                {"bidder": bidder.org, "factor": "total", "score": bidder.scores[column]}
                for bidder in lot.scored
            ]
            scoring.seal_sheet(actor=member, project=code, scores=scores)
        scoring.open_sheets(actor=job.cast["jyzx1"], project=code)
        _settle_tie(job, code, lot)
        job.say(f"{lot.name} 标段 {len(job.members)} 份评分全部密封后一并开启,汇总得分")


def _settle_tie(job: Job, code: str, lot: Lot) -> None:
    """Where score and price of several are the same, the committee gives them an order."""
    tied = opened.tied(job.project(code))
    if not tied:
        return
    names = {bidder.org: bidder.name for bidder in lot.scored}
    scoring.settle_tie(
        actor=job.members[LEADER],
        project=code,
        order=sorted(tied, key=lambda org: names[org]),
        reason="得分与报价均相同,由评标委员会排定先后(演示:按投标人名称)",
    )
    job.say(f"{lot.name} 标段 {len(tied)} 家得分与报价均相同,由评标委员会排定先后")


def report(job: Job) -> None:
    """The committee remarks on the candidates and signs; one member dissents in writing."""
    for code, lot in job.going:
        chosen = job.project(code).candidates.order_by("bid__bidder_id")
        remarks = [
            {
                "bidder": candidate.bid.bidder_id,
                "strengths": "施工组织设计完整,针对性强",
                "weaknesses": "材料周转计划偏紧",
                "risks": "暑期工期紧张,应加强人员投入",
            }
            for candidate in chosen
        ]
        leader = job.members[LEADER]
        reporting.remark_candidates(actor=leader, project=code, candidates=remarks)
        for member in job.members[:-1]:
            reporting.sign_report(actor=member, project=code, agree=True, dissent="")
        reporting.sign_report(
            actor=job.members[-1],
            project=code,
            agree=False,
            dissent="对报价评审的尺度有不同意见,认为应当更多考虑报价的合理性。",
        )
        reporting.submit_report(actor=job.cast["jyzx1"], project=code)
        job.say(f"{lot.name} 标段提交评标报告:{len(job.members) - 1} 人签署,1 人书面不同意")
