"""What every page shows: the product, the clock, who is signed in, how far the trail is sealed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.domain import policy
from accounts.domain import roles as r
from accounts.domain.roles import ROLES
from accounts.models import User
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import clock
from desk.selectors import replays
from experts.selectors import modes

NAME = "明评明定"
RULE_KEEPERS = frozenset(
    {r.SECURITY_ADMIN, r.COORDINATOR, r.REGULATOR, r.COMMISSION, r.TRADING_CENTER, r.TENDERER}
)
"""Whom the rules concern daily; the others reach them from a project's page."""
SUBTITLE = "评标专家抽取与评定分离全程留痕平台"
TABS = (
    ("trail", "流水查询"),
    ("replays", "状态回放"),
    ("verify", "核验与证据"),
    ("witness", "见证情况"),
)
"""(URL name, words) of the pages about the whole trail."""


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; the trail is asked only where a page shows it."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "site_name": NAME,
        "site_subtitle": SUBTITLE,
        "demo": settings.DEMO,
        "now": SimpleLazyObject(clock.now),
        "actor": actor,
        "actor_role": ROLES[actor.role] if actor else "",
        "actor_title": _title(request, actor),
        "actor_name": _shown(actor),
        "navigation": _navigation(actor),
        "standing": SimpleLazyObject(trail.standing),
        "sees_trail": actor is not None and actor.role in policy.SEE["trail"],
        "replayed": replays.KINDS,
        "tabs": TABS,
        "pool_mode": SimpleLazyObject(modes.words),
    }


def _shown(actor: Actor | None) -> str:
    """The actor's id; of a drawn expert's the handle only, for the draw's code tells the case."""
    return actor.id.rpartition("/")[2] if actor else ""


def _title(request: HttpRequest, actor: Actor | None) -> str:
    user = getattr(request, "user", None)
    if actor is None:
        return ""
    return user.title if isinstance(user, User) else "评标专家"


def _navigation(actor: Actor | None) -> list[tuple[str, str]]:
    """(URL name, words) of the pages this actor may open."""
    public, reports = ("public", "公示公告"), ("reports", "干预插手记录")
    if actor is None:
        return [public]
    if actor.role == r.EXPERT:
        own = [] if "/" in actor.id else [("me", "本人页面")]
        return [("my", "我的评标任务"), *own, reports, public]
    found = [("home", "工作台")]
    if actor.role in policy.SEE["project"]:
        found.append(("projects", "项目"))
    if actor.role in policy.SEE["draw"]:
        found.append(("draws", "专家抽取"))
    if actor.role == r.TRADING_CENTER:
        found.append(("rooms", "评标室"))
    if actor.role in policy.SEE["expert"]:
        found.append(("experts", "专家库"))
    if actor.role in policy.SEE["intake"] and actor.role != r.COMMISSION:
        found.append(("intakes", "名单导入"))
    if actor.role in r.ADMINISTRATORS:
        found.append(("pool-mode", "专家库方式"))
    if actor.role in policy.SEE["account"]:
        found.append(("accounts", "账号" if actor.role == r.SYSTEM_ADMIN else "人员回避"))
    if actor.role in RULE_KEEPERS:
        found.append(("rules-list", "规则"))
    if actor.role in policy.SEE["trail"]:
        found.append(("trail", "全程流水"))
    return [*found, reports, public]
