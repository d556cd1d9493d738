"""The cast: organisations and some twenty accounts, with passwords made at set-up."""

import secrets
from dataclasses import dataclass

from accounts.domain import roles as r
from accounts.services import people
from audit_log.domain.entry import SYSTEM, Actor
from config.demo import synthetic

REGION = "330402"
MEMBERS = 7
"""Members of the award committee."""
REPRESENTATIVES = 1
"""Accounts that may sit in the evaluation committee for the tenderer."""

ORGS = {
    "center": ("南湖区公共资源交易中心(演示)", REGION, []),
    "tenderer": ("演示大学", REGION, []),
    "housing": ("嘉兴市住房和城乡建设局(演示)", "330400", ["construction", "village"]),
    "province": ("浙江省综合评标专家库管理单位(演示)", "330000", []),
    "planning": ("南湖区发展和改革局(演示)", REGION, []),
    "commission": ("南湖区纪委监委(演示)", REGION, []),
    "admin": ("南湖区数据局(演示)", REGION, []),
}
ACCOUNTS = (
    ("jyzx1", r.TRADING_CENTER, "center", "交易受理岗"),
    ("jyzx2", r.TRADING_CENTER, "center", "信息发布岗"),
    ("zbr1", r.TENDERER, "tenderer", "基建处经办人"),
    ("zbr2", r.TENDERER, "tenderer", "基建处负责人"),
    ("zbdb", r.TENDERER_REP, "tenderer", "招标人代表"),
    ("zjj", r.REGULATOR, "housing", "招投标监管科"),
    ("zjk", r.POOL_OWNER, "province", "专家库管理岗"),
    ("fgj", r.COORDINATOR, "planning", "招标投标指导科"),
    ("jw", r.COMMISSION, "commission", "监督检查室"),
    ("xtgl", r.SYSTEM_ADMIN, "admin", "系统管理员"),
    ("aqgl", r.SECURITY_ADMIN, "admin", "安全管理员"),
    ("sjgl", r.AUDIT_ADMIN, "admin", "审计管理员"),
    *((f"dbwy{k}", r.AWARD_MEMBER, "tenderer", f"定标委员{k}") for k in range(1, MEMBERS + 1)),
    ("jdz", r.OBSERVER, "tenderer", "监督小组成员"),
)
BIDDER_ACCOUNT = ("tbr", r.BIDDER, "投标联系人")


@dataclass(frozen=True)
class Player:
    """One account of the cast with the password that was made for it."""

    code: str
    title: str
    role: str
    org: str
    password: str

    @property
    def actor(self) -> Actor:
        return Actor(self.code, self.role, self.org)


def org_code(key: str) -> str:
    """The credit code of one of the cast's organisations."""
    return synthetic.credit_code(f"org/{key}")


def make(bidder_org: str) -> dict[str, Player]:
    """Register the organisations and make the accounts; `bidder_org` gets the bidder's account."""
    for key, (name, region, trades) in ORGS.items():
        people.register_organisation(code=org_code(key), name=name, region=region, trades=trades)
    rows = [(code, role, org_code(org), title) for code, role, org, title in ACCOUNTS]
    code, role, title = BIDDER_ACCOUNT
    rows.append((code, role, bidder_org, title))
    return {row[0]: _account(*row) for row in rows}


def _account(code: str, role: str, org: str, title: str) -> Player:
    password = secrets.token_urlsafe(9)
    people.create_user(actor=SYSTEM, code=code, title=title, role=role, org=org, password=password)
    return Player(code, title, role, org, password)
