"""Reading who an expert is: an act with a reason, and an entry that he can see himself.

The one door to a name or a number for a person. The sender of messages decrypts a phone by itself,
since an entry at that moment would tell who was drawn (formats.md section 4).
"""

from typing import Any

from django.db import transaction

from accounts.models import Person, PersonKey
from accounts.services import vault
from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from experts.domain import grounds
from experts.selectors import pool
from experts.services import inputs, lock
from rulebook.domain.blockers import Blocker, Refused, refuse

SHOWN = ("name", "id_number", "phone", "email")


@transaction.atomic
def read(*, actor: Actor, expert: str, reason: str) -> tuple[Ref, dict[str, Any]]:
    """Return the entry and the person's data (`SHOWN` and `documents`) for one of `READING`.

    The entry says who and why, never what. Raise Refused("person_erased") where nothing is left.
    """
    row = lock.expert(expert)
    permit(actor, "expert.read_person", row)
    inputs.listed(reason, grounds.READING, "reason")
    refuse(pool.person_gone(row))
    try:
        person = vault.reveal(row.pk)
    except (Person.DoesNotExist, PersonKey.DoesNotExist):
        raise Refused([Blocker("person_unknown", "没有该专家的个人信息")]) from None
    ref = trail.record(row, "expert.person_read", actor, {"reason": reason})
    shown = {key: person[key] for key in SHOWN if key in person}
    return ref, shown | {"documents": person.get("documents", [])}
