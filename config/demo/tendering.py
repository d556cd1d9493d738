"""From registration to a filled draw: the tender, its bids, and the experts."""

from datetime import timedelta
from typing import Any

from accounts.services import outbox
from audit_log.services import attachments
from award.services import planning
from config.demo.case import MAX_SCORE
from config.demo.played import Job, local, today, wait_until
from evaluation.services import bidding, committee, drawing, projects
from experts.models import Draw, Seat
from experts.services import answers, draws, rounds
from rulebook.domain.blockers import Refused

FACTOR = {"factor": "total", "name": "综合得分", "max": MAX_SCORE, "kind": "subjective"}
TENDER_DAYS = 22
SLOT_SPECIALTIES = ("A0801", "A0601", "A0501")
"""施工, 造价, 监理: what a building renovation is evaluated by; seats are spread over them."""
PLACE = "南湖区公共资源交易中心 评标一室"
POLICY = "国办发〔2024〕21号"
LEADER = 0


def register(job: Job) -> None:
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
            regime="separated",
            ceiling_fen=lot.ceiling_fen,
            evaluation_plan={
                "v": 1,
                "factors": [FACTOR],
                "aggregation": "mean",
                "review_items": [{"item": "compliance", "name": "符合性审查"}],
                "candidates": {"count": 3, "ranked": False},
                "tie_rule": ["lower_price"],
            },
        )
    job.say(f"招标人登记 {len(job.lots)} 个标段,采用评定分离")


def plan_award(job: Job) -> None:
    for code, _ in job.lots:
        planning.fix_award_plan(
            actor=job.cast["zbr1"], project=code, plan=award_plan(), policy_document=POLICY
        )
        planning.seal_award_members(
            actor=job.cast["zbr1"],
            project=code,
            members=award_members(job),
            leader=award_members(job)[LEADER],
            observers=["jdz"],
        )
    job.say("定标方案以摘要固定,定标成员名单密封")


def award_members(job: Job) -> list[str]:
    return sorted(code for code in job.cast if code.startswith("dbwy"))


def award_plan() -> dict[str, Any]:
    """The plan of the demonstration: round elimination by number of candidates."""
    return {
        "regime": "separated",
        "candidate_count": 3,
        "ranked": False,
        "methods": [{"method": "round_elimination"}],
        "rounds": {"by_candidates": {"5": [3, 1], "4": [2, 1], "3": [2, 1], "2": [1]}},
        "tie_chain": ["revote", "lower_price", "lottery"],
        "max_revotes": 2,
        "quorum": "all",
        "abstention": False,
        "min_reason_chars": 20,
        "factors": [
            {
                "factor": "performance",
                "name": "标后履约评价",
                "group": "capability",
                "evidence": "contract_record",
            }
        ],
        "withdrawal": "NEXT_BY_RESULT",
        "publicity_days": 3,
        "decision_days": 10,
        "committee": {"size": 7, "origin": "appointed"},
        "lots": {"no_double_award": True},
    }


def publish_tender(job: Job) -> None:
    deadline = local(today() + timedelta(days=TENDER_DAYS), 9, 30)
    for code, _ in job.lots:
        projects.publish_tender(actor=job.cast["zbr1"], project=code, deadline=deadline)
    job.say(f"发布招标公告,投标截止 {deadline:%Y年%m月%d日 %H:%M}")


def hand_in_bids(job: Job) -> None:
    for code, lot in job.lots:
        for bidder in lot.bidders:
            bidding.submit_bid(
                actor=job.cast["jyzx1"],
                project=code,
                bidder=bidder.org,
                price_fen=bidder.price_fen,
            )
        job.say(f"{lot.name} 标段收到密封投标 {len(lot.bidders)} 份")


def request_draw(job: Job) -> None:
    first, _ = job.lots[0]
    wait_until(job.deadline - timedelta(hours=20))
    if job.case.representatives:
        committee.appoint_representative(actor=job.cast["zbr1"], project=first, member="zbdb")
    drawing.start_draw(
        actor=job.cast["zbr1"],
        group=job.code,
        held_at=job.deadline + timedelta(minutes=30),
        place=PLACE,
        slots=slots(job.case.experts),
    )
    job.say("招标人申请抽取专家")


def slots(experts: int) -> list[dict[str, Any]]:
    """Spread the drawn seats over the specialties, the first ones getting what is left over."""
    share, extra = divmod(experts, len(SLOT_SPECIALTIES))
    counts = [share + (index < extra) for index in range(len(SLOT_SPECIALTIES))]
    return [
        {"slot": str(index), "specialty": specialty, "region": "33", "count": count}
        for index, (specialty, count) in enumerate(
            zip(SLOT_SPECIALTIES, counts, strict=True), start=1
        )
        if count
    ]


def commit_draw(job: Job) -> None:
    draws.review(actor=job.cast["jyzx1"], draw=job.draw, approve=True, reason="")
    drawing.commit_draw(actor=job.cast["jyzx1"], draw=job.draw)
    job.say("交易中心审核通过;名册冻结,作出承诺,双方输入随机数")


def draw_experts(job: Job) -> None:
    while Draw.objects.get(pk=job.draw).state != "filled":
        run_round(job)
        job.say(f"第 {Draw.objects.get(pk=job.draw).round} 轮抽取并应答完毕")


def run_round(job: Job) -> None:
    """One round: both parties type their value, it is opened, marked, run, and answered."""
    number = Draw.objects.get(pk=job.draw).round + 1
    for account, value in (
        ("zjj", f"第{number}轮 3 1 4 1 5 9"),
        ("zbr2", f"秋风起 {number} 271828"),
    ):
        rounds.contribute(actor=job.cast[account], draw=job.draw, value=value)
    rounds.open_round(actor=job.cast["jyzx1"], draw=job.draw)
    rounds.run_round(actor=job.cast["jyzx1"], draw=job.draw)
    outbox.send_due()
    for seat in Seat.objects.filter(draw=job.draw, state="selected").order_by("pk"):
        _answer(job, seat, job.refusals.pop(0) if job.refusals else "accepted")


def _answer(job: Job, seat: Seat, answer: str) -> None:
    if answer == "no_answer":
        wait_until(seat.answer_by + timedelta(seconds=1))
        evidence = attachments.keep(b"demonstration: delivery receipt, no reply")
        answers.record_answer(
            actor=job.cast["jyzx1"],
            draw=job.draw,
            candidate=seat.candidate,
            answer=answer,
            reason="",
            evidence=evidence,
        )
        return
    given: dict[str, Any] = {"actor": seat.actor, "draw": job.draw}
    if answer == "accepted":
        try:
            answers.answer(**given, answer=answer, reason="")
        except Refused as refused:
            if [one.code for one in refused.blockers] != ["engaged"]:
                raise
            answer = "declined"  # he has accepted another evaluation since the pool was frozen
    if answer == "declined":
        answers.answer(**given, answer=answer, reason="busy")
