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

REVIEW = {
    "years": "从业年限不足",
    "title": "职称不符合要求",
    "specialty": "申报专业缺少证明",
    "conduct": "有不得入库的情形",
    "documents": "申报材料不齐或者不实",
}
SUSPENSION = {
    "recusal": "应当回避而不回避(条例第七十一条)",
    "left_post": "擅离职守(条例第七十一条)",
    "criteria": "不按照招标文件规定的标准和方法评标(条例第七十一条)",
    "contact": "私下接触投标人(条例第七十一条)",
    "hint": "征询招标人意向或者接受暗示(条例第七十一条)",
    "misconduct": "其他违反评标纪律的行为",
    "assessment": "年度考核不合格",
    "inquiry": "接受调查期间",
}
DISQUALIFICATION = {
    "grave": "条例第七十一条所列行为,情节特别严重",
    "benefit": "收受财物或者其他好处(条例第七十二条)",
    "leak": "泄露评标情况(招标投标法第五十六条)",
}
ERASURE = {
    "request": "本人请求删除",
    "purpose": "处理目的已经实现或者不再必要",
    "retention": "保存期限届满",
}
"""Grounds on which personal data is to be deleted (个人信息保护法第四十七条)."""


def recorded(ground: str, *, bids_may_be_secret: bool) -> str:
    """Return the ground as it may stand in the draw's stream (formats.md section 4, last rule)."""
    return MASKED if bids_may_be_secret and ground in TELLS_BIDDERS else ground
