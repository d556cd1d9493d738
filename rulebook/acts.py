"""What pages and API offer of the rules: proposing a change, approving it, sending it back."""

from typing import Any, get_args

from django.utils import timezone
from rest_framework import serializers

from accounts.acts import Act
from audit_log.domain.entry import Actor
from audit_log.services import clock
from rulebook.domain.rules import Level, Sure
from rulebook.models import RuleProfile
from rulebook.selectors import blockers
from rulebook.selectors.profiles import CALENDAR
from rulebook.services import publishing

LEVELS = dict(zip(get_args(Level), ("不满足则不能办理", "提示后可以办理", "只作记录"), strict=True))
SURE = dict(
    zip(get_args(Sure), ("查到条文原文", "条文确定,原文未录", "本地设定,待核实"), strict=True)
)


class ChangeForm(serializers.Serializer[Any]):
    rule = serializers.CharField(label="规则编号", max_length=40)
    value = serializers.CharField(label="拟改为", max_length=300)
    level = serializers.ChoiceField(list(LEVELS.items()), label="效力")
    basis = serializers.CharField(label="依据", max_length=300, required=False, allow_blank=True)
    sure = serializers.ChoiceField(list(SURE.items()), label="依据的把握程度")


class ProposeForm(serializers.Serializer[Any]):
    effective_from = serializers.DateField(label="拟施行日期")
    changes = ChangeForm(
        label="修改的规则",
        many=True,
        help_text="值的写法与规则页相同:是或否、整数、2/3 这样的分数,清单用顿号分开;依据不填即不变",
    )
    reason = serializers.CharField(label="理由", max_length=publishing.REASON_LENGTH)


class CalendarForm(serializers.Serializer[Any]):
    content = serializers.JSONField(
        label="工作日历",
        help_text='例如 {"version":"2027 年放假通知","years":{"2027":{"holidays":["2027-01-01"],'
        '"workdays":[]}}}',
    )
    reason = serializers.CharField(label="理由", max_length=publishing.REASON_LENGTH)


class RejectForm(serializers.Serializer[Any]):
    reason = serializers.CharField(label="退回理由", max_length=publishing.REASON_LENGTH)


def _approving(row: RuleProfile) -> list[Any]:
    return blockers.approve(row, timezone.localtime(clock.now()).date())


def _is_profile(_actor: Actor, row: RuleProfile) -> bool:
    return row.code != CALENDAR


def _is_calendar(_actor: Actor, row: RuleProfile) -> bool:
    return row.code == CALENDAR


ACTS = (
    Act(
        "rules.propose",
        "提出修改规则",
        publishing.propose,
        ProposeForm,
        blockers.propose_rules,
        offered=_is_profile,
    ),
    Act(
        "rules.propose_calendar",
        "提出更新工作日历",
        publishing.propose_calendar,
        CalendarForm,
        blockers.propose_calendar,
        offered=_is_calendar,
    ),
    Act(
        "rules.approve",
        "审批通过",
        publishing.approve,
        blockers=_approving,
        warning="通过后成为新的一版,自施行日期起登记的项目适用;已登记的项目仍适用登记时的版本",
    ),
    Act("rules.reject", "退回", publishing.reject, RejectForm, blockers.decide),
)
