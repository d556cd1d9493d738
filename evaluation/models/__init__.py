"""The project with its machine, its bids, its committee and its candidates."""

from typing import Any

from django.db import models
from django_fsm import RETURN_VALUE, FSMField, transition

from accounts.domain import policy
from accounts.models import Organisation
from accounts.selectors import bodies
from audit_log.audited import Audited
from audit_log.domain.entry import Actor, Ref
from evaluation.domain.lifecycle import FUNDS, ORDERABLE, PROJECT, REGIMES, TRADES
from evaluation.models.rooms import Booking, Room, RoomSlot, Site

__all__ = ["Bid", "Booking", "Candidate", "Part", "Project", "Room", "RoomSlot", "Site"]


def _one_of(field: str, values: dict[str, str], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": list(values)}), name=name)


class Project(Audited):
    """One lot. Lots of a group share one draw and one committee; a single lot is its own group."""

    STREAM_KIND = "project"

    code = models.CharField("标段编号", max_length=40, primary_key=True)
    title = models.CharField("名称", max_length=200)
    group = models.CharField("招标项目编号", max_length=40, db_index=True)
    lot = models.CharField("标段", max_length=20)
    order = models.PositiveSmallIntegerField("定标次序", default=1)
    region = models.CharField("行政区划", max_length=6)
    trade = models.CharField("行业", max_length=20, choices=list(TRADES.items()))
    supervisor = models.CharField(
        "另行确定的监管行业", max_length=20, choices=list(TRADES.items()), blank=True
    )
    tenderer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="招标人"
    )
    compulsory = models.BooleanField("依法必须招标")
    funds = models.CharField("资金来源", max_length=20, choices=list(FUNDS.items()))
    regime = models.CharField("定标方式", max_length=20, choices=list(REGIMES.items()))
    ceiling_fen = models.BigIntegerField("最高投标限价(分)")
    profile = models.CharField("规则集", max_length=50)
    rules = models.CharField("规则内容摘要", max_length=64)
    evaluation_plan: Any = models.JSONField("评标办法")
    deadline = models.DateTimeField("投标截止时间", null=True)
    award_plan = models.CharField("定标方案摘要", max_length=64, blank=True)
    annex = models.CharField("定标成员名单的承诺", max_length=64, blank=True)
    draw = models.CharField("抽取编号", max_length=40, blank=True)
    evaluation_round = models.PositiveSmallIntegerField("评标轮次", default=0)
    report = models.CharField("评标报告摘要", max_length=64, blank=True)
    reported_at = models.DateTimeField("出具报告时间", null=True)
    public_until = models.DateField("公示截止日", null=True)
    award_session = models.PositiveSmallIntegerField("定标会次", default=0)
    winner = models.CharField("中标人代码", max_length=18, blank=True)
    suspended_from = models.CharField("中止前状态", max_length=20, blank=True)
    retender_of = models.CharField("重新招标自", max_length=40, blank=True)
    state = FSMField("状态", protected=True, default="registered", choices=list(PROJECT.items()))

    class Meta:
        constraints = [
            _one_of("state", PROJECT, "project_state_known"),
            _one_of("regime", REGIMES, "project_regime_known"),
            _one_of("funds", FUNDS, "project_funds_known"),
            _one_of("trade", TRADES, "project_trade_known"),
            _one_of("supervisor", {"": "", **TRADES}, "project_supervisor_known"),
            models.CheckConstraint(
                condition=models.Q(ceiling_fen__gt=0), name="project_ceiling_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(state="suspended") ^ models.Q(suspended_from=""),
                name="project_suspended_from_where",
            ),
            models.UniqueConstraint(fields=["group", "lot"], name="project_lot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title}({self.lot}标段)"

    @property
    def supervised(self) -> str:
        """The trade whose department supervises: its own, unless another was named or left."""
        return self.supervisor or self.trade

    def facts(self) -> dict[str, Any]:
        """What decides whether a rule applies (rulebook.domain.rules)."""
        return {
            "compulsory": self.compulsory,
            "funds": self.funds,
            "trade": self.trade,
            "regime": self.regime,
        }

    def parties(self) -> list[tuple[str, str]]:
        """Bodies that take part, each with its role; bidders only once they are open."""
        bidders = self.bids.order_by("bidder_id").values_list("bidder_id", flat=True)
        return [(self.tenderer_id, "tenderer"), *((code, "bidder") for code in bidders)]

    def relations(self, actor: Actor) -> frozenset[str]:
        """How the actor stands to this project (accounts.domain.policy)."""
        found = set()
        if bodies.covers(actor.org, self.region):
            found.add(policy.DISTRICT)
        if bodies.regulates(actor.org, self.region, self.supervised):
            found.add(policy.TRADE)
        if actor.org and actor.org == self.tenderer_id:
            found.add(policy.OWNER)
        if not policy.outside(actor):
            found |= {role.relation for role in self.parts.filter(person=actor.id)}
        if actor.role == "bidder" and self.bids.filter(bidder_id=actor.org).exists():
            found.add(policy.BIDDING)
        return frozenset(found)

    @transition(field=state, source="registered", target="tendering")
    def publish_tender(self, *evidence: Ref) -> None:
        """已登记 → 招标中"""
        self.because(evidence)

    @transition(
        field=state, source=["registered", "tendering", "drawing", "opened"], target="terminated"
    )
    def terminate(self, *evidence: Ref) -> None:
        """开标阶段及以前 → 终止招标"""
        self.because(evidence)

    @transition(field=state, source="tendering", target="drawing")
    def start_draw(self, *evidence: Ref) -> None:
        """招标中 → 抽取专家中"""
        self.because(evidence)

    @transition(field=state, source=["tendering", "drawing"], target="opened")
    def open_bids(self, *evidence: Ref) -> None:
        """截止时间到即开标,不等抽取(招标投标法第三十四条)"""
        self.because(evidence)

    @transition(field=state, source="opened", target="evaluating")
    def start_evaluation(self, *evidence: Ref) -> None:
        """已开标 → 评标中"""
        self.because(evidence)

    @transition(
        field=state,
        source=["opened", "evaluating", "candidates_public", "awarding"],
        target="failed",
    )
    def fail(self, *evidence: Ref) -> None:
        """→ 招标失败"""
        self.because(evidence)

    @transition(field=state, source="evaluating", target="reported")
    def submit_report(self, *evidence: Ref) -> None:
        """评标中 → 已出评标报告"""
        self.because(evidence)

    @transition(field=state, source="reported", target="evaluating")
    def request_recheck(self, *evidence: Ref) -> None:
        """招标人要求复核,原评标委员会"""
        self.because(evidence)

    @transition(field=state, source="reported", target="candidates_public")
    def publish_candidates(self, *evidence: Ref) -> None:
        """已出评标报告 → 候选人公示中"""
        self.because(evidence)

    @transition(field=state, source="candidates_public", target="awarding")
    def begin_award(self, *evidence: Ref) -> None:
        """候选人公示中 → 定标中(评定分离)"""
        self.because(evidence)

    @transition(field=state, source="candidates_public", target="awarded")
    def confirm_first(self, *evidence: Ref) -> None:
        """候选人公示中 → 已定标(依排名、授权)"""
        self.because(evidence)

    @transition(
        field=state, source=["candidates_public", "awarding", "result_public"], target="evaluating"
    )
    def reconfirm(self, *evidence: Ref) -> None:
        """候选人情况变化,原评标委员会确认(条例第五十六条)"""
        self.because(evidence)

    @transition(field=state, source="awarding", target="awarded")
    def decide(self, *evidence: Ref) -> None:
        """定标中 → 已定标"""
        self.because(evidence)

    @transition(field=state, source="awarded", target="result_public")
    def publish_result(self, *evidence: Ref) -> None:
        """已定标 → 中标结果公示中"""
        self.because(evidence)

    @transition(field=state, source="result_public", target="notified")
    def notify(self, *evidence: Ref) -> None:
        """中标结果公示中 → 已发中标通知书"""
        self.because(evidence)

    @transition(
        field=state,
        source=["result_public", "notified"],
        target=RETURN_VALUE("awarding", "awarded", "failed"),
    )
    def lose_winner(self, target: str, *evidence: Ref) -> str:
        """中标人放弃或被取消,按定标方案处理(条例第五十五条)"""
        self.because(evidence)
        return target

    @transition(field=state, source="notified", target="contracted")
    def contract(self, *evidence: Ref) -> None:
        """已发中标通知书 → 已签合同"""
        self.because(evidence)

    @transition(field=state, source=["contracted", "failed", "terminated"], target="archived")
    def archive(self, *evidence: Ref) -> None:
        """→ 已归档"""
        self.because(evidence)

    @transition(field=state, source=list(ORDERABLE), target="suspended")
    def suspend(self, *evidence: Ref) -> None:
        """因异议或责令 → 已中止"""
        self.because(evidence)
        self.suspended_from = self.state

    @transition(field=state, source="suspended", target=RETURN_VALUE(*ORDERABLE))
    def resume(self, *evidence: Ref) -> str:
        """已中止 → 中止前的状态"""
        self.because(evidence)
        origin, self.suspended_from = self.suspended_from, ""
        return origin

    @transition(field=state, source="suspended", target="evaluating")
    def uphold_reevaluate(self, *evidence: Ref) -> None:
        """异议或投诉成立,重新评标"""
        self.because(evidence)
        self.suspended_from = ""

    @transition(field=state, source="suspended", target="failed")
    def uphold_fail(self, *evidence: Ref) -> None:
        """异议或投诉成立,招标无效"""
        self.because(evidence)
        self.suspended_from = ""


class Part(models.Model):
    """A person's part in a project: committee seat, award member or observer, with time stamps."""

    RELATIONS = (("seated", "评标委员会"), ("ballot", "定标委员会"), ("watch", "监督小组"))
    STAMPS = (
        "signed_in_at",
        "promised_at",
        "briefed_at",
        "declared_at",
        "sealed_at",
        "confirmed_at",
        "finished_at",
    )
    """The seven of a committee member: 签到 · 承诺 · 纪律 · 声明 · 提交评分 · 确认报告 · 终签."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="parts")
    relation = models.CharField(max_length=10, choices=RELATIONS)
    person = models.CharField("人员代码", max_length=130)
    kind = models.CharField("来源", max_length=20)
    handle = models.CharField("抽取代号", max_length=64, blank=True)
    leader = models.BooleanField("组长", default=False)
    signed_in_at = models.DateTimeField("签到", null=True)
    promised_at = models.DateTimeField("保密承诺", null=True)
    briefed_at = models.DateTimeField("纪律宣贯", null=True)
    declared_at = models.DateTimeField("回避声明", null=True)
    sealed_at = models.DateTimeField("提交评分", null=True)
    confirmed_at = models.DateTimeField("确认报告", null=True)
    finished_at = models.DateTimeField("终签", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "relation", "person"], name="part_person_once"
            ),
            models.UniqueConstraint(
                fields=["project", "relation"],
                condition=models.Q(leader=True),
                name="part_one_leader",
            ),
        ]


class Bid(models.Model):
    """A bid as opened. Before the opening it is a sealed envelope and nothing else."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="bids")
    bidder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    receipt = models.CharField("回执号", max_length=20)
    price_fen = models.BigIntegerField("投标报价(分)")
    rejected_for = models.CharField("否决原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "bidder"], name="bid_once"),
            models.CheckConstraint(condition=models.Q(price_fen__gt=0), name="bid_price_positive"),
        ]


class Candidate(models.Model):
    """A recommended candidate; `rank` is null where candidates are not ranked."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="candidates")
    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="candidacy")
    rank = models.PositiveSmallIntegerField("排名", null=True)
    total = models.CharField("得分", max_length=20)
    remarks: Any = models.JSONField("评语", default=dict)
    left_for = models.CharField("退出原因", max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "rank"], name="candidate_rank_once")
        ]
