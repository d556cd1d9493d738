"""The policy in words: which role may do an act, and in which relation to the object."""

from dataclasses import dataclass

from accounts.domain import policy
from accounts.domain.roles import ROLES

RELATIONS: dict[str, str] = {
    policy.OWNER: "本项目的招标人",
    policy.DISTRICT: "辖区内",
    policy.TRADE: "辖区内、本行业",
    policy.SEATED: "已签到的评标委员会成员",
    policy.INVITED: "收到邀请的抽中专家本人",
    policy.BALLOT: "本项目定标委员会成员",
    policy.WATCH: "本项目监督小组成员",
    policy.BIDDING: "在本项目投标的单位",
    policy.SELF: "本人",
    policy.ANY: "不限对象",
}


@dataclass(frozen=True)
class Grant:
    """One line of the policy: a role, its relation to the object, whether this role did it."""

    role: str
    relation: str
    did: bool


def grants(act: str, role: str) -> list[Grant]:
    """Who may do an act; `role` is that of whoever did it."""
    return [
        Grant(ROLES[one], RELATIONS[relation], one == role)
        for one, relation in policy.ACTS[act].items()
    ]
