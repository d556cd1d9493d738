"""Draws and their seats. A draw knows no project: everything it needs is a value."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django_fsm import FSMField, transition

from accounts.domain import policy
from accounts.selectors import bodies
from audit_log.audited import Audited, AuditedPart
from audit_log.domain.entry import Actor, Ref
from experts.domain.engagements import WHOLE_DAY
from experts.domain.lifecycle import DRAW, SEAT
from experts.domain.modes import APPOINTED, EXTERNAL, MARKS, ORIGINS, OWNER
from experts.domain.public_lists import EXPERTS, KINDS


def _known(name: str, states: dict[str, str]) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(state__in=list(states)), name=name)


class Draw(Audited):
    """A draw and where it stands. `request` holds all it knows of the case, as values.

    `origin`: the mode of the installation when it was asked for. One that was made elsewhere
    (`external`) has no manifest of candidates, rounds or receipt: who was drawn is entered by two
    persons (`DrawnList`); so is who was chosen for a special project (`appointed`). `kind`: of
    experts, or from a list that is no secret; a case may have several such, counted by `serial`.
    """

    STREAM_KIND = "draw"

    origin = models.CharField(
        "抽取方式", max_length=10, choices=list(ORIGINS.items()), default=OWNER
    )
    code = models.CharField("抽取编号", max_length=40, primary_key=True)
    case = models.CharField("项目编号", max_length=40, db_index=True)
    kind = models.CharField("种类", max_length=10, choices=list(KINDS.items()), default=EXPERTS)
    serial = models.PositiveSmallIntegerField("同类序号", default=0)
    attempt = models.PositiveSmallIntegerField("次数", default=1)
    tenderer = models.CharField("招标人代码", max_length=18)
    trade = models.CharField("行业", max_length=20)
    region = models.CharField("地区", max_length=6)
    request: Any = models.JSONField("申请内容")
    bidders: Any = models.JSONField("开标后应回避的投标人", default=list)
    held_at = models.DateTimeField("评标时间")
    place = models.CharField("评标地点", max_length=100)
    manifest = models.CharField("名册摘要", max_length=64, blank=True)
    chain = models.PositiveIntegerField("承诺链长", default=0)
    round = models.PositiveSmallIntegerField("轮次", default=0)
    roster = models.BinaryField("加密的候选名册", null=True)
    state = FSMField("状态", protected=True, default="requested", choices=list(DRAW.items()))

    class Meta:
        constraints = [
            _known("draw_state_known", DRAW),
            # One that was sent back or withdrawn took no attempt: the next carries its number.
            models.UniqueConstraint(
                fields=["case", "kind", "serial", "attempt"],
                condition=~models.Q(state__in=["rejected", "cancelled"]),
                name="draw_attempt_once",
            ),
        ]

    @property
    def rules(self) -> str:
        """The SHA-256 of the pinned profile, "" before the request is filled in."""
        return str((self.request or {}).get("rules", ""))

    @property
    def until(self) -> datetime:
        """When the evaluation is planned to be over; asked for before there were hours: a day."""
        return self.held_at + timedelta(hours=self.request.get("hours", WHOLE_DAY))

    @property
    def is_public(self) -> bool:
        """Whether the list drawn from is no secret: no seats, answers or invitations."""
        return self.kind != EXPERTS

    def parties(self) -> list[tuple[str, str]]:
        """Bodies that take part, each with its role; bidders only once they are open."""
        named = [(row["org"], "named") for row in self.request["recusal"]]
        bidders = [(code, "bidder") for code in self.bidders]
        return [(self.tenderer, "tenderer"), *named, *bidders]

    def relations(self, actor: Actor) -> frozenset[str]:
        """How the actor stands to this draw (accounts.domain.policy)."""
        found = set()
        if bodies.covers(actor.org, self.region):
            found.add(policy.DISTRICT)
        if bodies.regulates(actor.org, self.region, self.trade):
            found.add(policy.TRADE)
        if actor.org and actor.org == self.tenderer:
            found.add(policy.OWNER)
        if actor.role == "expert" and actor.id.startswith(f"{self.code}/"):
            found.add(policy.INVITED)
        return frozenset(found)

    @transition(field=state, source="requested", target="approved")
    def approve(self, *evidence: Ref) -> None:
        """已申请 → 已审核"""
        self.because(evidence)

    @transition(field=state, source="requested", target="running")
    def appoint(self, *evidence: Ref) -> None:
        """已申请 → 抽取中:特殊招标项目直接确定专家经批准(条例第四十七条)"""
        self.because(evidence)

    @transition(field=state, source="requested", target="rejected")
    def reject(self, *evidence: Ref) -> None:
        """已申请 → 已退回"""
        self.because(evidence)

    @transition(field=state, source="approved", target="committed")
    def commit(self, *evidence: Ref) -> None:
        """已审核 → 已承诺:冻结与承诺是同一行为"""
        self.because(evidence)

    @property
    def is_external(self) -> bool:
        """Whether the draw was made elsewhere: what follows cannot be re-run."""
        return self.origin == EXTERNAL

    @property
    def is_appointed(self) -> bool:
        """Whether the tenderer chose the experts of a special project (条例第四十七条)."""
        return self.origin == APPOINTED

    @property
    def mark(self) -> str:
        """How the draw is marked wherever it is shown; "" for one that can be re-run."""
        return MARKS.get(self.origin, "")

    @property
    def is_listed(self) -> bool:
        """Whether nobody is drawn here: two persons stand behind a list."""
        return self.is_external or self.is_appointed

    @transition(field=state, source="approved", target="filled")
    def take_over(self, *evidence: Ref) -> None:
        """已审核 → 已满员:外部抽取的结果经两人录入"""
        self.because(evidence)

    @transition(field=state, source=["committed", "filled"], target="running")
    def run(self, *evidence: Ref) -> None:
        """已承诺、已满员 → 抽取中:开启一轮"""
        self.because(evidence)

    @transition(field=state, source="running", target="filled")
    def fill(self, *evidence: Ref) -> None:
        """抽取中 → 已满员"""
        self.because(evidence)

    @transition(field=state, source="filled", target="closed")
    def close(self, *evidence: Ref) -> None:
        """已满员 → 已关闭:随评标报告"""
        self.because(evidence)

    @transition(field=state, source=["requested", "approved", "committed"], target="cancelled")
    def cancel(self, *evidence: Ref) -> None:
        """第一轮之前 → 已撤销"""
        self.because(evidence)

    @transition(field=state, source=["running", "filled"], target="abandoned")
    def abandon(self, *evidence: Ref) -> None:
        """第一轮之后 → 作废:仅监督部门"""
        self.because(evidence)


class Seat(AuditedPart):
    """A drawn candidate by handle; who he is stays in the encrypted roster until sign-in."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="seats")
    candidate = models.CharField("候选代号", max_length=64)
    slot = models.CharField("席位", max_length=64)
    round = models.PositiveSmallIntegerField("轮次")
    expert = models.CharField("专家编号", max_length=20, blank=True)
    answer_by = models.DateTimeField("应答期限")
    state = FSMField("状态", protected=True, default="selected", choices=list(SEAT.items()))

    class Meta:
        constraints = [
            _known("seat_state_known", SEAT),
            models.UniqueConstraint(fields=["draw", "candidate"], name="seat_once"),
        ]

    @property
    def stream(self) -> str:
        return f"draw/{self.draw_id}"

    @property
    def actor(self) -> Actor:
        """The actor of the drawn expert while nobody may know who he is (formats.md section 4)."""
        return Actor(f"{self.draw_id}/{self.candidate}", "expert", "")

    @transition(field=state, source="selected", target="accepted")
    def accept(self) -> None:
        """已抽中 → 已接受"""

    @transition(field=state, source="selected", target="declined")
    def decline(self) -> None:
        """已抽中 → 谢绝"""

    @transition(field=state, source="selected", target="no_answer")
    def miss(self) -> None:
        """已抽中 → 未应答"""

    @transition(field=state, source=["selected", "accepted"], target="struck")
    def strike(self) -> None:
        """已抽中、已接受 → 回避"""

    @transition(field=state, source="accepted", target="signed_in")
    def sign_in(self) -> None:
        """已接受 → 已签到"""

    @transition(field=state, source="accepted", target="absent")
    def stay_away(self) -> None:
        """已接受 → 缺席"""

    @transition(field=state, source="signed_in", target="replaced")
    def replace(self) -> None:
        """已签到 → 已替换"""

    @transition(field=state, source="signed_in", target="served")
    def serve(self) -> None:
        """已签到 → 已履职"""
