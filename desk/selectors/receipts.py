"""A draw's receipt for one reader: up to the first entry that would name somebody to him too early.

Cut there it is a receipt still (formats.md section 4): the rounds before it can be run again. Until
there is a winner the tenderer may not know who sits (招标投标法第三十七条第五款).
"""

from itertools import takewhile
from typing import Any

from audit_log.domain import canonical
from audit_log.domain.entry import Actor
from desk.selectors.phases import Phases
from experts.models import Draw
from experts.selectors import draws


def read_by(actor: Actor, row: Draw) -> dict[str, Any]:
    """Return the receipt, cut before the first entry that the actor does not read."""
    whole = draws.receipt(row.pk)
    values = [canonical.loads(body.encode()) for body in whole["entries"]]
    phases = Phases.of(values)
    read = list(takewhile(lambda value: phases.may_read(actor.role, value), values))
    return whole | {"entries": whole["entries"][: len(read)]}


def is_cut(actor: Actor, row: Draw) -> bool:
    """Whether something is withheld from this reader's receipt for now."""
    return len(read_by(actor, row)["entries"]) != (row.audit_n or 0) + 1
