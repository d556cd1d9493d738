"""The acts by which experts of a special project are chosen (条例第四十七条)."""

from typing import Any

from rest_framework import serializers

from accounts.acts import Act
from audit_log.domain.entry import Actor
from experts.acts import Form, document
from experts.domain.appointments import GROUNDS, REFUSALS
from experts.selectors import appointments as reading
from experts.selectors import drawn_lists
from experts.services import appointments

GROUND_CHOICES = list(GROUNDS.items())


class ChosenRow(Form):
    slot = serializers.CharField(label="席位", max_length=64)
    expert = serializers.CharField(label="专家编号", max_length=20)


class AppointmentForm(Form):
    ground = serializers.ChoiceField(
        GROUND_CHOICES,
        label="特殊招标项目的情形",
        help_text="随机抽取的专家难以保证胜任的,方可直接确定(条例第四十七条)",
    )
    document = document("说明和专家意见")
    experts = ChosenRow(many=True, label="拟确定的专家", allow_empty=False)


class RefuseAppointmentForm(Form):
    ground = serializers.ChoiceField(list(REFUSALS.items()), label="不批准的事由")


def chosen(_actor: Actor, draw: Any) -> bool:
    """Acts of a case whose experts are chosen."""
    return bool(draw.is_appointed)


def _open_seats(_actor: Actor, draw: Any) -> dict[str, Any]:
    """One line for every open seat."""
    seats = drawn_lists.open_seats(draw).items() if draw.is_appointed else ()
    return {"experts": [{"slot": slot} for slot, count in seats for _ in range(count)]}


ACTS = (
    Act(
        "draw.ask_appointment",
        "申请直接确定空缺席位的专家",
        appointments.ask,
        AppointmentForm,
        reading.asking,
        initial=_open_seats,
        offered=chosen,
        warning="经行政监督部门批准后通知专家;名单密封,签到以前不显示",
    ),
    Act(
        "draw.refuse_appointment",
        "不批准直接确定专家",
        appointments.decline,
        RefuseAppointmentForm,
        reading.approving,
        offered=chosen,
        warning="退回后须改为随机抽取或者另行申请",
    ),
)
