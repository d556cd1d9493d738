"""Rule profiles and working days: data with effective dates, each version an entry."""

from django.db import models

from audit_log.audited import Audited


class RuleProfile(Audited):
    """The current version of one profile; its content is an attachment named by hash."""

    STREAM_KIND = "rules"

    code = models.CharField("代码", max_length=40, primary_key=True)
    version = models.PositiveIntegerField("版本")
    parent = models.CharField("上级规则集", max_length=40, blank=True)
    content = models.CharField("内容摘要", max_length=64)
    effective_from = models.DateField("生效日期")

    def __str__(self) -> str:
        return f"{self.code}@{self.version}"
