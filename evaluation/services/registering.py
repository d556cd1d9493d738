"""Registering a project (one lot): what it is, which rules it pins, how it will be evaluated."""

import re
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.selectors import bodies
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import attachments, clock, locks, trail
from evaluation.domain.lifecycle import FUNDS, REGIMES, SMALL, TRADES
from evaluation.models import Project
from evaluation.selectors import ruling
from evaluation.services import lock, plans
from rulebook.domain import tendering
from rulebook.domain.blockers import Blocker, Refused, refuse
from rulebook.domain.rules import Profile, dump_profile
from rulebook.models import RuleProfile
from rulebook.selectors import profiles

_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
_GROUP = re.compile(r"[A-Za-z0-9._-]{1,35}")
"""A draw's code is its group's with a number behind it."""
_REGION = re.compile(r"[0-9]{6}")
_CHOICES = {"funds": FUNDS, "regime": REGIMES, "trade": TRADES}
_RETENDERED = ("failed", "terminated")


@transaction.atomic
def register(
    *,
    actor: Actor,
    code: str,
    title: str,
    group: str,
    lot: str,
    region: str,
    trade: str,
    compulsory: bool,
    funds: str,
    regime: str,
    ceiling_fen: int,
    evaluation_plan: dict[str, Any],
    order: int = 1,
    profile: str = "",
    retender_of: str = "",
    supervisor: str = "",
) -> Ref:
    """Register a lot of the actor's own organisation; money in fen.

    `supervisor` names the trade whose department supervises small works. Pins the merged rules of
    `profile`, or of the one made for region and trade, as an attachment, and keeps the evaluation
    plan as another. Raises BadInput, or Refused where no rules fit.
    """
    permit(actor, "project.register")
    about = {"title": title, "group": group, "lot": lot, "order": order, "region": region}
    about |= {"trade": trade, "compulsory": compulsory, "funds": funds, "regime": regime}
    about |= {"ceiling_fen": ceiling_fen, "retender_of": retender_of}
    _check(code, about, actor.org)
    plans.check_evaluation_plan(evaluation_plan, regime=regime)
    row = Project(code=code, tenderer_id=actor.org, evaluation_plan=evaluation_plan, **about)
    rules = _rules_for(row, profile)
    planned = evaluation_plan["candidates"]["count"]
    facts = ruling.facts(row)
    warnings = refuse(tendering.candidate_count(rules, facts, planned=planned))
    about["supervisor"] = row.supervisor = _supervisor(row, supervisor, rules)
    row.profile, row.rules = rules.label, attachments.keep_document(dump_profile(rules))
    named = {"tenderer": actor.org, "profile": row.profile, "rules": row.rules}
    named["evaluation_plan"] = attachments.keep_document(evaluation_plan)
    named["basis"] = tendering.regime_rule(regime)
    if not retender_of:
        del about["retender_of"]
    return trail.record(row, "project.registered", actor, about | named | lock.noted(warnings))


def _rules_for(row: Project, code: str) -> Profile:
    """The profile that was asked for, or the fitting one; raise Refused where none may be used."""
    on, facts = timezone.localtime(clock.now()).date(), ruling.facts(row)
    found = _asked(code, on) if code else ruling.suitable_profile(facts, region=row.region, on=on)
    if found is None:
        raise Refused([Blocker("profile_missing", "没有适用于该地区和行业的现行规则集")])
    refuse(tendering.profile_fits(found, facts, on=on) + tendering.regime_allowed(found, facts))
    return found


def _supervisor(row: Project, asked: str, rules: Profile) -> str:
    """Whose department supervises small works, "" for the trade's own (方案二(一)).

    The one that is named, else the district's for small works, else the profile's last resort.
    """
    if asked and (asked not in TRADES or row.trade != SMALL):
        raise _bad("supervisor", "supervisor_unknown", "只有村级和小额工程另行填写监管行业")
    if asked or row.trade != SMALL or bodies.regulators(row.region, SMALL):
        return asked
    return rules.text("regulator_fallback")


def _asked(code: str, on: date) -> Profile:
    try:
        return profiles.in_force(code, on)
    except RuleProfile.DoesNotExist as error:
        raise _bad("profile", "profile_unknown", "没有这个规则集") from error


def _check(code: str, about: dict[str, Any], org: str) -> None:
    """Raise BadInput for the first thing that was filled in wrongly."""
    locks.names(f"project/{code}", f"lots of {about['group']}")
    for field, value, pattern in (("code", code, _CODE), ("group", about["group"], _GROUP)):
        if not pattern.fullmatch(value):
            raise _bad(field, "code_malformed", "编号过长,或者含字母、数字和 . _ - 以外的字符")
    if not _REGION.fullmatch(about["region"]):
        raise _bad("region", "region_malformed", "行政区划代码应为 6 位数字")
    for field, known in _CHOICES.items():
        if about[field] not in known:
            raise _bad(field, f"{field}_unknown", "请选择列出的内容")
    for field in ("title", "lot"):
        if not about[field].strip():
            raise _bad(field, f"{field}_missing", "不能为空")
    if about["ceiling_fen"] <= 0 or about["order"] <= 0:
        raise _bad("ceiling_fen", "not_positive", "最高投标限价和定标次序应大于零")
    if Project.objects.filter(pk=code).exists():
        raise _bad("code", "project_exists", "标段编号已存在")
    if not Organisation.objects.filter(pk=org).exists():
        raise BadInput("tenderer_unknown", "招标人单位尚未登记")
    _check_group(about, org)
    if origin := about["retender_of"]:
        _check_origin(origin, org)


def _check_group(about: dict[str, Any], org: str) -> None:
    """Lots of a group share tenderer, region, trade, and one draw that no lot may join late."""
    shared = (org, about["region"], about["trade"])
    for other in Project.objects.select_for_update().filter(group=about["group"]).order_by("pk"):
        if (other.tenderer_id, other.region, other.trade) != shared:
            raise _bad("group", "group_differs", "同一招标项目各标段的招标人、地区和行业应当相同")
        if other.lot == about["lot"]:
            raise _bad("lot", "lot_exists", "该招标项目已有同名标段")
        if other.draw:
            raise _bad("group", "group_drawn", "该招标项目已启动专家抽取,不能再增加标段")


def _check_origin(origin: str, org: str) -> None:
    old = Project.objects.filter(pk=origin, tenderer_id=org).first()
    if old is None or old.state not in (*_RETENDERED, "archived"):
        raise _bad("retender_of", "retender_unknown", "原标段不存在,或者没有失败、终止")


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
