"""After the notices: the written report to the regulator, and the filing of the contract.

The report is composed from facts alone, so the same facts give its bytes; its items follow
《工程建设项目施工招标投标办法》第六十五条 (招标投标法第四十七条).
"""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import attachments, trail
from award.models import Notice, Objection
from award.selectors import award, closing
from award.selectors.rules import local_day, today
from award.services import notices
from evaluation.models import Project
from evaluation.services import lock
from rulebook.domain import deadlines
from rulebook.domain.blockers import refuse

NUMBER_LENGTH = 60


@transaction.atomic
def submit(*, actor: Actor, project: str) -> Ref:
    """Hand the written report in to the regulator: composed now, fixed by its hash."""
    row = lock.project(project)
    permit(actor, "project.submit_written_report", row)
    warnings = refuse(closing.written_report(row))
    data = {"report": attachments.keep_document(compose(row)), **lock.noted(warnings)}
    return trail.record(row, closing.REPORTED, actor, data)


@transaction.atomic
def file_contract(*, actor: Actor, project: str, filed_on: date, number: str) -> Ref:
    """Put on record that the contract was filed, under which number; lateness is noted (R25).

    Raises BadInput for a day before the signing or after today, or no number.
    """
    row = lock.project(project)
    permit(actor, "project.file_contract", row)
    refuse(closing.file_contract(row))
    signed = entries.events(row.stream, "project.contracted")[-1]["data"]["date"]
    if not date.fromisoformat(signed) <= filed_on <= today():
        raise _bad("filed_on", "filing_day_wrong", "备案日期不能早于合同签订日期,也不能晚于今天")
    if not 1 <= len(number.strip()) <= NUMBER_LENGTH:
        raise _bad("number", "filing_number_missing", f"请填写不超过 {NUMBER_LENGTH} 字的备案编号")
    told = notices.clean(row, "number", number)
    since = date.fromisoformat(signed)
    warnings = refuse(closing.late(row, deadlines.FILE_CONTRACT, since, filed_on))
    data = {"date": filed_on.isoformat(), "number": told, **lock.noted(warnings)}
    return trail.record(row, closing.FILED, actor, data)


def compose(row: Project) -> dict[str, Any]:
    """Return the report of the present decision; people by code, money in fen."""
    decision = award.active_award(row)
    published = entries.events(row.stream, "project.tender_published")[-1]
    return {
        "v": 1,
        "project": {"code": row.pk, "title": row.title, "group": row.group, "lot": row.lot},
        "tenderer": row.tenderer_id,
        "rules": {"profile": row.profile, "content": row.rules},
        "tender": {
            "published": published["at"],
            "deadline": published["data"]["deadline"],
            "ceiling_fen": row.ceiling_fen,
            "evaluation_plan": published["data"]["evaluation_plan"],
            "plan": row.award_plan,
        },
        "bids": [
            {"bidder": bid.bidder_id, "price_fen": bid.price_fen, "rejected": bid.rejected_for}
            for bid in row.bids.order_by("bidder_id")
        ],
        "committee": [
            {"member": part.person, "kind": part.kind}
            for part in row.parts.filter(relation="seated").order_by("person")
        ],
        "report": row.report,
        "candidates": [
            {"bidder": one.bid.bidder_id, "rank": one.rank, "total": one.total}
            | {"left_for": one.left_for}
            for one in row.candidates.select_related("bid").order_by("rank", "bid__bidder_id")
        ],
        "objections": [
            {"objection": one.pk, "stage": one.stage, "state": one.state}
            for one in Objection.objects.filter(project=row).order_by("pk")
        ],
        "award": {
            "regime": row.regime,
            "decided_on": local_day(decision.decided_at).isoformat(),
            "bidder": decision.bid.bidder_id,
            "price_fen": decision.bid.price_fen,
            "reasons": decision.reasons,
            "rounds": _rounds(row),
        },
        "notices": [
            {"kind": one.kind, "notice": one.body}
            for one in Notice.objects.filter(project=row, released_at__isnull=False).order_by("pk")
        ],
    }


def _rounds(row: Project) -> list[dict[str, Any]]:
    """The count of each round of the present award."""
    if not row.award_session:
        return []
    return [
        {"number": one.number, "session": one.session, "tally": one.result["count"]["tally"]}
        for one in award.rounds(row)
    ]


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
