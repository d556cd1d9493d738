"""Event types of the rulebook."""

EVENTS = {
    "rules.published": "发布规则集",
    "rules.proposed": "提出修改规则集",
    "rules.rejected": "退回修改意见",
    "rules.calendar_published": "发布工作日历",
}
