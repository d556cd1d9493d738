"""What must be filled in for the acts of the committee's deliberation."""

from typing import Any

from rest_framework import serializers as s

from evaluation.services.clarifying import MOST_CHARS
from evaluation.services.deliberating import EXPLANATION_CHARS, MOST_MINUTES, REASON_CHARS


class Objection(s.Serializer[Any]):
    """One bid a member is for rejecting, with the item and the reason."""

    bidder = s.CharField(label="投标人", max_length=18)
    item = s.CharField(label="评审项", max_length=64)
    reason = s.CharField(label="否决理由", max_length=REASON_CHARS)


class Review(s.Serializer[Any]):
    """A member's preliminary review: what he does not name passes."""

    against = Objection(
        label="认为应当否决的投标",
        many=True,
        required=False,
        default=list,
        help_text="没有应当否决的投标时不填",
    )


class Competition(s.Serializer[Any]):
    """Whether the few valid bids still compete."""

    sufficient = s.BooleanField(label="有效投标仍具有竞争性")
    reason = s.CharField(label="理由", max_length=2000)


class Extension(s.Serializer[Any]):
    """More time for the evaluation."""

    minutes = s.IntegerField(label="延长时间(分钟)", min_value=1, max_value=MOST_MINUTES)
    reason = s.CharField(label="说明", max_length=2000)


class Doubt(s.Serializer[Any]):
    """Another member's score that seems abnormal."""

    member = s.CharField(label="评分成员", max_length=130)
    bidder = s.CharField(label="投标人", max_length=18)
    factor = s.CharField(label="评分项", max_length=64)
    reason = s.CharField(label="认为异常的理由", max_length=2000)


class Explanation(s.Serializer[Any]):
    """The written explanation of a score of one's own."""

    bidder = s.CharField(label="投标人", max_length=18)
    factor = s.CharField(label="评分项", max_length=64)
    explanation = s.CharField(label="评分理由", max_length=EXPLANATION_CHARS)


class Judgement(s.Serializer[Any]):
    """What the committee thinks of an explanation."""

    member = s.CharField(label="评分成员", max_length=130)
    bidder = s.CharField(label="投标人", max_length=18)
    factor = s.CharField(label="评分项", max_length=64)
    accepted = s.BooleanField(label="理由成立")
    reason = s.CharField(label="认定理由", max_length=2000)


class Silence(s.Serializer[Any]):
    """A member who neither signs nor dissents, and how he was told."""

    member = s.CharField(label="成员", max_length=130)
    notice = s.CharField(
        label="通知签署的时间、方式和内容", max_length=2000, help_text="不写姓名、电话"
    )


class Question(s.Serializer[Any]):
    """What a bidder is asked to clarify."""

    bidder = s.CharField(label="投标人", max_length=18)
    question = s.CharField(
        label="需要澄清、说明的内容",
        max_length=MOST_CHARS,
        help_text="不得暗示或者诱导投标人作出澄清、说明",
    )


class Answer(s.Serializer[Any]):
    """A bidder's answer."""

    clarification = s.CharField(label="澄清要求", max_length=10)
    answer = s.CharField(
        label="澄清、说明",
        max_length=MOST_CHARS,
        help_text="不得超出投标文件的范围或者改变投标文件的实质性内容;不写姓名、电话",
    )
