"""Accounts: made, given a password, switched off; each with its entry in `account/<code>`."""

from django.db import transaction

from accounts.domain import credit_code
from accounts.domain.roles import ROLES
from accounts.models import Organisation, User
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail


@transaction.atomic
def create_user(*, actor: Actor, code: str, title: str, role: str, org: str, password: str) -> User:
    """Make an account with one role in one organisation and its first password."""
    permit(actor, "account.create")
    if role not in ROLES:
        raise BadInput("role_unknown", "角色不存在", {"role": "请选择列出的角色"})
    if not Organisation.objects.filter(pk=org).exists():
        raise BadInput("org_unknown", "单位不存在", {"org": "请先登记单位"})
    if User.objects.filter(pk=code).exists():
        raise BadInput("account_exists", "账号已存在", {"code": "请换一个账号"})
    user = User(code=code, title=title, role=role, org_id=org)
    user.set_password(password)
    trail.record(user, "account.created", actor, {"role": role, "org": org})
    return user


@transaction.atomic
def set_active(*, actor: Actor, code: str, active: bool) -> Ref:
    """Switch an account on or off."""
    permit(actor, "account.set_active")
    user = User.objects.select_for_update().filter(pk=code).first()
    if user is None:
        raise NotFound
    user.is_active = active
    return trail.record(user, "account.enabled" if active else "account.disabled", actor, {})


def register_organisation(
    *, code: str, name: str, region: str, trades: list[str] | None = None, group_head: str = ""
) -> Organisation:
    """Register a body by its 统一社会信用代码; raise BadInput where the code is not one."""
    if not credit_code.is_valid(code):
        raise BadInput("credit_code_invalid", "统一社会信用代码有误", {"code": "校验位不符"})
    organisation, _ = Organisation.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "region": region,
            "trades": trades or [],
            "group_head": group_head,
        },
    )
    return organisation
