"""Start-up check: a database without its triggers is not one this product works on."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db.backends.base.base import BaseDatabaseWrapper

MIGRATE = "运行 manage.py migrate"
REMOVE = "查明来源后删除"
SCRIPT = "以超级用户运行 audit_log/postgresql/roles.sql"
BOTH = f"{SCRIPT},再{MIGRATE}"


def triggers_stand(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return what is missing, silent, altered or strange in a migrated database.

    audit_log.E001 … E004 are about triggers, on both vendors; E005 … E007 and W001 about the roles
    of PostgreSQL. Columns, indexes and constraints are not compared.
    """
    from django.db import connections

    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if "audit_log_entry" in connection.introspection.table_names():
            found += [*_triggers(alias), *_roles(connection)]
    return found


def _triggers(alias: str) -> Iterator[CheckMessage]:
    from audit_log import guards

    found = guards.differences(alias)
    for one in found.missing:
        yield Error(f"数据库触发器缺失:{one}", MIGRATE, id="audit_log.E001")
    for one in found.silent:
        yield Error(f"数据库触发器已停用:{one}", MIGRATE, id="audit_log.E002")
    for one in found.altered:
        yield Error(f"数据库触发器或其函数被改动:{one}", MIGRATE, id="audit_log.E003")
    for one in found.strange:
        yield Error(f"数据库中有程序未设的触发器或规则:{one}", REMOVE, id="audit_log.E004")


def _roles(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    from audit_log import guards_gate as gate

    for one in gate.loose(connection):
        yield Error(f"结构冻结被解除或被改动:{one}", SCRIPT, id="audit_log.E005")
    for number in sorted(
        {one["opening"] for one in gate.untold(connection) + gate.lost(connection)}
    ):
        yield Error(f"第 {number} 次结构变更窗口与流水记载不符", MIGRATE, id="audit_log.E006")
    for one in gate.beyond(connection):
        yield Error(f"数据库角色的权限与程序所设不符:{one}", BOTH, id="audit_log.E007")
    if connection.vendor == "postgresql" and not gate.roles(connection):
        yield Warning("所有者与应用未分设数据库角色", SCRIPT, id="audit_log.W001")
