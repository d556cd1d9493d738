"""What must be filled in for each act of a project; names are those of the services' parameters."""

from typing import Any

from rest_framework import serializers as s

from evaluation.domain.lifecycle import FUNDS, REGIMES, TRADES
from evaluation.domain.plan import METHODS, STAGES, VERDICTS
from evaluation.domain.pricing import BENCHMARKS, FORMULAE
from evaluation.domain.scoring import AGGREGATIONS, TRIM_FROM
from evaluation.domain.verdicts import OPINION_CHARS
from evaluation.plan_form import CEILING_WEIGHT, TIES
from evaluation.services.committee import DECLARABLE
from evaluation.services.reporting import REMARK_CHARS
from evaluation.services.scoring import REASON_CHARS
from experts.acts.appointments import AppointmentForm
from experts.domain.engagements import LONGEST

MOST_FEN = 2**53 - 1
TRADE_CHOICES = list(TRADES.items())
FACTOR_KINDS = [("subjective", "主观项(成员各自评分)"), ("objective", "客观项(统一认定)")]


class FactorRow(s.Serializer[Any]):
    """One scored factor."""

    factor = s.RegexField(r"^[a-z][a-z0-9_]{0,63}$", label="编码(小写字母)")
    name = s.CharField(label="名称", max_length=40)
    max = s.CharField(label="满分", max_length=8)
    kind = s.ChoiceField(label="评分方式", choices=FACTOR_KINDS)


class ItemRow(s.Serializer[Any]):
    """One pass/fail item of the preliminary review."""

    stage = s.ChoiceField(label="评审环节", choices=list(STAGES.items()))
    item = s.RegexField(r"^[a-z][a-z0-9_]{0,63}$", label="编码(小写字母)")
    name = s.CharField(label="名称", max_length=40)


class Registration(s.Serializer[Any]):
    """A new lot."""

    code = s.CharField(label="标段编号", max_length=40)
    title = s.CharField(label="项目名称", max_length=200)
    group = s.CharField(label="招标项目编号", max_length=35, help_text="同一招标项目各标段相同")
    lot = s.CharField(label="标段", max_length=20)
    order = s.IntegerField(label="定标次序", min_value=1, default=1)
    region = s.RegexField(r"^[0-9]{6}$", label="行政区划代码")
    trade = s.ChoiceField(label="行业", choices=TRADE_CHOICES)
    supervisor = s.ChoiceField(
        label="监管行业",
        choices=TRADE_CHOICES,
        default="",
        allow_blank=True,
        help_text="只有村级和小额工程填写;不填的由建设部门兜底监管",
    )
    compulsory = s.BooleanField(label="依法必须招标", default=True)
    funds = s.ChoiceField(label="资金来源", choices=list(FUNDS.items()))
    regime = s.ChoiceField(label="定标方式", choices=list(REGIMES.items()))
    ceiling_fen = s.IntegerField(label="最高投标限价(分)", min_value=1, max_value=MOST_FEN)
    review_items = ItemRow(label="初步评审项", many=True, allow_empty=False)
    method = s.ChoiceField(label="评标方法", choices=list(METHODS.items()))
    aggregation = s.ChoiceField(
        label="评分汇总方法",
        choices=list(AGGREGATIONS.items()),
        help_text="不打分的评标方法按过半数成员的结论,不看这一项",
    )
    trim_from = s.IntegerField(
        label="评委达到几人时去掉最高分和最低分",
        min_value=TRIM_FROM,
        max_value=99,
        default=TRIM_FROM,
    )
    factors = FactorRow(
        label="评分项(报价以外)",
        many=True,
        required=False,
        default=list,
        help_text="最低投标价法只设客观项,满分栏填最多加价的百分数;定性评审不设",
    )
    price_points = s.CharField(
        label="报价分满分", max_length=8, default="", allow_blank=True, help_text="不填则不设报价分"
    )
    price_formula = s.ChoiceField(
        label="报价得分公式", choices=list(FORMULAE.items()), default="linear_deduction"
    )
    price_benchmark = s.ChoiceField(
        label="评标基准价",
        choices=list(BENCHMARKS.items()),
        default="mean",
        help_text=f"加权时最高投标限价占 {CEILING_WEIGHT}",
    )
    price_coefficient = s.CharField(label="基准价系数", max_length=8, default="1")
    price_above = s.CharField(label="每高于基准价 1% 扣分", max_length=8, default="1")
    price_below = s.CharField(label="每低于基准价 1% 扣分", max_length=8, default="0")
    price_floor = s.CharField(label="报价分最低得分", max_length=8, default="0")
    tie = s.ChoiceField(label="得分相同时", choices=list(TIES.items()), default="lower_price")
    candidate_count = s.IntegerField(label="中标候选人数量", min_value=1, max_value=10)
    ranked = s.BooleanField(label="候选人排序", help_text="评定分离的项目可以不排序")
    profile = s.CharField(
        label="规则集", max_length=40, default="", allow_blank=True, help_text="不填则自动确定"
    )
    retender_of = s.CharField(
        label="重新招标的原标段编号", max_length=40, default="", allow_blank=True
    )


class Publication(s.Serializer[Any]):
    """The tender's deadline."""

    deadline = s.DateTimeField(label="投标截止时间")


class SealedBid(s.Serializer[Any]):
    """A bid, sealed as soon as it is handed in."""

    price_fen = s.IntegerField(label="投标报价(分)", min_value=1, max_value=MOST_FEN)
    bidder = s.CharField(
        label="投标人代码", default="", allow_blank=True, help_text="投标人自行递交时不填"
    )
    receipt = s.CharField(
        label="回执号", default="", allow_blank=True, help_text="更换已递交的投标时填写"
    )


class Slot(s.Serializer[Any]):
    """One slot of a draw."""

    slot = s.RegexField(r"^[A-Za-z0-9._-]{1,64}$", label="席位")
    specialty = s.CharField(label="专业代码", max_length=7)
    region = s.CharField(label="地区代码", max_length=6, default="", allow_blank=True)
    count = s.IntegerField(label="人数", min_value=1, max_value=99)


class Recusal(s.Serializer[Any]):
    """A body whose people must not be drawn."""

    org = s.CharField(label="统一社会信用代码", max_length=18)
    reason = s.CharField(label="事由", max_length=40)


class DrawRequest(s.Serializer[Any]):
    """The draw of a group's experts."""

    held_at = s.DateTimeField(label="评标时间")
    hours = s.IntegerField(
        label="计划用时",
        min_value=1,
        max_value=LONGEST,
        required=False,
        allow_null=True,
        help_text="小时;不填的按规则。专家接受后在这段时间内不参加其他评标",
    )
    place = s.CharField(label="评标地点", max_length=100)
    slots = Slot(label="席位", many=True, allow_empty=False)
    agency = s.CharField(label="招标代理机构代码", max_length=18, default="", allow_blank=True)
    recusal = Recusal(label="其他回避单位", many=True, default=list)
    one_per_group = s.BooleanField(label="同一单位的专家不超过一人", default=True)


class AppointmentRequest(DrawRequest, AppointmentForm):
    """Experts whom the tenderer chooses for a special project."""


class Member(s.Serializer[Any]):
    """One person of the committee."""

    member = s.CharField(label="人员代码", max_length=130)


class Briefing(s.Serializer[Any]):
    """The discipline material and the time its study took."""

    material = s.CharField(label="评标纪律(内容摘要)", max_length=64)
    minutes = s.IntegerField(label="学习时间(分钟)", min_value=1, max_value=600)


class Declaration(s.Serializer[Any]):
    """The declaration before the list of bidders."""

    conflict = s.BooleanField(label="我有应当回避的情形", default=False)
    bidder = s.CharField(
        label="与哪个投标人",
        max_length=18,
        default="",
        allow_blank=True,
        help_text="可以不填;填写的记入本人的回避登记,对方密封保存",
    )
    relation = s.ChoiceField(label="何种关系", choices=DECLARABLE, default="", allow_blank=True)


class Rejection(s.Serializer[Any]):
    """A rejected bid with its ground."""

    bidder = s.CharField(label="投标人统一社会信用代码", max_length=18)
    item = s.CharField(label="评审项")
    reason = s.CharField(label="否决理由", max_length=REASON_CHARS)


class Score(s.Serializer[Any]):
    """One cell of a score sheet."""

    bidder = s.CharField(label="投标人", max_length=18)
    factor = s.CharField(label="评分项")
    score = s.CharField(label="得分", max_length=14)


class Verdict(s.Serializer[Any]):
    """One bid's verdict on a sheet without scores."""

    bidder = s.CharField(label="投标人", max_length=18)
    verdict = s.ChoiceField(label="评审结论", choices=list(VERDICTS.items()))
    opinion = s.CharField(label="评审意见(优点、缺点、风险)", max_length=OPINION_CHARS)


class Sheet(s.Serializer[Any]):
    """A whole sheet: scores, or verdicts under a method without scores."""

    scores = Score(label="评分", many=True, required=False, default=list)
    verdicts = Verdict(label="评审", many=True, required=False, default=list)


class Established(s.Serializer[Any]):
    """The objective factors as the committee found them."""

    scores = Score(label="客观项", many=True, allow_empty=False)


class Order(s.Serializer[Any]):
    """The order of bidders with equal scores."""

    order = s.ListField(label="先后次序", child=s.CharField(), allow_empty=False)
    reason = s.CharField(label="确定方式和结果", max_length=2000)


class Remark(s.Serializer[Any]):
    """Remarks on one candidate."""

    bidder = s.CharField(label="候选人", max_length=18)
    strengths = s.CharField(label="优点", max_length=REMARK_CHARS)
    weaknesses = s.CharField(label="缺点", max_length=REMARK_CHARS)
    risks = s.CharField(label="风险", max_length=REMARK_CHARS)


class Remarks(s.Serializer[Any]):
    """Remarks on every candidate."""

    candidates = Remark(label="评语", many=True, allow_empty=False)


class Signature(s.Serializer[Any]):
    """Agreement, or a written dissent."""

    agree = s.BooleanField(label="同意评标结论", default=True)
    dissent = s.CharField(label="不同意见和理由", max_length=2000, default="", allow_blank=True)


class Rating(s.Serializer[Any]):
    """The rating of one drawn member."""

    handle = s.CharField(label="席位", max_length=64)
    items = s.ListField(
        label="扣分项",
        child=s.CharField(max_length=20),
        default=list,
        help_text="没有扣分情形的不选",
    )
    evidence = s.RegexField(
        r"\A([0-9a-f]{64})?\Z",
        label="扣分凭证",
        default="",
        allow_blank=True,
        help_text="现场记录等文件的 SHA-256,64 位小写十六进制;扣分的应当填写",
    )


class Reason(s.Serializer[Any]):
    """An act that states its reason."""

    reason = s.CharField(label="理由", max_length=2000)
