"""Fixing the sheet of what the drawn members are due. Whom it is paid to, and how, stays out."""

from django.db import transaction

from accounts.services.gate import permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import attachments, trail
from evaluation.selectors import fees
from evaluation.services import lock
from rulebook.domain.blockers import refuse


@transaction.atomic
def fix_fees(*, actor: Actor, project: str) -> Ref:
    """Fix the sheet as it is computed now; it may be fixed anew where the times have changed."""
    row, _ = lock.lots_of(project)
    permit(actor, "project.fix_fees", row)
    refuse(fees.fix_fees(row))
    sheet = fees.sheet_of(row)
    data = {"sheet": attachments.keep_document(sheet), "sum_fen": sheet["sum_fen"]}
    return trail.record(row, fees.FIXED, actor, data)
