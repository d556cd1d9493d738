"""Erasing a person (个人信息保护法第四十七条).

Code and trail of the expert stay; nobody can tell any more who he was.
"""

from django.db import transaction

from accounts.services import vault
from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import keys, trail
from experts.domain import grounds
from experts.selectors import pool
from experts.services import inputs, lock
from rulebook.domain.blockers import refuse


@transaction.atomic
def erase(*, actor: Actor, expert: str, ground: str) -> Ref:
    """Destroy the keys of one who is out of the pool, on one of `grounds.ERASURE`.

    With them goes who he was and to whom his recorded conflicts tie him.
    """
    row = lock.expert(expert)
    permit(actor, "expert.erase", row)
    inputs.listed(ground, grounds.ERASURE)
    refuse(pool.erasing(row))
    ref = trail.record(row, "expert.erased", actor, {"ground": ground})
    vault.forget(row.code)
    transaction.on_commit(lambda: keys.destroy_envelope_key(row.stream))
    return ref
