"""Interference reports (干预插手记录): left by anyone with a role, read by the commission alone.

It stands in a stream of its own whose entry names neither author nor project: the system is its
actor, and all of them have the same size. The server forgets how it closed it, and looks nothing
up: neither the project nor the persons named are compared with anything.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.domain import reports
from accounts.models import SealedReport
from accounts.services.gate import BadInput, Refusal, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import envelopes, keys, trail

KIND = "report"


class NoReader(Refusal):
    """The commission has given no key yet, so nobody could read what would be left."""

    def __init__(self) -> None:
        super().__init__("report_key_missing", "纪检监察机关尚未提供接收公钥,暂时不能留下记录")


@dataclass(frozen=True)
class Told:
    """What somebody tells: which way of `reports.WAYS`, by whom, when, how; the project if any."""

    way: str
    who: str
    happened_on: date
    text: str
    project: str = ""


@transaction.atomic
def leave(
    *, actor: Actor, way: str, who: str, happened_on: date, text: str, project: str = ""
) -> Ref:
    """Leave a report; the entry says that one was left and to which key, and nothing else.

    Raises BadInput for an unknown way or text beyond `reports.LIMITS`, NoReader without a key.
    """
    permit(actor, "report.leave")
    told = asdict(Told(way, who, happened_on, text, project))
    told["happened_on"] = happened_on.isoformat()
    if wrong := reports.wrong(told):
        raise BadInput("report_malformed", "记录填写有误", wrong)
    told["way"] = reports.WAYS[way]  # in words: whoever reads it has no table of ours
    to = keys.witness_keys()["report_key"]
    if not to:
        raise NoReader
    row = SealedReport(code=secrets.token_hex(16))
    commitment = envelopes.keep_for(row, to, kind=KIND, author=actor.id, content=told)
    return trail.record(row, "sealed.report_left", SYSTEM, {"commitment": commitment, "to": to})
