"""Which body holds which: put on record with evidence, from a day and, once over, to a day."""

import re
from datetime import date

from django.db import transaction

from accounts.domain import credit_code
from accounts.domain.groups import Edge, fits_tree
from accounts.models import BodyRelation
from accounts.selectors.bodies import edges
from accounts.selectors.folds import ORGANISATIONS
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import locks, trail

_HASH = re.compile("[0-9a-f]{64}")


@transaction.atomic
def relate(
    *,
    actor: Actor,
    child: str,
    parent: str,
    valid_from: date,
    valid_to: date | None = None,
    evidence: str,
) -> Ref:
    """Record that `parent` holds `child` (统一社会信用代码 both); told again, its end is changed.

    Bodies make a tree: raises BadInput where the child is held by another in those days, or holds
    its own parent. `evidence` is the SHA-256 of the register's extract.
    """
    permit(actor, "account.relate_bodies")
    locks.names(f"system/{ORGANISATIONS}")
    _check(child, parent, valid_from, valid_to, evidence)
    new = Edge(child, parent, valid_from, valid_to)
    others = [one for one in edges() if _key(one) != _key(new) and one.since is not None]
    if not fits_tree(others, new):
        message = "该单位在此期间已有其他上级单位,或者两个单位互为上下级"
        raise BadInput("not_a_tree", message, {"parent": message})
    end = valid_to.isoformat() if valid_to else None
    data = {
        "child": child,
        "parent": parent,
        "valid_from": valid_from.isoformat(),
        "valid_to": end,
        "evidence": evidence,
    }
    ref = trail.record_system(ORGANISATIONS, "account.bodies_related", actor, data)
    BodyRelation.objects.update_or_create(
        child=child,
        parent=parent,
        valid_from=valid_from,
        defaults={"valid_to": valid_to, "evidence": evidence},
    )
    return ref


def _key(edge: Edge) -> tuple[str, str, date | None]:
    return edge.child, edge.parent, edge.since


def _check(child: str, parent: str, valid_from: date, valid_to: date | None, evidence: str) -> None:
    wrong = {
        name: "统一社会信用代码有误"
        for name, code in (("child", child), ("parent", parent))
        if not credit_code.is_valid(code)
    }
    if valid_to is not None and valid_to < valid_from:
        wrong["valid_to"] = "不能早于起始日"
    if not _HASH.fullmatch(evidence):
        wrong["evidence"] = "应为文件的 SHA-256(64 位小写十六进制)"
    if wrong:
        raise BadInput("relation_malformed", "单位关系有误", wrong)
