"""Telling the trail of every declared migration (PostgreSQL with roles apart)."""

from typing import Any

from django.db import connection, transaction

from audit_log import guards_gate as gate
from audit_log.domain.entry import SYSTEM
from audit_log.services import trail


@transaction.atomic
def tell() -> list[str]:
    """Write one entry for each opening that the trail does not tell yet, or that the record lost.

    Returns a line of text for each. Openings that nobody told when they happened are told now, with
    the time they had: from then on they are sealed like everything else.
    """
    lines = []
    for one in gate.untold(connection):
        trail.record_system(gate.STREAM, "system.schema_opened", SYSTEM, one)
        lines.append(_line("已记入流水", one))
    for one in gate.lost(connection):
        if one["opening"]:  # an entry that cannot be read stays a fault
            trail.record_system(gate.STREAM, "system.schema_record_lost", SYSTEM, one)
            lines.append(_line("登记已不在数据库中", one))
    return lines


def _line(what: str, opening: dict[str, Any]) -> str:
    said = "{role} {reason} {opened_at}".format(**opening)
    return f"第 {opening['opening']} 次结构变更窗口{what}:{said}"
