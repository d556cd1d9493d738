"""States of an objection, a complaint and a ballot round (docs/lifecycle.md)."""

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
COMPLAINT = {
    "filed": "已提出",
    "refused": "不予受理",
    "accepted": "已受理",
    "examining": "检验鉴定中",
    "not_upheld": "驳回",
    "upheld": "成立",
    "withdrawn": "撤回",
}
OPEN_COMPLAINT = frozenset({"filed", "accepted", "examining"})
BALLOT_ROUND = {
    "open": "投票中",
    "closed": "已截止",
    "decided": "已出结果",
    "tied": "平票",
}
