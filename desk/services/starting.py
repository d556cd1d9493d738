"""What must hold before the site serves anybody."""

from django.core.checks import ERROR, Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from audit_log import guards_gate


def refuse_without_triggers() -> None:
    """Raise ImproperlyConfigured where the database is not guarded as the program lays it.

    That is: a trigger of the trail is missing, silent or altered, the roles of the database may
    more than they should, or the site works as another role than its own.
    """
    found = run_checks(tags=[Tags.database], databases=["default"])
    wrong = [one for one in found if one.level >= ERROR]
    if wrong:
        named, hints = ";".join(str(one.msg) for one in wrong), {str(one.hint) for one in wrong}
        asked = "或".join(sorted(hints))
        raise ImproperlyConfigured(f"拒绝启动:{named}。请由数据库管理人员{asked}")
    roles = guards_gate.roles(connection)
    if roles and guards_gate.session_role(connection) != roles.application:
        raise ImproperlyConfigured(f"拒绝启动:须以应用角色 {roles.application} 连接数据库")
