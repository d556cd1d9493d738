"""The closed table of an expert's life: each edge with its grounds, each ground with its article.

An entry that takes an edge states `ground` and `basis`, a key of `BASES`. `docs/lifecycle.md` and
the page of the pool show this table; a test compares it with the machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rulebook.domain.rules import Sure


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis: how it is cited, and how sure we are of it."""

    citation: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which an edge may be taken: its name and the key of its basis."""

    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of the machine (experts.models.Expert) with every ground it may be taken on."""

    title: str
    grounds: Mapping[str, Ground]


BASES = {
    "ZTBF37": Basis("《中华人民共和国招标投标法》第三十七条第三款", "found"),
    "ZTBF56": Basis("《中华人民共和国招标投标法》第五十六条", "found"),
    "TL45": Basis("《中华人民共和国招标投标法实施条例》第四十五条", "found"),
    "TL71": Basis("《中华人民共和国招标投标法实施条例》第七十一条", "found"),
    "TL72": Basis("《中华人民共和国招标投标法实施条例》第七十二条", "found"),
    "ZJ42": Basis("《浙江省招标投标条例》第四十二条", "found"),
    "CQ25": Basis("参照《重庆市招标投标条例》第二十五条", "profile"),
    "CQ27": Basis("参照《重庆市招标投标条例》第二十七条", "profile"),
    "CQ52": Basis("参照《重庆市招标投标条例》第五十二条", "profile"),
    "O26": Basis(
        "《评标专家和评标专家库管理办法》(国家发展改革委令第26号),条款以正式文本为准", "profile"
    ),
    "XZCF7": Basis("《中华人民共和国行政处罚法》第七条", "known_high"),
    "POOL": Basis("专家库管理单位的办理程序,非法定条文", "profile"),
}
"""Key of a basis → the basis; what is not `found` or `known_high` never stops an act."""


def _edge(title: str, /, **grounds: tuple[str, str]) -> Edge:
    return Edge(title, {code: Ground(name, basis) for code, (name, basis) in grounds.items()})


EDGES = {
    "begin_review": _edge("开始审核", filed=("申报材料已经收到", "CQ25")),
    "pass_review": _edge("审核通过", qualified=("符合入库条件", "ZTBF37")),
    "reject": _edge(
        "不予入库",
        years=("从业年限不足", "ZTBF37"),
        title=("职称不符合要求", "ZTBF37"),
        specialty=("申报专业缺少证明", "TL45"),
        conduct=("有不得入库的情形", "O26"),
        documents=("申报材料不齐或者不实", "O26"),
        withdrawn=("本人撤回申报", "POOL"),
        test=("入库测试不合格", "O26"),
    ),
    "enter": _edge("入库", tested=("培训测试合格,签订聘期", "O26")),
    "suspend": _edge(
        "暂停参评",
        recusal=("应当回避而不回避", "TL71"),
        left_post=("擅离职守", "TL71"),
        criteria=("不按照招标文件规定的评标标准和方法评标", "TL71"),
        contact=("私下接触投标人", "TL71"),
        hint=("征询招标人意向或者接受暗示", "TL71"),
        not_rejected=("对依法应当否决的投标不提出否决意见", "TL71"),
        induced=("暗示或者诱导投标人作出澄清、说明", "TL71"),
        misconduct=("其他不客观、不公正履行职务的行为", "TL71"),
        supervision=("拒绝、阻碍监督检查", "CQ52"),
        assessment=("年度考核不合格", "CQ52"),
        rating=("一标一评累计扣分达到标准", "O26"),
        inquiry=("接受调查期间", "POOL"),
    ),
    "resume": _edge(
        "恢复参评",
        term_over=("暂停期限届满", "POOL"),
        ground_gone=("暂停的事由已经消除", "POOL"),
    ),
    "exit": _edge(
        "出库",
        voluntary=("本人申请", "CQ27"),
        age=("年龄届满", "CQ27"),
        assessment=("年度考核不合格", "CQ52"),
        rating=("一标一评累计扣分达到标准", "O26"),
        health=("健康原因", "CQ27"),
        death=("死亡", "POOL"),
        term=("聘期届满未续聘", "O26"),
        unfit=("不再具备任职条件", "ZJ42"),
    ),
    "reapply": _edge("重新申报", again=("再次申报", "O26")),
    "disqualify": _edge(
        "取消资格",
        grave=("条例第七十一条所列行为,情节特别严重", "TL71"),
        benefit=("收受财物或者其他好处", "TL72"),
        leak=("泄露评标情况", "ZTBF56"),
    ),
    "annul": _edge("撤销处理", appeal=("申诉成立", "XZCF7")),
    "relist": _edge("重新列入", owner_list=("库主名单所列", "ZJ42")),
}
"""Edge → its title and grounds."""

BY_LIST = {"ground": "owner_list", "basis": "ZJ42"}
"""What an entry says in a draw terminal, whichever edge it takes: the owner's list says so, and the
owner has his own ground."""

UNTIMED = frozenset({"inquiry"})
"""Grounds of a suspension that may have no end: it lasts until somebody resumes."""
REVIEW = ("years", "title", "specialty", "conduct", "documents", "withdrawn")
"""Grounds of a rejection that a reviewer chooses; the others follow from what was recorded."""


def told(edge: str, ground: str) -> dict[str, str]:
    """Return what an entry that takes the edge says of its reason."""
    return {"ground": ground, "basis": EDGES[edge].grounds[ground].basis}


def names(edge: str, *codes: str) -> dict[str, str]:
    """Return ground → its name with its article, of the given codes or of all."""
    grounds = EDGES[edge].grounds
    return {
        code: f"{one.name}({BASES[one.basis].citation})"
        for code, one in grounds.items()
        if not codes or code in codes
    }
