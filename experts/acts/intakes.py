"""The acts of lists that are taken in, of an installation's mode, and of draws made elsewhere."""

from typing import Any

from rest_framework import serializers

from accounts.acts import Act
from audit_log.domain.entry import Actor
from experts.acts import Form, document, drawn_from
from experts.domain.drawn_lists import RETURNS
from experts.domain.modes import MODES
from experts.selectors import drawn_lists, modes
from experts.selectors import intakes as reading
from experts.services import drawn_lists as drawn_list_services
from experts.services import intakes
from experts.services import modes as mode_services


class ReceiveForm(Form):
    file = serializers.FileField(label="文件", help_text="CSV 或者 XLSX,使用模板填写,不超过 64 MB")
    from_pool = serializers.CharField(
        label="库主", max_length=40, required=False, allow_blank=True, default=""
    )
    as_of = serializers.DateField(label="名单日期", required=False, allow_null=True, default=None)
    complete = serializers.BooleanField(
        label="完整名单",
        default=False,
        help_text="完整名单中没有的专家将在本机出库;只有增加和变更的,选“否”",
    )
    trial = serializers.BooleanField(
        label="仅校验", default=False, help_text="只检查文件并给出报告,不入库"
    )


class ModeForm(Form):
    mode = serializers.ChoiceField(list(MODES.items()), label="专家库方式")


class DrawnRow(Form):
    slot = serializers.CharField(label="席位", max_length=64)
    name = serializers.CharField(label="姓名", max_length=40)
    id_number = serializers.CharField(label="身份证件号码", max_length=18)
    phone = serializers.CharField(label="手机号码", max_length=20)
    employer = serializers.CharField(label="工作单位统一社会信用代码", max_length=18)
    title = serializers.CharField(label="职称", max_length=20)
    specialty = serializers.CharField(label="专业代码", max_length=7)
    region = serializers.CharField(
        label="行政区划", max_length=6, required=False, allow_blank=True, default=""
    )


class EnterListForm(Form):
    sheet = document("抽取记录表")
    drawn_at = serializers.DateTimeField(label="抽取时间")
    drawn = DrawnRow(many=True, label="抽中的专家", allow_empty=False)


class ConfirmedRow(Form):
    slot = serializers.CharField(label="席位", max_length=64)
    id_number = serializers.CharField(label="身份证件号码", max_length=18)
    employer = serializers.CharField(label="工作单位统一社会信用代码", max_length=18)


class ConfirmListForm(Form):
    sheet = document("抽取记录表")
    drawn = ConfirmedRow(many=True, label="抽中的专家", allow_empty=False)


class ReturnListForm(Form):
    ground = serializers.ChoiceField(list(RETURNS.items()), label="事由")


def drawn_there(_actor: Actor, draw: Any) -> bool:
    """Acts of a draw that was made elsewhere."""
    return bool(draw.is_external)


def open_seats(_actor: Actor, draw: Any) -> dict[str, Any]:
    """One line for every open seat."""
    seats = drawn_lists.open_seats(draw).items() if draw.is_external else ()
    names = [slot for slot, count in seats for _ in range(count)]
    return {"drawn": [{"slot": slot, "slot_name": f"席位 {slot}"} for slot in names]}


def _awaits_confirmation(_actor: Actor, _thing: Any) -> bool:
    return modes.proposal() is not None


def _approves(actor: Actor, intake: Any) -> bool:
    return intakes.APPROVES.get(intake.mode) == actor.role


def _proposed(_actor: Actor, _thing: None) -> dict[str, Any]:
    proposal = modes.proposal()
    return {"mode": proposal["data"]["mode"]} if proposal else {}


ACTS = (
    Act(
        "intake.receive",
        "导入专家名单",
        intakes.receive,
        ReceiveForm,
        offered=drawn_from,
        creates=True,
    ),
    Act(
        "intake.approve",
        "批准入库",
        intakes.approve,
        blockers=reading.approving,
        offered=_approves,
        warning="批准后全部入库或者全部不入库,由系统在后台办理",
    ),
    Act(
        "intake.withdraw",
        "撤回",
        intakes.withdraw,
        blockers=reading.withdrawing,
        warning="撤回后文件立即销毁,需要时重新上传",
    ),
    Act(
        "mode.propose",
        "提出变更专家库方式",
        mode_services.propose,
        ModeForm,
        creates=True,
        warning="须由安全管理员确认后生效;进行中的抽取和导入仍按原方式办理",
    ),
    Act(
        "mode.confirm",
        "确认变更专家库方式",
        mode_services.confirm,
        ModeForm,
        initial=_proposed,
        offered=_awaits_confirmation,
        creates=True,
        warning="确认后立即生效",
    ),
    Act(
        "draw.enter_list",
        "录入外部抽取结果",
        drawn_list_services.enter,
        EnterListForm,
        drawn_lists.entering,
        initial=open_seats,
        offered=drawn_there,
        warning="录入后名单立即密封,须由另一人对照记录表复核;外部抽取的过程不可复核",
    ),
    Act(
        "draw.return_list",
        "退回录入的名单",
        drawn_list_services.send_back,
        ReturnListForm,
        drawn_lists.confirming,
        offered=drawn_there,
    ),
)
