"""Closed lists of reasons. Free text about people has no place in the trail, so a reason is a code.

Recusal grounds are those of 招标投标法第三十七条第四款;条例第四十六条第三款.
"""

RECUSAL = {
    "H1": "投标人的主要负责人或者其近亲属",
    "H2": "项目主管部门或者行政监督部门的人员",
    "H3": "与投标人有经济利益或者其他利害关系",
    "H4": "曾因招标投标活动中的违法行为受过处罚",
    "H5": "三年内在投标人任职、持股或者与其负责人有亲属关系",
    "H6": "与招标人或者招标代理机构同一单位",
    "H7": "与其他成员为同一单位或者有利害关系",
}
MASKED = "recused"
"""Stands for a ground that would tell who is bidding, while the bids are not open."""
TELLS_BIDDERS = frozenset({"H1", "H3", "H5"})
ABSENT = "absent"
REPLACED = "replaced"
"""A member who has signed in leaves the committee (条例第四十八条第三款)."""

STRUCK = RECUSAL | {MASKED: "应当回避", REPLACED: "评标中更换"}
DECLINED = {
    "ill": "身体原因",
    "away": "外出",
    "busy": "工作冲突",
    "conflict": "应当回避",
    "other": "其他原因",
}
NO_ANSWER = {"": "未答复或者未接通", ABSENT: "已接受而未到场"}

REASONS: dict[str, dict[str, str]] = {
    "accepted": {"": ""},
    "declined": DECLINED,
    "no_answer": NO_ANSWER,
    "struck": STRUCK,
}
"""Answer → reasons it may carry, with their names."""

SOURCES = {
    "self": "本人申报",
    "pool": "专家库管理单位核查",
    "authority": "行政监督部门登记",
    "register": "企业登记信息",
    "credit": "处罚决定或者信用信息",
    "complaint": "异议、投诉或者举报",
    "sign_in": "签到后声明",
}
"""Where a recorded conflict comes from."""
RELEASE = {
    "error": "登记有误",
    "ended": "有关关系已经终止",
    "revoked": "所依据的决定已被撤销",
}
ERASURE = {
    "request": "本人请求删除",
    "purpose": "处理目的已经实现或者不再必要",
    "retention": "保存期限届满",
}
"""Grounds on which personal data is to be deleted (个人信息保护法第四十七条)."""
READING = {
    "identity": "核验身份",
    "contact": "联系本人",
    "documents": "核对申报或者变更材料",
    "complaint": "处理异议、投诉或者举报",
    "fee": "发放评审费",
    "authority": "依法向有权机关提供",
}
"""Reasons for which a person's data may be read (个人信息保护法第六条、第十三条)."""
CALLING = {
    "undelivered": "消息未能送达",
    "urgent": "答复或者签到时限临近",
}
"""Reasons for which supervision opens the numbers of drawn experts to have them called."""
REFUSED_CHANGE = {
    "unproven": "证明材料不足",
    "false": "与核实的情况不符",
    "mistaken": "填报有误",
}
APPEALED = {
    "facts": "认定的事实不清或者有误",
    "procedure": "处理程序违法",
    "law": "适用依据错误",
    "severity": "处理明显不当",
}
REFUSED_APPEAL = {
    "late": "超过申诉期限",
    "repeated": "就同一处理重复申诉",
    "foreign": "不属于受理范围",
}


def recorded(ground: str, *, bids_may_be_secret: bool) -> str:
    """Return the ground as it may stand in the draw's stream (formats.md section 4, last rule)."""
    return MASKED if bids_may_be_secret and ground in TELLS_BIDDERS else ground
