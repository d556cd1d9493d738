"""The main job, step by step, through the same services that pages and API use.

A `Job` is one tender (a group of lots) on its way. Each step is a function of the job; `STEPS` is
their order with the state a lot has after it, so that a test or a page can stop anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from audit_log.domain.entry import Actor
from audit_log.services import attachments, clock
from award.models import Objection
from award.selectors import award as awards
from award.services import deciding, meeting, objections, planning, publicity
from config.demo.case import Bidder, Case, Lot
from evaluation.models import Project
from evaluation.services import (
    bidding,
    committee,
    drawing,
    projects,
    reporting,
    scoring,
    undertakings,
)
from experts.models import Draw, Seat
from experts.services import answers, draws, rounds

LOCAL = ZoneInfo("Asia/Shanghai")
FACTOR = {"factor": "total", "name": "综合得分", "max": "100", "kind": "subjective"}
TENDER_DAYS = 22
SLOT_SPECIALTIES = ("A0801", "A0601", "A0501")
"""施工, 造价, 监理: what a building renovation is evaluated by; seats are spread over them."""
PLACE = "南湖区公共资源交易中心 评标一室"
CHANNEL = "异议通过本平台在线提交,或者送交招标人招标办公室"
POLICY = "国办发〔2024〕21号"
LEADER = 0


@dataclass
class Job:
    """One tender being played; `say` receives a line for people at each thing that happens."""

    code: str
    case: Case
    cast: dict[str, Actor]
    say: Callable[[str], None] = lambda _line: None
    members: list[Actor] = field(default_factory=list)
    refusals: list[str] = field(default_factory=lambda: ["declined", "no_answer", "declined"])
    objection: bool = True

    @property
    def lots(self) -> list[tuple[str, Lot]]:
        """(project code, lot of the case) in the order of the award."""
        return [(f"{self.code}-{lot.name}", lot) for lot in self.case.lots]

    @property
    def draw(self) -> str:
        return Project.objects.filter(group=self.code).values_list("draw", flat=True)[0]

    def project(self, code: str) -> Project:
        return Project.objects.get(pk=code)

    def is_at(self, code: str, *states: str) -> bool:
        return self.project(code).state in states


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """An aware moment on the wall clock of the district."""
    return datetime.combine(day, time(hour, minute), LOCAL)


def today() -> date:
    return clock.now().astimezone(LOCAL).date()


def wait_until(moment: datetime) -> None:
    """Move the demonstration's clock forward to `moment`; nothing where it is past already."""
    if moment > clock.now():
        clock.set_demo_clock(moment)


# ── 登记与招标 ──────────────────────────────────────────────────────────────────────────────


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


# ── 抽取 ────────────────────────────────────────────────────────────────────────────────────


def request_draw(job: Job) -> None:
    first, _ = job.lots[0]
    deadline = job.project(first).deadline
    assert deadline is not None  # a tender is published with its deadline
    wait_until(deadline - timedelta(hours=20))
    if job.case.representatives:
        committee.appoint_representative(actor=job.cast["zbr1"], project=first, member="zbdb")
    drawing.start_draw(
        actor=job.cast["zbr1"],
        group=job.code,
        held_at=deadline + timedelta(minutes=30),
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
    reason = "busy" if answer == "declined" else ""
    answers.answer(actor=seat.actor, draw=job.draw, answer=answer, reason=reason)


# ── 开标与评标 ──────────────────────────────────────────────────────────────────────────────


def open_bids(job: Job) -> None:
    deadline = job.project(job.lots[0][0]).deadline
    assert deadline is not None  # a tender is published with its deadline
    wait_until(deadline)
    for code, lot in job.lots:
        bidding.open_bids(actor=job.cast["jyzx1"], project=code)
        job.say(f"{lot.name} 标段开标:{len(lot.bidders)} 家;按统一社会信用代码复核回避")
    draw_experts(job)


def sign_in(job: Job) -> None:
    """Everyone signs in, promises, is briefed and declares; a late recusal is another round."""
    wait_until(Draw.objects.get(pk=job.draw).held_at - timedelta(minutes=20))
    first, _ = job.lots[0]
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
    for code, lot in job.lots:
        scoring.start_evaluation(actor=job.cast["jyzx1"], project=code)
        for bidder in lot.bidders:
            if bidder.rejected_for:
                _reject(job, code, bidder)
        job.say(f"{lot.name} 标段初步评审:否决 {len(lot.bidders) - len(lot.scored)} 家")


def _reject(job: Job, code: str, bidder: Bidder) -> None:
    scoring.reject_bid(
        actor=job.members[LEADER],
        project=code,
        bidder=bidder.org,
        item="compliance",
        reason=bidder.rejected_for,
    )


def score(job: Job) -> None:
    """Each member seals the column of scores that is his; together they are opened."""
    for code, lot in job.lots:
        for column, member in enumerate(job.members):
            scores = [
                {"bidder": bidder.org, "factor": "total", "score": bidder.scores[column]}
                for bidder in lot.scored
            ]
            scoring.seal_sheet(actor=member, project=code, scores=scores)
        scoring.open_sheets(actor=job.cast["jyzx1"], project=code)
        job.say(f"{lot.name} 标段 {len(job.members)} 份评分全部密封后一并开启,汇总得分")


def report(job: Job) -> None:
    """The committee remarks on the candidates and signs; one member dissents in writing."""
    for code, lot in job.lots:
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


# ── 公示与异议 ──────────────────────────────────────────────────────────────────────────────


def publish_candidates(job: Job) -> None:
    wait_until(local(today() + timedelta(days=1), 9))
    for code, _ in job.lots:
        publicity.draft_candidates(actor=job.cast["zbr1"], project=code, objection_channel=CHANNEL)
        publicity.publish_candidates(actor=job.cast["jyzx2"], project=code)
    job.say(f"候选人公示至 {job.project(code).public_until}")


def object_and_answer(job: Job) -> None:
    """A bidder objects inside the window: the project is suspended, answered, resumed."""
    if not job.objection:
        return
    wait_until(local(today() + timedelta(days=1), 10))
    code, lot = job.lots[0]
    objections.object(
        actor=job.cast["tbr"], project=code, text="对业绩认定有异议,请复核第二项业绩的合同金额。"
    )
    objection = Objection.objects.get(project=code)
    objections.review_objection(
        actor=job.cast["zbr1"], project=code, objection=objection.pk, accept=True, reason=""
    )
    job.say(f"{lot.name} 标段收到投标人异议,项目中止")
    wait_until(local(today() + timedelta(days=1), 15))
    objections.answer_objection(
        actor=job.cast["zbr1"],
        project=code,
        objection=objection.pk,
        upheld=False,
        answer="经核对合同原件,业绩认定符合招标文件要求,维持公示内容。",
    )
    objections.resume(actor=job.cast["zbr1"], project=code)
    job.say(f"{lot.name} 标段异议已在三日内答复,恢复公示")


# ── 定标 ────────────────────────────────────────────────────────────────────────────────────


def begin_award(job: Job) -> None:
    last = max(filter(None, (job.project(code).public_until for code, _ in job.lots)))
    wait_until(local(last + timedelta(days=1), 9))
    _begin(job, job.lots[0][0])


def _begin(job: Job, code: str) -> None:
    meeting.begin_award(actor=job.cast["zbr1"], project=code)
    for member in (*award_members(job), "jdz"):
        meeting.attend_award(actor=job.cast[member], project=code)


def award(job: Job) -> None:
    """Lot after lot: rounds of sealed, reasoned ballots until one is left; then the decision."""
    for code, lot in job.lots:
        if job.is_at(code, "candidates_public"):
            _begin(job, code)
        _vote(job, code, lot)
        _decide(job, code, lot)


def _vote(job: Job, code: str, lot: Lot) -> None:
    number = 0
    while awards.outcome(job.project(code)).next.kind == "round":
        meeting.open_ballot(actor=job.cast["zbr1"], project=code)
        current = job.project(code).rounds.order_by("-session", "-number")[0]
        names = {bidder.org: bidder for bidder in lot.bidders}
        for index, member in enumerate(award_members(job)):
            eligible = [names[org] for org in current.eligible]
            choices = ballot(lot, number, index, eligible, current.seats)
            meeting.cast_ballot(
                actor=job.cast[member],
                project=code,
                choices=[bidder.org for bidder in choices],
                reason=f"(演示选票,非真实投票)第{index + 1}位委员:综合比较候选人的方案、报价与履约情况后择优选择。",
            )
        meeting.close_ballot(actor=job.cast["zbr1"], project=code)
        number += 1


def ballot(lot: Lot, number: int, member: int, eligible: list[Bidder], seats: int) -> list[Bidder]:
    """A ballot of the file, or the stated generator: member k follows the k-th score column.

    Equal scores go to the lower price. The generator knows no winner.
    """
    if number < len(lot.ballots):
        wanted = set(lot.ballots[number][member])
        return [bidder for bidder in eligible if bidder.name in wanted]
    best = sorted(
        eligible,
        key=lambda bidder: (
            -Decimal(bidder.scores[member % len(bidder.scores)]),
            bidder.price_fen,
        ),
    )
    return best[:seats]


def _decide(job: Job, code: str, lot: Lot) -> None:
    deciding.decide(
        actor=job.cast["zbr2"],
        project=code,
        reasons="定标委员会逐轮票决,所选候选人得票最多,方案可行、报价合理、履约评价良好。",
        departure_reasons="定标委员会按定标方案独立票决,综合履约评价择优确定。",
    )
    winner = next(one for one in lot.bidders if one.org == job.project(code).winner)
    job.say(f"{lot.name} 标段定标:{winner.name}")


def publish_result(job: Job) -> None:
    for code, _ in job.lots:
        publicity.publish_result(actor=job.cast["jyzx2"], project=code)
    job.say(f"中标结果公示至 {job.project(code).public_until}")


def notify(job: Job) -> None:
    last = max(filter(None, (job.project(code).public_until for code, _ in job.lots)))
    wait_until(local(last + timedelta(days=1), 9))
    for code, lot in job.lots:
        publicity.notify(actor=job.cast["zbr1"], project=code)
        job.say(f"{lot.name} 标段发出中标通知书,并书面告知全部未中标的投标人")


Step = Callable[[Job], None]
STEPS: tuple[tuple[Step, str], ...] = (
    (register, "registered"),
    (plan_award, "registered"),
    (publish_tender, "tendering"),
    (hand_in_bids, "tendering"),
    (request_draw, "drawing"),
    (commit_draw, "drawing"),
    (draw_experts, "drawing"),
    (open_bids, "opened"),
    (sign_in, "opened"),
    (start_evaluation, "evaluating"),
    (score, "evaluating"),
    (report, "reported"),
    (publish_candidates, "candidates_public"),
    (object_and_answer, "candidates_public"),
    (begin_award, "awarding"),
    (award, "awarded"),
    (publish_result, "result_public"),
    (notify, "notified"),
)
"""Every step with the state of the (first) lot after it."""
