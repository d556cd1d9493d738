"""Complaints (投诉, R18): what comes first, what may be decided; terms are in deadlines.py."""

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.rules import Facts, Profile

RESULT = "result"
MATTERS = {
    RESULT: "评标结果、中标候选人",
    "procedure": "开标、评标、定标的程序",
    "conduct": "招标人、投标人或者评标委员会成员的其他违法行为",
}
REFUSALS = {
    "no_interest": "投诉人不是本次招标投标活动的参与者,与项目也没有利害关系",
    "no_facts": "投诉事项不具体,且未提供有效线索,难以查证",
    "unsigned": "投诉书未按规定签字、盖章或者没有有效联系方式",
    "out_of_time": "超过投诉时效",
    "decided_before": "已经作出处理决定,投诉人没有提出新的证据",
    "no_objection": "应当先提出异议而没有提出",
    "in_court": "已进入行政复议或者行政诉讼程序",
}
EFFECTS = {
    "reevaluate": "重新评标",
    "fail": "招标无效,重新招标",
    "correct": "责令改正后继续进行",
}
CHANGING = frozenset({"reevaluate", "fail"})
"""Effects after which the project does not go on where it stood."""


def objection_first(
    profile: Profile, facts: Facts, *, matter: str, objected: bool
) -> list[Blocker]:
    """R18: about the result one objects first (条例第六十条第二款)."""
    param = "complaint_objection_first"
    if matter != RESULT or objected or not profile.flag(param):
        return []
    message = "就评标结果投诉的,应当先向招标人提出异议,对答复不服或者逾期未答复的方可投诉"
    return collect(blocker(profile, "R18", "objection_first", message, facts, param=param))


def refusal_lawful(profile: Profile, facts: Facts, *, ground: str) -> list[Blocker]:
    """R18: a complaint is refused on a listed ground only."""
    param = "complaint_refusals"
    if ground in profile.names(param):
        return []
    message = "不予受理的理由不在规定的情形之内"
    return collect(blocker(profile, "R18", "refusal_unlawful", message, facts, param=param))


def effect_lawful(profile: Profile, facts: Facts, *, effect: str) -> list[Blocker]:
    """R18: an upheld complaint has one of the listed effects (条例第八十一条)."""
    param = "complaint_effects"
    if effect in profile.names(param):
        return []
    message = "对成立的投诉应当选择规定的处理"
    return collect(blocker(profile, "R18", "effect_unlawful", message, facts, param=param))
