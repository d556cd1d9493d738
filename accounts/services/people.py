"""Accounts: made, given a password, switched off; each with its entry in `account/<code>`."""

import re

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.domain import credit_code
from accounts.domain.roles import EXPERT, ROLES, SYSTEM
from accounts.models import Organisation, Person, User
from accounts.selectors.folds import ORGANISATIONS
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import SYSTEM as SYSTEM_ACTOR
from audit_log.domain.entry import Actor, Ref
from audit_log.services import locks, trail

CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
TITLE_CHARS = 60
WITHOUT_ACCOUNT = (EXPERT, SYSTEM)
"""Experts come in by one-time links; the system is nobody."""


@transaction.atomic
def create_user(*, actor: Actor, code: str, title: str, role: str, org: str, password: str) -> User:
    """Make an account with one role in one organisation and its first password.

    Its code is nobody else's: neither an account's nor an expert's, for seats go by codes.
    """
    permit(actor, "account.create")
    _check(code, title, role)
    if not Organisation.objects.filter(pk=org).exists():
        raise BadInput("org_unknown", "单位不存在", {"org": "请先登记单位"})
    locks.names(f"account/{code}")
    if User.objects.filter(pk=code).exists() or Person.objects.filter(pk=code).exists():
        raise BadInput("account_exists", "账号已存在", {"code": "请换一个账号"})
    user = User(code=code, title=title.strip(), role=role, org_id=org)
    _check_password(password, user)
    user.set_password(password)
    data = {"title": user.title, "role": role, "org": org}
    trail.record(user, "account.created", actor, data)
    return user


@transaction.atomic
def set_active(*, actor: Actor, code: str, active: bool) -> Ref:
    """Switch an account on or off."""
    permit(actor, "account.set_active")
    user = User.locked(code)
    if user is None:
        raise NotFound
    user.is_active = active
    return trail.record(user, "account.enabled" if active else "account.disabled", actor, {})


@transaction.atomic
def register_organisation(
    *, code: str, name: str, region: str, trades: list[str] | None = None, group_head: str = ""
) -> Organisation:
    """Register a body by its 统一社会信用代码; raise BadInput where the code is not one.

    The entry stands in `system/organisations`; a later one tells the body anew.
    """
    if not credit_code.is_valid(code):
        raise BadInput("credit_code_invalid", "统一社会信用代码有误", {"code": "校验位不符"})
    about = {"name": name, "region": region, "trades": trades or [], "group_head": group_head}
    data = {"code": code, **about}
    trail.record_system(ORGANISATIONS, "account.organisation_registered", SYSTEM_ACTOR, data)
    organisation, _ = Organisation.objects.update_or_create(code=code, defaults=about)
    return organisation


def _check(code: str, title: str, role: str) -> None:
    if not CODE.fullmatch(code):
        message = "应为 1 至 40 位字母、数字或 . _ -"
        raise BadInput("account_malformed", "账号有误", {"code": message})
    if not 1 <= len(title.strip()) <= TITLE_CHARS:
        raise BadInput("title_malformed", "岗位有误", {"title": f"应为 1 至 {TITLE_CHARS} 字"})
    if role not in ROLES or role in WITHOUT_ACCOUNT:
        raise BadInput("role_unknown", "角色不存在", {"role": "请选择列出的角色"})


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        message = "".join(error.messages)
        raise BadInput("password_weak", "密码不合要求", {"password": message}) from error
