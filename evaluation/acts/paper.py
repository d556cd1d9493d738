"""The acts of scores that come on paper."""

from typing import Any

from rest_framework import serializers as s

from accounts.acts import Act
from evaluation import serializers as fields
from evaluation.selectors import offering
from evaluation.selectors import paper as reading
from evaluation.services import paper


class MemberForm(s.Serializer[Any]):
    """The member whose paper it is."""

    member = s.CharField(label="评委", max_length=130)


class PaperForm(MemberForm, fields.Sheet):
    """A paper sheet, typed."""

    sheet = s.RegexField(
        r"\A[0-9a-f]{64}\Z",
        label="评分表扫描件",
        help_text="文件的 SHA-256,64 位小写十六进制",
    )


ACTS = (
    Act(
        "project.enter_paper_sheet",
        "录入纸质评分表",
        paper.enter,
        PaperForm,
        blockers=reading.enter,
        initial=offering.blank_sheet,
        warning="录入的评分即时加密,不再显示;须由另一人再次录入、评委本人确认后才生效。",
    ),
    Act(
        "project.confirm_paper_sheet",
        "再次录入纸质评分表(复核)",
        paper.confirm,
        PaperForm,
        blockers=reading.confirm,
        initial=offering.blank_sheet,
        warning="与第一次录入逐格比对,不一致的不予通过,只提示位置,不显示评分。",
    ),
    Act(
        "project.return_paper_sheet",
        "退回已录入的纸质评分表",
        paper.send_back,
        MemberForm,
        blockers=reading.send_back,
    ),
    Act(
        "project.adopt_paper_sheet",
        "确认纸质评分表并密封",
        paper.adopt,
        blockers=reading.adopt,
        offered=reading.adopts,
        warning="两人录入一致的评分作为您本人的评分表密封,与纸质原件具有同一内容;"
        "不一致的请告知工作人员退回重录。",
    ),
)
