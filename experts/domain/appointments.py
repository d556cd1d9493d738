"""Experts chosen for a special project, not drawn (招标投标法第三十七条第三款;条例第四十七条).

The tenderer asks with a ground and a document, the supervising department approves: two persons of
two bodies. Whoever is chosen is sealed like one drawn and answers for himself.
"""

ASKED = "draw.appointment_asked"
APPOINTED = "draw.appointed"
REFUSED = "draw.appointment_refused"
GROUNDS = {
    "complex": "技术复杂",
    "specialised": "专业性强",
    "state": "国家有特殊要求",
}
"""Ground → its name: where experts drawn at random could hardly do the work."""
REFUSALS = {
    "not_special": "不属于特殊招标项目",
    "unfit": "所提专家不能胜任或者不符合条件",
    "unproven": "证明材料不足",
}
