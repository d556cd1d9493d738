"""An act as pages and API offer it: one declaration serves both, so they cannot differ.

A serializer says what must be filled in, the service does it, `blockers` says beforehand what is
missing. The generic act page renders the serializer's fields, confirms, and shows the receipt.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from accounts.domain import policy, reports
from accounts.services import reports as services
from audit_log.domain.entry import Actor, Ref


class NoInput(serializers.Serializer[Any]):
    """An act that needs nothing but the decision to do it."""


@dataclass(frozen=True)
class Act:
    """One act.

    `name` is the policy's id ("project.publish_tender"); `service` takes `actor`, the object's code
    under the name of its kind (`project=…`) and the serializer's validated data as keywords.
    `initial(actor, object)` prefills the form (rows of a score sheet, for example); `blockers`
    (object) lists why it cannot be done now; `offered` (actor, object) hides it where it makes no
    sense for this person (he has signed already). `warning` is what the confirmation page says.
    """

    name: str
    title: str
    service: Callable[..., Any]
    fields: type[serializers.Serializer[Any]] = NoInput
    blockers: Callable[[Any], list[Any]] = lambda _: []
    initial: Callable[[Actor, Any], Mapping[str, Any]] = lambda _actor, _thing: {}
    offered: Callable[[Actor, Any], bool] = lambda _actor, _thing: True
    warning: str = ""
    creates: bool = False
    """The act makes a new object, so none is named."""

    @property
    def kind(self) -> str:
        return self.name.partition(".")[0]

    @property
    def slug(self) -> str:
        """The act's name in an address: `publish-tender`."""
        return self.name.partition(".")[2].replace("_", "-")

    def run(self, actor: Actor, code: str | None, values: Mapping[str, Any]) -> Ref:
        """Do it through the service; returns the receipt's entry."""
        named = {} if self.creates else {self.kind: code}
        ref: Ref = self.service(actor=actor, **named, **values)
        return ref

    def allowed(self, actor: Actor, thing: Any) -> bool:
        """Whether the policy grants the act and it makes sense for this person."""
        return policy.may(actor, self.name, thing) and self.offered(actor, thing)


ACTS: dict[str, Act] = {}
"""Act name → act; filled by each app's `ready`."""


def register(*acts: Act) -> None:
    """Add acts; raise ValueError for one that the policy does not know or that is there already."""
    for act in acts:
        if act.name not in policy.ACTS:
            raise ValueError(f"act {act.name} is not in the policy")
        if ACTS.setdefault(act.name, act) is not act:
            raise ValueError(f"act {act.name} is registered twice")


class ReportForm(serializers.Serializer[Any]):
    way = serializers.ChoiceField(list(reports.WAYS.items()), label="方式")
    who = serializers.CharField(
        label="何人", max_length=reports.LIMITS["who"], help_text="姓名、单位、职务,知道多少写多少"
    )
    happened_on = serializers.DateField(label="日期")
    project = serializers.CharField(
        label="项目或者标段",
        max_length=reports.LIMITS["project"],
        required=False,
        allow_blank=True,
        help_text="编号或者名称,可以不填",
    )
    text = serializers.CharField(label="经过", max_length=reports.LIMITS["text"])


LEAVE_REPORT = Act(
    "report.leave",
    "留下干预插手记录",
    services.leave,
    ReportForm,
    warning="内容和您的身份一并加密,只有纪检监察机关的私钥能够打开,您本人和系统管理人员也不能再打开。"
    "流水只显示某时有人留下一份记录;网站的访问日志记有您登录和提交的时间,这一点无法隐藏。",
    creates=True,
)
