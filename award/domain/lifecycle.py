"""States of an objection and of a ballot round (docs/lifecycle.md)."""

OBJECTION = {
    "submitted": "已提交",
    "refused": "不予受理",
    "accepted": "已受理",
    "not_upheld": "不成立",
    "upheld": "成立",
    "withdrawn": "撤回",
    "complained": "已转投诉",
}
OPEN_OBJECTION = frozenset({"submitted", "accepted"})
"""An objection in one of these states keeps the activity suspended (条例第五十四条)."""
BALLOT_ROUND = {
    "open": "投票中",
    "closed": "已截止",
    "decided": "已出结果",
    "tied": "平票",
}
