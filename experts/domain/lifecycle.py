"""States of an expert, what is recorded of him, a draw and a seat (docs/lifecycle.md)."""

EXPERT = {
    "applied": "申报",
    "under_review": "审核中",
    "rejected": "未通过",
    "testing": "待测试",
    "active": "在库",
    "suspended": "暂停",
    "exited": "已出库",
    "disqualified": "取消资格",
}
DRAW = {
    "requested": "已申请",
    "approved": "已审核",
    "rejected": "已退回",
    "committed": "已承诺",
    "running": "抽取中",
    "filled": "已满员",
    "closed": "已关闭",
    "cancelled": "已撤销",
    "abandoned": "作废",
}
SEAT = {
    "selected": "已抽中",
    "accepted": "已接受",
    "declined": "谢绝",
    "no_answer": "未应答",
    "struck": "回避",
    "signed_in": "已签到",
    "absent": "缺席",
    "replaced": "已替换",
    "served": "已履职",
}
INTAKE = {
    "received": "待校验",
    "faulty": "校验未通过",
    "checked": "校验通过",
    "approved": "待入库",
    "done": "已入库",
    "withdrawn": "已撤回",
}
DRAWN_LIST = {
    "entered": "待复核",
    "confirmed": "已复核",
    "returned": "已退回",
}
CONFLICT = {
    "recorded": "已登记",
    "confirmed": "已确认",
    "release_asked": "已申请解除",
    "lifted": "已解除",
}
SEATED = frozenset({"selected", "accepted", "signed_in", "served"})
"""States in which a seat counts as filled (formats.md section 4, *Seated*)."""
CHANGE = {
    "reported": "待确认",
    "confirmed": "已确认",
    "refused": "不予确认",
    "effective": "已生效",
}
APPEAL = {
    "filed": "已提出",
    "refused": "不予受理",
    "accepted": "已受理",
    "drafted": "已拟定意见",
    "upheld": "成立",
    "not_upheld": "不成立",
}
RATING = {"counted": "计分", "annulled": "已撤销"}
MEASURE = {
    "proposed": "待决定",
    "adopted": "已采纳",
    "dismissed": "未采纳",
    "lapsed": "已失效",
}
