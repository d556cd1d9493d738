"""Event types of the rulebook."""

EVENTS = {
    "rules.published": "发布规则集",
    "rules.calendar_published": "发布工作日历",
}
